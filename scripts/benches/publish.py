"""What publishing costs where little changed, beside feedgen, json and gzip -6 from scratch.

500 categories in three formats, 50 stories in each, every story in two categories, the text of real feeds. `cold` is a
first pass of a new process. `rebuild` is a pass after one story of each category changed; the store gives the others as
the values that it gave before (`feeds/store/kept.py`). `others` is the same where it gives other values, as it does
where it forgot them. `scratch` tells the same stories through feedgen and json as they come,
with no marks and none of what ours adds. CPU seconds of one process, in turns; what makes stories is not counted.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from time import process_time

from feedgen.feed import FeedGenerator
from timing import close, interleaved, shared

from feeds.core.entries.normalise import normalise
from feeds.errors import ParseError
from feeds.model.channel import Channel, Feed, Item
from feeds.model.entry import Entry, Person
from feeds.model.source import Document, Source
from feeds.model.story import Category, Member, Story
from feeds.parse import parse
from feeds.render import RENDERERS, pieces, render

GOAL = 30.0
BASE = "https://news.example.kr"
NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SOURCE = Source(id="s", kind="feed", location="https://a.example/feed")


@cache
def found() -> tuple[Entry, ...]:
    """Return real entries, cleaned, of which no feed gives more than thirty."""
    entries: list[Entry] = []
    for path in sorted(p for p in shared("corpus/real").rglob("*") if p.is_file()):
        try:
            parsed = parse(Document(url=SOURCE.location, body=path.read_bytes()), SOURCE)
        except ParseError:
            continue
        entries += normalise(parsed, SOURCE, SOURCE.location).entries[:30]
    return tuple(entries)


@cache
def kept(number: int, revision: int) -> Story:
    return story(number, revision)


def story(number: int, revision: int) -> Story:
    at = NOON - timedelta(minutes=number)
    like = found()[number % len(found())]
    entry = replace(
        like,
        guid=str(number),
        title=f"{like.title} {revision}",
        url=f"{BASE}/{number}/",
        content=(like.content + " ")[:-1],  # another object, as a store gives it
        published=at,
        updated=at + timedelta(seconds=revision),
    )
    return Story(
        id=f"tag:news.example.kr,2026:story/{number}",
        members=(Member(entry=entry, local=True, first_seen=at),),
        categories=(Category(slug="tech", name="기술"),),
        published=at,
        updated=at + timedelta(seconds=revision),
        first_seen=at,
    )


def feeds(categories: int, size: int, revision: int, given: Callable[[int, int], Story]) -> Iterator[Feed]:
    """Yield the feed of each category: half of its stories are those of the next; one changes with *revision*."""
    for number in range(categories):
        channel = Channel(
            id=f"c:{number}",
            output_id="c",
            category=Category(slug=str(number), name=str(number)),
            path=f"/{number}/",
            base_url=BASE,
            title=f"Category {number}",
            language="ko",
            author=Person(name="편집부"),
            formats=("atom", "rss", "json"),
        )
        half = size // 2
        numbers = range(number * half, number * half + size)
        stories = [given(n, revision if n % size == 0 else 0) for n in numbers]
        yield Feed(
            channel=channel, items=tuple(Item(story=s) for s in stories), updated=max(s.updated for s in stories)
        )


def ours(of: Feed) -> int:
    return sum(len(rendition.gzipped) for rendition in render(of).renditions)


def scratch(of: Feed) -> int:
    """Tell *of* as a program would that has feedgen, json and gzip."""
    head = FeedGenerator()
    head.id(BASE + of.channel.path)
    head.title(of.channel.title)
    head.description(of.channel.title)
    head.language(of.channel.language)
    head.author({"name": of.channel.author.name})
    head.link(href=BASE + of.channel.path + "atom.xml", rel="self")
    head.link(href=BASE + of.channel.path, rel="alternate")
    items: list[dict[str, object]] = []
    for item in of.items:
        lead = item.story.lead
        entry = head.add_entry(order="append")
        entry.id(item.story.id)
        entry.title(lead.title)
        entry.link(href=lead.url)
        entry.author([{"name": author.name} for author in lead.authors])
        entry.category([{"term": tag} for tag in (*lead.tags, "tech")])
        entry.published(item.story.published)
        entry.updated(item.story.updated)
        entry.summary(lead.summary)
        entry.content(lead.content, type="html")
        items.append({
            "id": item.story.id,
            "url": lead.url,
            "title": lead.title,
            "content_html": lead.content,
            "summary": lead.summary,
            "date_published": item.story.published.isoformat(),
            "date_modified": item.story.updated.isoformat(),
            "authors": [{"name": author.name} for author in lead.authors],
            "tags": [*lead.tags, "tech"],
        })  # fmt: skip
    document = {"version": "https://jsonfeed.org/version/1.1", "title": of.channel.title, "items": items}
    told = (head.atom_str(), head.rss_str(), json.dumps(document, ensure_ascii=False).encode())
    return sum(len(gzip.compress(body, 6, mtime=0)) for body in told)


def spent(
    run: Callable[[Feed], int],
    revision: int,
    categories: int,
    size: int,
    sizes: dict[str, int],
    name: str,
    given: Callable[[int, int], Story] = kept,
) -> float:
    """Return the CPU seconds that *run* takes for every feed; what makes the stories is not counted."""
    took, written = 0.0, 0
    for of in feeds(categories, size, revision, given):
        start = process_time()
        written += run(of)
        took += process_time() - start
    sizes[name] = written
    return took


def whole(of: Feed) -> int:
    """Return the size of what `ours` makes, compressed in one go."""
    return sum(len(gzip.compress(RENDERERS[f](of)[0].raw, 6, mtime=0)) for f in of.channel.formats)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--categories", type=int, default=500)
    parser.add_argument("--stories", type=int, default=50, help="stories a category")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sizes: dict[str, int] = {}
    revisions = iter(range(1, 1_000_000))

    def cold() -> float:
        pieces.PIECES.clear()
        return spent(ours, next(revisions), given.categories, given.stories, sizes, "cold")

    def rebuild() -> float:
        return spent(ours, next(revisions), given.categories, given.stories, sizes, "rebuild")

    def others() -> float:
        return spent(ours, next(revisions), given.categories, given.stories, sizes, "others", story)

    peer = partial(spent, scratch, 0, given.categories, given.stories, sizes, "scratch")
    took = interleaved({"scratch": peer, "cold": cold, "others": others, "rebuild": rebuild}, given.rounds)
    for name, seconds in took.items():
        each = seconds / given.categories * 1000
        print(f"{name:8} {seconds:7.2f} CPU s, {each:6.2f} ms a category, {sizes[name] / 1e6:5.1f} MB of gzip")
    spent(whole, 0, min(given.categories, 20), given.stories, sizes, "whole")
    spent(ours, 0, min(given.categories, 20), given.stories, sizes, "some")
    print(f"pieces compress to {sizes['some'] / sizes['whole']:.2f} of the size of gzip -6 in one go")
    print(f"held: {pieces.PIECES.weight / 1e6:.0f} MB in {sys.platform} memory")
    faster, first = took["scratch"] / took["rebuild"], took["scratch"] / took["cold"]
    figure = f"rebuilt {faster:.1f} times faster than from scratch, first made {first:.2f} times"
    close("publish", figure, f"{GOAL:.0f} and 1", holds=faster >= GOAL and first >= 1)


if __name__ == "__main__":
    main()
