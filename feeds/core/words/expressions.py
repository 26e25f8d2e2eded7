"""Regular expressions of owners on words of strangers: linear in the words, whatever the expression is.

`re` of Python goes back and tries again: `(a+)+$` takes longer than the world lasts on 60 letters. RE2 does not go
back, so it knows no lookaround and no backreferences, and `\\w` is ASCII. Syntax: https://github.com/google/re2/wiki/Syntax
"""

import re
from functools import lru_cache
from typing import Any

import re2

LONGEST = 1000  # characters of an expression
MOST = 100  # places that one rewriting changes in one field: each may read the rest again
MOST_TEXT = 1 << 20  # characters that are looked at; what is longer stays as it is

_GROUP = re.compile(r"\\(?:([0-9])|(\\))")


class Unreadable(ValueError):
    """An expression is none; the message says why."""


@lru_cache(maxsize=1024)
def compiled(text: str) -> Any:
    """Return *text* compiled; remembered. Raises `Unreadable`, and nothing else, for any text."""
    if len(text) > LONGEST:
        raise Unreadable(f"it is longer than {LONGEST} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        said = error.args[0] if error.args else error
        raise Unreadable(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)) from error
    except UnicodeEncodeError as error:
        raise Unreadable("it holds half a character") from error


def missing_group(find: str, replace: str) -> int:
    """Return the first group that *replace* names and *find* has not; 0 where there is none."""
    most = int(compiled(find).groups)
    named = (int(group[1]) for group in _GROUP.finditer(replace) if group[1])
    return next((number for number in named if number > most), 0)


def rewritten(text: str, find: str, replace: str) -> str:
    """Return *text* with what *find* matches replaced; `\\1` in *replace* is its first group."""
    if len(text) > MOST_TEXT:
        return text
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    found: str = compiled(find).sub(lambda match: _filled(replace, match), text, count=MOST)
    return found


def _filled(replace: str, match: Any) -> str:
    if "\\" not in replace:
        return replace
    groups = (match.group(0), *match.groups(default=""))
    return _GROUP.sub(lambda g: "\\" if g[2] else "".join(groups[int(g[1]) : int(g[1]) + 1]), replace)
