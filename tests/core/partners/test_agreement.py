"""What a partner may see, and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.core.partners import agreement
from feeds.core.partners.agreement import Deal
from feeds.model.channel import Channel, Tombstone
from feeds.model.entry import Origin
from feeds.model.partner import Owed, Partner, Terms
from feeds.model.source import Extent
from feeds.model.story import Category, Member, Story
from tests.core.made import NOW, entry, settings, source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY = "https://creativecommons.org/licenses/by/4.0/"
SETTINGS = settings(source("posts", kind="content"), source("one"))
SOURCES = {s.id: s for s in SETTINGS.sources}


def deal(**said: Any) -> Deal:
    given = {"sources": "all", **said}
    return Deal(partner=Partner(id="portal", terms=Terms(**given)), settings=SETTINGS, sources=SOURCES)


def story(
    name: str = "a",
    *,
    local: bool = True,
    age: timedelta = HOUR,
    origin: Origin | None = None,
    seen: timedelta | None = None,
    release: datetime | None = None,
    **said: Any,
) -> Story:
    member = Member(
        entry=entry(name, "posts" if local else "one", **said), local=local, first_seen=NOW - age, origin=origin
    )
    return Story(
        id=f"tag:desk.example,2026:{name}",
        members=(member,),
        published=NOW - age,
        updated=NOW - age,
        first_seen=NOW - (age if seen is None else seen),
        release=release,
    )


def refused(one: Story, terms: Deal, now: datetime = NOW) -> list[str]:
    return [reason.rule for reason in agreement.judge(one, terms, now) if not reason.passes]


def seen(stories: Sequence[Story], terms: Deal, now: datetime = NOW) -> list[str]:
    return [s.id.rpartition(":")[2] for s in agreement.chosen(stories, terms, now)[0]]


@pytest.mark.parametrize(
    ("found", "said", "rules"),
    [
        pytest.param(story(), {}, [], id="ours"),
        pytest.param(story(), {"sources": "own"}, [], id="ours, where only ours may go"),
        pytest.param(story(local=False), {"sources": "own"}, ["sources"], id="another's, where only ours may go"),
        pytest.param(story(local=False), {"sources": "licensed"}, ["sources"], id="another's without a licence"),
        pytest.param(story(local=False, licence=BY), {"sources": "licensed"}, [], id="BY"),
        pytest.param(
            story(local=False, licence=BY.replace("by", "by-nc")), {"sources": "licensed"}, ["sources"], id="NC"
        ),
        pytest.param(
            story(local=False, origin=Origin(licence=BY)), {"sources": "licensed"}, [], id="licence of the feed"
        ),
        pytest.param(story(local=False, rights="CC BY 4.0"), {"sources": "licensed"}, [], id="licence in words"),
        pytest.param(
            story(local=False, rights="All rights reserved"), {"sources": "licensed"}, ["sources"], id="reserved"
        ),
        pytest.param(story(local=False), {"only_sources": ("posts",)}, ["sources"], id="a source that is not listed"),
        pytest.param(story(), {"only": "title ~ 'chips'"}, ["only"], id="a rule that it does not meet"),
        pytest.param(story(title="Of chips"), {"only": "title ~ 'chips'"}, [], id="a rule that it meets"),
        pytest.param(story(language="de"), {"languages": ("ko", "en")}, ["language"], id="another language"),
        pytest.param(story(language="en-GB"), {"languages": ("ko", "en")}, [], id="a kind of the language"),
        pytest.param(story(), {"languages": ("en",)}, [], id="no language: the site's"),
        pytest.param(story(age=3 * DAY), {"oldest": 2 * DAY}, ["age"], id="too old"),
        pytest.param(story(release=NOW + HOUR), {}, ["embargo"], id="under embargo"),
        pytest.param(story(release=NOW), {}, [], id="embargo that ends now"),
        pytest.param(story(seen=HOUR), {"delay": 2 * HOUR}, ["delay"], id="readers saw it an hour ago"),
        pytest.param(story(seen=2 * HOUR), {"delay": 2 * HOUR}, [], id="delay that ends now"),
        pytest.param(
            story(age=9 * DAY, seen=timedelta(0)), {"delay": HOUR}, ["delay"], id="old date, but seen only now"
        ),
        pytest.param(story(release=NOW - HOUR), {"delay": 2 * HOUR}, ["delay"], id="the delay begins at the release"),
        pytest.param(replace(story(), status="retracted"), {}, ["status"], id="retracted"),
    ],
)
def test_each_rule(found: Story, said: dict[str, Any], rules: list[str]) -> None:
    assert refused(found, deal(**said)) == rules


@pytest.mark.parametrize(
    ("found", "home", "passes"),
    [
        pytest.param(story(local=False, url="https://www.desk.example/a"), "", False, id="ours, told by another"),
        pytest.param(
            story(local=False, origin=Origin(id="x", url="https://desk.example/")), "", False, id="from a feed of ours"
        ),
        pytest.param(
            story(local=False, url="https://portal.example/n/1"), "https://portal.example/", False, id="theirs"
        ),
        pytest.param(
            story(local=False, origin=Origin(id="x", feed_url="https://portal.example/rss")),
            "https://portal.example/",
            False,
            id="by their feed",
        ),
        pytest.param(story(local=False), "https://portal.example/", True, id="a third one's"),
        pytest.param(story(url="https://desk.example/a"), "https://portal.example/", True, id="ours"),
    ],
)
def test_nothing_goes_round_in_a_loop(found: Story, home: str, passes: bool) -> None:
    assert ("loop" not in refused(found, deal(home=home))) == passes


def test_an_embargo_ends_to_the_second() -> None:
    one, at = story(release=NOW + HOUR), NOW + HOUR
    assert agreement.chosen([one], deal(), at - timedelta(seconds=1)) == ((), at)
    assert agreement.chosen([one], deal(), at) == ((one,), None)


def test_what_time_alone_holds_back_is_told_when_it_comes() -> None:
    stories = [story("a", release=NOW + HOUR), story("b", seen=timedelta(0)), story("c", language="de")]
    terms = deal(delay=2 * HOUR, languages=("en",))
    assert agreement.chosen(stories, terms, NOW)[1] == NOW + 2 * HOUR
    assert agreement.chosen(stories, terms, NOW + 2 * HOUR)[1] == NOW + 3 * HOUR


def test_a_window_is_by_count_and_by_age() -> None:
    stories = [story(str(n), age=n * HOUR) for n in range(1, 60)]
    assert len(seen(stories, deal(limit=3))) == 3
    assert len(seen(stories, deal(limit=3, days=1))) == 23
    assert seen(stories[40:], deal(limit=2, days=1)) == ["41", "42"]
    assert seen(stories, deal(limit=50, oldest=3 * HOUR)) == ["1", "2"]
    assert agreement.chosen(stories, deal(limit=1, oldest=3 * HOUR), NOW)[1] == NOW + 2 * HOUR


def test_a_quota_gives_the_first_of_a_day_and_no_later_one_takes_a_place() -> None:
    stories = [story(str(n), age=n * HOUR) for n in range(9)]
    terms = deal(quota=3)
    assert seen(stories[4:], terms) == ["6", "7", "8"]
    assert seen(stories, terms) == ["6", "7", "8"]
    assert seen(stories, deal(quota=3, oldest=8 * HOUR)) == ["6", "7"], "what grew old had its place"


@pytest.mark.parametrize(
    ("content", "policy", "extent"),
    [
        ("full", "full", "full"),
        ("summary", "full", "summary"),
        ("full", "title", "title"),
        ("title", "summary", "title"),
    ],
)
def test_the_narrower_of_terms_and_source_counts(content: Extent, policy: Extent, extent: Extent) -> None:
    assert agreement.extent(story(local=False), deal(content=content), {"one": policy}) == extent


def test_a_source_that_left_gives_its_summary() -> None:
    assert agreement.extent(story(local=False), deal(), {}) == "summary"


@pytest.mark.parametrize(
    ("channels", "found"),
    [
        pytest.param((), ["all"], id="none named"),
        pytest.param(("all",), ["all"], id="an output"),
        pytest.param(("by-category",), ["by-category:science", "by-category:기술"], id="a list by category"),
        pytest.param(("category:기술",), ["by-category:기술"], id="a category"),
        pytest.param(("category:SCIENCE", "all"), ["all", "by-category:science"], id="both, letter case aside"),
        pytest.param(("category:없음",), [], id="one that is not there"),
    ],
)
def test_names_of_channels(channels: tuple[str, ...], found: list[str]) -> None:
    categories = {"기술": Category(slug="기술", name="기술"), "science": Category(slug="science", name="Science")}
    assert [c.id for c in agreement.names(Partner(id="p", channels=channels), SETTINGS, categories)] == found


def edition(stories: Sequence[Story], terms: Deal, **more: Any) -> agreement.Edition:
    channel = Channel(id="all", output_id="all", path="/", base_url="https://desk.example", title="Desk", hubs=("h",))
    return agreement.edition(agreement.private(channel, terms.partner), terms, stories, {"posts": "full"}, NOW, **more)


def test_a_private_channel_is_announced_nowhere() -> None:
    channel = edition([], deal()).feed.channel
    assert (channel.hubs, channel.private, channel.file("atom")) == ((), True, "/partner/portal/all/atom.xml")


def test_a_correction_reaches_those_who_hold_it_whatever_changed() -> None:
    old = story("old", age=90 * DAY)
    told = edition([story()], deal(oldest=DAY), corrected=[old])
    assert [item.story.id[-3:] for item in told.feed.items] == ["6:a", "old"]
    assert edition([], deal(), corrected=[replace(old, status="retracted")]).feed.items == ()
    assert edition([], deal(), corrected=[replace(old, release=NOW + HOUR)]).feed.items == ()


def test_a_delay_holds_back_stories_and_no_corrections() -> None:
    """Who has words that are wrong gets the right ones at once; who has none yet gets none sooner."""
    had, waited = story("had", age=3 * HOUR), story("waited", age=HOUR)
    terms = deal(delay=2 * HOUR)
    corrected = [replace(one, updated=NOW) for one in (had, waited)]
    told = edition(corrected, terms)
    assert [(item.story.id[-3:], item.story.updated) for item in told.feed.items] == [("had", NOW)]
    assert told.until == NOW + HOUR, "a correction does not put it off"


def test_a_retraction_is_told_to_those_who_hold_it() -> None:
    def owed(id: str) -> Owed:
        return Owed(partner_id="portal", channel_id="all", story_id=id, told="retraction", cause="retracted", since=NOW)

    told = edition([story()], deal(), owed=[owed("tag:x,2026:gone"), owed(story().id)]).feed
    assert [(t.story_id, t.at) for t in told.gone] == [("tag:x,2026:gone", NOW)]
    assert told.updated == NOW


def test_a_retraction_keeps_the_last_form_of_its_story() -> None:
    """MSN, SmartNews, Naver and news wires tell a takedown by what the story was."""
    last = Tombstone(
        channel_id="all", story_id="tag:x,2026:gone", at=NOW, title="T", url="https://a.example/t", status="withdrawn"
    )
    owed = Owed(
        partner_id="portal", channel_id="all", story_id=last.story_id, told="retraction", cause="retracted", since=NOW,
        stone=last,
    )  # fmt: skip
    feed = edition([story()], deal(), owed=[owed]).feed
    assert feed.gone == (replace(last, channel_id=feed.channel.id),)


def test_who_else_tells_it_is_left_out() -> None:
    first = story()
    both = replace(first, members=(*first.members, *story("b", local=False).members))
    assert agreement.bare(both) == first
    assert agreement.bare(first) is first


def test_time_goes_forward_only() -> None:
    """What is seen at a moment is seen later too, but for age, count and what the desk takes back."""
    stories = [story(str(n), release=NOW + n * HOUR if n % 2 else None, age=n * HOUR) for n in range(8)]
    terms = deal(delay=HOUR)
    before: set[str] = set()
    for hour in range(12):
        now = set(seen(stories, terms, datetime(2026, 3, 1, 12, tzinfo=UTC) + hour * HOUR))
        assert before <= now
        before = now
    assert len(before) == 8
