"""What the desk's pages show, in both languages."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import insert

from feeds.app.desk import decisions as ruling
from feeds.app.desk.views import ENDED, KEYS, QUEUE, hours, seen
from feeds.config.keys import keys
from feeds.core.duplicates import near
from feeds.errors import PROBLEMS
from feeds.model.delivery import Delivery, Intent, Subscription
from feeds.model.desk import TONES, Hour
from feeds.model.overview import SourceLine
from feeds.model.partner import Held, Issue, Partner
from feeds.model.source import FeedInfo, FetchLine, Options, Problem, Source, SourceState
from feeds.store import tables
from feeds.store.incoming import fetches
from feeds.store.rows import delivery_row
from feeds.web.desk.look import ICONS, bare, bars, coded
from feeds.web.desk.pages import PAGES
from feeds.web.desk.problems import KOREAN
from feeds.web.desk.words import counted, words
from tests.web.desk.site import NOW, STORES, Browser, folder, opened_desk, text


@pytest.fixture(scope="module", params=STORES)
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened_desk(folder(tmp_path_factory.mktemp("desk"), store=STORES[request.param]())) as found:
        found.login()
        yield found


@pytest.fixture(scope="module")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened_desk(folder(tmp_path_factory.mktemp("desk"), language="ko")) as found:
        found.login()
        yield found


def test_the_worst_source_comes_first_with_cause_and_remedy(browser: Browser) -> None:
    page = browser.page("/desk")
    assert re.findall(r'<h2><a href="[^"]*\?id=(\w+)"', page) == ["lost", "one", "two"]
    first = text(page.partition('class="sources"')[2].partition("</li>")[0])
    cause, remedy = PROBLEMS["folder"]
    assert "failing" in first
    assert cause in first
    assert remedy in first
    assert "content[].path" in first or "sources[].file" in first


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.4, ko-KR;q=0.8", "ko"),
        ("fr, de;q=0.5", "ko"),
        ("fr, en;q=0.1", "en"),
        ("*", "ko"),
        ("", "ko"),
        ("en;q=x", "en"),
        ("ko" * 9999, "ko"),
    ],
)
def test_the_desk_speaks_as_who_looks_at_it_likes(korean: Browser, accepted: str, expected: str) -> None:
    for path in ("/desk", "/desk/login"):
        shown = korean.get(path, accept_language=accepted)
        if shown.status_code == 200:
            assert f'<html lang="{expected}">' in shown.text
            assert "no-store" in shown.headers["cache-control"]
    assert f'<html lang="{expected}">' in korean.get("/desk", accept_language=accepted).text


def test_every_page_speaks_korean(korean: Browser) -> None:
    for page in PAGES:
        if page.name not in ("source", "story"):
            shown = korean.page(f"/desk/{page.name}".rstrip("/"))
            assert '<html lang="ko">' in shown
            assert re.search("[가-힣]", text(shown.partition("<main")[2])), page.name
    assert KOREAN["folder"][1] in text(korean.page("/desk"))


def test_the_two_languages_say_the_same_things() -> None:
    english, korean = words("en"), words("ko")
    for key in korean:
        named = [set(re.findall(r"{(\w+)", said[key])) for said in (english, korean)]
        assert named[0] == named[1], key
    assert {key.removesuffix("_one") for key in english.keys() - korean.keys()} <= korean.keys(), "English counts one"


@pytest.mark.parametrize(
    ("key", "n", "english", "korean"),
    [
        ("copies_n", 1, "1 copy", "사본 1개"),
        ("copies_n", 2, "2 copies", "사본 2개"),
        ("day", 1, "1 day", "1일"),
        ("second", 0, "0 seconds", "0초"),
        ("builds_held", 1, "A build waits for a decision.", "채널 1개가 결정을 기다립니다."),
        ("wait_backoff", 1, "the last answer failed; asked less often", "마지막 답이 실패하여 뜸하게 요청합니다"),
        ("spark", 1, "Last 24 hours: 1 answer", "최근 24시간: 답 1번"),
    ],
)
def test_one_is_not_many(key: str, n: int, english: str, korean: str) -> None:
    assert [counted(words(spoken), key, n) for spoken in ("en", "ko")] == [english, korean]
    assert set(KOREAN) <= set(PROBLEMS)  # a new problem is told in English until it has Korean words


def test_what_a_likeness_is_made_of_has_words() -> None:
    assert {f"fact_{name}" for name in (*near.WEIGHTS, "score", "veto", "key")} <= set(words("ko"))


def test_a_source_shows_its_last_answers(browser: Browser) -> None:
    page = browser.page("/desk/source?id=one")
    assert text(page.partition("<tbody>")[2]).startswith("2026-03-01 09:00 read")
    lost = text(browser.page("/desk/source?id=lost"))
    assert "failed folder" in lost


def test_an_unknown_source_and_story_are_said_to_be(browser: Browser) -> None:
    for path in ("/desk/source?id=x", "/desk/source", "/desk/story?what=https://nowhere.example/", "/desk/story"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "Nothing of that name" in text(answer.text)


def test_copies_say_why(browser: Browser) -> None:
    page = text(browser.page("/desk/copies"))
    assert "The river" in page
    assert "same_text" in page
    assert "one story now" in page
    assert "No verdict yet." in text(browser.page("/desk/copies?kind=apart"))


def test_a_story_tells_its_life(browser: Browser) -> None:
    page = text(browser.page("/desk/story?what=https://one.example/2"))
    for said in ("The river", "lead", "copy", "two.example/1", "all, by-category:tech", "first seen", "merged"):
        assert said in page
    dropped = text(browser.page("/desk/story?what=https://two.example/2"))
    assert "dropped by a rule" in dropped


def test_a_configuration_that_was_refused_is_told_first(browser: Browser) -> None:
    browser.app.store.library.set_meta("config_error", "feeds.yaml:3:1: error: <b>no</b>")
    page = browser.page("/desk")
    browser.app.store.library.set_meta("config_error", "")
    assert "has faults" in page
    assert "feeds.yaml:3:1: error: &lt;b&gt;no&lt;/b&gt;" in page
    assert page.index("has faults") < page.index('class="figures"')
    assert "has faults" not in browser.page("/desk")


def test_sources_are_found_by_words(browser: Browser) -> None:
    assert re.findall(r'\?id=(\w+)"', browser.page("/desk?q=two.xml")) == ["two"]
    assert "No source matches." in text(browser.page("/desk?q=xyzzy"))


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        pytest.param("river", ["The river"], id="a word"),
        pytest.param("BRIDGE closed", ["The river"], id="words of the text, in any case"),
        pytest.param("https://two.example/3", ["Third"], id="a URL"),
        pytest.param("100%", [], id="a sign of LIKE"),
        pytest.param("_____", [], id="another one"),
        pytest.param("xyzzy", [], id="nothing"),
    ],
)
def test_stories_are_found_by_what_they_say(browser: Browser, words: str, titles: list[str]) -> None:
    page = browser.page(f"/desk/stories?{urlencode({'q': words})}")
    assert re.findall(r"<h2><a [^>]*>([^<]*)</a></h2>", page) == titles
    assert ("No story says this" in text(page)) == (not titles)


def test_what_waits_is_listed(browser: Browser) -> None:
    browser.app.store.outbox.mark(["all"], NOW + timedelta(hours=2))
    assert "in 2 hours" in text(browser.page("/desk/queue"))


def test_what_came_to_its_end_does_not_bury_what_waits(tmp_path: Path) -> None:
    """A publish announces each document to our own hub: 3,700 rows were seen for 1,240 channels."""
    due = NOW - timedelta(days=2)
    one = Delivery(id="", kind="ping", target="", topic="t", due=due)
    ended = [replace(one, id=f"d{n}", target=f"https://hub.example/{n}", state="done") for n in range(60)]
    owed = [replace(one, id=f"o{n}", target=f"https://hub.example/{n}") for n in range(200)]
    with opened_desk(folder(tmp_path)) as browser:
        browser.login()
        with browser.app.store.outbox._db.write() as connection:
            connection.execute(insert(tables.deliveries), [delivery_row(row) for row in (*ended, *owed)])
        page = browser.page("/desk/queue")
    assert page.count("https://hub") == QUEUE + ENDED
    assert "<dd>200</dd>" in page


def test_no_tone_is_a_class_of_the_public_sheet() -> None:
    """Both sheets are on every page of the desk: `.quiet` hid the sources that went quiet."""
    classes = set(re.findall(r"\.([a-z]+)", (resources.files("feeds.render") / "static/style.css").read_text()))
    assert classes & set(TONES) == set()


def test_what_waits_for_long_has_its_day_and_pages_lead_to_their_story(browser: Browser) -> None:
    story = browser.app.store.looks.stories(1)[0]
    browser.app.store.outbox.mark([f"~{story.id}"], NOW + timedelta(days=61))
    browser.app.store.outbox.mark(["by-category:tech"], NOW + timedelta(days=60))
    page = browser.page("/desk/queue")
    assert "2026-05-01 09:00" in text(page)
    assert "in 60 days" in text(page)
    led = re.search(r'<td[^>]*><a href="([^"]*)">', page)
    assert led
    assert story.lead.title in browser.page(f"/desk/{html.unescape(led[1]).removeprefix('desk/')}")


def test_stories_bear_the_names_of_their_sources(browser: Browser) -> None:
    found = re.findall(r'<span class="source" dir="auto">([^<]*)</span>', browser.page("/desk/stories"))
    assert set(found) == {"one.example", "two.example"}


def test_subscribers_of_the_hub_are_listed_without_their_secrets(browser: Browser) -> None:
    id, topic, callback = "x", "https://desk.example/atom.xml", "https://reader.example/callback?token=hush"
    lease = NOW + timedelta(days=10)
    intent = Intent(id=id, topic=topic, callback=callback, mode="subscribe", secret="s3cret", lease=timedelta(days=10),
                    challenge="c", at=NOW)  # fmt: skip
    question = Delivery(id="d", kind="verify", target=callback, topic=topic, due=NOW)
    hub = browser.app.store.outbox.hub
    hub.ask(intent, question, timedelta(0))
    hub.confirm(
        intent, Subscription(id=id, topic=topic, callback=callback, secret="s3cret", lease_until=lease, since=NOW)
    )
    page = browser.page("/desk/queue")
    assert "https://reader.example/callback?…" in page
    assert "in 10 days" in text(page)
    assert "hush" not in page
    assert "s3cret" not in page


def test_partners_are_listed_with_what_they_are_owed(browser: Browser) -> None:
    assert "No partner yet" in text(browser.page("/desk/partners"))
    app = browser.app
    portal = Partner(id="portal", title="<b>포털</b>", every=timedelta(minutes=10))
    app.settings = replace(app.settings, partners=(Partner(id="quiet"), portal))
    story = app.store.library.every_story("", 1)[0]
    app.store.partners.picked_up(
        Issue(partner_id="portal", channel_id="all", etag="e", updated=NOW, held=(Held(story.id, story.updated),)),
        "polled",
        NOW - timedelta(hours=2),
    )
    ruling.retract(app, story.id, "")
    page = text(browser.page("/desk/partners"))
    assert page.index("<b>포털</b>") < page.index("quiet"), "the one with an alarm first"
    assert "2 hours ago" in page
    assert f"retraction: {story.lead.title}" in page
    assert "No partner yet" not in page


def line(**given: object) -> SourceLine:
    source = Source(id="a", kind="feed", location="https://a.example/feed")
    state = SourceState(source_id="a", due=NOW + timedelta(minutes=20), polled=NOW)
    for name, value in given.items():
        owner = source if hasattr(source, name) else state
        changed = replace(owner, **{name: value})  # type: ignore[arg-type]  # a field by its name
        source, state = (changed, state) if owner is source else (source, changed)  # type: ignore[assignment]
    return SourceLine(source=source, state=state)


@pytest.mark.parametrize(
    ("given", "tone", "wait", "key"),
    [
        pytest.param({}, "well", "every", "sources[].every", id="well"),
        pytest.param({"polled": None}, "new", "every", "sources[].every", id="new"),
        pytest.param({"paused": True}, "paused", "paused", "sources[].every", id="paused"),
        pytest.param({"enabled": False}, "off", "off", "sources[].enabled", id="off"),
        pytest.param({"problem": Problem(code="dns"), "failures": 2}, "failing", "backoff", "sources[].url", id="fails"),
        pytest.param({"problem": Problem(code="address"), "failures": 1}, "failing", "backoff", "server.allow_private", id="key"),
        pytest.param({"problem": Problem(code="rate_limited"), "failures": 1}, "failing", "wish", "sources[].every", id="asked to wait"),
        pytest.param({"problem": Problem(code="crashed"), "strikes": 3}, "failing", "rests", "sources[].url", id="rests"),
        pytest.param({"problem": Problem(code="charset")}, "doubtful", "every", "sources[].encoding", id="odd"),
        pytest.param({"lives_at": "https://b.example/"}, "moved", "every", "sources[].url", id="moved"),
        pytest.param({"due": NOW + timedelta(hours=9)}, "well", "wish", "sources[].every", id="its server wishes"),
        pytest.param({"options": Options(up_to=timedelta(hours=12))}, "well", "rhythm", "sources[].up_to", id="rhythm"),
        pytest.param({"kind": "content"}, "well", "local", "sources[].every", id="our own"),
        pytest.param(
            {"problem": Problem(code="gone"), "failures": 9, "gone_since": NOW - timedelta(days=3)},
            "failing", "gone", "sources[].url", id="gone",
        ),
    ],
)  # fmt: skip
def test_how_a_source_does_and_why_it_is_asked_when(given: dict[str, object], tone: str, wait: str, key: str) -> None:
    found = seen(line(**given), NOW, "")
    assert (found.tone, found.wait, found.key) == (tone, wait, key)


def test_two_readers_of_one_feed_and_a_silent_one() -> None:
    assert seen(line(), NOW, "b").tone == "doubtful"
    times = tuple(range(29_000_000, 29_000_000 + 48 * 60, 60))
    silent = seen(line(info=FeedInfo(times=times)), NOW, "")
    assert silent.tone == "quiet"
    assert silent.silence is not None


def test_every_problem_leads_to_a_key_that_exists() -> None:
    known = {key.path for key in keys()}
    for code in PROBLEMS:
        for kind in ("feed", "file", "content"):
            found = seen(line(problem=Problem(code=code), failures=1, kind=kind), NOW, "").key
            assert found in known, (code, kind, found)
    assert seen(line(problem=Problem(code="folder"), failures=1, kind="file"), NOW, "").key == "sources[].file"
    assert set(KEYS) <= set(PROBLEMS)
    assert set(ICONS) == set(TONES)


def answer(minute: int, outcome: str = "unchanged", new: int = 0) -> FetchLine:
    at = NOW - timedelta(hours=23) + timedelta(minutes=minute)
    return FetchLine(source_id="a", at=at, outcome=outcome, new=new)  # type: ignore[arg-type]  # one of four words


def test_a_day_by_hours() -> None:
    found = hours([answer(0, "fresh", 3), answer(59), answer(60, "failed"), answer(1439)], NOW - timedelta(hours=23))
    assert [(h.answers, h.failed, h.new) for h in found[:3]] == [(2, 0, 3), (1, 1, 0), (0, 0, 0)]
    assert found[-1].answers == 1
    assert len(found) == 24


def test_bars_keep_within_their_box() -> None:
    some = [Hour(start=NOW, answers=1, new=n) for n in (0, 1, 10_000)]
    some += [Hour(start=NOW), Hour(start=NOW, answers=2, failed=2), Hour(start=NOW, answers=2, failed=1, new=4)]
    found = bars(some)
    assert [bar.kind for bar in found] == ["same", "new", "new", "none", "bad", "bad"]
    for bar in found:
        assert 0 <= bar.y < bar.y + bar.height <= 24
    heights = [found[n].height for n in (4, 2, 1, 0, 3)]
    assert heights == sorted(heights, reverse=True)
    assert found[5].height == 24  # a failure is told by its height too, for who sees no colours


def test_a_day_of_a_real_source_is_drawn(browser: Browser) -> None:
    lines = [FetchLine(source_id="two", at=NOW - timedelta(hours=n), outcome="failed", status=500) for n in range(3)]
    with browser.app.store.library._db.write() as connection:
        fetches.add(connection, lines)
    page = browser.page("/desk/source?id=two")
    assert page.count('class="bad"') == 3
    assert "3 failed" in page


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/feed", "https://a.example/feed"),
        ("https://a.example/feed?token=secret", "https://a.example/feed?…"),
        ("https://kim:secret@a.example/feed", "https://a.example/feed"),
        ("/srv/site/post.md:3:1", "/srv/site/post.md:3:1"),
    ],
)
def test_what_may_be_secret_in_an_address_is_not_shown(address: str, shown: str) -> None:
    assert bare(address) == shown


def test_backticks_are_code_and_all_is_escaped() -> None:
    assert coded("run `feeds <x>` & see") == "run <code>feeds &lt;x&gt;</code> &amp; see"
