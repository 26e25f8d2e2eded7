"""Copies that wait for a day of their own: their titles are told to nobody but who may see what is hidden."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.serving.api import Answers
from feeds.ports.api import StoriesAsked

CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
sources:
  - {id: one, file: one.xml}
  - {id: two, file: two.xml, future: wait}
"""
ITEM = """\
<rss version='2.0'><channel><title>A feed</title><item><guid isPermaLink='false'>%s</guid><title>%s</title>
<link>https://paper.example/bridge</link><pubDate>%s</pubDate></item></channel></rss>
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    (tmp_path / "one.xml").write_text(ITEM % ("a", "Bridge opened", "Fri, 20 Nov 2026 08:00:00 +0000"))
    (tmp_path / "two.xml").write_text(
        ITEM % ("b", "Bridge opened, with a party tonight", "Fri, 20 Nov 2026 18:00:00 +0000")
    )
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1795165200"}  # 20 November, 09:00
    with opened(str(tmp_path / "feeds.yaml"), environ, lock=True) as app:
        passes.run_pass(app)
        yield app


@pytest.mark.parametrize(
    ("hidden", "titles"), [(False, ["Bridge opened"]), (True, ["Bridge opened", "Bridge opened, with a party tonight"])]
)
def test_a_copy_waits_for_its_day(app: App, *, hidden: bool, titles: list[str]) -> None:
    answers = Answers(app)
    (listed,) = answers.stories(StoriesAsked(hidden=hidden))
    told = answers.story(listed.id, hidden=hidden)
    assert told
    assert [m.entry.title for m in told.story.members] == titles
    assert len(listed.members) == len(titles)
    assert any(d.guid == "b" for d in told.timeline) == hidden
