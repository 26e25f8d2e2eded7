"""1,000 partners × 50 channels: what they cost in memory, in building and in serving, and what one new story costs.

Ten kinds of terms, dealt evenly; every partner asks for every channel through the door that `feeds serve` has, with its
token, over a real store. A new story comes in a language that some partners take and the others do not, so that the
cost of those who get it stands beside that of those who only ask. CPU seconds of this process.
"""

import argparse
import gc
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import process_time

from timing import close

from feeds.jobs.syndicate import Syndicate
from feeds.model.changes import Changes, Mark, Saved
from feeds.model.channel import Output
from feeds.model.entry import Entry
from feeds.model.partner import Partner, Terms
from feeds.model.settings import Settings, Site, Subject
from feeds.model.source import Source
from feeds.model.story import Category, Member, Story
from feeds.store import Store, open_store
from feeds.web import partner
from feeds.web.http import Asked

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SOURCE = Source(id="posts", kind="content", location="/posts")
SHOWN = 50  # stories of a channel
KINDS = 10  # of terms
MEMORY = 150.0  # KB a partner: 64 of them are documents, of which 64 MB are kept in all
SHARE = 0.25  # of the cost of a story for all that one for a tenth of them may cost


def story(number: int, channels: Sequence[str], language: str = "ko") -> Story:
    at = NOW - timedelta(minutes=number)
    words = " ".join(sha256(f"{number} {n}".encode()).hexdigest()[:8] for n in range(560))  # 5 KB
    entry = Entry(
        source_id="posts",
        guid=f"n{number}",
        url=f"https://desk.example/{number}/",
        title=f"Story {number}",
        summary=words[:200],
        content=f'<p>{words}</p><img src="https://cdn.example/{number}.png">',
        published=at,
        updated=at,
        language=language,
    )
    return Story(
        id=f"tag:desk.example,2026:{number}",
        members=(Member(entry=entry, local=True, first_seen=at),),
        keys=(f"id:{number}",),
        channels=tuple(channels),
        published=at,
        updated=at,
        first_seen=at,
    )


def tell(store: Store, stories: Sequence[Story]) -> None:
    view = store.library.poll_view("posts", ["-"], [])
    state = replace(view.state, polled=NOW, due=view.state.due + timedelta(seconds=1))
    saved = [
        Saved(entry=s.lead, fingerprint="f", status="kept", story_id=s.id, first_seen=s.first_seen) for s in stories
    ]
    marks = {Mark(channel_id=c, due=NOW) for s in stories for c in s.channels}
    store.library.apply(
        Changes(
            was_due=view.state.due,
            state=state,
            entries=tuple(saved),
            stories=tuple(stories),
            categories=tuple(Category(slug=f"c{n}", name=f"c{n}") for n in range(50)),
            marks=tuple(marks),
        )
    )


def terms(kind: int) -> Terms:
    """Kind 0 takes English too, kinds 0 and 1 take French, all take Korean."""
    languages = {0: ("ko", "en", "fr"), 1: ("ko", "fr")}.get(kind, ("ko",))
    return Terms(
        languages=languages if kind < 9 else (*languages, "ja"),
        content="full" if kind % 2 else "summary",
        images="none" if kind % 3 == 0 else "all",
        links=(("utm_source", f"kind{kind}"),),
        delay=timedelta(minutes=kind),
    )


def settings(partners: int, channels: int) -> Settings:
    return Settings(
        file="feeds.yaml",
        site=Site(title="Desk", url="https://desk.example", language="ko"),
        sources=(SOURCE,),
        categories=tuple(Subject(name=f"c{n}") for n in range(channels)),
        outputs=(Output(id="by", path="/{slug}/", each="category"),),
        partners=tuple(
            Partner(
                id=f"p{n}",
                channels=("by",),
                terms=terms(n % KINDS),
                token_hash=sha256(f"token {n}".encode()).hexdigest(),
                rate=1_000_000,
            )
            for n in range(partners)
        ),
    )


class Readers:
    """Every partner, asking through the door with what it got last."""

    def __init__(self, office: Syndicate) -> None:
        (self._entrance,) = partner.entrances(office, lambda: NOW)
        self._etags: dict[tuple[int, int], str] = {}

    def ask(self, who: Sequence[int], channels: Sequence[int]) -> tuple[float, int, int]:
        """Return the CPU seconds, and how many answers were 200 and 304."""
        counts = {200: 0, 304: 0}
        start = process_time()
        for number in who:
            for channel in channels:
                headers = {"authorization": f"Bearer token {number}", "accept-encoding": "gzip"}
                if tag := self._etags.get((number, channel)):
                    headers["if-none-match"] = tag
                answer = self._entrance.handler(
                    Asked(path=f"/partner/p{number}/by:c{channel}/atom.xml", headers=headers, client="192.0.2.1")
                )
                if answer.after:
                    answer.after(True)
                counts[answer.status] += 1
                self._etags[number, channel] = answer.headers["ETag"]
        return process_time() - start, counts[200], counts[304]


def held() -> float:
    """Megabytes of this process: what it has now, from the kernel's own count of pages."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=1000)
    parser.add_argument("--channels", type=int, default=50)
    given = parser.parse_args()
    everyone, channels = range(given.partners), range(given.channels)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/feeds.db")
        store.library.sync([SOURCE], lambda _: 0, NOW)
        for n in channels:  # each story in two channels
            numbers = range(100 + n * SHOWN // 2, 100 + n * SHOWN // 2 + SHOWN // 2)
            tell(store, [story(i, [f"by:c{n}", f"by:c{(n + 1) % given.channels}"]) for i in numbers])
        config = settings(given.partners, given.channels)
        office = Syndicate(lambda: config, store.library, store.partners, lambda: NOW)
        readers = Readers(office)
        empty = held()
        told, _, _ = readers.ask(everyone[:KINDS], channels)
        before = held()
        print(f"a kind   {told / KINDS:7.2f} CPU s and {(before - empty) / KINDS:.0f} MB: stories told under its terms")
        built, fresh, _ = readers.ask(everyone[KINDS:], channels)
        memory = (held() - before) * 1e3 / len(everyone[KINDS:])
        print(f"first    {built:7.2f} CPU s, {built / fresh * 1e3:6.3f} ms a document, {fresh} of them, ledger and all")
        print(f"memory   {memory:7.1f} KB a partner, of {given.channels} channels, beside what its kind shares")
        same, _, unchanged = readers.ask(everyone, channels)
        print(f"304      {same:7.2f} CPU s, {same / unchanged * 1e6:6.1f} µs an answer")
        costs = {}
        for number, (language, who) in enumerate((("en", "a tenth"), ("fr", "two tenths"), ("ko", "all"))):
            tell(store, [replace(story(number, ["by:c7"], language), first_seen=NOW - timedelta(hours=1))])
            took, got, rest = readers.ask(everyone, [7])
            costs[who] = took - rest * same / unchanged
            print(f"a story  {took * 1e3:7.1f} CPU ms where {got} get it and {rest} ask in vain, {who}")
        others, _, _ = readers.ask(everyone, [8])
        print(f"         {others * 1e3:7.1f} CPU ms for all of them to ask for a channel without it")
        store.close()
    share = costs["a tenth"] / costs["all"]
    figure = f"{memory:.0f} KB a partner; a story for a tenth costs {share:.0%} of one for all"
    close("partners", figure, f"{MEMORY:.0f} KB and {SHARE:.0%}", holds=memory <= MEMORY and share <= SHARE)


if __name__ == "__main__":
    main()
