"""1,000 partners × 50 channels: what they cost in memory, in building and in serving, and what one new story costs.

Ten kinds of terms, dealt evenly; partners ask through the way in that `feeds serve` has, with their tokens, over a real
store. Memory and building are measured on some of them, in every channel, without the documents that are kept: these
have a bound for all. A new story comes in a language that some partners take and the others do not, so that the cost of
those who get it stands beside that of those who only ask. CPU seconds of this process; stories for a tenth, for all and
for nobody come in turns, and the medians count, for another load of the machine falls on all of them.
"""

import argparse
import gc
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import process_time

from timing import close, interleaved

from feeds.jobs import syndicate
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
from feeds.web.wire.http import Asked

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SOURCE = Source(id="posts", kind="content", location="/posts")
SHOWN = 50  # stories of a channel
KINDS = 10  # of terms
SAMPLE, FILLING = 80, 40  # partners that ask for every channel; the first of them fill what all share
ROUNDS = 5
MEMORY = 150.0  # KB a partner
SHARE = 0.25  # of the cost of a story for all that one for a tenth of them may cost
TAKERS = {"a tenth": "en", "all": "ko", "nobody": "ja"}  # the language of a story, by how many of them take it


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
    """Kind 0 takes English too, all take Korean, none Japanese."""
    return Terms(
        languages=("ko", "en") if kind == 0 else ("ko",),
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
    """Every partner, asking through the way in with what it got last."""

    def __init__(self, office: Syndicate) -> None:
        (self._entrance,) = partner.entrances(office, lambda: NOW)
        self._office = office
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

    def rest(self) -> None:
        """Let what was counted be written, as `feeds serve` does between requests."""
        self._office.flush()


def fill(store: Store, channels: int) -> None:
    """Tell `SHOWN` stories of each channel, each of them in two."""
    store.library.sync([SOURCE], lambda _: 0, NOW)
    for n in range(channels):
        numbers = range(100 + n * SHOWN // 2, 100 + n * SHOWN // 2 + SHOWN // 2)
        tell(store, [story(i, [f"by:c{n}", f"by:c{(n + 1) % channels}"]) for i in numbers])


def held() -> float:
    """Kilobytes of this process now, as the kernel counts them; files that are mapped are left out."""
    gc.collect()
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1.024 for line in lines if line.startswith("RssAnon"))


def memory(readers: Readers, sample: Sequence[int], channels: Sequence[int]) -> float:
    """Return KB a partner of *sample* with every channel, documents left out.

    The first ones fill what has a bound for all: the stories told under each kind of terms, the pages of the store.
    """
    syndicate.KEPT, bound = 0, syndicate.KEPT
    told, _, _ = readers.ask(sample[:KINDS], channels)
    print(f"a kind   {told / KINDS:7.2f} CPU s: stories told under its terms")
    readers.ask(sample[KINDS:FILLING], channels)
    readers.rest()
    before = held()
    built, fresh, _ = readers.ask(sample[FILLING:], channels)
    readers.rest()
    own = (held() - before) / len(sample[FILLING:])
    syndicate.KEPT = bound
    print(f"first    {built:7.2f} CPU s, {built / fresh * 1e3:6.3f} ms a document, {fresh} of them, ledger and all")
    print(f"memory   {own:7.1f} KB a partner, of {len(channels)} channels, beside documents and what its kind shares")
    return own


def rounds(store: Store, readers: Readers, everyone: Sequence[int]) -> dict[str, float]:
    """Return the CPU seconds, in the median, that everyone takes who asks twice after a new story: the second time
    they prove to have it."""
    told = iter(range(99, 0, -1))

    def twice() -> float:
        start = process_time()
        readers.ask(everyone, [7])
        readers.ask(everyone, [7])
        readers.rest()
        return process_time() - start

    def one(language: str) -> float:
        tell(store, [replace(story(next(told), ["by:c7"], language), first_seen=NOW - timedelta(hours=1))])
        return twice()

    twice()
    runs = {who: partial(one, language) for who, language in TAKERS.items()}
    return interleaved({**runs, "no one, once more": twice}, ROUNDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=1000)
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    given = parser.parse_args()
    everyone, channels = range(given.partners), range(given.channels)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/feeds.db")
        fill(store, given.channels)
        config = settings(given.partners, given.channels)
        office = Syndicate(lambda: config, store.library, store.partners, lambda: NOW)
        readers = Readers(office)
        own = memory(readers, everyone[: given.sample], channels)
        took = rounds(store, readers, everyone)
        store.close()
    asking = took["no one, once more"]
    for who, seconds in took.items():
        print(f"asking   {seconds / len(everyone) * 1e3:7.3f} CPU ms a partner, twice, after a story for {who}")
    share = (took["a tenth"] - asking) / (took["all"] - asking)
    kilobytes = own + syndicate.KEPT / 1e3 / len(everyone)
    figure = f"{kilobytes:.0f} KB a partner; a story for a tenth costs {share:.0%} of one for all"
    close("partners", figure, f"{MEMORY:.0f} KB and {SHARE:.0%}", holds=kilobytes <= MEMORY and share <= SHARE)


if __name__ == "__main__":
    main()
