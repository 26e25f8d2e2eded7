"""One pass over the real feeds: nothing breaks, everyone has entries or a reason, every format says the same."""

import json
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest
from click.testing import CliRunner

from feeds.cli import cli
from tests.end_to_end.served import served

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
REAL = SHARED / "corpus" / "real"
EVERY = 4  # of the 448 feeds; all of them pass too, in four times the time
TYPES = {".json": "application/feed+json", ".atom": "application/atom+xml"}

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is missing: real feeds not run")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_pass_over_real_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(REAL.iterdir())[::EVERY]
    pages = {
        f"/{n}/{quote(p.name)}": (TYPES.get(p.suffix, "application/rss+xml"), p.read_bytes())
        for n, p in enumerate(files)
    }
    (tmp_path / "site/_posts").mkdir(parents=True)
    (tmp_path / "site/_posts/seed.md").write_bytes((SHARED / "seed-post.txt").read_bytes())
    config = str(tmp_path / "feeds.yaml")
    with served(pages) as site:
        sources = [
            f"  - {{id: s{n}, url: '{site.url(p)}', categories: [subject {n % 5}]}}" for n, p in enumerate(pages)
        ]
        (tmp_path / "feeds.yaml").write_text(
            "version: 1\nsite: {title: 수집, url: 'https://news.example.kr', language: ko, timezone: Asia/Seoul}\n"
            "content:\n  - {id: posts, path: site}\nunknown_category: drop\n"
            "categories:\n  - {name: 기술, slug: tech}\n"
            + "".join(f"  - {{name: subject {n}}}\n" for n in range(5))
            + "sources:\n" + "\n".join(sources) + f"\nserver: {{allow_private: ['127.0.0.1:{site.port}']}}\n"
            "schedule: {per_host: 8}\n"
        )  # fmt: skip
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
        code, said = run("-c", config, "run", "--json")
        assert code in (0, 3), said
        assert json.loads(said)["counts"]["new"] > 1000
        for line in json.loads(run("-c", config, "list", "--json")[1]):
            assert line["entries"] or line["cause"], line
        channels = [tmp_path / "var/public" / name for name in ("", "tech", *(f"subject-{n}" for n in range(5)))]
        for channel in channels:
            says_the_same(channel)
        seed_is_right(channels[1])
        before = written(tmp_path)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795010000")
        code, said = run("-c", config, "run", "--json")
        assert json.loads(said)["written"] == []
        assert written(tmp_path) == before


def written(desk: Path) -> dict[Path, int]:
    return {p: p.stat().st_mtime_ns for p in (desk / "var/public").rglob("*") if p.is_file()}


def says_the_same(channel: Path) -> None:
    """Atom, RSS and JSON hold the same entries, as feedparser and json read them."""
    atom, rss = (feedparser.parse((channel / name).read_bytes()) for name in ("atom.xml", "rss.xml"))
    items = json.loads((channel / "feed.json").read_text())["items"]
    assert not atom.bozo
    assert not rss.bozo
    assert [e.id for e in atom.entries] == [e.id for e in rss.entries] == [i["id"] for i in items]
    assert [e.title for e in atom.entries] == [e.title for e in rss.entries]
    assert len({e.id for e in atom.entries}) == len(atom.entries) > 0


def seed_is_right(channel: Path) -> None:
    """The post that the project began with: its category, picture and excerpt, and nothing of its editor."""
    items = json.loads((channel / "feed.json").read_text())["items"]
    (item,) = [i for i in items if i["title"] == "LG엔솔 기술전략 공개로 고객사 신뢰도 급상승!"]
    assert item["image"] == "https://news.example.kr/assets/img/newsdao_breakingnews.jpg"
    assert 'src="https://news.example.kr/assets/img/newsdao_breakingnews.jpg"' in item["content_html"]
    assert item["summary"].startswith("LG에너지솔루션 CTO 김제영이")
    assert "data-ke" not in item["content_html"]
    assert "<p>&nbsp;</p>" not in item["content_html"]
    assert "<p>\xa0</p>" not in item["content_html"]
    assert item["tags"] == ["기술"]
