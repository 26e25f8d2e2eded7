"""A store that an earlier version left, with all that it held, under this version.

`upgrade/vNNNN.sql` is such a store as SQL, made by a pass of that version over the sources beside it.
"""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from feeds.cli import cli

KEPT = Path(__file__).parent / "upgrade"
AT = "1773100000"  # a day after those passes


@pytest.fixture(params=sorted(path.name for path in KEPT.glob("v*.sql")))
def left(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a desk as an earlier version left it."""
    desk = tmp_path / "desk"
    shutil.copytree(KEPT, desk, ignore=shutil.ignore_patterns("*.sql"))
    (desk / "var").mkdir()
    store = sqlite3.connect(desk / "var/feeds.db")
    store.executescript((KEPT / str(request.param)).read_text("utf-8").replace("@FOLDER@", str(desk)))
    store.close()
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(desk)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", AT)
    return desk


def typed(*words: str) -> str:
    result = CliRunner().invoke(cli, [*words])
    assert result.exit_code == 0, f"{words}: {result.output} {result.exception!r}"
    return result.output


def test_nothing_is_new_nothing_is_lost_and_all_comes_out(left: Path) -> None:
    fetched = json.loads(typed("run", "--json"))
    assert not fetched["counts"].keys() & {"new", "merged", "failed", "set_aside", "withheld", "held"}
    typed("build")
    told = json.loads((left / "var/public/feed.json").read_text("utf-8"))
    # both sources tell of the bridge and of the market, each of which was one story before
    assert sorted(item["title"] for item in told["items"]) == [
        "Bridge opened",
        "First post",
        "Market closed in one",
        "둘째 글",
    ]


def test_what_is_published_is_what_a_new_store_gives(left: Path) -> None:
    typed("build")
    upgraded = published(left)
    shutil.rmtree(left / "var")
    typed("run")
    fresh = published(left)
    assert upgraded.keys() == fresh.keys()
    assert [name for name in fresh if fresh[name] != upgraded[name]] == []


def published(desk: Path) -> dict[str, bytes]:
    public = desk / "var/public"
    return {p.relative_to(public).as_posix(): p.read_bytes() for p in public.rglob("*.xml") if ".tmp" not in p.parts}
