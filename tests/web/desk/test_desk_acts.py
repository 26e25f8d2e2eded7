"""Every action of the desk: what it does to the store, what the log says of it, and how it is taken back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.app import passes
from feeds.app.desk import decisions
from feeds.app.desk.acts import ACTIONS
from feeds.core.publishing import losses
from feeds.model.settings import Gate
from feeds.model.staff import AuditLine
from feeds.model.story import Story
from feeds.web.desk.look import UNDO
from feeds.web.desk.words import words
from tests.web.desk.site import NAME, NOW, STORES, Browser, folder, opened_desk, text

FIRST, RIVER = "https://one.example/1", "https://one.example/2"


@pytest.fixture
def woken() -> list[str]:
    return []


everywhere = pytest.mark.parametrize("browser", STORES, indirect=True)  # each action once on each database


@pytest.fixture
def browser(request: pytest.FixtureRequest, tmp_path: Path, woken: list[str]) -> Iterator[Browser]:
    store = STORES[getattr(request, "param", "sqlite")]()
    with opened_desk(folder(tmp_path, store=store), wake=lambda: woken.append("!")) as found:
        found.login()
        yield found


def story(browser: Browser, what: str) -> Story:
    found = browser.app.store.overview.find(what).stories
    assert len(found) == 1, what
    return found[0]


def paused(browser: Browser) -> bool:
    return next(line.state.paused for line in browser.app.store.overview.sources() if line.source.id == "one")


def last(browser: Browser) -> AuditLine:
    return browser.app.store.staff.audit(1)[0]


def said(browser: Browser, answer: Any) -> str:
    location = answer.headers["location"]
    return browser.page("/desk" + location.partition("desk")[2])


def test_polling_makes_a_source_due(browser: Browser, woken: list[str]) -> None:
    before = next(line for line in browser.app.store.overview.sources() if line.source.id == "one").state
    assert before.due > NOW
    answer = browser.do("poll", source="one", back="source?id=one")
    after = next(line for line in browser.app.store.overview.sources() if line.source.id == "one").state
    assert after.due <= NOW
    assert after.body_hash == before.body_hash
    assert woken == ["!"]
    assert "It is asked within seconds." in text(said(browser, answer))


@everywhere
def test_reading_from_scratch_forgets_what_was_read(browser: Browser) -> None:
    browser.do("force", source="one")
    state = next(line for line in browser.app.store.overview.sources() if line.source.id == "one").state
    assert (state.due <= NOW, state.body_hash, state.outline) == (True, "", b"")


@everywhere
def test_a_source_rests_and_is_woken(browser: Browser) -> None:
    answer = browser.do("pause", source="one", back="source?id=one")
    assert paused(browser)
    page = said(browser, answer)
    assert "paused" in text(page)
    assert 'name="action" value="resume"' in page
    browser.do("resume", source="one")
    assert not paused(browser)


@everywhere
def test_a_story_is_retracted_and_shown_again(browser: Browser) -> None:
    answer = browser.do("retract", what=FIRST, reason="It was wrong", back=f"story?what={FIRST}")
    assert story(browser, FIRST).status == "retracted"
    assert browser.app.store.outbox.dirty(NOW, 10)
    page = said(browser, answer)
    assert "Retracted." in text(page)
    assert 'name="action" value="unretract"' in page
    browser.do("unretract", what=FIRST)
    assert story(browser, FIRST).status == "shown"


@everywhere
def test_a_change_is_news_or_not(browser: Browser) -> None:
    before = story(browser, FIRST).updated
    browser.do("touch", what=FIRST)
    assert story(browser, FIRST).updated == NOW != before
    browser.do("minor", what=FIRST)
    assert story(browser, FIRST).updated == before


def test_a_correction_is_shown_word_by_word(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "one.xml"
    file.write_text(file.read_text().replace("Words of the first", "Sentences of the first, &lt;b&gt;"))
    passes.fetch(browser.app, ["one"], force=True)
    page = browser.page(f"/desk/story?what={FIRST}")
    assert "<del>Words</del> <ins>Sentences</ins> of the" in page
    assert "<b>" not in page.partition("<ins>")[2].partition("</p>")[0]


@everywhere
def test_a_copy_is_split_off_and_merged_again(browser: Browser) -> None:
    whole = story(browser, RIVER)
    assert len(whole.members) == 2
    page = browser.page("/desk/copies")
    assert 'name="action" value="split"' in page
    answer = browser.do("split", what="https://two.example/1", source="two", back="copies")
    ids = last(browser).what.split(" ")
    assert len(ids) == 2
    assert story(browser, ids[0]).id != story(browser, ids[1]).id
    page = said(browser, answer)
    assert "They are two stories now" in text(page)
    assert f'name="what" value="{ids[0]}"' in page
    assert f'name="other" value="{ids[1]}"' in page
    browser.do("merge", what=ids[0], other=ids[1])
    assert len(story(browser, RIVER).members) == 2


@everywhere
def test_a_build_that_is_held_is_allowed(browser: Browser) -> None:
    outbox = browser.app.store.outbox
    outbox.mark(["all"], NOW)
    outbox.hold("all", dict(outbox.dirty(NOW, 10))["all"], "it would lose 9 of 10 stories", NOW)
    assert "it would lose 9 of 10 stories" in text(browser.page("/desk/held"))
    assert "A build waits" in text(browser.page("/desk"))
    browser.do("allow", channel="all", back="held")
    assert [hold.allowed for hold in browser.app.store.overview.holds()] == [True]
    assert "the next pass brings it out" in text(browser.page("/desk/held"))


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        ("en", "20 of 24 stories would go, more than 50% (<code>gate.drop</code>)"),
        ("ko", "24건 중 20건이 사라집니다. 50%를 넘으면 허락을 기다립니다 (<code>gate.drop</code>)"),
    ],
)
def test_why_a_build_waits_is_told_in_the_language_of_the_page(tmp_path: Path, spoken: str, told: str) -> None:
    with opened_desk(folder(tmp_path, language=spoken)) as browser:
        browser.login()
        outbox = browser.app.store.outbox
        outbox.mark(["all"], NOW)
        reason = losses.too_much(20, 24, Gate())
        outbox.hold("all", dict(outbox.dirty(NOW, 10))["all"], reason, NOW)
        assert told in browser.page("/desk/held")


DONE = [
    ("poll", {"source": "one"}, "one"),
    ("force", {"source": "one"}, "one"),
    ("pause", {"source": "one"}, "one"),
    ("resume", {"source": "one"}, "one"),
    ("retract", {"what": FIRST, "reason": "wrong"}, "https://"),
    ("touch", {"what": FIRST}, "https://"),
    ("merge", {"what": FIRST, "other": RIVER}, "https://"),
    ("split", {"what": "https://two.example/1", "source": "two"}, "https://"),
]


@pytest.mark.parametrize(("action", "fields", "what"), DONE, ids=[d[0] for d in DONE])
def test_the_log_says_who_did_what_when_and_from_where(
    browser: Browser, action: str, fields: dict[str, str], what: str
) -> None:
    before = len(browser.app.store.staff.audit(1000))
    browser.do(action, **fields)
    line = last(browser)
    assert (line.who, line.client, line.action, line.at, line.done) == (NAME, "192.0.2.7", action, NOW, True)
    assert line.what.startswith(what)
    assert len(browser.app.store.staff.audit(1000)) == before + 1
    shown = text(browser.page("/desk/audit"))
    assert NAME in shown
    assert "192.0.2.7" in shown


REFUSED = [
    ("poll", {"source": "nobody"}, "no source is called 'nobody'"),
    ("pause", {}, "source is empty"),
    ("retract", {"what": "https://nowhere.example/"}, "nothing here is known as"),
    ("retract", {}, "what is empty"),
    ("unretract", {"what": FIRST}, "is not retracted but shown"),
    ("minor", {"what": FIRST}, "nothing to take back"),
    ("merge", {"what": FIRST, "other": FIRST}, "one story already"),
    ("merge", {"what": FIRST}, "other is empty"),
    ("split", {"what": FIRST}, "stands alone in it"),
    ("allow", {"channel": "all"}, "no build of all is held"),
]


@pytest.mark.parametrize(("action", "fields", "says"), REFUSED, ids=[f"{r[0]} {r[2]}" for r in REFUSED])
def test_what_cannot_be_done_is_said_and_logged(
    browser: Browser, action: str, fields: dict[str, str], says: str, woken: list[str]
) -> None:
    answer = browser.do(action, **fields)
    assert says in text(said(browser, answer))
    assert (last(browser).action, last(browser).done) == (action, False)
    assert says in last(browser).detail
    assert woken == []


@everywhere
def test_a_refusal_is_shown_to_who_met_it_alone(browser: Browser) -> None:
    """What is shown after an action is one's own line of the log, not any that an address names."""
    browser.do("pause", source="one")
    number = last(browser).id
    assert "It is paused." in text(browser.page(f"/desk?done={number}"))
    other = browser.app.store.staff.note(
        AuditLine(at=NOW, who="lee", client="", action="pause", what="one", detail="of another")
    )
    assert "of another" not in text(browser.page(f"/desk?done={other}"))


