"""Nothing is visible before its time, beyond its terms or after it was taken back: in no output, to nobody.

Stories, terms and times are generated. Looked into is all that leaves the house: files, the mirror's bucket, what the
web server answers from memory and from the store (pages, older pages, search, pictures, changes alone), the interface
for programs, partners' documents, pushes of the hub and of webhooks, and the log. What may be seen is said here anew,
in a few lines of its own.
"""

import re
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.app.serving.push import Topics
from feeds.model.channel import TAKEN, Format
from feeds.model.delivery import Message
from tests.end_to_end.world import BEHIND, HOUR, SITE, START, TOPICS, Terms, Told, World

ARCHIVE = re.compile(r"-\d{4}-\d\d-\d\d\.")  # documents of closed periods keep a text that was corrected, and say so
SECOND = timedelta(seconds=1)
HUB = b"//desk.example/hub"  # the public one
LAST = 5  # hours
PLAIN = ("atom", "rss", "json")
TITLED = ("msn", "smartnews", "ninjs")  # they know by its title what is taken back
TAKEDOWN = {  # how a document says that a story was taken back; Flipboard has no words for it
    "atom": b"deleted-entry",
    "rss": b"deleted-entry",
    "json": b'"when":',
    "msn": b"expirationDate",
    "smartnews": b'state="deleted"',
    "naver": b"deleted-entry",
    "ninjs": b'"pubstatus": "canceled"',
}
hours = st.sampled_from([99, 0, 1, 2, 3, 4])
stories = st.builds(
    Told,
    whose=st.sampled_from(["ours", "ours", "ours", "licensed", "reserved", "home", "back"]),
    language=st.sampled_from(["ko", "en"]),
    embargo=st.sampled_from([0, 0, 1, 2, 3]),
    corrected=hours,
    retracted=hours,
)
terms = st.builds(
    Terms,
    content=st.sampled_from(["full", "summary", "title"]),
    delay=st.sampled_from([0, 0, 1, 2]),
    sources=st.sampled_from(["own", "licensed", "all"]),
    language=st.sampled_from(["", "ko"]),
    images=st.sampled_from(["all", "own", "none"]),
    dialect=st.sampled_from([*PLAIN, *PLAIN, "msn", "smartnews", "flipboard", "naver", "ninjs"]),
    asks=st.booleans(),
    pushed=st.booleans(),
    only=st.sampled_from(["", "", "", "channel", "rule", "source"]),
).filter(
    lambda one: one.content in TAKEN.get(cast("Format", one.dialect), (one.content,))
)  # `feeds check` refuses others


# what may be seen, once more


def words(number: int, one: Told, at: float, extent: str = "full", images: str = "all") -> set[bytes]:
    """The words of a story that may be seen at *at* by those who may see it."""
    told = {f"tzqv{number}xj"}
    if extent != "title":
        told.add(f"szqv{number}xj")
    if extent == "full":
        told.add(f"{'k' if one.corrected <= at else 'c'}zqv{number}xj")
        told |= {f"ozqv{number}xj.png"} if images in ("all", "own") else set()
        told |= {f"izqv{number}xj.png"} if images == "all" else set()
    return {word.encode() for word in told}


def subject(number: int, one: Told, at: float) -> set[bytes]:
    """The word of its category, which is its alone: known once the story was, and from then on."""
    return {f"gzqv{number}xj".encode()} if one.embargo <= min(at, one.retracted) else set()


def every_word(number: int) -> set[bytes]:
    texts, pictures = [f"{c}zqv{number}xj" for c in "tsckg"], [f"{c}zqv{number}xj.png" for c in "io"]
    return {word.encode() for word in (*texts, *pictures)}


def allowed(number: int, one: Told, under: Terms, at: float) -> bool:
    """What the terms say, once more: a retraction ends all, a delay begins with the release."""
    ours = one.whose == "ours"
    passes = ours or under.sources == "all" or (one.whose, under.sources) == ("licensed", "licensed")
    speaks = not under.language or under.language == one.language
    chosen = {"channel": ours and number == 0, "rule": number == 0, "source": ours}.get(under.only, True)
    back = one.whose in ("home", "back")
    return passes and speaks and chosen and not back and one.embargo + under.delay <= at < one.retracted


