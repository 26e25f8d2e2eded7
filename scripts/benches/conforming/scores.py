"""How often a reader is right: what it said of documents, against what they say."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conforming.literal import Feed, Item, moment

MOST = 1_000
"""Entries of one document; of more, the newest so many count as all, for every reader."""

Told = dict[str, Any]
"""What a reader said of one document: {title, items: [{id, link, title, summary, published, updated, enclosures}]}."""


@dataclass(slots=True)
class Marks:
    """Of one reader in one row: each question that was asked, and whether its answer was right."""

    right: dict[str, bool] = field(default_factory=dict)

    def where(self, other: "Marks") -> tuple[int, int]:
        """Return (right of these, right of the other's)."""
        theirs = [name for name, right in other.right.items() if right]
        return sum(self.right.get(name, False) for name in theirs), len(theirs)

    def __str__(self) -> str:
        return f"{sum(self.right.values()):,}"


def real(name: str, feed: Feed, told: Told | None, rows: defaultdict[str, Marks]) -> None:
    """Mark what a reader *told* of a well-formed feed."""
    items = told["items"] if told else []
    rows["number of entries"].right[name] = min(len(items), MOST) == min(len(feed.items), MOST)
    if len(feed.items) > MOST:
        return
    for place, (item, found) in enumerate(zip(feed.items, _partners(feed.items, items), strict=True)):
        for row, right in _answers(item, found):
            rows[row].right[f"{name} {place}"] = right


def whole(feed: Feed, told: Told | None) -> bool:
    """Tell whether a reader has everything of a feed right."""
    items = told["items"] if told else []
    pairs = zip(feed.items, _partners(feed.items, items), strict=True)
    return len(items) == len(feed.items) and all(right for pair in pairs for _, right in _answers(*pair))


def readable(feed: Feed, told: Told | None) -> bool:
    """Tell whether all letters of a feed are right: titles and summaries, whatever became of their HTML."""
    items = told["items"] if told else []
    texts = [(feed.title, told["title"] if told else "")]
    for item, found in zip(feed.items, _partners(feed.items, items), strict=True):
        texts += [(item.title, found.get("title", "")), (item.summary, found.get("summary", ""))]
    return all(_letters(stated) == _letters(said) for stated, said in texts if _letters(stated))


def _answers(item: Item, found: Told) -> Iterator[tuple[str, bool]]:
    """Each row that *item* has an answer for, and whether *found* is it."""
    if item.id:
        yield "ids", found.get("id", "") in item.id
    if item.links:
        yield "links", found.get("link", "") in item.links
    if item.title:
        yield "titles", _same(item.title, found.get("title", ""))
    if item.published:
        yield "dates", _at(found.get("published", "")) == item.published
    if item.updated:
        yield "dates of change", _at(found.get("updated", "")) == item.updated
    if item.enclosures:
        yield "enclosures", _attached(item, found.get("enclosures", ()))


def _partners(items: Sequence[Item], told: Sequence[Told]) -> list[Told]:
    """What was told of each of *items*: by place where there are as many, else by id, link or title, each once."""
    if len(items) == len(told):
        return list(told)
    left = list(told)
    partners = []
    for item in items:
        found = next((t for t in left if t["id"] in item.id or t["link"] in item.links), None)
        found = found or next((t for t in left if item.title and _same(item.title, t["title"])), None)
        if found is not None:
            left.remove(found)
        partners.append(found or {})
    return partners


def _at(text: str) -> datetime | None:
    return moment(text) if text else None


def _attached(item: Item, told: Iterable[Sequence[str]]) -> bool:
    """Whether every attached file is there, with its type and its length where those are stated as they should be."""
    found = {url: (kind.lower(), length) for url, kind, length in told}
    return all(
        any(
            (not e.media_type.strip() or kind == e.media_type.strip().lower())
            and (not e.length.strip().isdigit() or int(e.length) == int(length or 0))
            for kind, length in (found[url] for url in e.urls if url in found)
        )
        for e in item.enclosures
    )


def _same(stated: str, said: str) -> bool:
    """Whether two titles are one: as written, or as people read them, with the signs that browsers show for C1."""
    return _line(stated) == _line(said) or _words(stated) == _words(said)


def _line(text: str) -> str:
    return " ".join(text.replace("\ufeff", "").split())  # a byte order mark within a text is no letter of it


def _words(markup: str) -> str:
    return _line(html.unescape(re.sub(r"<[^<>]*>", " ", _signs(markup))))


def _letters(markup: str) -> str:
    return "".join(c for c in html.unescape(_words(markup)) if c.isalnum())


def _signs(text: str) -> str:
    return re.sub("[\x80-\x9f]", lambda found: html.unescape(f"&#{ord(found[0])};"), text)
