"""A configuration in JavaScript or TypeScript, looked through and never run: constants that stand under a name."""

import re
from functools import lru_cache

from feeds.parse.posts.yaml_tree import Items, Node, Scalar

COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", re.DOTALL)
TEXT = r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`([^`$\\]*)`"

VALUE = r"(?P<value>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`$\\]*`|\[[^\[\]]*\]|[^\s,;{}]+)"
DECLARED = re.compile(
    rf"^[ \t]*(?:export[ \t]+)?(?:const|let|var)[ \t]+(?P<name>[A-Za-z_$][\w$]*)[ \t]*=\s*{VALUE}", re.MULTILINE
)
NAMED = re.compile(rf"(?:^|[{{,])\s*[\"']?(?P<name>[A-Za-z_$][\w$]*)[\"']?[ \t]*:\s*{VALUE}", re.MULTILINE)


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


def values(text: str) -> dict[str, Node]:
    """Return what *text* gives plain values to: `const title = "x"`, else `draft: true`; keys in lower case.

    A name that is given anything else has the text of it, which is no date and neither true nor false.
    """
    found: dict[str, Node] = {}
    plain = bare(text)
    for match in (DECLARED if DECLARED.search(plain) else NAMED).finditer(plain):
        words, line = match["value"].strip(), text.count("\n", 0, match.start()) + 1
        if words.startswith("["):
            items = tuple(Scalar(text=_words(each.groups())) for each in re.finditer(TEXT, words))
            found.setdefault(match["name"].lower(), Items(items=items, line=line, column=1))
        else:
            quoted = re.fullmatch(TEXT, words)
            value = _words(quoted.groups()) if quoted else words
            found.setdefault(match["name"].lower(), Scalar(text=value, plain=not quoted, line=line, column=1))
    return found


def _words(groups: tuple[str | None, ...]) -> str:
    found = next((group for group in groups if group is not None), "")
    return re.sub(r"\\(.)", r"\1", found).strip()
