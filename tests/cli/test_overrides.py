"""Overrides of a source from its line in feeds.yaml to what is published."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli

Feeds = Callable[..., Result]

FEED = "<rss version='2.0'><channel><title>River</title><link>https://river.example/</link>{0}</channel></rss>"
ITEM = (
    "<item><guid isPermaLink='false'>{0}</guid><link>https://river.example/{1}</link><title>[AD] News {1}</title>"
    "<author>desk@river.example (Kim)</author><pubDate>Thu, 0{1} Jan 2026 09:00:00 GMT</pubDate>"
    "<description>Words of item {1}, which say something.</description></item>"
)
CONFIG = "site: {{title: T, url: https://desk.example}}\nsources:\n  - id: river\n    file: river.xml\n{0}"


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    """Type a command; the clock stands at 2026-02-01; river.xml holds five items."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769904000")
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    write_feed("g")

    def run(*words: str, more: str = "") -> Result:
        Path("feeds.yaml").write_text(CONFIG.format(more))
        result = CliRunner().invoke(cli, [*words])
        assert result.exit_code == 0, f"{words}: {result.output} {result.exception!r}"
        return result

    return run


def write_feed(guids: str) -> None:
    Path("river.xml").write_text(FEED.format("".join(ITEM.format(f"{guids}{n}", n) for n in range(5, 0, -1))))


def published() -> bytes:
    return Path("var/public/atom.xml").read_bytes()


@pytest.mark.parametrize("rule", ["link", "title_link", "content"])
def test_a_new_id_rule_reposts_nothing(feeds: Feeds, rule: str) -> None:
    """Field note 24: readers of our feed see no item twice, there and back."""
    feeds("run")
    before = published()
    for more in (f"    ids: {rule}\n", "    ids: guid\n"):
        said = feeds("run", more=more).output
        assert "new entries" not in said
        assert published() == before


def test_guids_that_change_with_every_request_are_cured(feeds: Feeds) -> None:
    feeds("run", more="    ids: link\n")
    before = published()
    write_feed("other")
    assert "new entries" not in feeds("run", more="    ids: link\n").output
    assert published() == before


@pytest.mark.parametrize(
    ("more", "there", "gone"),
    [
        pytest.param("    rewrite: [{field: title, find: '^\\[AD\\] '}]\n", b">News 1<", b"[AD]", id="rewrite"),
        pytest.param("    ignore: [author]\n", b"[AD] News 1", b"Kim", id="ignore"),
        pytest.param("    only: [\"title ~ 'News [12]'\"]\n", b"News 2", b"News 3", id="only"),
    ],
)
def test_what_is_published_already_follows(feeds: Feeds, more: str, there: bytes, gone: bytes) -> None:
    feeds("run")
    assert gone in published()
    feeds("run", more=more)
    assert there in published()
    assert gone not in published()
