"""Lists of feeds in the shapes that other programs keep: OPML, newsboat's `urls`, planet ini, YAML and JSON.

`feeds import FILE` and `feeds init FROM` read them through here.
"""

import errno
import re
import shlex
from pathlib import Path
from typing import Literal

import webencodings

from feeds.config import opml, records
from feeds.config.listed import Feeds, Gathering

LONGEST_LINE = 10_000  # characters: splitting one into words takes quadratic time, a minute for 1.7 MB
LARGEST = 20 * 1024 * 1024  # bytes
Shape = Literal["opml", "planet", "newsboat", "records"]

_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_SECTION = re.compile(r"\[(.+)\]\Z")
_PAIR = re.compile(r"([\w.-]+)\s*[=:](.*)")
_OF_A_PLANET = re.compile(r"(?mi)^[ \t]*\[(?:https?:|feed:|planet\]|default\])")
_RECORDS = re.compile(r"\s*(?:\{|\[\s*[{\]])")
_OF_YAML = re.compile(r"(?m)^\s*-\s+(?:href|url|feed_url|xmlUrl)\s*:")
# What Venus and its kin say of single feeds, and what to write instead.
_OF_VENUS = {
    "filters": "`rewrite` or `ignore`", "filter": "`only`", "exclude": "`drop`", "ignore_in_feed": "`ignore`",
    "future_dates": "`future`", "xml_base": "`base`", "title_type": "`rewrite`", "content_type": "`rewrite`",
}  # fmt: skip
_NOT_FEEDS = {"query:": "a query", "filter:": "a filter", "exec:": "a command"}


def read(text: str) -> Feeds:
    """Return the feeds of *text*, whatever list it is."""
    return {"opml": opml.read, "planet": planet, "newsboat": newsboat, "records": records.read}[shape(text)](text)


def shape(text: str) -> Shape:
    """Say which list *text* is: markup is OPML, `[http…]` sections are a planet's, JSON and YAML are records, else
    addresses line by line."""
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return "opml"
    if _RECORDS.match(text) or _OF_YAML.search(text):
        return "records"
    return "planet" if _OF_A_PLANET.search(text) else "newsboat"


def opened(path: Path) -> str:
    """Return the text of the list at *path*. Raises `OSError`, also where it is larger than any list."""
    with path.open("rb") as file:
        body = file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise OSError(errno.EFBIG, f"larger than {LARGEST >> 20} MiB")
    return decoded(body)


def decoded(body: bytes) -> str:
    """Return the text of a list: by its byte order mark, by what its XML says, else UTF-8, else Korean, else Latin."""
    declared = _DECLARED.match(body)
    label = declared[1].decode("ascii") if declared else ""
    named = webencodings.lookup(label) if label else None
    for encoding in filter(None, [named, webencodings.UTF8, webencodings.lookup("euc-kr")]):
        try:
            return str(webencodings.decode(body, encoding, errors="strict")[0])
        except UnicodeDecodeError:
            continue
    return str(webencodings.decode(body, "windows-1252", errors="replace")[0])


def newsboat(text: str) -> Feeds:
    r"""Read `URL tag "two words" "~own title" "!hidden"`, one a line; `#` starts a comment line.

    Queries, filters and commands of newsboat are named and left out: nothing is ever executed.
    """
    gathering = Gathering()
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            gathering.problem(f"a line of {len(line)} characters is left out", number)
            continue
        url, *words = _words(line)
        if not url or url.startswith("#"):
            continue
        if kind := next((words for prefix, words in _NOT_FEEDS.items() if url.startswith(prefix)), ""):
            gathering.problem(f"'{url[:100]}' is left out: {kind} of newsboat, not a feed", number)
            continue
        titles = [word[1:] for word in words if word.startswith("~")]
        tags = [word for word in words if word[:1] not in {"~", "!", ""}]
        gathering.add(url, title="".join(titles[:1]), categories=tags, line=number)
    return gathering.feeds()


def _words(line: str) -> list[str]:
    """Split a line as newsboat does; a quote that is never closed ends with the line. At least one word, maybe ''."""
    if line.lstrip().startswith("#"):
        return [""]
    words = shlex.shlex(line, posix=True, punctuation_chars=False)
    words.whitespace_split, words.commenters, words.quotes = True, "", '"'
    try:
        return list(words) or [""]
    except ValueError:
        return line.replace('"', " ").split() or [""]


def planet(text: str) -> Feeds:
    """Read the sections `[http://…]` of Planet, Venus and Pluto with `name =` or `title =`, and Pluto's `feed =`.

    Read by hand: real files hold bare `%`, keys given twice and Python templates, on which `configparser` stops.
    """
    gathering = Gathering()
    section, facts, begun = "", dict[str, str](), 0
    for number, line in enumerate(map(str.strip, [*text.splitlines(), "[end]"]), 1):
        if line.startswith(("#", ";")):
            continue
        if found := _SECTION.match(line):
            _take(section, facts, gathering, begun)
            section, facts, begun = found[1].strip(), {}, number
        elif found := _PAIR.match(line):
            facts.setdefault(found[1].casefold(), found[2].strip())
    return gathering.feeds()


def _take(section: str, facts: dict[str, str], gathering: Gathering, line: int) -> None:
    """Take one section; those of templates and of the planet itself are no feeds."""
    url = section if re.match(r"(?i)(?:https?|feed|file|exec):", section) else facts.get("feed", "")
    if url:
        tags = facts.get("categories") or facts.get("tags") or facts.get("category") or ""
        title = facts.get("name") or facts.get("title") or ""
        for key, instead in _OF_VENUS.items():
            if facts.get(key):
                gathering.problem(f"'{title or url}': its {key} is left out; see {instead}", line)
        gathering.add(url, title=title, categories=[tag for tag in map(str.strip, tags.split(",")) if tag], line=line)
