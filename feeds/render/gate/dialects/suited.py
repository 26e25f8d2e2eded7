"""Terms under which a partner gets less than it could, or what it asks not to be sent: warnings of `feeds check`.

Sources: those of the dialects' rules beside this. What a dialect takes no story of at all is no matter of doubt, and
refused (`feeds.model.channel.TAKEN`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from feeds.model.channel import Format
from feeds.model.partner import Partner, Terms
from feeds.render.gate.dialects import flipboard, naver

DOUBTS: Mapping[Format, tuple[tuple[Callable[[Terms], bool], str], ...]] = {
    "flipboard": (
        (lambda said: said.content != "full", "Flipboard asks for whole texts: give `content: full`"),
        (lambda said: said.limit < flipboard.LEAST, f"Flipboard asks for a `limit` of {flipboard.LEAST} or more"),
        (lambda said: said.images == "none", "Flipboard asks for a picture of each story, and `images` is none"),
    ),
    "msn": (
        (
            lambda said: said.images == "none",
            "MSN publishes no story by itself that has no picture, and `images` is none",
        ),
        (lambda said: len(said.languages) != 1, "MSN asks for one language a feed: name it in `languages`"),
    ),
    "naver": ((lambda said: said.limit > naver.MOST, f"Naver takes {naver.MOST} stories at most, `limit` is more"),),
    "smartnews": (
        (
            lambda said: any(name.startswith("utm_") for name, _ in said.links),
            "SmartNews asks for links without utm_… parameters: those of `links` are left out",
        ),
    ),
}
"""By dialect: whether terms are doubtful, and what is to be said then."""

UNSURE: Mapping[Format, str] = {
    "msn": "none of MSN's pages says in which element of RSS the text stands",
    "naver": "of Naver's guide no more than the beginning could be read, and not whether it still takes this form",
    "smartnews": "of SmartNews' specification what it asks of an item could not be read",
}
"""By dialect: which of its rules could not be checked. The others were read in copies, as their docstrings say."""


def unsure(used: Collection[Format]) -> Iterator[str]:
    """Say of the dialects among *used* what nobody here could read: their partners are to try the feed first."""
    yield from (f"{dialect}: {why}: have them try the feed first" for dialect, why in UNSURE.items() if dialect in used)


def doubts(partner: Partner) -> Iterator[str]:
    """Say where the terms of *partner* do not suit its dialect."""
    yield from (f"partner '{partner.id}': {why}" for of, why in DOUBTS.get(partner.dialect, ()) if of(partner.terms))
