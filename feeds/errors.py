"""What can go wrong, as one tree, and the plain words for each fault that is expected.

FeedsError
├── UsageError          a command was called with words that do not fit (exit 2)
├── ConfigError         feeds.yaml has faults; carries all of them (exit 2)
├── RuleError           a condition of the rule language cannot be read
├── PostError           one local post cannot be read; carries its fault
├── ParseError          one document is not a feed; carries a problem code
├── RenderError         one story cannot be expressed in a format
├── FetchError          one request was refused or failed; carries a problem code
├── OutputError         the output folder, or the bucket that mirrors it, cannot be written
├── ListenError         an address cannot be listened on
└── StoreError
    ├── StaleView       rows changed since they were read: read again, decide again
    ├── StoreLocked     another process works on this store
    ├── StoreTooNew     the store was written by a newer version of this program
    └── StoreDamaged    the file fails its integrity check

What is expected to happen to a source is a value (`Problem`), not an exception:
`PROBLEMS` gives the cause and the remedy of each code in plain words.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault at one place of a file that a person wrote (configuration or post).

    *line* and *column* count from 1; 0 means unknown. *excerpt* is the source line without its newline.
    """

    file: str
    line: int = 0
    column: int = 0
    message: str
    excerpt: str = ""
    suggestion: str = ""
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """`file:line:column: level: message`, then the line with a caret, then the suggestion."""
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        lines = [f"{place}: {self.level}: {self.message}"]
        if self.excerpt:
            lines.append(f"{self.line:>6} | {self.excerpt}")
            lines.append(f"       | {_indent(self.excerpt, self.column)}^")
        if self.suggestion:
            lines.append(f"       = {self.suggestion}")
        return "\n".join(lines)


def _indent(excerpt: str, column: int) -> str:
    """Blanks as wide as what stands before *column*: a Hangul syllable fills two cells of a terminal."""
    before = excerpt[: max(column - 1, 0)]
    return "".join("\t" if c == "\t" else "  " if ord(c) >= 0x1100 else " " for c in before)


class FeedsError(Exception):
    """The root: every error that this package raises on purpose."""


class UsageError(FeedsError):
    """A command was called with words that do not fit."""


class ConfigError(FeedsError):
    """The configuration has faults; *faults* holds all of them, in the order of the file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class RuleError(FeedsError):
    """A condition cannot be read; *column* counts from 1 within *rule*."""

    def __init__(self, rule: str, column: int, message: str) -> None:
        self.rule, self.column, self.message = rule, column, message
        super().__init__(f"rule {rule!r}, column {column}: {message}")


class PostError(FeedsError):
    """A local post cannot be read; *fault* names file, line and column."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class _Coded(FeedsError):
    """An error with a code of `PROBLEMS` and the detail of this one case."""

    def __init__(self, code: str, detail: str = "") -> None:
        if code not in PROBLEMS:
            raise KeyError(f"unknown problem code {code!r}")
        self.code, self.detail = code, detail
        super().__init__(f"{PROBLEMS[code][0]}{f': {detail}' if detail else ''}")

    @property
    def remedy(self) -> str:
        return PROBLEMS[self.code][1]


class ParseError(_Coded):
    """A document cannot be read as a feed."""


class FetchError(_Coded):
    """A request was refused or failed; *status* is the HTTP status, 0 where none arrived."""

    def __init__(self, code: str, detail: str = "", *, status: int = 0) -> None:
        self.status = status
        super().__init__(code, detail)


class RenderError(FeedsError):
    """A story cannot be expressed; *story_id* names it."""

    def __init__(self, story_id: str, message: str) -> None:
        self.story_id, self.message = story_id, message
        super().__init__(f"story {story_id}: {message}")


class OutputError(FeedsError):
    """The output folder, or the bucket that mirrors it, cannot be written; *path* names the place."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


class ListenError(FeedsError):
    """The web server cannot listen at *address*."""

    def __init__(self, address: str, message: str) -> None:
        self.address = address
        super().__init__(f"{address} cannot be listened on: {message}; give another address, or end what holds it")


class StoreError(FeedsError):
    """The store cannot do what was asked."""


class StaleView(StoreError):
    """Rows changed since they were read: read again and decide again."""


class StoreLocked(StoreError):
    """Another process works on this store."""


class StoreTooNew(StoreError):
    """The store was written by a newer version of this program."""


class StoreDamaged(StoreError):
    """The store's file fails its integrity check."""