def test_every_action_has_words_in_both_languages() -> None:
    for spoken in ("en", "ko"):
        say = words(spoken)
        assert {f"done_{action}" for action in ACTIONS} <= set(say)
        assert set(ACTIONS) <= set(say)
        assert not {name for name in say if hasattr(dict, name)}, "templates would call the mapping instead"
    assert set(UNDO) | set(UNDO.values()) <= set(ACTIONS)


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("retract", lambda app: decisions.retract(app, FIRST, "r")),
        ("touch", lambda app: decisions.touch(app, FIRST, "", minor=False)),
        ("split", lambda app: decisions.split(app, "https://two.example/1", "two")),
    ],
)
def test_a_page_decides_what_the_command_decides(
    browser: Browser, tmp_path: Path, action: str, command: Callable[..., decisions.Ruled]
) -> None:
    fields = {"what": "https://two.example/1" if action == "split" else FIRST, "source": "two", "reason": "r"}
    browser.do(action, **fields)
    with opened_desk(folder(tmp_path / "other")) as other:
        ruled = command(other.app)
        by_page = {s.id: (s.status, s.updated, s.channels) for s in browser.app.store.overview.export()}
        assert {s.id: (s.status, s.updated, s.channels) for s in other.app.store.overview.export()} == by_page
        assert " ".join(s.id for s in ruled.stories) == last(browser).what


def test_a_retracted_story_is_gone_from_what_is_published(browser: Browser) -> None:
    browser.do("retract", what=FIRST)
    decisions.publish(browser.app)
    for path in ("/atom.xml", "/rss.xml", "/feed.json", "/", "/tech/atom.xml"):
        shown = browser.get(path).text
        assert "Words of the first" not in shown, path
    assert "deleted-entry" in browser.get("/atom.xml").text
