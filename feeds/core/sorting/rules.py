"""The small language of conditions on entries, as `drop`, `add` and `only` in feeds.yaml use it.

    rule  = all ("or" all)*
    all   = term ("and" term)*
    term  = "not" term | "(" rule ")" | FIELD OPERATOR VALUE
    FIELD = title | text | summary | content | url | host | author | tag | category | source | language | path
          | enclosure
    OPERATOR = "~" found by this regular expression, anywhere, letter case aside | "!~" not found
             | "=" equal, letter case aside | "!=" not equal
    VALUE = 'text' | "text"        the quote itself is written twice: 'it''s'

`and` binds before `or`; keywords and fields may be written in any letter case. Both sides are compared in NFC.
A field may have several values (`tag`, `author`, `category`, `enclosure`, and `host`, `source` by their two names):
`~` and `=` hold when one of them does, `!~` and `!=` when none does.

    title ~ '^\\[(광고|AD)\\]'
    host = 'blog.example.com' and not (tag = '속보' or text ~ "반도체|메모리")
"""

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal, NamedTuple, cast
from urllib.parse import urlsplit

from feeds.core.words.text import plain
from feeds.errors import RuleError
from feeds.model.entry import Entry
from feeds.model.source import Source

Operator = Literal["~", "!~", "=", "!="]

LONGEST = 10_000  # characters: a rule is a line, not a document
DEEPEST = 40  # parentheses and `not` inside one another: far below Python's own limit


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _equal(text: str) -> str:
    """*text* as `=` sees it."""
    return _nfc(_nfc(text).casefold())


@lru_cache(maxsize=64)
def _words(html: str) -> str:
    """The words of *html*; remembered, for every rule on one entry asks again."""
    return plain(html)


def _text(entry: Entry, source: Source) -> tuple[str, ...]:
    return ("\n".join(part for part in (entry.title, entry.summary, _words(entry.content)) if part),)


def _host(entry: Entry, source: Source) -> tuple[str, ...]:
    """The host of the entry's URL, and as people read it where it is an international name."""
    try:
        host = urlsplit(entry.url).hostname or ""
    except ValueError:
        return ("",)
    try:
        return (host, host.encode("ascii").decode("idna"))
    except UnicodeError:
        return (host,)


def _authors(entry: Entry, source: Source) -> tuple[str, ...]:
    return tuple(said for person in entry.authors for said in (person.name, person.email) if said)


def _enclosures(entry: Entry, source: Source) -> tuple[str, ...]:
    return tuple(said for file in entry.enclosures for said in (file.url, file.media_type) if said)


