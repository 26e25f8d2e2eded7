"""How each kind of value in feeds.yaml is read, and what is said where it does not fit."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from unicodedata import normalize
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import webencodings
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from feeds.config.faults import did_you_mean, either
from feeds.core.sorting.slugs import slug as slugged
from feeds.core.words import expressions

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
REFERENCE = {"type": "string", "pattern": r"\$\{(env|file):"}  # any value may come from elsewhere


class Substituted(str):
    """Text that came from the environment or from a file: it is never shown."""

    __slots__ = ()


class Unfit(ValueError):
    """A value does not fit: what would be right, a hint, and the column within the value (from 1; 0: its start)."""

    def __init__(self, right: str = "", hint: str = "", column: int = 0, wrong: str = "") -> None:
        self.right, self.hint, self.column, self.wrong = right, hint, column, wrong
        super().__init__(right)


ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}  # as a JSON Schema


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One kind of value: *read* gives it or raises `Unfit`; *right* ends the sentence `limit is -3; …`."""

    right: str
    read: Callable[[object], object]
    schema: Mapping[str, object] = field(default_factory=lambda: {"type": "string"})

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, object]:
        return dict(self.schema) if self.schema == {"type": "string"} else {"anyOf": [dict(self.schema), REFERENCE]}

    def check(self, value: object) -> object:
        try:
            return self.read(value)
        except Unfit as fault:
            facts = {"right": fault.right or self.right, "hint": fault.hint, "column": fault.column}
            raise PydanticCustomError("value", "{right}", {**facts, "wrong": fault.wrong}) from fault


def _string(value: object) -> str:
    """Return a plain str, NFC and without blanks around it: text that people compare by eye must compare equal."""
    if not isinstance(value, str):
        raise Unfit
    return normalize("NFC", str(value).strip())


def _one_line(value: object) -> str:
    if isinstance(value, (int, float)):
        raise Unfit(hint="put it in quotes")
    text = " ".join(_string(value).split())
    if not text:
        raise Unfit
    return text


def text(right: str = "give text in one line") -> Value:
    return Value(right, _one_line, {"type": "string", "minLength": 1})


def matching(pattern: str, right: str) -> Value:
    """A text that *pattern* describes whole."""
    shape = re.compile(pattern)

    def read(value: object) -> str:
        found = _string(value)
        if not shape.fullmatch(found):
            raise Unfit
        return found

    return Value(right, read)


def choice(*words: str, hints: Mapping[str, str] | None = None) -> Value:
    """One of *words*; *hints* answer what people write instead."""

    def read(value: object) -> str:
        if value in words:
            return str(value)
        raise Unfit(hint=(hints or {}).get(str(value), "") or did_you_mean(str(value), words))

    return Value(f"give {either(words)}", read, {"enum": list(words)})


def number(least: int, most: int) -> Value:
    """A whole number; digits are taken too where they come from the environment or a file."""

    def read(value: object) -> int:
        if isinstance(value, Substituted) and re.fullmatch(r"-?[0-9]{1,18}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            quoted = isinstance(value, str) and value.strip("-").isdecimal() and not isinstance(value, Substituted)
            raise Unfit(hint="write it without quotes" if quoted else "")
        if not least <= value <= most:
            raise Unfit
        return value

    right = f"give a number from {least} to {most}" if least < most else f"give {least}"
    return Value(right, read, {"type": "integer", "minimum": least, "maximum": most})


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
    meant = words.get(value.casefold()) if isinstance(value, str) else None
    if isinstance(value, Substituted) and meant is not None:
        return meant
    raise Unfit(hint="" if meant is None else f"did you mean {str(meant).lower()}? YAML 1.2 has no yes and no")


flag = Value("give true or false", _flag, {"type": "boolean"})


def _spell(span: timedelta) -> str:
    """Write a duration as people do: `90m`, `2h`, `7d`."""
    seconds = round(span.total_seconds())
    unit = next((u for u in ("d", "h", "m") if seconds and seconds % UNITS[u] == 0), "s")
    return f"{seconds // UNITS[unit]}{unit}"


def _span(number: str, unit: str) -> timedelta:
    return timedelta(seconds=int(number) * UNITS[unit])


def duration(least: timedelta, most: timedelta) -> Value:
    """A number and a unit: `30s 10m 2h 7d`."""
    *fit, last = (each for each in ("30s", "10m", "2h", "7d") if least <= _span(each[:-1], each[-1]) <= most)
    examples = f"{', '.join(fit)} or {last}" if fit else last
    right = f"give a duration from {_spell(least)} to {_spell(most)}, as in {examples}"

    def read(value: object) -> timedelta:
        found = re.fullmatch(r"([0-9]{1,9})([smhd])", value.strip()) if isinstance(value, str) else None
        if not found:
            raise Unfit(hint="write a unit behind the number" if isinstance(value, int) else "")
        span = _span(found[1], found[2])
        if not least <= span <= most:
            raise Unfit
        return span

    return Value(right, read, {"type": "string", "pattern": r"^\s*[0-9]+[smhd]\s*$"})


def _share(value: object) -> float:
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)%", value.strip()) if isinstance(value, str) else None
    if not found or float(found[1]) > 100:
        raise Unfit
    return float(found[1]) / 100


share = Value("give a share from 0% to 100%, as in 10%", _share, {"type": "string", "pattern": r"^\s*[0-9.]+%\s*$"})


def web_url(value: str) -> str:
    """Return *value* where it is an absolute http(s) URL, else raise `ValueError`."""
    parts = urlsplit(value)  # raises ValueError on a broken IPv6 address
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[\s\x00-\x1f\"<>\\^`{|}]", value):
        raise ValueError(value)
    if parts.port == 0:  # raises ValueError on a port that is none
        raise ValueError(value)
    return value


