"""A configuration in JavaScript or TypeScript, looked through and never run: constants that stand under a name."""

import re
from functools import lru_cache

COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", re.DOTALL)
TEXT = r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`([^`$\\]*)`"


@lru_cache(maxsize=64)
def bare(text: str) -> str:
    """Return *text* without its comments."""
    return COMMENT.sub("", text)


def constant(text: str, name: str) -> str:
    """Return the first text that is given under *name*, as `name: "x"` or `name = "x"`; '' where none is."""
    found = re.search(rf"(?<![\w.$])[\"']?{re.escape(name)}[\"']?\s*[:=]\s*(?:{TEXT})", bare(text))
    return _words(found.groups()) if found else ""


def argument(text: str, function: str) -> str:
    """Return the text that *function* is called with; '' where none is."""
    found = re.search(rf"\b{re.escape(function)}\(\s*(?:{TEXT})", bare(text))
    return _words(found.groups()) if found else ""


def constants(text: str, name: str) -> tuple[str, ...]:
    """Return the texts of the list that stands under *name*, or the one text."""
    found = re.search(rf"(?<![\w.$])[\"']?{re.escape(name)}[\"']?\s*[:=]\s*\[([^\]]*)\]", bare(text))
    if found is None:
        one = constant(text, name)
        return (one,) if one else ()
    return tuple(_words(each.groups()) for each in re.finditer(TEXT, found[1]))


def _words(groups: tuple[str | None, ...]) -> str:
    found = next((group for group in groups if group is not None), "")
    return re.sub(r"\\(.)", r"\1", found).strip()