# code: (cause, remedy). Shown by `feeds status`, the pages and the log; every code stands in README.
PROBLEMS: dict[str, tuple[str, str]] = {
    # reaching it
    "dns": ("the host name does not resolve", "check the host name in the source's url"),
    "connect": ("the server does not accept connections", "wait, or open the url in a browser to see whether it moved"),
    "timeout": ("the server did not answer in time", "wait; it is asked again later, less and less often"),
    "tls": ("the server's certificate is not valid for it", "ask the site to renew its certificate"),
    "address": (
        "the address is private or not allowed",
        "name the host and port under `server.allow_private` if it is yours",
    ),
    "scheme": ("only http and https are fetched", "use an http or https url, or `file:` for a feed on disk"),
    "redirect": ("the redirects loop, are too many, or lead from https to http", "use the final url in the source"),
    "protocol": ("the answer is not proper HTTP", "report it to the site"),
    "truncated": ("the answer was cut off", "wait; the next poll asks again"),
    "too_big": ("the answer is larger than the limit", "ask the site for a shorter feed"),
    "encoding": (
        "the answer uses a content encoding that was not asked for or is broken",
        "report it to the site",
    ),
    # what it said
    "rate_limited": ("the server asks us to come less often", "nothing: we wait as long as it asks"),
    "denied": ("the server denies access", "check whether the feed needs a login, or was moved"),
    "missing": ("the server has nothing at this url", "look for the feed's new url: `feeds add SITE` finds it"),
    "gone": ("the server says that the feed is gone for good", "remove the source, or give its new url"),
    "status": ("the server answers with an error", "wait; if it lasts, report it to the site"),
    # what came
    "empty": ("the document is empty", "report it to the site; what was read before is kept"),
    "html": (
        "a web page came where a feed was expected",
        "`feeds add URL` finds the feed behind a page; a login or challenge page needs the site's help",
    ),
    "unknown": ("the document is not a feed that we know", "open the url: it should be RSS, Atom or JSON Feed"),
    "entities": ("the document declares XML entities", "report it to the site: feeds need none"),
    "depth": ("the document is nested too deeply, or has names or attributes beyond all use", "report it to the site"),
    "json": ("the document is not valid JSON Feed", "report it to the site: `feeds peek URL` says where"),
    "reader": ("reading the document failed", "run `feeds peek URL` and report what it says"),
    "publish": ("bringing it out failed", "its last good documents stay; report it with what the log says"),
    "costly": (
        "reading the document takes more time or memory than any feed needs",
        "report it to the site: a feed must not be that deep, or that large in one piece",
    ),
    "killed": (
        "the document ended the process that read it",
        "report it to the site, and to us with the document: `feeds peek URL` ends the same way",
    ),
    # what was odd about it, and handled
    "charset": (
        "the document is not in the encoding that it names, or not whole in it",
        "check that the text looks right; if not, set `encoding` for the source",
    ),
    "malformed": ("the document breaks the rules of its format", "nothing: it was read all the same"),
    "date": ("a date cannot be read", "report the date to the site; the entry is dated by when it was first seen"),
    "guid": ("entries have no id of their own", "report it to the site; their links tell them apart"),
    "repeated": (
        "entries share one id",
        "report it to the site; the newest counts, or their links tell them apart",
    ),
    "stamped": (
        "items bear the time at which the document was made for their date",
        "report it to the site; the entries are dated by when they were first seen",
    ),
    "elsewhere": (
        "the feed names another address as its own",
        "nothing, unless both addresses are sources: remove one of them then",
    ),
    "title": ("titles hold HTML where text belongs", "nothing: they are read as HTML"),
    "excess": ("the document holds more entries than are read at once", "ask the site for a shorter feed"),
    "crashed": (
        "reading the document ended the program before",
        "run `feeds peek URL`; the source rests until `feeds fetch ID --force`",
    ),
    # local content
    "folder": ("the folder or file cannot be read", "check the path and its permissions"),
    "post": ("a post has a fault", "fix the post at the place named; a version that was good before stays published"),
    "embargo": (
        "a post that was published is to wait now, which nobody who has it can do",
        "take the embargo out; to take the story back use `feeds retract`, or `draft: true`",
    ),
    "assumed": (
        "a post leaves room for doubt and was read as stated",
        "write it at the place named so that only one reading is possible",
    ),
    # publishing
    "output": ("the output folder cannot be written", "check `public` in the configuration, its permissions, the disk"),
    "set_aside": ("a story cannot be expressed in a format", "correct the entry at its source; `feeds why` names it"),
    "losses": (
        "a build would lose most of what a channel shows",
        "look at what became of its stories: `feeds why`; if that is meant, `feeds allow CHANNEL`",
    ),
    "withheld": (
        "a document breaks a rule of its format",
        "report what it says to us; the last good document stays published until then",
    ),
    "mirror": (
        "the bucket that mirrors us did not take a document",
        "check `mirror` in the configuration; it is tried again, and what is published here stays right",
    ),
    "delivery": ("a hub or a subscriber did not accept what it was told", "wait; it is tried again for about a day"),
    "twin": (
        "the feed has moved to the address of another source",
        "remove this source: the other one reads the feed; what this one gave stays published",
    ),
    "own": (
        "the feed is one that we publish ourselves",
        "remove this source: its stories are here already, and would be told again and again",
    ),
    "emptied": (
        "the feed holds nothing any more",
        "look at the feed: if it was closed, remove the source; what it gave stays published",
    ),
    "replaced": (
        "all entries of the feed gave way to others at once",
        "look at the feed: if its site is another one now, remove the source; what it gave stays published",
    ),
    "flood": (
        "the feed brings more new entries than a day can hold",
        "look at what it tells: it rests until the day is over; `feeds fetch SOURCE --force` reads it now",
    ),
    "mass_vanish": (
        "most entries vanished at once",
        "if that is meant, run `feeds fetch ID --force`, or read it again on its page of the desk; until then they "
        "stay published",
    ),
}
