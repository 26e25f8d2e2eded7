"""Terms that do not suit the dialect of their partner: each doubt with terms that raise it, and it alone."""

import re
from dataclasses import replace
from importlib import import_module

import pytest

from feeds.model.channel import Format
from feeds.model.partner import Partner, Terms
from feeds.render.gate.dialects.suited import DOUBTS, UNSURE, doubts, unsure

CASES: dict[str, tuple[Format, Terms, str]] = {
    "text": ("flipboard", Terms(content="summary"), "Flipboard asks for whole texts: give `content: full`"),
    "number": ("flipboard", Terms(limit=29), "Flipboard asks for a `limit` of 30 or more"),
    "picture": (
        "flipboard",
        Terms(images="none"),
        "Flipboard asks for a picture of each story, and `images` is none",
    ),
    "no picture": (
        "msn",
        Terms(images="none", languages=("ko",)),
        "MSN publishes no story by itself that has no picture, and `images` is none",
    ),
    "languages": (
        "msn",
        Terms(languages=("ko", "en")),
        "MSN asks for one language a feed: name it in `languages`",
    ),
    "many": ("naver", Terms(limit=101), "Naver takes 100 stories at most, `limit` is more"),
    "tracking": (
        "smartnews",
        Terms(links=(("utm_source", "s"),)),
        "SmartNews asks for links without utm_… parameters: those of `links` are left out",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_doubts(name: str) -> None:
    dialect, said, why = CASES[name]
    one = Partner(id="p", dialect=dialect, terms=said)
    assert list(doubts(one)) == [f"partner 'p': {why}"]
    assert not list(doubts(replace(one, terms=Terms(links=(("ref", "p"),), languages=("ko",)))))
    assert not list(doubts(replace(one, dialect="atom")))


def test_each_doubt_has_its_case() -> None:
    assert len(CASES) == sum(map(len, DOUBTS.values()))


def test_what_could_not_be_checked_is_said_of_the_dialects_in_use() -> None:
    """Each of them says in its docstring what it was, and where the rules were read."""
    assert [line.partition(":")[0] for line in unsure({"atom", "naver", "msn"})] == ["msn", "naver"]
    for dialect in UNSURE:
        said = import_module(f"feeds.render.gate.dialects.{dialect}").__doc__ or ""
        assert "Source" in said
        assert re.search(r"could (?:not )?be (?:read|checked)|is in none of them", said)
