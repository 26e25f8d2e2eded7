"""Links from one text to the page of another: a table."""

import pytest

from feeds.core.duplicates.pointing import points
from feeds.model.entry import Entry

FILM = "https://www.youtube.com/watch?v=flood14mnth"
PAGE = "https://tidewater.example/2026/11/harbour-library"


@pytest.mark.parametrize(
    ("text", "page", "found"),
    [
        pytest.param(f"FULL VIDEO: {FILM} The river came at night.", FILM, True, id="an address in the text"),
        pytest.param("The whole film: https://youtu.be/flood14mnth.", FILM, True, id="another form, a stop behind it"),
        pytest.param(f'<p>Read <a href="{PAGE}?utm_source=rss&amp;utm_medium=feed">all of it</a>.</p>', PAGE, True, id="a link with trackers"),
        pytest.param(f"(전문: {PAGE}/)", PAGE, True, id="between brackets"),
        pytest.param(f"More: {PAGE}-photos", PAGE, False, id="a longer address"),
        pytest.param("The library opened its doors again.", PAGE, False, id="no link"),
        pytest.param(f"See {PAGE}", "", False, id="no page"),
        pytest.param("See https://tidewater.example/short/1 and share it.", PAGE, False, id="its own page"),
    ],
)  # fmt: skip
def test_points(text: str, page: str, found: bool) -> None:
    """Either way round, and wherever the text stands."""
    one = Entry(source_id="a", guid="1", title="", url="https://tidewater.example/short/1", content=text)
    summed = Entry(source_id="a", guid="1", title="", url="https://tidewater.example/short/1", summary=text)
    other = Entry(source_id="a", guid="2", title="", url=page, content="The river came at night.")
    assert points(one, other) == points(other, one) == points(summed, other) == found


def test_one_page_does_not_point_at_itself() -> None:
    one, other = (Entry(source_id="a", guid=guid, title="", url=PAGE, content=f"Link: {PAGE}") for guid in "12")
    assert not points(one, other)
