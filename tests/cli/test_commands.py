"""The commands as a user types them, over a small desk on disk."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from feeds.app.build import App, opened
from feeds.app.looking import look
from feeds.cli import cli
from feeds.cli.common import count
from feeds.model.changes import Mark
from feeds.model.channel import Window
from feeds.model.overview import SourceLine
from feeds.model.source import FeedInfo, Source, SourceState
from feeds.store import open_store
from tests import servers
from tests.cli.conftest import Feeds
from tests.end_to_end.served import served

CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example', language: en}
content:
  - {id: posts, path: site}
sources:
  - {id: saved, file: saved.xml}  # a feed on disk
categories:
  - {name: Tech, slug: tech, aliases: [IT]}
"""
POST = "---\ntitle: {0}\ndate: 2026-01-0{1} 10:00:00 +0000\ncategories: [IT]\n---\nWords of {0}.\n"
SAVED = (
    "<rss version='2.0'><channel><title>Saved</title><link>https://saved.example/</link>"
    "<item><guid>https://saved.example/1</guid><link>https://saved.example/1</link><title>Copy me</title>"
    "<pubDate>Thu, 01 Jan 2026 08:00:00 +0000</pubDate><description>Words.</description></item>"
    "<item><guid isPermaLink='false'>2</guid><link>https://saved.example/1?utm_source=x</link><title>Copy me</title>"
    "<pubDate>Thu, 01 Jan 2026 09:00:00 +0000</pubDate><description>Words.</description></item>"
    "</channel></rss>"
)

GOOD = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Desk</title>
<link>https://desk.example/</link>
<description>News</description>
<atom:link rel="self" href="https://desk.example/rss.xml"/>
</channel></rss>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    for number, name in enumerate(("one", "two"), 1):
        (tmp_path / "site" / f"{name}.md").write_text(POST.format(name, number))
    (tmp_path / "saved.xml").write_text(SAVED)
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


def test_what_is_to_be_read_beside_a_running_service_is_left_to_it(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    with opened("feeds.yaml", {}, lock=True) as app:
        assert "left to the service" in feeds("fetch", "saved", "--force").output
        assert {s.id: not state.body_hash for s, state in app.store.library.due(0, app.clock(), 10)}["saved"]
        assert "no source is called 'nothing'" in feeds("fetch", "nothing", code=2).output
        assert "in use by process" in feeds("fetch", code=1).output
    assert "posts" not in feeds("audit").output
    assert "saved" in feeds("audit").output


def test_run_says_what_was_read_merged_and_written(feeds: Feeds, folder: Path) -> None:
    said = feeds("run").output
    assert "read     2 sources asked, 2 with something to read" in said
    assert "took in  4 new entries, 1 merged as a copy" in said
    assert "/tech/atom.xml" in said
    assert f"look at  http://127.0.0.1:8080/ with `feeds serve`; any web server may serve {folder}/var/public" in said
    assert (folder / "var/public/tech/rss.xml").is_file()


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        (b"---\ntitle: A\ndate: 2026-01-03\nembargo: soon\n---\nWords.\n", ":4:10", "embargo"),
        (b"---\ntitle: A\ndate: the third\n---\nWords.\n", ":3:7", "date"),
        (b"---\ntitle: \xb0\xa1\ndate: 2026-01-03\n---\nWords.\n", "", "UTF-8"),
    ],
)
def test_why_tells_the_fault_of_a_post_that_is_set_aside(
    feeds: Feeds, folder: Path, text: bytes, place: str, cause: str
) -> None:
    feeds("run")
    assert "set aside" not in feeds("why", "site/one.md").output
    for name in ("new", "one"):  # one that was never good, and one that was: its good version stays
        (folder / f"site/{name}.md").write_bytes(text)
        said = feeds("why", f"site/{name}.md").output
        assert said.startswith("set aside: a post has a fault (")
        assert f"site/{name}.md{place}" in said.splitlines()[0]
        assert cause in said.splitlines()[0]
        assert "  remedy      fix the post at the place named" in said
        assert ("what happened" in said) is (name == "one")
        (fault,) = json.loads(feeds("why", f"site/{name}.md", "--json").output)["faults"]
        assert fault["code"] == "post"
        assert place in fault["where"]
    assert "nothing here is known" in feeds("why", "site/none.md", code=2).output


