"""What is odd about the identity of a feed's items, in plain words, each with the rule that handles it.

For those who look (`feeds peek`); polling applies the rules without it. Repeated ids and dates are told by `normalise`.
One look sees one document: that ids are used again for other items, or change from poll to poll, shows only where the
library knows what was there before (`ledger.py`); numbers that count the items are a sign of the first.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from feeds.core.entries.normalise import LONGEST_ID
from feeds.core.links import urls
from feeds.model.entry import Parsed, RawEntry
from feeds.model.oddity import Finding


def of_identity(parsed: Parsed, url: str) -> tuple[Finding, ...]:
    """Return what is odd about the ids and links of the document read at *url*."""
    items = [item for item in parsed.entries if not item.path]
    found = [Finding(code=code, detail=detail) for code, says in _SAYS if (detail := says(items))]
    return (*found, *_about_address(parsed, url)) if items else ()


def _missing(items: Sequence[RawEntry]) -> str:
    bare = [item for item in items if not item.guid.strip()]
    links = Counter(item.url for item in bare)
    linked = sum(1 for item in bare if item.url and links[item.url] == 1)
    said = f"{len(bare)} of {len(items)} items have no id"
    ways = [f"the link stands for {linked} of them"] if linked else []
    ways += [f"title, date and text for {len(bare) - linked}"] if linked < len(bare) else []
    return f"{said}; {', '.join(ways)}" if bare else ""


def _relative(items: Sequence[RawEntry]) -> str:
    paths = [i for i in items if i.guid_is_permalink and i.guid.strip().startswith(("/", "./", "../", "?"))]
    return f"{len(paths)} ids are paths that claim to be links; they are made absolute" if paths else ""


def _long(items: Sequence[RawEntry]) -> str:
    long = sum(1 for item in items if len(item.guid.encode("utf-8", "replace")) > LONGEST_ID)
    return f"{long} ids are longer than {LONGEST_ID} bytes; a hash stands for each" if long else ""


def _counted(items: Sequence[RawEntry]) -> str:
    """Ids that are places: the item that is new tomorrow will bear the id of today's."""
    guids = [item.guid.strip() for item in items]
    for first in (0, 1):
        numbers = [str(number) for number in range(first, first + len(guids))]
        if len(guids) >= 3 and guids in (numbers, numbers[::-1]):
            return "ids count the items, so others will bear them; an item of another page and title is another item"
    return ""


def _only_links(items: Sequence[RawEntry]) -> str:
    alone = sum(1 for i in items if i.guid_is_permalink and i.guid and i.url in {"", i.guid} and not _is_link(i.guid))
    return f"{alone} ids claim to be links and are none; they are ids only" if alone else ""


def _is_link(guid: str) -> bool:
    return guid.startswith(("http://", "https://", "/", "./", "../", "?"))


def _one_page(items: Sequence[RawEntry]) -> str:
    links = Counter(item.url for item in items if item.url)
    if len(items) < 3 or len(links) != 1 or sum(links.values()) < len(items):
        return ""
    return f"all items link to {next(iter(links))[:100]}; the link identifies none of them"


_SAYS: tuple[tuple[str, Callable[[Sequence[RawEntry]], str]], ...] = (
    ("id.missing", _missing),
    ("id.counted", _counted),
    ("link.one_page", _one_page),
    ("id.relative", _relative),
    ("id.permalink", _only_links),
    ("id.long", _long),
)


def _about_address(parsed: Parsed, url: str) -> Iterator[Finding]:
    """A feed that names another address as its own: two sources may be one feed."""
    said = parsed.info.self_url
    if said.startswith(("http://", "https://")) and url.startswith(("http://", "https://")) and not one_feed(said, url):
        yield Finding(code="feed.elsewhere", detail=f"it says that it lives at {said[:200]}")


def one_feed(one: str, other: str) -> bool:
    """Tell whether two addresses name one feed: http and https, `www.`, the last slash and trackers aside."""
    return urls.canonical(one) == urls.canonical(other)