def hidden_from(under: Terms, number: int, one: Told, at: float) -> set[bytes]:
    """The words of a story that a partner may not see at *at*."""
    told = words(number, one, at, under.content, under.images) if allowed(number, one, under, at) else set()
    if told and under.content == "summary" and under.images == "all":
        told.add(f"izqv{number}xj.png".encode())  # a summary may lead with its picture
    if at >= one.retracted and under.dialect in TITLED:
        told.add(f"tzqv{number}xj".encode())
    return every_word(number) - told - subject(number, one, at)


def hidden(number: int, one: Told, at: float, name: str) -> set[bytes]:
    """The words of a story that the public may not see at *at* in what is found under *name*."""
    told = words(number, one, at) if one.shown(at) else set()
    if one.shown(at) and ARCHIVE.search(name):
        told.add(f"czqv{number}xj".encode())
    if at >= one.retracted and name.rpartition("/")[2].partition(".")[0] in TITLED:
        told.add(f"tzqv{number}xj".encode())
    return every_word(number) - told - subject(number, one, at)


# the checks


def check(world: World, at: float) -> None:
    served, programs = list(world.served()), list(world.programs())
    documents = [*world.files(), *((name, got.body) for name, got in (*served, *programs))]
    documents.append(("log", "\n".join(world.logged.lines).encode()))
    assert all(got.status == 200 for name, got in programs if "/stories/" not in name), programs
    answers = dict(served)
    for number, one in enumerate(world.told):
        for name, body in documents:
            query = name.partition("?q=")[2].encode()  # which a page of results repeats
            leaks = [word for word in hidden(number, one, at, name) - {query} if word in body]
            assert not leaks, (name, at, one, leaks)
        for letter in "tsck":
            word = f"{letter}zqv{number}xj"
            told = f"{'s' if letter == 't' else 't'}zqv{number}xj".encode()
            found = told in answers["/search?q=" + word].body
            assert found == (one.shown(at) and word.encode() in words(number, one, at)), ("search", word, at, one)
        shows = one.shown(at) and one.whose == "ours"
        assert (answers[f"/ozqv{number}xj.png"].status == 200) == shows, ("picture", at, one)
        river = (world.folder / "var/public/atom.xml").read_bytes()
        assert all((w in river) == one.shown(at) for w in words(number, one, at)), ("river", at, one)
        assert (f"tzqv{number}xj".encode() in answers[BEHIND].body) == one.shown(at), ("older", at, one)
    for place, under in enumerate(world.under):
        check_partner(world, place, under, at)


def check_partner(world: World, place: int, under: Terms, at: float) -> None:
    found = list(world.private(place))
    hubs = [name for name, got in found if HUB in got.body or HUB in got.headers.get("link", "").encode()]
    assert not hubs, "what is private is announced on no public hub"
    for number, one in enumerate(world.told):
        leaks = hidden_from(under, number, one, at)
        for name, got in found:
            assert not [w for w in leaks if w in got.body], (name, at, one, under)
            assert got.headers.get("cache-control", "private, no-store") == "private, no-store", name
        if under.dialect in PLAIN and under.only != "channel":
            seen = words(number, one, at, under.content, under.images) if allowed(number, one, under, at) else set()
            river = dict(found)[f"p{place} all"].body
            assert all(word in river for word in seen), (place, at, one, under)


def leaves(world: World, message: Message) -> None:
    """A push leaves: nothing in it that whoever gets it may not see at this moment."""
    assert isinstance(message.data, bytes), message
    partner = message.url.startswith("https://partner.example/")
    under = world.under[int(message.url.rpartition("/p")[2])] if partner else None
    world.pushes[message.url] = world.pushes.get(message.url, 0) + 1
    for number, one in enumerate(world.told):
        leaks = hidden_from(under, number, one, world.hours) if under else hidden(number, one, world.hours, "")
        assert not [w for w in leaks if w in message.data], (message.url, world.hours, one, under)


