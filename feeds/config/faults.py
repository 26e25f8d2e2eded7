"""Faults of one file, each with its line under it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from feeds.errors import Fault

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a terminal would obey them


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A file as a person sees it: its name as they gave it, and its lines without newlines."""

    file: str
    lines: tuple[str, ...] = ()

    def fault(
        self, line: int, column: int, message: str, suggestion: str = "", level: Literal["error", "warning"] = "error"
    ) -> Fault:
        """Return a fault with the excerpt of its line; *line* and *column* count from 1."""
        excerpt = _CONTROL.sub("�", self.lines[line - 1]) if 0 < line <= len(self.lines) else ""
        return Fault(
            file=self.file,
            line=line,
            column=column,
            message=message,
            excerpt=excerpt,
            suggestion=suggestion,
            level=level,
        )


def page(file: str, text: str) -> Page:
    return Page(file=file, lines=tuple(line.removesuffix("\r") for line in text.split("\n")))


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Sort faults as the file is read; those of other files (OPML) keep to the line that names them."""
    return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return `did you mean 'language'?` for the nearest of *known*, '' where none is near."""
    near = get_close_matches(word.casefold(), {k.casefold(): k for k in known}, n=1)
    return next((f"did you mean '{k}'?" for k in known if near and k.casefold() == near[0]), "")


def either(words: Sequence[str]) -> str:
    """Join *words* for a sentence: `a, b or c`."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
