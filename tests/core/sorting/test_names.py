"""What a channel is, by its id: there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.names import ChannelName


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("all", ChannelName(output="all")),
        ("by-category:기술", ChannelName(output="by-category", slug="기술")),
        ("all@2026", ChannelName(output="all", period="2026")),
        ("by:tech@2026-02-03", ChannelName(output="by", slug="tech", period="2026-02-03")),
        ("by:a@b", ChannelName(output="by", slug="a@b")),
        ("~tag:a.example,2026:story/1@2026", ChannelName(story="tag:a.example,2026:story/1@2026")),
        ("@sources", ChannelName(output="@sources")),
        ("", ChannelName()),
    ],
)
def test_an_id_says_what_a_channel_is(id: str, name: ChannelName) -> None:
    assert (ChannelName.of(id), name.id) == (name, id)


@given(st.text(max_size=30))
def test_there_and_back(id: str) -> None:
    assert ChannelName.of(id).id == id or id.endswith((":", "~")) or ":@" in id


def test_an_archive_and_its_channel() -> None:
    name = ChannelName.of("by:tech")
    assert name.archive("2026-02").id == "by:tech@2026-02"
    assert name.archive("2026-02").channel == name.channel == "by:tech"