def test_a_post_that_was_saved_is_read_by_the_next_run(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    (folder / "site/three.md").write_text(POST.format("three", 3))
    assert "took in  1 new entry" in feeds("run").output


def test_a_post_that_was_mended_is_read_by_the_next_run(feeds: Feeds, folder: Path) -> None:
    (folder / "site/three.md").write_text(POST.format("three", "x"))
    assert "set aside  " in feeds("run").output
    (folder / "site/three.md").write_text(POST.format("three", 3))
    assert "took in  1 new entry" in feeds("run").output


def test_an_address_that_is_allowed_now_is_asked_at_once(feeds: Feeds, folder: Path) -> None:
    with served({"/": ("application/rss+xml", SAVED.encode())}) as site:
        asked = CONFIG.replace("{id: saved, file: saved.xml}", f"{{id: ours, url: '{site.url('/')}'}}")
        (folder / "feeds.yaml").write_text(asked)
        assert "the address is private or not allowed" in feeds("run", code=3).output
        (folder / "feeds.yaml").write_text(f"{asked}server: {{allow_private: ['127.0.0.1:{site.port}']}}\n")
        assert "took in  2 new entries, 1 merged as a copy" in feeds("run").output


def test_run_twice_writes_nothing(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in (folder / "var/public").rglob("*") if p.is_file()}
    said = feeds("fetch", "--force").output
    assert "nothing new" in said
    assert "no byte differs" in feeds("run").output
    after = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in (folder / "var/public").rglob("*") if p.is_file()}
    assert before == after


