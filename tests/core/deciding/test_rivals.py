"""Two posts of one address or id: one keeps it, the other is named with it."""

from random import Random

import pytest

from feeds.core.deciding.rivals import rivals
from feeds.model.entry import RawEntry


def post(path: str, url: str = "", guid: str = "", **more: object) -> RawEntry:
    return RawEntry(path=path, url=url, guid=guid, **more)  # type: ignore[arg-type]  # of a post


A, B = "https://desk.example/a/", "https://desk.example/b/"


@pytest.mark.parametrize(
    ("posts", "named"),
    [
        pytest.param([post("1.md", A), post("2.md", B)], [], id="two addresses"),
        pytest.param([post("1.md", A), post("2.md", A)], ["2.md"], id="FM-19 one slug"),
        pytest.param([post("1.md", A, "x"), post("2.md", B, "x")], ["2.md"], id="FM-19 one id"),
        pytest.param([post("1.md", A), post("2.md", A), post("3.md", A)], ["2.md", "3.md"], id="three"),
        pytest.param([post("1.md"), post("2.md")], [], id="neither address nor id"),
        pytest.param([post("1.md", A, hold="draft"), post("2.md", A)], [], id="a draft beside"),
        pytest.param([post("1.md", A), post("2.md", A, hold="unpublished")], [], id="an old version beside"),
        pytest.param(
            [post("1.md", A), post("2.md", A, "x"), post("3.md", B, "x")], ["2.md"], id="who lost holds nothing"
        ),
    ],
)
def test_who_comes_later_by_path_is_named(posts: list[RawEntry], named: list[str]) -> None:
    assert sorted(rivals(posts)) == named
    shuffled = Random(1).sample(posts, len(posts))
    assert rivals(shuffled) == rivals(posts)


def test_words_name_both_and_what_they_share() -> None:
    assert rivals([post("1.md", A), post("2.md", A)]) == {
        "2.md": f"its address, {A}, is that of 1.md too: give one of them another"
    }
