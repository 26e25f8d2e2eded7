"""Whether a feed is one that we publish ourselves: to read it would tell our own stories again, round and round.

A feed is known by its address, or by the one that it names as its own (`rel=self`): so under another host name, behind
a cache or a redirect, it is found too. Other documents of our host may be read: a site's older feed is often a source.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from feeds.core.links.urls import canonical
from feeds.core.sorting.channels import folder
from feeds.model.channel import FILES, Format
from feeds.model.settings import Settings

_FEEDS: tuple[Format, ...] = ("atom", "rss", "json", "msn", "smartnews", "flipboard")
_SLUG = "0slug0"  # stands for any while addresses are made alike
_PERIOD = r"(?:-\d{4}(?:-\d\d){0,2})?"  # as in `Channel.placed`


@dataclass(frozen=True, slots=True)
class Addresses:
    """Of all feeds of all channels, whatever their categories: *keys* (`urls.canonical`), and the *host* in them."""

    host: str
    keys: re.Pattern[str]

    def first(self, *urls: str) -> str:
        """Return the first of *urls* that is a feed of ours, whatever its query; '' where none is."""
        likely = (url for url in urls if self.host in url.lower() or not url.isascii())  # a tenth of the cost of a key
        return next((url for url in likely if self.keys.fullmatch(canonical(url).partition("?")[0])), "")


def addresses(settings: Settings) -> Addresses:
    """Return where our own feeds stand, of every output, category and partner: who leads there leads to us."""
    site = settings.site.url.rstrip("/")
    files = {
        canonical(site + quote(folder(output, _SLUG) + {**FILES, **output.files}[format]))
        for output in settings.outputs
        for format in _FEEDS
        if format in output.formats
    }
    private = re.escape(canonical(f"{site}/partner/{_SLUG}").removesuffix(_SLUG)) + ".+"  # a partner's feed of ours
    keys = "|".join([*(_pattern(file) for file in sorted(files)), private])
    return Addresses(canonical(site + "/").partition("/")[0].partition(":")[0], re.compile(keys))


def _pattern(file: str) -> str:
    """The addresses of a feed in any category, and of its archives."""
    stem, dot, kind = file.rpartition(".")
    named = f"{re.escape(stem)}{_PERIOD}{re.escape(dot + kind)}" if "/" not in kind else f"{re.escape(file)}{_PERIOD}"
    return named.replace(_SLUG, "[^/]+")
