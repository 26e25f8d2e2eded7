"""Where a post stands on its site.

Jekyll's rule: the pattern of the post, else of the site, else `date`; its placeholders from the front matter and the
file name. A part that nobody gave (a date that neither states) is left out, so that the URL does not move when a date
is found elsewhere later.

The plain rule: `/folder/name/` for `folder/name.md`, `/folder/` for `folder/index.md`; `slug` replaces the last part;
`permalink` or `url` replaces all and may be a whole URL.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category

# Source: Jekyll 4.3.1 `Utils.add_permalink_suffix` and `URL` (permalink styles).
STYLES: Mapping[str, str] = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# ASCII that cannot stand in a path, and `%`: Hangul and its like stay readable, whoever sends the URL encodes them.
UNSAFE = re.compile(r"[\x00-\x20\"#%<>?\[\\\]^`{|}\x7f]")
UNSAFE_IN_PATTERN = re.compile(r"[\x00-\x20\"<>\[\\\]^`{|}\x7f]|%(?![0-9A-Fa-f]{2})")
DATE_PLACEHOLDER = re.compile(
    r"W?:(?:year|month|day|hour|minute|second|i_month|i_day|short_year|short_month|long_month|y_day|week|w_year|w_day"
    r"|short_day|long_day)(?![a-z])[-_.]?"
)
PLACEHOLDER = re.compile(r":([a-z_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What placeholders are filled from. *date* is in the site's zone, None where nobody stated one."""

    slug: str  # of the front matter, else of the file name
    name: str  # the file's name without its suffix
    categories: tuple[str, ...] = ()
    date: datetime | None = None
    path: str = ""  # the file's path below `_posts`, without its suffix


def jekyll(pattern: str, parts: Parts) -> str:
    """Return the path that Jekyll gives a post; it starts with '/'."""
    values = _values(parts)
    template = STYLES.get(pattern, pattern or STYLES["date"])
    if parts.date is None:
        template = DATE_PLACEHOLDER.sub("", template)

    def fill(found: re.Match[str]) -> str:
        # Jekyll takes the longest name that it knows: `:year_archive` is `:year`, then text.
        name = next((found[1][:n] for n in range(len(found[1]), 0, -1) if found[1][:n] in values), "")
        return values[name] + _escape(found[1][len(name) :]) if name else found[0]

    return tidy(PLACEHOLDER.sub(fill, UNSAFE_IN_PATTERN.sub(_encode, template)))


def plain(path: str, slug: str) -> str:
    """Return the path of a post in a folder of no known generator."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0]
    last = slug.strip().strip("/") or ("" if stem.lower() == "index" else stem)
    return tidy("/" + "/".join(_escape(part) for part in [*folders, *last.split("/"), ""]))


def tidy(path: str) -> str:
    """Return *path* with one '/' at its start, none doubled and no `.` or `..` in it."""
    kept = [part for part in path.split("/") if part not in ("", ".", "..")]
    return "/" + "/".join(kept) + ("/" if kept and path.endswith("/") else "")


def given(text: str) -> str:
    """Return the path or URL that an author wrote as `permalink` or `url`, made fit for a URL."""
    return UNSAFE_IN_PATTERN.sub(_encode, text.strip())


def slugify(text: str, *, pretty: bool = False) -> str:
    """Return *text* as Jekyll's slugs are made: letters, marks and digits of any script stay, the rest becomes '-'.

    *pretty* also keeps ``._~!$&'()+,;=@`` and the case. Source: Jekyll 4.3.1 `Utils.slugify`.
    """
    kept = "._~!$&'()+,;=@" if pretty else ""
    words = "".join(c if category(c)[0] in "LM" or category(c) == "Nd" or c in kept else "-" for c in text)
    words = re.sub("-+", "-", words).strip("-")
    return words if pretty else words.lower()


def _values(parts: Parts) -> dict[str, str]:
    categories = dict.fromkeys(name.lower() for name in parts.categories)
    values = {
        "categories": "/".join(_escape(name) for name in categories),
        "slugified_categories": "/".join(dict.fromkeys(_escape(slugify(name)) for name in categories)),
        "title": _escape(slugify(parts.slug, pretty=True) or slugify(parts.name, pretty=True)),
        "slug": slugify(parts.slug) or slugify(parts.name),
        "name": slugify(parts.name),
        "path": "/".join(map(_escape, parts.path.split("/"))),
        "collection": "posts",
        "output_ext": ".html",
    }
    return values | _date_values(parts.date)


def _date_values(date: datetime | None) -> dict[str, str]:
    """The placeholders of the date, all empty without one; names in English, whatever the machine's language."""
    day = date or datetime(1, 1, 1)  # noqa: DTZ001 (only its names are used)
    iso = day.isocalendar()
    values = {
        "year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}", "hour": f"{day:%H}", "minute": f"{day:%M}",
        "second": f"{day:%S}", "i_month": str(day.month), "i_day": str(day.day), "short_year": f"{day:%y}",
        "y_day": f"{day:%j}", "short_month": MONTHS[day.month - 1][:3].upper(), "long_month": MONTHS[day.month - 1],
        "week": f"{iso.week:02}", "w_year": str(iso.year), "w_day": str(iso.weekday),
        "short_day": DAYS[iso.weekday - 1][:3].upper(), "long_day": DAYS[iso.weekday - 1],
    }  # fmt: skip
    return values if date else dict.fromkeys(values, "")


def _escape(text: str) -> str:
    return UNSAFE.sub(_encode, text).replace("/", "%2F")


def _encode(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
