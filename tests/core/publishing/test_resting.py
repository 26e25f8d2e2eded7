"""What may wait until somebody asks for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.core.publishing.resting import Around, adds, hot
from feeds.model.channel import Archived, Channel
from feeds.model.entry import Entry, Image
from feeds.model.lease import Push
from feeds.model.mirror import MirrorPlace
from feeds.model.settings import Settings, Site
from feeds.model.story import Category, Member, Story
from tests.core.made import NOW, entry, settings

AFTER = timedelta(hours=6)
TECH, LIFE = Category(slug="tech", name="Tech"), Category(slug="life", name="Life")
OLD = Story(
    id="story",
    members=(Member(entry=entry("a"), first_seen=NOW), Member(entry=entry("b", "two"), first_seen=NOW)),
    categories=(TECH,),
    channels=("all", "by-category:tech"),
    published=NOW,
    updated=NOW,
    first_seen=NOW,
)
LEAD, COPY = OLD.members
ANOTHER = Member(entry=entry("c", "three"), first_seen=NOW)


def said(member: Member, **more: object) -> Member:
    told: Entry = replace(member.entry, **more)  # type: ignore[arg-type]  # fields by name
    return replace(member, entry=told)


@pytest.mark.parametrize(
    ("new", "old", "only"),
    [
        pytest.param({}, None, True, id="a new story"),
        pytest.param({"release": NOW + AFTER}, None, True, id="a new one under embargo"),
        pytest.param({"status": "held", "channels": ()}, None, False, id="a new draft"),
        pytest.param({}, {}, True, id="nothing that is told"),
        pytest.param({"members": (LEAD, COPY, ANOTHER)}, {}, True, id="a copy joins"),
        pytest.param({"members": (LEAD, ANOTHER, COPY)}, {}, True, id="a copy joins before another"),
        pytest.param({"members": (replace(LEAD, prefer=1), COPY)}, {}, True, id="a source is preferred now"),
        pytest.param({"channels": (*OLD.channels, "more"), "categories": (TECH, LIFE)}, {}, True, id="a category more"),
        pytest.param({"categories": (LIFE,), "channels": ("all",)}, {}, False, id="it leaves a channel"),
        pytest.param({"categories": (LIFE,)}, {}, False, id="a category that no channel tells goes"),
        pytest.param({"members": (LEAD,)}, {}, False, id="a copy goes"),
        pytest.param({"members": (ANOTHER, LEAD, COPY)}, {}, False, id="another leads"),
        pytest.param({"members": (said(LEAD, title="Other"), COPY)}, {}, False, id="a word of the lead"),
        pytest.param({}, {"members": (said(LEAD, image=Image(url="https://one.example/p.png")), COPY)},
                     False, id="a picture goes"),
        pytest.param({"members": (LEAD, said(COPY, title="Other"))}, {}, False, id="a word of a copy"),
        pytest.param({"updated": NOW + AFTER}, {}, False, id="a correction that the desk calls one"),
        pytest.param({"status": "withdrawn", "channels": ()}, {}, False, id="its source takes it back"),
        pytest.param({"status": "retracted", "channels": ()}, {}, False, id="the desk takes it back"),
        pytest.param({}, {"status": "withdrawn", "channels": ()}, False, id="it is back, and is gone no more"),
        pytest.param({"release": NOW + AFTER}, {}, False, id="it is under embargo now"),
        pytest.param({}, {"release": NOW + AFTER}, False, id="an embargo ends early"),
    ],
)  # fmt: skip
def test_what_only_adds(new: dict[str, object], old: dict[str, object] | None, only: bool) -> None:
    before = None if old is None else replace(OLD, **old)  # type: ignore[arg-type]  # fields by name
    assert adds(replace(OLD, **new), before) is only  # type: ignore[arg-type]  # fields by name


HUB = "https://desk.example/hub"
CHANNEL = Channel(
    id="by-category:tech", output_id="by-category", path="/tech/", base_url="https://desk.example", title="Tech"
)


def given(**more: object) -> Settings:
    site = Site(title="Desk", url="https://desk.example", rest_after=AFTER)
    return settings(**{"site": site, **more})


@pytest.mark.parametrize(
    ("channel", "around", "why"),
    [
        pytest.param({}, {}, "", id="nobody asks"),
        pytest.param({}, {"settings": settings()}, "nothing rests: site.rest_after is not given", id="no key"),
        pytest.param({}, {"settings": given(mirror=MirrorPlace(bucket="s3://b"))},
                     "a bucket is asked, which does not tell us", id="a mirror"),
        pytest.param({}, {"front": "by-category:tech"}, "it is the front page", id="the front page"),
        pytest.param({"path": "/"}, {}, "it is the front page", id="at the root"),
        pytest.param({"days": 2}, {}, "what it shows changes with time", id="a window of days"),
        pytest.param({"archives": "month"}, {}, "what it shows changes with time", id="archives"),
        pytest.param({"archived": Archived(period="2026-01")}, {}, "what it shows changes with time", id="an archive"),
        pytest.param({"formats": ("atom", "news")}, {}, "what it shows changes with time", id="a news sitemap"),
        pytest.param({"hubs": ("https://hub.example/",)}, {}, "a hub elsewhere is told", id="a hub elsewhere"),
        pytest.param({"hubs": (HUB,)}, {"settings": given(push=Push(builtin=HUB))}, "", id="our hub, with nobody"),
        pytest.param({"hubs": (HUB,)}, {"settings": given(push=Push(builtin=HUB)),
                                        "subscribed": {"https://desk.example/tech/rss.xml"}},
                     "somebody has subscribed", id="our hub, with a subscriber"),
        pytest.param({"hubs": (HUB,)}, {"settings": given(push=Push(builtin=HUB)),
                                        "subscribed": {"https://desk.example/life/rss.xml"}},
                     "", id="our hub, with a subscriber of another"),
        pytest.param({"formats": ("naver",)}, {"settings": given(push=Push(naver="code"))}, "Naver is told", id="Naver"),
        pytest.param({"formats": ("naver",)}, {}, "", id="for Naver, which is not told"),
        pytest.param({}, {"partnered": {"by-category:tech"}}, "a partner gets it", id="a partner"),
    ],
)  # fmt: skip
def test_a_channel_is_hot_or_cold(channel: dict[str, object], around: dict[str, object], why: str) -> None:
    found = Around(**{"settings": given(), **around})  # type: ignore[arg-type]  # fields by name
    one = replace(CHANNEL, **channel)  # type: ignore[arg-type]  # fields by name
    assert hot(one, found, NOW - AFTER, NOW) == why


@pytest.mark.parametrize(
    ("ago", "why"),
    [
        pytest.param(timedelta(0), "somebody asked", id="now"),
        pytest.param(AFTER - timedelta(seconds=1), "somebody asked", id="a second less"),
        pytest.param(AFTER, "", id="just so long"),
        pytest.param(10 * AFTER, "", id="long"),
    ],
)
def test_who_was_asked_for_is_hot_for_so_long(ago: timedelta, why: str) -> None:
    assert hot(CHANNEL, Around(settings=given()), NOW - ago, NOW) == why
