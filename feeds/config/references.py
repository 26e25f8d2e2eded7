"""`${env:NAME}` and `${file:PATH}` inside values: what came from there is never shown."""

import re
from collections.abc import Mapping
from pathlib import Path

from feeds.config.values import Substituted

LARGEST = 64 * 1024  # bytes of a file that stands for one value

# `${NAME}` and `${word:…}` are taken for slips of the same thing; other uses of `$` stay text.
_REFERENCE = re.compile(r"\$\{(?:([A-Za-z_]\w*):([^}]*)|[A-Za-z_]\w*)\}")


class Unresolved(Exception):
    """A reference leads nowhere: the message, and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message)


def resolved(text: str, folder: Path, environ: Mapping[str, str]) -> str:
    """Return *text* with its references filled in, as `Substituted` where there were any. Raises `Unresolved`."""
    if "${" not in text:
        return text
    filled, found = _REFERENCE.subn(lambda reference: _looked_up(reference, folder, environ), text)
    return Substituted(filled) if found else text


def without(text: str) -> str:
    """Return *text* without its references: for names that are made from it."""
    return _REFERENCE.sub("", text)


def _looked_up(reference: re.Match[str], folder: Path, environ: Mapping[str, str]) -> str:
    kind, name = reference[1], (reference[2] or "").strip()
    if kind == "env" and name:
        if name not in environ:
            raise Unresolved(f"the environment has no {name}, which {reference[0]} asks for", "set it, and start again")
        return environ[name]
    if kind == "file" and name:
        return _content(folder / name, reference[0])
    meant = f"did you mean '${{env:{reference[0][2:-1]}}}'?" if kind is None else "write ${env:NAME} or ${file:PATH}"
    raise Unresolved(f"{reference[0]} is not a reference", meant)


def _content(path: Path, reference: str) -> str:
    """Return the text of a file without its last line break."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
        text = body.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unresolved(f"{reference} cannot be read: {reason}", "check the path and its permissions") from None
    except ValueError:
        raise Unresolved(f"{reference} is not UTF-8 text", "save it as UTF-8") from None
    if len(body) > LARGEST:
        raise Unresolved(f"{reference} is larger than {LARGEST // 1024} KiB", "give a file that holds the value alone")
    return text.rstrip("\r\n")
