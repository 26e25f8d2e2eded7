"""Our own posts from the folders of generators to what is published, pass after pass."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from feeds.cli import cli
from feeds.model.entry import Parsed
from feeds.model.source import SiteKind
from tests.parse import sites

Pass = Callable[..., str]

CONFIG = """\
version: 1
site: {{title: Desk, url: '{url}', language: ko, timezone: Asia/Seoul, ids: {ids}}}
content:
  - {{id: posts, path: site}}
outputs:
  - {{id: all, path: /, formats: [atom, json], limit: 100}}
"""
KINDS: tuple[SiteKind, ...] = ("jekyll", "hugo", "pelican", "eleventy", "astro", "mkdocs", "obsidian")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Type a command at a moment."""
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def typed(*words: str, at: str = "2026-11-25T00:00:00+00:00", codes: tuple[int, ...] = (0,)) -> str:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime.fromisoformat(at).timestamp())))
        result = CliRunner().invoke(cli, [*words])
        assert result.exit_code in codes, f"{words}: {result.output} {result.exception!r}"
        return result.output

    return typed


def put(root: Path, name: str, text: str) -> None:
    path = root / "site" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def configure(root: Path, *, url: str = sites.HOME, ids: str = "tag") -> None:
    (root / "feeds.yaml").write_text(CONFIG.format(url=url, ids=ids))


def titles(root: Path) -> set[str]:
    items = json.loads((root / "var/public/feed.json").read_text("utf-8"))["items"]
    return {item["title"] for item in items}


def shown(parsed: Parsed | str) -> str:
    """Return the URL of the post that is shown now, '' where there is none."""
    if isinstance(parsed, str) or not parsed.entries or parsed.entries[0].hold:
        return ""
    (entry,) = parsed.entries
    dates = [date for date in (entry.published, entry.release) if date]
    return unquote(entry.url) if all(date <= sites.NOW for date in dates) else ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known_and_published(run: Pass, tmp_path: Path, kind: SiteKind) -> None:
    configure(tmp_path)
    sites.write(kind, tmp_path / "site")
    said = run("check", "--posts", codes=(0, 2))
    assert f"posts: posts of kind {kind}, by " in said
    run("run", codes=(0, 3))
    items = json.loads((tmp_path / "var/public/feed.json").read_text("utf-8"))["items"]
    expected = {shown(parsed) for parsed in sites.read(tmp_path / "site", "auto").values()} - {""}
    assert {unquote(item["url"]) for item in items} == expected
    assert len(expected) > 3


def test_a_post_ends_at_its_time_even_where_passes_are_rare(run: Pass, tmp_path: Path) -> None:
    configure(tmp_path)
    put(tmp_path, "hugo.toml", "")
    put(tmp_path, "content/stays.md", "+++\ntitle = 'Stays'\ndate = 2026-03-01T00:00:00Z\n+++\nWords that stay.")
    ends = "+++\ntitle = 'Ends'\ndate = 2026-03-01T00:00:00Z\nexpiryDate = 2026-03-02T12:00:00Z\n+++\nWords that end."
    put(tmp_path, "content/ends.md", ends)
    run("run", at="2026-03-02T11:30:00+00:00")
    assert titles(tmp_path) == {"Stays", "Ends"}
    run("run", at="2026-03-02T12:30:00+00:00")
    assert titles(tmp_path) == {"Stays"}
    assert "at its end" in run("why", f"{sites.HOME}/ends/", at="2026-03-02T12:30:00+00:00")
    put(tmp_path, "content/ends.md", ends.replace("expiryDate = 2026", "expiryDate = 2027"))
    run("run", at="2026-03-02T12:40:00+00:00")
    assert titles(tmp_path) == {"Stays", "Ends"}


def test_a_file_that_is_no_post_any_more_is_withdrawn(run: Pass, tmp_path: Path) -> None:
    configure(tmp_path)
    put(tmp_path, "eleventy.config.js", "")
    put(tmp_path, "one.md", "---\ntitle: One\ndate: 2026-03-01\ntags: post\n---\nWords of the first post.")
    put(tmp_path, "two.md", "---\ntitle: Two\ndate: 2026-03-01\ntags: post\n---\nWords of the second post.")
    run("run")
    assert titles(tmp_path) == {"One", "Two"}
    put(tmp_path, "two.md", "---\ntitle: Two\ndate: 2026-03-01\n---\nWords of the second post.")
    run("run", at="2026-11-25T01:00:00+00:00")
    assert titles(tmp_path) == {"One"}


def test_a_jekyll_site_keeps_the_ids_of_its_feed(run: Pass, tmp_path: Path) -> None:
    """The ids are those that jekyll-feed 0.17 gave, see `tests/parse/test_generators.py`."""
    configure(tmp_path, url="https://new.example", ids="jekyll-feed")
    put(tmp_path, "_config.yml", "url: https://old.example\nbaseurl: /blog\n")
    put(tmp_path, "_posts/2024-01-02-첫 글.md", "---\ntitle: One\ncategories: 기술\n---\nWords of the first post.")
    # Their ids would be one: the second gets an id of our own, and neither is lost.
    put(tmp_path, "_posts/2024-01-03-same.md", "---\ntitle: Two\npermalink: /x/two/\n---\nWords of the second post.")
    put(tmp_path, "_posts/2024-01-04-same.md", "---\ntitle: Three\npermalink: /x/three/\n---\nWords of the third post.")
    run("run")
    atom = (tmp_path / "var/public/atom.xml").read_text("utf-8")
    ids = re.findall(r"<entry>.*?<id>(.*?)</id>", atom, re.DOTALL)
    assert "https://old.example/blog/%EA%B8%B0%EC%88%A0/2024/01/02/%EC%B2%AB%20%EA%B8%80" in ids
    assert "https://old.example/blog/x/same" in ids
    assert len(set(ids)) == 3
    assert titles(tmp_path) == {"One", "Two", "Three"}
