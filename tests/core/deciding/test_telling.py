"""Decisions in words: each code in each language, older rows as they stand, and who is told in which."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.core.deciding import telling
from feeds.core.duplicates import near
from feeds.model.decision import Decision

CORE = Path(telling.__file__).parents[1]
FACTS = {"with_title": "다리", "with_source": "daily", "score": "0.613", "veto": "numbers"}


def decided(says: str, **facts: str) -> Decision:
    return Decision(at=datetime(2026, 3, 1, tzinfo=UTC), kind="merged", source_id="one", says=says, facts=facts)


@pytest.mark.parametrize(
    ("says", "english", "korean"),
    [
        pytest.param("seen", "first seen in one", "one에서 처음 보았습니다", id="of a source"),
        pytest.param(
            "same_page", "same story as '다리': the same page within a day",
            "같은 소식, ‘다리’: 하루 안에 나온 같은 페이지입니다", id="of another story",
        ),
        pytest.param("near_low", "not the story '다리': score 0.61 is too low", "다른 소식, ‘다리’: 점수 0.61, 너무 낮습니다", id="a score"),
        pytest.param("near_veto", "not the story '다리': most numbers differ", "다른 소식, ‘다리’: 숫자가 대부분 다릅니다", id="a veto"),
        pytest.param("desk_retracted", "the desk took the story back", "데스크가 회수했습니다", id="without facts"),
        pytest.param("an older {row}, as it is", "an older {row}, as it is", "an older {row}, as it is", id="before codes"),
    ],
)  # fmt: skip
def test_a_decision_in_both_languages(says: str, english: str, korean: str) -> None:
    assert telling.sentence(decided(says, **FACTS)) == english
    assert telling.sentence(decided(says, **FACTS), "ko") == korean


def test_a_code_without_its_facts_is_told_all_the_same() -> None:
    for code in telling._SENTENCES:
        assert all(telling.sentence(decided(code), speech) not in ("", code) for speech in telling.SPOKEN)


def test_every_code_that_is_noted_has_words() -> None:
    """What `note` and its kin are given in `core/`: constants, and those that begin like the ones that are made."""
    files = ("deciding/decide.py", "deciding/desk.py", "duplicates/nearby.py", "duplicates/cluster.py")
    text = "".join((CORE / name).read_text(encoding="utf-8") for name in files)
    noted = set(re.findall(r'"((?:same|near|desk|changed|hold)_[a-z_]+)"', text)) - {"same_id", "same_url"}
    noted |= {
        "file_gone",
        "told_gone",
        "missing",
        "back",
        "renamed",
        "embargo_late",
        "leads",
        "drop_rule",
        "only_rule",
        "seen",
    }
    noted |= {f"hold_{how}" for how in ("draft", "unpublished", "expired")} | {
        "desk_shown",
        "desk_held",
        "desk_withdrawn",
    }
    assert noted <= telling._SENTENCES.keys()
    whys = {k.value.value for k in ast.walk(ast.parse((CORE / "duplicates" / "cluster.py").read_text(encoding="utf-8")))
            if isinstance(k, ast.keyword) and k.arg == "why" and isinstance(k.value, ast.Constant)}  # fmt: skip
    assert whys <= telling.WHYS.keys()


def test_every_veto_is_told() -> None:
    assert telling.VETOES.keys() == near.VETOES.keys()
    assert all(code.isidentifier() and code not in telling.WHYS for code in telling.VETOES)


@pytest.mark.parametrize(
    ("name", "value", "english", "korean"),
    [
        ("veto", "numbers", "most numbers differ", "숫자가 대부분 다릅니다"),
        ("other_2", "0.411 다리 (새) (numbers)", "0.411 다리 (새) (most numbers differ)", "0.411 다리 (새) (숫자가 대부분 다릅니다)"),
        ("other_3", "0.411 다리 (low)", "0.411 다리 (score too low)", "0.411 다리 (점수가 낮습니다)"),
        ("other_3", "0.411 다리 (less like it)", "0.411 다리 (less like it)", "0.411 다리 (덜 비슷합니다)"),
        ("other_4", "plain", "plain", "plain"),
    ],
)  # fmt: skip
def test_a_fact_that_is_a_code(name: str, value: str, english: str, korean: str) -> None:
    """What was stored in words, before codes were, is told as well."""
    assert telling.fact(name, value, "en") == english
    assert telling.fact(name, value, "ko") == korean


@pytest.mark.parametrize(
    ("name", "value", "korean"),
    [
        ("differs", "title, text", "제목, 글"),
        ("minor", "its front matter says so", "글머리에 그렇게 적혀 있습니다"),
        ("minor", "yes", "예"),
        ("veto", "most numbers differ", "숫자가 대부분 다릅니다"),
        ("with_title", "title", "title"),
    ],
)
def test_a_fact_in_korean(name: str, value: str, korean: str) -> None:
    assert telling.fact(name, value, "ko") == korean
    assert telling.fact(name, value, "en") == value


@pytest.mark.parametrize(
    ("accepted", "speech"),
    [
        ("", "en"), ("ko", "ko"), ("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("en-GB,ko;q=0.5", "en"), ("de,ko;q=0.3", "ko"),
        ("en;q=0.1, ko;q=0.2", "ko"), ("ko;q=0", "en"), ("ko;q=x,en", "en"), ("kok", "en"), ("*", "en"),
    ],
)  # fmt: skip
def test_who_asks_is_told_in_the_language_that_it_likes(accepted: str, speech: str) -> None:
    assert telling.preferred(accepted) == speech


@pytest.mark.parametrize(
    ("language", "speech"),
    [("ko", "ko"), ("ko_KR.UTF-8", "ko"), ("ko.UTF-8", "ko"), ("KO-kr", "ko"), ("C", "en"), ("", "en"), ("kok", "en")],
)
def test_a_locale_is_a_language(language: str, speech: str) -> None:
    assert telling.spoken(language) == speech


def test_a_reason_of_a_replay() -> None:
    assert telling.why("same_page", "ko") == "하루 안에 나온 같은 페이지입니다"
    assert telling.why("published 30 hours apart", "ko") == "published 30 hours apart"
