"""feeds partner …, and feeds why --partner: from nothing to an address, a pick-up and an audit."""

import csv
import io
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.app.build import opened
from feeds.app.partners import outlook, partners
from feeds.cli import cli
from feeds.store.partners.partners import Partners

CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example', timezone: Asia/Seoul}
content:
  - {id: posts, path: site}   # ours
"""
EPOCH = "1764000000"  # 2025-11-24T16:00:00Z


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a.md").write_text("---\ntitle: First news\ndate: 2025-11-24 10:00 +0900\n---\nWords.\n")
    (tmp_path / "site/b.md").write_text(
        "---\ntitle: Later news\ndate: 2025-11-24 10:00 +0900\nembargo: 2025-11-25 09:00 +0900\n---\nWords.\n"
    )
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    assert run(tmp_path, "run").exit_code == 0
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-c", str(folder / "feeds.yaml"), *arguments], catch_exceptions=False)


def added(folder: Path, *more: str) -> str:
    said = run(folder, "partner", "add", "portal", "--content", "summary", *more)
    assert said.exit_code == 0, said.output
    return said.output


def test_add_writes_the_file_and_shows_the_token_once(folder: Path) -> None:
    said = added(folder, "--channel", "all", "--channel", "category:기술", "--delay", "10m", "--key")
    text = (folder / "feeds.yaml").read_text()
    assert "# ours" in text, "comments stay"
    assert "partners:\n  - id: portal\n" in text
    token = next(line.split()[1] for line in said.splitlines() if line.startswith("token"))
    key = next(line.split()[1] for line in said.splitlines() if line.startswith("key"))
    assert "https://desk.example/partner/portal/all/atom.xml" in said
    assert f"https://desk.example/partner/portal/{key}/all/atom.xml" in said
    assert token not in text
    assert token.encode() not in b"".join(p.read_bytes() for p in (folder / "var").glob("feeds.db*"))
    assert token not in run(folder, "partner", "show", "portal", "--json").output
    again = run(folder, "partner", "add", "portal")
    assert (again.exit_code, "already" in again.output) == (2, True)


def test_show_tells_terms_that_differ_and_the_log_who_issued(folder: Path) -> None:
    added(folder, "--delay", "10m")
    said = run(folder, "partner", "show", "portal").output
    assert "delay 0:10:00" in said
    assert "quota" not in said
    run(folder, "partner", "revoke", "portal")
    log = run(folder, "audit").output
    assert "partner token" in log
    assert "partner revoke" in log


def test_many_channels_are_folded(folder: Path) -> None:
    outputs = "".join(f"  - {{id: o{n}, path: /o{n}/}}\n" for n in range(13))
    (folder / "feeds.yaml").write_text(f"{CONFIG}outputs:\n{outputs}")
    added(folder)
    said = run(folder, "partner", "show", "portal").output
    assert said.count("\n  channel ") == 10
    assert "and 3 channels more: 0 up to date, 0 behind, 3 never asked" in said
    assert "they hold 0 stories; `feeds partner show portal --all` lists them" in said
    every = run(folder, "partner", "show", "portal", "--all").output
    assert (every.count("\n  channel "), " more: " in every) == (13, False)


def test_rotate_and_revoke(folder: Path) -> None:
    added(folder)
    said = run(folder, "partner", "rotate", "portal", "--overlap", "1h").output
    assert "older ones still hold, until 2025-11-25 02:00:00+09:00" in said
    tokens = json.loads(run(folder, "partner", "show", "portal", "--json").output)["tokens"]
    first, second = sorted(tokens, key=lambda token: not token["ends"])
    assert (first["ends"], second["ends"]) == ("2025-11-24T17:00:00+00:00", None)
    assert "1 token of portal" in run(folder, "partner", "revoke", "portal", first["id"]).output
    assert run(folder, "partner", "revoke", "portal", "nothing").exit_code == 2
    unknown = run(folder, "partner", "revoke", "nope")
    assert (unknown.exit_code, "no partner is called 'nope'" in unknown.output) == (2, True)
    assert "1 token of portal" in run(folder, "partner", "revoke", "portal").output
    assert run(folder, "partner", "rotate", "nobody").exit_code == 2
    assert run(folder, "partner", "rotate", "portal", "--overlap", "soon").exit_code == 2


def test_preview_shows_what_will_be_seen(folder: Path) -> None:
    added(folder)
    now = json.loads(run(folder, "partner", "preview", "portal", "--json").output)
    assert [story["title"] for story in now[0]["stories"]] == ["First news"]
    later = run(folder, "partner", "preview", "portal", "all", "--at", "2025-11-25T09:00").output
    assert "Later news" in later
    assert "Later news" not in run(folder, "partner", "preview", "portal", "all", "--at", "2025-11-25T08:59:59").output
    assert "  2025-11-24 10:00:00+09:00  " in later, "in the site's zone, as --at is read, with its offset"
    assert "<title>First news</title>" in run(folder, "partner", "preview", "portal", "all", "--document").output
    assert run(folder, "partner", "preview", "portal", "none").exit_code == 2
    assert run(folder, "partner", "preview", "portal", "--at", "tomorrow").exit_code == 2
    assert "never asked for" in run(folder, "partner", "show", "portal").output, "to look is no pick-up"


def test_why_gives_each_rule_s_word(folder: Path) -> None:
    added(folder, "--delay", "10m")
    stories = {s["lead"]: s["id"] for s in _stories(folder)}
    said = run(folder, "why", stories["Later news"], "--partner", "portal").output
    assert "all: is held back" in said
    assert "NO  embargo  it is released at 2025-11-25 09:00:00+09:00 (until 2025-11-25 09:00:00+09:00)" in said
    assert "yes sources  posts is our own" in said
    said = run(folder, "why", stories["First news"], "--partner", "portal", "--at", "+10m").output
    assert "all: goes out" in said
    assert "yes window   it is among the newest 50" in said
    found = json.loads(run(folder, "why", stories["First news"], "--partner", "portal", "--json").output)
    assert {rule["rule"]: rule["passes"] for rule in found[0]["rules"]}["delay"] is False


def _stories(folder: Path) -> list[dict[str, str]]:
    lines = run(folder, "export", "json").output.splitlines()
    return [{"id": s["id"], "lead": s["entries"][0]["title"]} for s in map(json.loads, lines)]


def test_ledger_and_status_of_partners(folder: Path) -> None:
    added(folder)
    rows = list(csv.DictReader(io.StringIO(run(folder, "partner", "ledger", "portal").output)))
    assert rows == []
    assert json.loads(run(folder, "partner", "ledger", "portal", "--format", "json").output) == []
    assert run(folder, "partner", "ledger", "nobody").exit_code == 2
    assert run(folder, "partner", "acknowledge", "portal", "nothing").exit_code == 2
    assert "portal" in run(folder, "partner", "list").output
    assert json.loads(run(folder, "partner", "list", "--json").output)[0]["alarms"] == []
    assert json.loads(run(folder, "status", "--json").output)["partners"] == {}


def test_a_preview_says_what_is_held_back_and_why(folder: Path) -> None:
    added(folder, "--delay", "10m")
    said = run(folder, "partner", "preview", "portal").output
    assert "held back  1 story by embargo, the first until 2025-11-25 09:10:00+09:00" in said
    assert "held back  1 story by delay, the first until 2025-11-25 01:10:00+09:00" in said
    assert "`feeds why STORY --partner portal` gives each rule's word" in said
    found = json.loads(run(folder, "partner", "preview", "portal", "--json").output)
    assert [(one["rule"], one["stories"]) for one in found[0]["held_back"]] == [("embargo", 1), ("delay", 1)]
    run(folder, "partner", "add", "other", "--channel", "category:기술")
    assert "other has no channel" in run(folder, "partner", "preview", "other").output


def test_what_a_dialect_takes_no_story_of_is_told(folder: Path) -> None:
    """SmartNews takes no story without a text: the terms let it through, and yet it does not go out."""
    (folder / "s.xml").write_text(
        "<rss version='2.0'><channel><title>S</title><link>https://s.example/</link><description>d</description><item>"
        "<title>Bare news</title><link>https://s.example/1</link><pubDate>Mon, 24 Nov 2025 01:00:00 +0000</pubDate>"
        "</item></channel></rss>"
    )
    with (folder / "feeds.yaml").open("a") as file:
        file.write("sources:\n  - {id: s, file: s.xml}\n")
    run(folder, "run")
    run(folder, "partner", "add", "portal", "--dialect", "smartnews", "--sources", "all")
    said = run(folder, "partner", "preview", "portal").output
    assert "First news" in said
    assert "Bare news" not in said
    assert "set aside  1 story by smartnews: " in said
    assert "[partner.missing]" in said
    found = json.loads(run(folder, "partner", "preview", "portal", "--json").output)[0]
    assert [story["title"] for story in found["stories"]] == ["First news"]
    bare = {s["lead"]: s["id"] for s in _stories(folder)}["Bare news"]
    assert [aside["id"] for aside in found["set_aside"]] == [bare]
    said = run(folder, "why", bare, "--partner", "portal").output
    assert "all: is held back" in said
    assert "NO  dialect  set aside by smartnews: " in said
    said = run(folder, "status").output
    assert "set aside  1 story of partner portal, all smartnews" in said
    told = json.loads(run(folder, "status", "--json").output)
    assert [(one["partner_id"], one["channel_id"], one["number"]) for one in told["untold"]] == [("portal", "all", 1)]
    assert told["documents_not_looked_at"] == 0


def test_status_says_how_many_documents_it_does_not_look_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added(folder, "--dialect", "ninjs")
    monkeypatch.setattr(outlook, "LOOKED", 0)
    said = run(folder, "status").output
    assert "not seen   1 document of partners in dialects, beyond the first 0" in said


def test_status_tells_who_takes_longer_than_agreed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added(folder)
    monkeypatch.setattr(Partners, "delays", lambda _self, _id: (timedelta(hours=4),) * partners.FEW)
    assert "takes 4h to pick up what is new, agreed was every 1h" in run(folder, "status").output
    monkeypatch.setattr(partners, "LISTED", 0)
    assert "takes 4h" not in run(folder, "status").output, "a question for each partner: not where they are many"


def test_check_warns_of_terms_that_do_not_suit_a_dialect(folder: Path) -> None:
    run(folder, "partner", "add", "portal", "--dialect", "flipboard", "--content", "summary")
    said = run(folder, "check")
    assert "partner 'portal': Flipboard asks for whole texts: give `content: full`" in said.output


def test_terms_that_a_dialect_takes_no_story_of_are_refused(folder: Path) -> None:
    said = run(folder, "partner", "add", "portal", "--dialect", "smartnews", "--content", "title")
    assert said.exit_code == 2
    assert "of which smartnews takes no story: every one would be set aside" in said.output


def test_an_empty_feed_was_changed_when_its_partner_came(folder: Path) -> None:
    added(folder, "--delay", "1d")
    said = run(folder, "partner", "preview", "portal", "--document").output
    assert "<updated>2025-11-24T16:00:00+00:00</updated>" in said


def test_a_fault_of_a_new_partner_names_no_line_of_a_file_that_was_not_written(folder: Path) -> None:
    said = run(folder, "partner", "add", "portal", "--content", "ful", "--dialect", "atmo")
    assert said.exit_code == 2
    first, *faults = said.output.splitlines()
    assert first == f"feeds: portal cannot be added, and {folder}/feeds.yaml stays as it is:"
    assert sorted(faults) == [
        "  content is 'ful'; give full, summary or title; did you mean 'full'?",
        "  dialect is 'atmo'; give atom, rss, json, msn, smartnews, flipboard, naver or ninjs; did you mean 'atom'?",
    ]
    assert (folder / "feeds.yaml").read_text() == CONFIG


@pytest.mark.parametrize("named", ["site/a.md", "a.md", "{folder}/site/a.md"])
def test_a_retraction_by_file_tells_who_has_the_story(
    folder: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    added(folder)
    with opened(str(folder / "feeds.yaml"), os.environ, lock=True) as app:
        office = partners.office(app)
        portal = partners.named(app, "portal")
        issue = office.issue(portal, "all", "atom.xml")
        assert issue
        office.sending(issue, "polled")
        office.picked_up(issue, "polled", 900)
        office.picked_up(issue, "unchanged", 0)
        office.refused(portal)
        office.cut(issue)
        office.flush()
    usage = run(folder, "partner", "show", "portal").output
    assert "the last 30: 4 requests, 1 refused for coming too often, 1 cut short, 50% were 304, 900 bytes" in usage
    assert (
        "3 requests, 1 cut short, 1 answered by 304, 900 bytes, the newest story of 2025-11-24 10:00:00+09:00" in usage
    )
    assert "First news" in run(folder, "why", named.format(folder=folder)).output
    said = run(folder, "retract", named.format(folder=folder))
    assert said.exit_code == 0
    assert "owed        portal has it, until picked up: `feeds partner show portal`" in said.output
    assert "retraction of" in run(folder, "partner", "show", "portal").output
    rows = list(csv.DictReader(io.StringIO(run(folder, "partner", "ledger", "portal").output)))
    assert [(r["told"], r["how"], bool(r["received"]), r["acknowledged"]) for r in rows] == [
        ("story", "polled", True, "")
    ]


def test_show_tells_how_pushes_go(folder: Path) -> None:
    """Nobody listens at port 9 of this machine."""
    (folder / "feeds.yaml").write_text(
        CONFIG
        + "partners:\n  - id: portal\n    push:\n      url: http://127.0.0.1:9/in\n      websub: true\n"
        + "      secret: whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3\nserver: {allow_private: ['127.0.0.1:9']}\n"
    )
    run(folder, "run")
    said = run(folder, "partner", "show", "portal").output
    assert "  push    http://127.0.0.1:9/in\n" in said
    assert "  websub  they may subscribe at /partner/portal/hub\n" in said
    assert "          all: 1 document, the last is on its way, tried 1 time: " in said
    assert "; again in 15s" in said
    found = json.loads(run(folder, "partner", "show", "portal", "--json").output)
    assert [(push["number"], push["state"]) for push in found["pushes"]] == [(1, "owed")]
    assert "whsec_" not in run(folder, "config", "show").output
    rows = list(csv.DictReader(io.StringIO(run(folder, "partner", "ledger", "portal").output)))
    assert [(row["how"], row["received"]) for row in rows] == [("pushed", "")], "they may have it"
