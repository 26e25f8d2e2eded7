"""The words of pages, as templates and modules say them, beside those that the catalogues know.

`scripts/words` runs this: new words join each catalogue, those that nobody says leave it, and all are compiled.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

RENDER = Path(__file__).parents[2] / "feeds" / "render"
LOCALES = RENDER / "locale"
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "say": None, "gettext": None, "ngettext": (1, 2)}


def said() -> Iterator[str | tuple[str, ...]]:
    """Give every message of the templates and modules, in their order."""
    for _, _, message, _, _ in extract_from_dir(RENDER, METHODS, keywords=KEYWORDS):
        yield message


def catalogues() -> list[Path]:
    return sorted(LOCALES.glob("*/LC_MESSAGES/feeds.po"))


def known(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parts[-3])


def compiled(catalogue: Catalog) -> bytes:
    catalogue.creation_date = catalogue.revision_date = WRITTEN  # the same words, the same bytes
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def renew(file: Path) -> None:
    """Bring one catalogue in line with what is said, and compile it."""
    before, after = known(file), Catalog(locale=file.parts[-3], project="feeds", fuzzy=False)
    for message in said():
        after.add(message, before[message].string if message in before else None)
    out = io.BytesIO()
    write_po(out, after, width=120, omit_header=False, sort_output=True)
    lines = out.getvalue().decode().split("\n")
    dropped = (
        "#",
        '"Project-Id',
        '"Report-Msgid',
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Generated-By',
    )
    file.write_text("\n".join(line for line in lines if not line.startswith(dropped)).lstrip(), "utf-8")
    file.with_suffix(".mo").write_bytes(compiled(known(file)))


if __name__ == "__main__":
    for found in catalogues():
        renew(found)