def address(example: str) -> Value:
    """An absolute http(s) URL."""

    def read(value: object) -> str:
        found = _string(value)
        try:
            return web_url(found)
        except ValueError:
            raise Unfit(hint="" if isinstance(value, Substituted) else _mended(found)) from None

    return Value(f"give an absolute http(s) address, as in {example}", read)


def _mended(url: str) -> str:
    """Say what was meant, where that is plain: a scheme left out, `feed:` links of old browsers."""
    bare = re.sub(r"^(?:feed:(?://)?(?=https?:)|feed:/?/?|//)", "", url)
    guess = bare if bare.startswith(("http://", "https://")) else f"https://{bare}"
    plain = guess == bare or ("." in bare and ":" not in bare.split("/")[0])
    try:
        return f"did you mean '{web_url(guess)}'?" if plain and guess != url else ""
    except ValueError:
        return ""


def _site_url(value: object) -> str:
    found = str(site_address.read(value))
    parts = urlsplit(found)
    if parts.query or parts.fragment or parts.username is not None:
        raise Unfit("give it without query, fragment or password, as in https://news.example.kr")
    return found.rstrip("/")


site_address = address("https://news.example.kr")
site_url = Value(site_address.right, _site_url)


def _zone(value: object) -> str:
    name = _string(value)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(hint=did_you_mean(name, sorted(available_timezones()))) from None


zone = Value("give a zone of the IANA list, as in Asia/Seoul", _zone)
zone_or_site = Value(
    "give site or a zone of the IANA list, as in Asia/Seoul", lambda value: value if value == "site" else _zone(value)
)


def _language(value: object) -> str:
    found = _string(value)
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", found):
        raise Unfit(hint=f"did you mean '{found.replace('_', '-')}'?" if "_" in found else "")
    return found


language = Value("give a language tag, as in ko or en-GB", _language)  # RFC 5646 §2.1


def _encoding(value: object) -> str:
    found = _string(value)
    if webencodings.lookup(found) is None:
        raise Unfit
    return found


encoding = Value("give a label of the WHATWG list, as in euc-kr or utf-8", _encoding)


def _pattern(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Unfit
    found = str(value)  # nothing is touched: blanks count
    try:
        expressions.compiled(found)
    except expressions.Unreadable as error:
        raise Unfit(hint="" if isinstance(value, Substituted) else str(error)) from error
    return found


pattern = Value(f"give a regular expression as RE2 reads it, at most {expressions.LONGEST} characters", _pattern)


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit(hint="" if value is None else "put it in quotes")
    return str(value)


words = Value("give text, in quotes where it is empty or begins or ends with blanks", _words)


def fitting(test: Callable[[str], bool], right: str) -> Value:
    """A text that passes *test*."""

    def read(value: object) -> str:
        found = _string(value)
        if not test(found):
            raise Unfit
        return found

    return Value(right, read)


def _slug(value: object) -> str:
    found = _string(value)
    if slugged(found) != found:
        raise Unfit(hint="" if isinstance(value, Substituted) or not found else f"did you mean '{slugged(found)}'?")
    return found


slug = Value("give lower-case letters, digits and '-', no name that a disk or the server needs, as in tech", _slug)


def _listen(value: object) -> str:
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", _string(value))
    if not found or not 0 < int(found[2]) < 65536:
        raise Unfit
    return found[0]


host_and_port = Value("give host and port, as in 127.0.0.1:8080 or [::1]:8080", _listen)


def _network(value: object) -> str:
    found = _string(value)
    try:
        return str(ip_network(found))
    except ValueError:
        hint = "" if isinstance(value, Substituted) or "/" not in found else "the part behind the prefix must be zero"
        raise Unfit(hint=hint) from None


network = Value("give an address or a network, as in 203.0.113.7 or 2001:db8::/32", _network)


def _hubs(value: object) -> tuple[str, ...]:
    one = address("https://hub.example/")
    found = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return tuple("builtin" if hub == "builtin" else str(one.read(hub)) for hub in found)


hubs = Value(
    "give builtin or the address of a hub, as in https://hub.example/",
    _hubs,
    ONE_OR_MORE,
)


def _store(value: object) -> str:
    found = _string(value)
    file = found.removeprefix("sqlite:///")
    if not (found.startswith("postgresql") and "://" in found) and (file in {found, "", ":memory:"}):
        raise Unfit
    return found


store = Value("give sqlite:/// and a path, as in sqlite:///var/feeds.db, or postgresql://…", _store)


def _header(value: object) -> str:
    if isinstance(value, (int, float)):
        raise Unfit(hint="put it in quotes")
    found = _string(value)
    if not found or re.search(r"[\x00-\x1f\x7f]", found):
        raise Unfit
    return found


header = Value("give text in one line", _header)


def _path(value: object) -> str:
    found = _string(value)
    if not found or "\0" in found:
        raise Unfit
    return found


path = Value("give a path, relative to this file", _path)


def _place(value: object) -> str:
    """A channel's path: decoded text; anything that would leave the folder or end the path part of a URL is out."""
    found = _string(value)
    if not found.startswith("/") or not found.endswith("/"):
        meant = f"/{found.strip('/')}/".replace("//", "/")
        raise Unfit(hint="" if isinstance(value, Substituted) else f"did you mean '{meant}'?")
    if re.search(r"[\\?#%\x00-\x1f\x7f]|//|/\.", found):
        raise Unfit(right="give a path without ? # % \\, empty parts or parts that start with a dot")
    if re.search(r"[{}]", found.replace("{slug}", "")):
        raise Unfit(right="the only thing in braces may be {slug}")
    return found


place = Value("give a path that starts and ends with '/', as in /news/", _place, {"type": "string", "pattern": "^/"})