FIELDS: Mapping[str, Callable[[Entry, Source], tuple[str, ...]]] = {
    "title": lambda entry, source: (entry.title,),
    "text": _text,  # title, summary and content as words, a line each
    "summary": lambda entry, source: (entry.summary,),
    "content": lambda entry, source: (_words(entry.content),),
    "url": lambda entry, source: (entry.url,),
    "host": _host,
    "author": _authors,  # names and addresses
    "tag": lambda entry, source: entry.tags,
    "category": lambda entry, source: entry.categories + source.categories,  # as found, before aliases
    "source": lambda entry, source: (source.id, source.title),
    "language": lambda entry, source: (entry.language,),
    "path": lambda entry, source: (entry.path,),  # local posts
    "enclosure": _enclosures,  # URLs and media types
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field held against a value. *pattern* is the value compiled, for `~` and `!~`."""

    name: str
    operator: Operator
    value: str
    pattern: re.Pattern[str] | None = field(default=None, compare=False, repr=False)

    def meets(self, entry: Entry, source: Source) -> bool:
        values = FIELDS[self.name](entry, source)
        if self.pattern is not None:
            found = any(self.pattern.search(_nfc(value)) for value in values)
        else:
            wanted = _equal(self.value)
            found = any(_equal(value) == wanted for value in values)
        return found is not self.operator.startswith("!")

    def __str__(self) -> str:
        quoted = self.value.replace("'", "''")
        return f"{self.name} {self.operator} '{quoted}'"


@dataclass(frozen=True, slots=True)
class Not:
    term: "Condition"

    def meets(self, entry: Entry, source: Source) -> bool:
        return not self.term.meets(entry, source)

    def __str__(self) -> str:
        return f"not {_bracketed(self.term)}"


@dataclass(frozen=True, slots=True)
class All:
    terms: tuple["Condition", ...]

    def meets(self, entry: Entry, source: Source) -> bool:
        return all(term.meets(entry, source) for term in self.terms)

    def __str__(self) -> str:
        return " and ".join(map(_bracketed, self.terms))


@dataclass(frozen=True, slots=True)
class Either:
    terms: tuple["Condition", ...]

    def meets(self, entry: Entry, source: Source) -> bool:
        return any(term.meets(entry, source) for term in self.terms)

    def __str__(self) -> str:
        return " or ".join(map(_bracketed, self.terms))


Condition = Comparison | Not | All | Either


def _bracketed(term: Condition) -> str:
    return f"({term})" if isinstance(term, All | Either) else str(term)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that was read. Its text, read again, gives an equal rule."""

    condition: Condition

    def meets(self, entry: Entry, source: Source) -> bool:
        """Return whether *entry* of *source* is one that the rule speaks of."""
        return self.condition.meets(entry, source)

    def __str__(self) -> str:
        return str(self.condition)


@lru_cache(maxsize=1024)
def compile_rule(text: str) -> Rule:
    """Return the rule that *text* states; remembered. Raises `RuleError`, and nothing else, for any text."""
    if len(text) > LONGEST:
        raise RuleError(text[:40] + "…", LONGEST + 1, f"is longer than {LONGEST} characters")
    return _Reader(text).rule()


class _Token(NamedTuple):
    kind: str  # quoted, word, operator, bracket, end
    text: str
    at: int  # from 0


_TOKENS = re.compile(
    r"""
      (?P<space> \s+ )
    | (?P<quoted> ' (?: [^'] | '' )* ' | " (?: [^"] | "" )* " )
    | (?P<operator> !~ | != | ~ | = )
    | (?P<bracket> [()] )
    | (?P<word> [^\s'"()~=!]+ )
    """,
    re.VERBOSE,
)


class _Reader:
    """Reads one rule from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._split()
        self.next = next(self.tokens)

    def fault(self, at: int, message: str) -> RuleError:
        return RuleError(self.text, min(at, len(self.text)) + 1, message)

    def _split(self) -> Iterator[_Token]:
        at = 0
        while at < len(self.text):
            match = _TOKENS.match(self.text, at)
            if match is None:
                quote = self.text[at] in "'\""
                raise self.fault(at, "the quote is never closed" if quote else f"{self.text[at]!r} is not understood")
            if match.lastgroup != "space":
                yield _Token(cast(str, match.lastgroup), match.group(), at)
            at = match.end()
        yield _Token("end", "", at)

    def take(self) -> _Token:
        token = self.next
        if token.kind != "end":
            self.next = next(self.tokens)
        return token

    def takes(self, keyword: str) -> bool:
        if self.next.kind not in ("word", "bracket") or self.next.text.lower() != keyword:
            return False
        self.take()
        return True

    def rule(self) -> Rule:
        condition = self.either(0)
        if self.next.kind != "end":
            raise self.fault(self.next.at, f"expected 'and', 'or' or the end, found {self.next.text!r}")
        return Rule(condition)

    def either(self, depth: int) -> Condition:
        terms = [self.all(depth)]
        while self.takes("or"):
            terms.append(self.all(depth))
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def all(self, depth: int) -> Condition:
        terms = [self.term(depth)]
        while self.takes("and"):
            terms.append(self.term(depth))
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def term(self, depth: int) -> Condition:
        opened = self.next
        if depth > DEEPEST:
            raise self.fault(opened.at, f"is nested more than {DEEPEST} deep")
        if self.takes("not"):
            return Not(self.term(depth + 1))
        if not self.takes("("):
            return self.comparison()
        condition = self.either(depth + 1)
        if not self.takes(")"):
            raise self.fault(opened.at, "the parenthesis is never closed")
        return condition

    def comparison(self) -> Comparison:
        name = self.field()
        operator = self.take()
        if operator.kind != "operator":
            raise self.fault(operator.at, f"expected ~, !~, = or != after '{name}', found {_shown(operator)}")
        value = self.take()
        if value.kind != "quoted":
            raise self.fault(value.at, f"expected a value in quotes after '{operator.text}', found {_shown(value)}")
        return self.compared(name, cast(Operator, operator.text), value)

    def field(self) -> str:
        token = self.take()
        name = token.text.lower()
        if name in FIELDS:
            return name
        if token.kind != "word":
            raise self.fault(token.at, f"expected a field such as 'title', found {_shown(token)}")
        near = get_close_matches(name, FIELDS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"the fields are {', '.join(FIELDS)}"
        raise self.fault(token.at, f"unknown field {token.text!r}: {hint}")

    def compared(self, name: str, operator: Operator, value: _Token) -> Comparison:
        quote = value.text[0]
        said = _nfc(value.text[1:-1].replace(quote * 2, quote))
        if "~" not in operator:
            return Comparison(name, operator, said)
        try:
            return Comparison(name, operator, said, _pattern(said))
        except re.error as error:
            at = value.at + _written(value.text, error.pos or 0)
            raise self.fault(at, f"not a regular expression: {error.msg}") from error
        except Warning as warning:
            raise self.fault(value.at, f"ambiguous regular expression: {warning}; escape brackets with \\") from warning
        except (OverflowError, RecursionError, MemoryError) as error:
            raise self.fault(value.at, "the regular expression is too large") from error


def _pattern(text: str) -> re.Pattern[str]:
    """Compile *text*. A warning is an error: `[[광고]]` does not find `[광고]`, and its owner should know."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return re.compile(text, re.IGNORECASE)


def _written(quoted: str, at: int) -> int:
    """Where the character *at* of the value stands in the quoted text: doubled quotes count twice."""
    place = 1
    for _ in range(at):
        place += 2 if quoted[place : place + 2] == quoted[0] * 2 else 1
    return min(place, len(quoted) - 1)


def _shown(token: _Token) -> str:
    return repr(token.text) if token.text else "the end"