def check_takedowns(world: World) -> None:
    """Who got a story that was taken back is told so, in the words of its dialect: else they show it for good."""
    for place, under in enumerate(world.under):
        if under.asks and under.dialect in TAKEDOWN and under.only != "channel":
            had = [o for n, o in enumerate(world.told) if o.retracted < LAST and got(n, o, under)]
            said = dict(world.private(place))[f"p{place} all"].body.count(TAKEDOWN[under.dialect])
            assert said >= len(had), ("not taken down", place, had, under)


def got(number: int, one: Told, under: Terms) -> bool:
    """Whether it was ever seen under these terms, at a full hour. Naver takes the site's own pages alone."""
    return (one.whose == "ours" or under.dialect != "naver") and any(
        allowed(number, one, under, at) for at in range(LAST)
    )


def check_hub(world: World) -> None:
    topic = Topics(world.app)
    assert topic("https://desk.example/atom.xml")
    assert not topic("https://desk.example/partner/p0/all/atom.xml"), "no hub knows of private feeds"
    assert not list((world.folder / "var/public").rglob("partner*"))


def check_mirror(world: World) -> None:
    """In the bucket are the public documents and pictures, all of them and nothing else: nothing of a partner."""
    published = {line.path for line in world.app.store.overview.renditions()}
    mirrored = {unquote(path) for path in world.bucket.bodies()}
    assert {path for path in mirrored if not path.endswith(".png")} == published
    assert published
    assert not [path for path in mirrored if "partner" in path]


EACH_RULE = (  # one story that goes out late and is called back, by a dialect each, three that no terms let through, and two that stay
    [
        Told("ours", "ko", 1, 99, 3),
        Told("reserved", "ko", 2, 99, 99),
        Told("ours", "en", 0, 2, 4),
        Told("back", "ko", 0, 99, 2),
        *[Told("licensed", "ko", 0, 99, 99)] * 2,
    ],
    [Terms("full", 0, "licensed", "ko", "none", dialect, True, dialect in PLAIN) for dialect in TAKEDOWN],
)
NARROW = (  # what each narrow rule lets through alone
    [
        Told("ours", "ko", 0, 1, 99),
        Told("ours", "en", 0, 99, 3),
        Told("home", "ko", 0, 99, 99),
        Told("reserved", "ko", 0, 99, 99),
    ],
    [
        Terms("full", 1, "all", "", "own", "atom", True, True, only="rule"),
        Terms("summary", 0, "all", "", "all", "json", True, False, only="channel"),
        Terms("title", 0, "all", "", "all", "rss", True, False, only="source"),
    ],
)


@example(*NARROW)
@example(*EACH_RULE)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(stories, min_size=2, max_size=4), st.lists(terms, min_size=2, max_size=3))
def test_nothing_leaks(found: list[Told], under: list[Terms]) -> None:
    found = [one if one.whose == "ours" else replace(one, corrected=99) for one in found]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        world = World(Path(folder), found, under, leaves, stack)
        for hour in range(LAST):
            if hour:
                world.move(START + hour * HOUR - SECOND)
                check(world, hour - SECOND / HOUR)
            world.move(START + hour * HOUR)
            check(world, hour)
            if not hour:
                world.attend()
        check_takedowns(world)
        check_hub(world)
        check_mirror(world)
        check_pushes(world)


def check_pushes(world: World) -> None:
    """What may be seen was pushed: to the public, and to partners by webhook and by subscription."""
    moved = {o.embargo for o in world.told if 0 < o.embargo < o.retracted} | {o.retracted for o in world.told}
    if any(0 < at < LAST for at in moved):
        assert {"https://subscriber.example" + topic for topic in TOPICS} <= set(world.pushes), SITE
    for place, one in enumerate(world.under):
        if one.pushed and any(got(number, told, one) for number, told in enumerate(world.told)):
            assert world.pushes.get(f"https://partner.example/p{place}"), one
