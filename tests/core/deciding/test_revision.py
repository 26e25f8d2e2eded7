"""Which changes are news: a table of corrections as desks make them, in Korean as in English."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.deciding.revision import revision
from feeds.model.entry import Enclosure, Image
from tests.core.made import LONG, LONG_KOREAN, NOW, Shelf, entry, settings, source

ENGLISH = entry("a", title="Bridge to be rebuilt", content=f"<p>{LONG}</p>")
KOREAN = entry("k", title="항구 다리 다시 짓는다", content=f"<p>{LONG_KOREAN}</p>")
LATER = NOW + timedelta(hours=2)


def body(words: str) -> dict[str, Any]:
    return {"content": f"<p>{words}</p>"}


def files(path: str, length: int) -> dict[str, Any]:
    return {"enclosures": (Enclosure(url=f"https://one.example/{path}", length=length),)}


WITH_FILE, WITH_SCRIPT = (replace(ENGLISH, **files(path, 8)) for path in ("a.mp3?token=1", "get.php?id=1"))


@pytest.mark.parametrize(
    ("before", "change", "words", "significant"),
    [
        pytest.param(ENGLISH, {"url": "https://one.example/moved"}, False, False, id="its address"),
        pytest.param(ENGLISH, {"content": f"<div><p>{LONG}</p></div>"}, False, False, id="its markup"),
        pytest.param(ENGLISH, {"image": Image(url="https://one.example/i.png")}, False, False, id="its picture"),
        pytest.param(ENGLISH, body(LONG.replace("divers", "diverse")), True, False, id="one word's letter"),
        pytest.param(ENGLISH, body(LONG.replace(",", ";")), True, False, id="punctuation"),
        pytest.param(ENGLISH, {"title": "Bridge to be re-built"}, True, True, id="a title's word"),
        pytest.param(ENGLISH, {"title": "Bridge to be rebuilt."}, True, False, id="a title's full stop"),
        pytest.param(ENGLISH, body(LONG.replace("fourteen", "15")), True, True, id="a word that is a number now"),
        pytest.param(KOREAN, body(LONG_KOREAN + " 예산은 3억 원이다."), True, True, id="a sum that was added"),
        pytest.param(KOREAN, body(LONG_KOREAN.replace("의결했다", "의결하였다")), True, False, id="a Korean ending"),
        pytest.param(KOREAN, body(LONG_KOREAN.replace(" ", "  ")), False, False, id="Korean, wider"),
        pytest.param(KOREAN, body(LONG_KOREAN + LONG_KOREAN[::-1]), True, True, id="twice as long"),
        pytest.param(KOREAN, body(LONG_KOREAN[:60]), True, True, id="cut short"),
        pytest.param(entry("s", content="<p>Words of s.</p>"), body("Corrected."), True, True, id="all of few words"),
        pytest.param(
            ENGLISH, {"enclosures": (Enclosure(url="https://one.example/a.mp3"),)}, True, True, id="a file that came"
        ),
        pytest.param(WITH_FILE, files("a.mp3?token=2", 9), False, False, id="a file's token and length"),
        pytest.param(WITH_FILE, files("b.mp3?token=1", 9), True, True, id="another file"),
        pytest.param(WITH_SCRIPT, files("get.php?id=2", 9), True, True, id="another file of a script"),
        pytest.param(ENGLISH, {"title": "Another title", "minor": True}, True, False, id="its author says it is minor"),
    ],
)
def test_table(before: Any, change: dict[str, Any], words: bool, significant: bool) -> None:
    found = revision(before, replace(before, **change))
    assert (found.words, found.significant) == (words, significant)


def test_it_is_told_what_differs() -> None:
    after = replace(ENGLISH, title="Bridge is rebuilt", **body(LONG.replace("May", "June")))
    found = revision(ENGLISH, after)
    assert found.facts == {
        "differs": "title, text",
        "title_before": "Bridge to be rebuilt",
        "words_gone": "may",
        "words_new": "june",
    }
    assert found.says == "changed_words"


def test_long_differences_are_cut() -> None:
    found = revision(ENGLISH, replace(ENGLISH, content=f"<p>{' '.join(f'word{n}' for n in range(400))}</p>"))
    assert all(len(fact) <= 202 for fact in found.facts.values())
    assert found.facts["words_new"].endswith(" …")


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_equal_is_no_news(title: str, words: str) -> None:
    one = entry("a", title=title, content=words)
    same = revision(one, one)
    assert (same.words, same.significant, same.facts) == (False, False, {})


@pytest.mark.parametrize(
    ("change", "updated"),
    [
        pytest.param(body(LONG.replace("divers", "diverse")), NOW, id="a letter: it stays"),
        pytest.param(body(LONG.replace("fourteen", "15")), LATER, id="a number: it moves"),
        pytest.param(
            {**body(LONG.replace("divers", "diverse")), "updated": NOW + timedelta(hours=1)},
            NOW + timedelta(hours=1),
            id="a letter, dated by its source: that is believed",
        ),
        pytest.param({"title": "Other", "minor": True, "updated": NOW + timedelta(hours=1)}, NOW, id="minor: it stays"),
    ],
)
def test_updated_moves_for_news_alone(change: dict[str, Any], updated: object) -> None:
    desk = Shelf(settings(source("one")))
    first = replace(ENGLISH, published=NOW, updated=NOW)
    desk.poll("one", [first])
    changes = desk.poll("one", [replace(first, **change)], now=LATER)
    assert desk.only().updated == updated
    assert desk.only().published == NOW
    assert [d.kind for d in changes.decisions] == ["changed"]
    kept = [(e.title, e.summary, e.content, e.at) for e in changes.earlier]
    assert kept == [(ENGLISH.title, ENGLISH.summary, ENGLISH.content, LATER)], "what it said before"
    assert desk.only().lead.title == change.get("title", ENGLISH.title), "what is shown is the new version in any case"
    assert desk.poll("one", [replace(first, **change)], now=LATER + timedelta(hours=1)).stories == ()
