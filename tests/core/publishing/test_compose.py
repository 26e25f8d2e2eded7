"""What a channel says at one moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.publishing.compose import EMPTY_UPDATED, compose, window
from feeds.model.channel import Channel, Feed
from feeds.model.entry import Entry
from feeds.model.source import ContentPolicy
from feeds.model.story import Category, Member, Story

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHANNEL = Channel(id="all", output_id="all", path="/", base_url="https://news.example.kr", title="뉴스", limit=3)


def story(id: str, age: timedelta = HOUR, source_id: str = "s", **others: Any) -> Story:
    lead = Entry(source_id=source_id, guid=id, title=id)
    dates = {"published": NOW - age, "updated": NOW - age, "first_seen": NOW - age}
    return Story(id=id, members=(Member(entry=lead, first_seen=NOW),), **dates | others)


def ids(feed: Feed) -> list[str]:
    return [item.story.id for item in feed.items]


class TestWindow:
    def test_by_count(self) -> None:
        found = window(CHANNEL, NOW)
        assert (found.channel_id, found.limit, found.since, found.at) == ("all", 3, None, NOW)

    def test_by_count_and_age(self) -> None:
        assert window(replace(CHANNEL, days=2), NOW).since == NOW - 2 * DAY


class TestItems:
    def test_newest_first_equal_ones_by_id(self) -> None:
        stories = [story("b"), story("c", 2 * HOUR), story("a")]
        assert ids(compose(CHANNEL, stories, (), {})) == ["a", "b", "c"]

    def test_limit(self) -> None:
        assert ids(compose(CHANNEL, [story(str(n), n * HOUR) for n in range(9)], (), {})) == ["0", "1", "2"]

    @pytest.mark.parametrize(
        ("ages", "count"),
        [
            pytest.param([1, 2, 3, 4, 5], 5, id="all young: more than the limit"),
            pytest.param([1, 2, 3, 4, 90], 4, id="the old one is beyond both"),
            pytest.param([1, 60, 70, 80, 90], 3, id="few young: the limit"),
            pytest.param([60], 1, id="fewer than the limit"),
        ],
    )
    def test_limit_and_age(self, ages: list[int], count: int) -> None:
        channel = replace(CHANNEL, days=2)
        stories = [story(str(age), age * HOUR) for age in ages]
        assert len(compose(channel, stories, (), {}, window(channel, NOW)).items) == count

    def test_what_was_read_by_age_stays_without_its_window(self) -> None:
        assert len(compose(replace(CHANNEL, days=2), [story(str(n)) for n in range(9)], (), {}).items) == 9

    @pytest.mark.parametrize("status", ["held", "withdrawn", "retracted"])
    def test_only_what_is_shown(self, status: Any) -> None:
        assert ids(compose(CHANNEL, [story("a", status=status), story("b")], (), {})) == ["b"]

    def test_nothing_before_its_release(self) -> None:
        stories = [story("a", release=NOW + HOUR), story("b", release=NOW)]
        assert ids(compose(CHANNEL, stories, (), {}, window(CHANNEL, NOW))) == ["b"]

    def test_each_story_once(self) -> None:
        assert ids(compose(CHANNEL, [story("a"), story("a")], (), {})) == ["a"]


def test_the_lead_s_source_sets_the_terms() -> None:
    policies: dict[str, ContentPolicy] = {"posts": "full", "daily": "title"}
    stories = [story("a", source_id="posts"), story("b", source_id="daily"), story("c", source_id="left")]
    assert [i.content for i in compose(CHANNEL, stories, (), policies).items] == ["full", "title", "summary"]


def test_without_terms_the_licence_sets_them() -> None:
    free, bound = story("a", source_id="daily"), story("b", source_id="daily")
    lead = bound.members[0]
    entry = replace(lead.entry, licence="https://creativecommons.org/licenses/by-nc/4.0/")
    bound = replace(bound, members=(replace(lead, entry=entry),))
    assert [i.content for i in compose(CHANNEL, [free, bound], (), {"daily": "auto"}).items] == ["full", "summary"]
    assert [i.content for i in compose(CHANNEL, [free, bound], (), {"daily": "full"}).items] == ["full", "full"]


class TestUpdated:
    def test_of_the_newest_change(self) -> None:
        stories = [story("a"), story("b", DAY, updated=NOW - timedelta(minutes=5))]
        assert compose(CHANNEL, stories, (), {}).updated == NOW - timedelta(minutes=5)

    def test_not_of_a_story_that_is_left_out(self) -> None:
        stories = [*(story(str(n)) for n in range(3)), story("old", DAY, updated=NOW)]
        assert compose(CHANNEL, stories, (), {}).updated == NOW - HOUR

    def test_not_before_the_last_story_was_taken_back(self) -> None:
        assert compose(CHANNEL, [story("a")], (), {}, last=NOW).updated == NOW
        assert compose(CHANNEL, [story("a")], (), {}, last=NOW - DAY).updated == NOW - HOUR

    def test_pub_22_empty(self) -> None:
        feed = compose(CHANNEL, [story("a", status="held")], (), {})
        assert (feed.items, feed.updated) == ((), EMPTY_UPDATED)


def test_others_without_itself() -> None:
    tech = replace(CHANNEL, id="by:tech", path="/tech/", category=Category(slug="tech", name="기술"))
    assert compose(CHANNEL, [], [CHANNEL, tech], {}).others == (tech,)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=12), st.integers(0, 3), st.randoms())
def test_the_order_of_arrival_makes_no_difference(found: list[tuple[int, int]], days: int, random: Random) -> None:
    stories = [story(f"{n}", age * DAY) for n, (age, _) in enumerate(found)]
    shuffled = random.sample(stories, len(stories))
    channel = replace(CHANNEL, days=days)
    read = window(channel, NOW)
    assert compose(channel, stories, (), {}, read) == compose(channel, shuffled, (), {}, read)