def test_build_after_the_folder_was_deleted_gives_the_same_bytes(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    public = folder / "var/public"
    before = {p.relative_to(public): p.read_bytes() for p in public.rglob("*") if p.is_file()}
    feeds("build", "--out", str(folder / "again"))
    assert {
        p.relative_to(folder / "again"): p.read_bytes() for p in (folder / "again").rglob("*") if p.is_file()
    } == before


def test_a_deleted_output_folder_is_written_again(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    (folder / "var/public").rename(folder / "away")
    feeds("run")
    assert (folder / "var/public/atom.xml").read_bytes() == (folder / "away/atom.xml").read_bytes()


def test_a_pass_whose_time_is_over_says_what_is_left(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        work = App.work
        patch.setattr(App, "work", lambda *told, **more: replace(work(*told, **more), budget=timedelta(0)))
        assert "not done polling, publishing, telling hubs: " in feeds("run").output
    last = feeds("run").output
    assert "not done" not in last
    assert "wrote    " in last


def test_json_is_json(feeds: Feeds) -> None:
    report = json.loads(feeds("run", "--json").output)
    assert report["counts"]["new"] == 4
    assert set(report["cpu_seconds"]) >= {"parse", "clean", "decide", "store", "render"}
    assert json.loads(feeds("status", "--json").output)["totals"]["copies"] == 1
    assert [s["id"] for s in json.loads(feeds("list", "--json").output)] == ["posts", "saved"]


def test_why_tells_the_merge(feeds: Feeds) -> None:
    feeds("run")
    said = feeds("why", "https://saved.example/1?utm_campaign=z").output
    assert "merged [same_url]" in said
    assert "copy        saved: https://saved.example/1?utm_source=x" in said
    found = json.loads(feeds("why", "https://saved.example/1", "--json").output)
    assert [d["kind"] for d in found["decisions"]] == ["seen", "seen", "merged"]
    assert "nothing here is known" in feeds("why", "https://nowhere.example/", code=2).output


def test_a_faulty_post_is_set_aside_with_its_place(feeds: Feeds, folder: Path) -> None:
    (folder / "site" / "bad.md").write_text("---\ntags: [a, b\n---\nWords.\n")
    said = feeds("run").output
    assert f"{folder}/site/bad.md:" in said
    assert "a post has a fault" in said
    assert "fix the post at the place named" in feeds("status").output
    assert "bad.md:" in feeds("check", "--posts", code=2).output


def test_a_failing_source_ends_in_3_and_in_the_status(feeds: Feeds, folder: Path) -> None:
    (folder / "saved.xml").write_text("<html><title>Log in</title><body>please</body></html>")
    assert "a web page came where a feed was expected" in feeds("run", code=3).output
    assert "1 with a problem" in feeds("status").output


def test_faults_of_the_configuration_end_in_2(feeds: Feeds, folder: Path) -> None:
    (folder / "feeds.yaml").write_text(CONFIG.replace("language: en", "langauge: en"))
    said = feeds("run", code=2).output
    assert "did you mean 'language'?" in said
    assert not (folder / "var").exists()


def test_without_a_configuration_the_next_step_is_named(feeds: Feeds, folder: Path) -> None:
    (folder / "feeds.yaml").unlink()
    assert "feeds init" in feeds("run", code=2).output
    assert "feeds init" in feeds("status", code=2).output


def test_pause_and_resume(feeds: Feeds) -> None:
    feeds("pause", "saved")
    assert "1 source asked" in feeds("run").output
    assert "paused" in feeds("list").output
    feeds("resume", "saved")
    assert "paused" not in feeds("list").output
    assert "no source is called 'nobody'" in feeds("pause", "nobody", code=2).output


def test_add_finds_the_feed_behind_a_page_and_keeps_comments(feeds: Feeds, folder: Path) -> None:
    page = b"<html><head><link rel=alternate type=application/rss+xml href=/news.xml></head></html>"
    with served({"/": ("text/html", page), "/news.xml": ("application/rss+xml", SAVED.encode())}) as site:
        (folder / "feeds.yaml").write_text(CONFIG + f"server: {{allow_private: ['127.0.0.1:{site.port}']}}\n")
        said = feeds("add", site.url("/"), "--id", "news", "--category", "Tech", "--yes").output
        assert "added news: Saved" in said
        assert "Copy me" in said
        assert "# a feed on disk" in (folder / "feeds.yaml").read_text()
        assert "source already" in feeds("add", site.url("/news.xml"), "--yes", code=2).output
        assert "Saved" in feeds("peek", site.url("/news.xml")).output
        feeds("remove", "news")
    assert site.url("/news.xml") not in (folder / "feeds.yaml").read_text()


def test_import_and_export(feeds: Feeds, folder: Path) -> None:
    opml = "<opml version='2.0'><body><outline text='N'><outline xmlUrl='https://n.example/f'/></outline></body></opml>"
    (folder / "list.opml").write_text(opml)
    assert "added 1 source" in feeds("import", "list.opml").output
    assert "0 sources, 1 were there already" in feeds("import", "list.opml").output
    feeds("fetch", "posts", "saved")
    assert 'xmlUrl="https://n.example/f"' in feeds("export", "opml").output
    stories = [json.loads(line) for line in feeds("export", "json").output.splitlines()]
    assert len(stories) == 3
    assert sum(len(s["entries"]) for s in stories) == 4


@pytest.mark.parametrize("command", ["peek", "add"])
def test_what_cannot_be_asked_is_told_with_the_remedy(feeds: Feeds, command: str) -> None:
    told = feeds(command, "http://127.0.0.1:9/feed", code=1).output
    assert told.splitlines() == [
        "feeds: the address is private or not allowed: 127.0.0.1 port 9",
        "       name the host and port under `server.allow_private` if it is yours",
    ]


def test_peek_names_oddities_and_stores_nothing(feeds: Feeds, folder: Path) -> None:
    (folder / "odd.xml").write_bytes(SAVED.replace("<guid isPermaLink='false'>2</guid>", "").encode())
    said = feeds("peek", "odd.xml").output
    assert "oddities" in said
    assert "no id" in said
    assert not (folder / "var").exists()
    assert "neither" in feeds("peek", "nothing.xml", code=2).output


def test_init_writes_a_file_that_checks(feeds: Feeds, folder: Path) -> None:
    feeds("--config", "new.yaml", "init", "https://blog.example.com/")
    assert "0 errors" in feeds("--config", "new.yaml", "check").output
    assert "exists already" in feeds("--config", "new.yaml", "init", code=2).output


def test_doctor_schema_migrate_and_config_show(feeds: Feeds) -> None:
    assert "ok" in feeds("doctor").output
    assert json.loads(feeds("schema").output)["properties"]["site"]
    assert "schema" in feeds("migrate").output
    shown = json.loads(feeds("config", "show").output)
    assert shown["schedule"]["jitter"] == 0.1


def test_a_store_on_a_server_is_divided_and_status_tells_it(feeds: Feeds, folder: Path) -> None:
    assert "is one file" in feeds("migrate", "--partition", code=1).output
    assert "without --from and --to" in feeds("migrate", "--partition", "--from", "sqlite:///a.db", code=2).output
    config = (folder / "feeds.yaml").read_text()
    (folder / "server.yaml").write_text(f"{config}\nstore: {servers.divided()}\n")
    assert "the store is in partitions" in feeds("--config", "server.yaml", "migrate", "--partition").output
    assert "texts by month, 2026-03 to 2026-06\n" in feeds("--config", "server.yaml", "status").output
    assert json.loads(feeds("--config", "server.yaml", "status", "--json").output)["partitions"]["parts"] == 16


def test_status_tells_what_rests_and_one_process_ends_it(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    store = open_store(json.loads(feeds("config", "show").output)["store"])
    now, resting = datetime(2026, 2, 1, tzinfo=UTC), store.outbox.resting
    resting.begin(now)
    store.library.restate((), (), [Mark(channel_id="by-category:tech", due=now, adds=True)])
    ((id, token),) = store.outbox.dirty(now, 9)
    assert resting.put_off([(Window(channel_id=id, limit=9, at=now), token)], now) == {id}
    store.close()
    assert "1 channel resting until somebody asks (`site.rest_after`)\n" in feeds("status").output
    assert json.loads(feeds("status", "--json").output)["totals"]["resting"] == 1
    config = (folder / "feeds.yaml").read_text()
    (folder / "feeds.yaml").write_text(config.replace("site: {", "site: {rest_after: 1h, "))
    feeds("run")
    assert "resting" not in feeds("status").output


def test_pub_15_a_second_process_is_refused_with_a_clear_message(feeds: Feeds) -> None:
    feeds("run")
    shown = json.loads(feeds("config", "show").output)
    store = open_store(shown["store"])
    try:
        said = feeds("run", code=1).output
        assert "process" in said
        feeds("status")
    finally:
        store.close()


def test_help_of_every_command(feeds: Feeds) -> None:
    said = feeds("--help").output
    for name in cli.commands:
        assert name in said
        assert "Usage" in feeds(name, "--help").output


def test_check_judges_documents(feeds: Feeds, folder: Path) -> None:
    (folder / "good.xml").write_text(GOOD)
    (folder / "bad.xml").write_text(GOOD.replace("<link>https:", "<link>"))
    good = feeds("check", "good.xml").output
    assert good == "good.xml: 0 errors, 0 warnings\n"
    bad = feeds("check", "good.xml", "bad.xml", code=1).output
    assert "bad.xml:4: error: rss/channel/link is not a full address: //desk.example/ [uri.absolute]\n" in bad
    assert "       = begin with its scheme: https://\n" in bad
    assert "bad.xml: 1 error, 0 warnings" in bad
    assert feeds("-q", "check", "good.xml").output == ""


def test_check_judges_documents_for_programs(feeds: Feeds, folder: Path) -> None:
    (folder / "good.xml").write_text(GOOD)
    found = json.loads(feeds("check", "--json", "--url", "https://other.example/", "good.xml").output)
    assert [(b["file"], b["line"], b["rule"], b["severity"]) for b in found] == [
        ("good.xml", 6, "self.other", "warning")
    ]


def test_check_judges_standard_input(folder: Path) -> None:
    result = CliRunner().invoke(cli, ["check", "-"], input=GOOD.replace('version="2.0"', 'version="3.0"'))
    assert result.exit_code == 1
    assert "-:2: error: rss@version names a version that does not exist: 3.0 [root.version]" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["nothing.xml"], "nothing.xml cannot be read: No such file", id="no file"),
        pytest.param(["--posts", "saved.xml"], "--posts and --online check the configuration", id="two things"),
        pytest.param(["--url", "https://a.example/", "saved.xml", "saved.xml"], "--url goes with one FILE", id="url"),
    ],
)
def test_check_refuses_what_it_cannot_judge(feeds: Feeds, words: list[str], said: str) -> None:
    assert said in feeds("check", *words, code=2).output


def test_check_names_a_source_that_is_a_feed_of_our_own(feeds: Feeds, folder: Path) -> None:
    config = CONFIG.replace("sources:\n", "sources:\n  - {id: loop, url: 'https://desk.example/tech/atom.xml'}\n")
    (folder / "feeds.yaml").write_text(config)
    said = " ".join(feeds("check").output.split())
    assert "source 'loop' is https://desk.example/tech/atom.xml, which we publish ourselves" in said


@pytest.mark.parametrize(
    ("url", "push", "server", "warned"),
    [
        pytest.param("http://localhost:8080", "hub: builtin", "", True, id="localhost"),
        pytest.param("http://192.168.1.4", "hub: builtin", "", True, id="private address"),
        pytest.param("http://desk.local", "callback: 'http://[::1]:80'", "", True, id="callback"),
        pytest.param(
            "http://localhost:8080", "hub: builtin, callback: 'https://desk.example'", "", False, id="reached"
        ),
        pytest.param("http://localhost:8080", "hub: builtin, subscribe: false", "", False, id="not subscribed"),
        pytest.param(
            "http://localhost:8080", "hub: builtin", "allow_private: ['far.example:443']", False, id="among us"
        ),
        pytest.param("http://[::1]:8080", "hub: builtin", "allow_private: ['[::1]:80']", True, id="others among us"),
        pytest.param("https://desk.example", "hub: builtin", "", False, id="on the web"),
    ],
)
def test_check_names_a_place_where_hubs_do_not_reach_us(
    feeds: Feeds, folder: Path, url: str, push: str, server: str, warned: bool
) -> None:
    (folder / "feeds.yaml").write_text(
        f"version: 1\nsite: {{title: Desk, url: '{url}'}}\npush: {{{push}}}\nserver: {{{server}}}\n"
        "sources:\n  - {id: far, url: 'https://far.example/feed'}\n"
    )
    said = " ".join(feeds("check").output.split())
    assert ("where none of the web reaches us" in said) == warned


def test_check_names_an_output_that_is_too_short_for_its_partner(feeds: Feeds, folder: Path) -> None:
    output = "outputs:\n  - {id: all, path: /, formats: [flipboard], limit: 29}\n"
    (folder / "feeds.yaml").write_text(CONFIG + output)
    said = " ".join(feeds("check").output.split())
    assert "output 'all' holds 29 stories: Flipboard asks for 30 or more" in said


def test_a_held_build_waits_for_a_word(feeds: Feeds, folder: Path) -> None:
    careful = CONFIG + "gate: {drop: 10%, least: 2}\n"
    (folder / "feeds.yaml").write_text(careful)
    feeds("run")
    before = (folder / "var" / "public" / "atom.xml").read_bytes()
    (folder / "feeds.yaml").write_text(careful + "outputs: [{id: all, path: /, only: \"title ~ 'Copy'\"}]\n")
    assert "a build would lose most of what a channel shows" in feeds("run").output
    assert (folder / "var" / "public" / "atom.xml").read_bytes() == before
    status = feeds("status").output
    assert "held       all, since" in status
    assert "2 of 3 stories would go, more than 10% (`gate.drop`)" in status
    assert "`feeds allow all` brings it out" in status
    (held,) = json.loads(feeds("status", "--json").output)["held"]
    assert (held["channel_id"], held["format"], held["allowed"]) == ("all", "", False)
    refused = feeds("allow", "some", code=2).output
    assert "no build of some is held; held are:\n  all  2 of 3 stories would go" in refused
    assert "of 1 channel" in feeds("allow", "all").output
    assert (folder / "var" / "public" / "atom.xml").read_bytes() != before
    assert "held  " not in feeds("status").output
    assert "held are: none" in feeds("allow", "--json", "all", code=2).output


def source_line(id: str, location: str, order: int, self_url: str = "", **more: Any) -> SourceLine:
    state = SourceState(source_id=id, due=datetime(2026, 2, 1, tzinfo=UTC), info=FeedInfo(self_url=self_url))
    given = Source(id=id, kind="feed", location=location, order=order)
    return SourceLine(source=replace(given, **more), state=state, removed=False, entries=0, newest=None)


@pytest.mark.parametrize(
    ("location", "self_url", "more", "double"),
    [
        pytest.param("http://a.example/feed", "", {}, True, id="http and https"),
        pytest.param("https://a.example/feed?utm_source=x", "", {}, True, id="a tracking parameter"),
        pytest.param("https://b.example/proxy", "https://a.example/feed", {}, True, id="by the address that it names"),
        pytest.param("https://a.example/other", "", {}, False, id="another feed of the site"),
        pytest.param("http://a.example/feed", "", {"enabled": False}, False, id="one that is off"),
        pytest.param("http://a.example/feed", "", {"kind": "file"}, False, id="a file"),
    ],
)
def test_two_sources_of_one_feed_are_named(location: str, self_url: str, more: dict[str, Any], double: bool) -> None:
    lines = [source_line("late", location, 2, self_url, **more), source_line("first", "https://a.example/feed", 1)]
    assert [(a.source.id, b.source.id) for a, b in look.doubled(lines)] == [("first", "late")] * double


def test_fm_19_check_names_two_posts_of_one_address(feeds: Feeds, folder: Path) -> None:
    for name in ("one", "two"):
        (folder / "site" / f"{name}.md").write_text(f"---\ntitle: {name}\npermalink: /same/\n---\nWords.\n")
    said = " ".join(feeds("check", "--posts", code=2).output.split())
    assert "two.md: error: its address, https://desk.example/same/, is that of one.md too" in said


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [(1, "story", "1 story"), (0, "story", "0 stories"), (2, "entry", "2 entries"), (3, "day", "3 days")],
)
def test_counts_are_said_as_people_do(number: int, noun: str, said: str) -> None:
    assert count(number, noun) == said


@pytest.mark.parametrize("words", [["cluster", "dev"], ["worker"], ["scheduler"], ["web"]], ids=" ".join)
def test_a_cluster_without_its_packages_names_the_way_to_them(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "feeds.yaml").write_text("version: 1\nsite: {title: Desk, url: 'https://desk.example'}\n")
    without = "import sys; sys.modules.update(procrastinate=None, psycopg=None); from feeds.cli import main; main()"
    command = [sys.executable, "-c", without, "-c", str(tmp_path / "feeds.yaml"), *words]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "scripts/setup cluster,devpg" in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
