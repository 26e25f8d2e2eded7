"""retract, unretract, merge and split, as a user types them, over every document that is published."""

import gzip
import json
from pathlib import Path

import pytest

from feeds.cli.deciding import said_owed
from feeds.send.generation import GENERATION
from feeds.store import open_store
from tests.buckets import Bucket
from tests.cli.conftest import Feeds

CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example', language: en}
content:
  - {id: posts, path: site}
sources:
  - {id: wire, file: wire.xml}
  - {id: daily, file: daily.xml}
"""
POST = "---\ntitle: Local words\ndate: 2026-01-05 10:00:00 +0000\ncategories: [Harbour]\n---\nWords of ours.\n"
ITEM = (
    "<item><guid>{url}</guid><link>{url}</link><title>{title}</title><category>Harbour</category>"
    "<pubDate>Thu, 01 Jan 2026 0{hour}:00:00 +0000</pubDate><description>{title} in words.</description></item>"
)


def feed(name: str, *titles: str) -> str:
    """A feed whose items are at the same addresses in every feed, by title."""
    items = (
        ITEM.format(url=f"https://site.example/{title.lower()}?utm_source={name}", title=title, hour=n)
        for n, title in enumerate(titles, 1)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{''.join(items)}</channel></rss>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/ours.md").write_text(POST)
    (tmp_path / "wire.xml").write_text(feed("wire", "Bridge", "Ferry"))
    (tmp_path / "daily.xml").write_text(feed("daily", "Bridge"))
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


def telling(folder: Path, word: str) -> set[str]:
    """Paths of the published files in which *word* stands."""
    public = folder / "var/public"
    return {str(p.relative_to(public)) for p in public.rglob("*") if p.is_file() and word.encode() in p.read_bytes()}


EVERYWHERE = {
    f"{place}{name}" for place in ("", "harbour/") for name in ("atom.xml", "rss.xml", "feed.json", "index.html")
}


@pytest.mark.parametrize(
    ("what", "word"),
    [
        pytest.param("https://site.example/ferry", "Ferry", id="an item of a feed"),
        pytest.param("https://site.example/bridge?utm_source=daily", "Bridge", id="a story, by its copy"),
        pytest.param("/ours", "Local words", id="a post of ours, by its path"),
    ],
)
def test_a_retracted_story_is_in_no_document(
    feeds: Feeds, folder: Path, monkeypatch: pytest.MonkeyPatch, what: str, word: str
) -> None:
    feeds("run")
    assert telling(folder, word) == EVERYWHERE
    said = feeds("retract", what, "--reason", "the court said so").output
    assert f"retracted   {word}" in said
    assert "files of 2 channels" in said
    assert telling(folder, word) == set()
    assert telling(folder, "at:deleted-entry") == {"atom.xml", "harbour/atom.xml"}
    assert telling(folder, "_deleted") == {"feed.json", "harbour/feed.json"}
    assert telling(folder, "the court said so") == set()
    life = feeds("why", what).output
    assert "status      retracted" in life
    assert "retracted [desk]: the desk took the story back" in life
    assert "reason: the court said so" in life
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert "retracted [desk]: 데스크가 회수했습니다" in feeds("why", what).output


def test_it_stays_away_whatever_its_source_says(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    feeds("retract", "https://site.example/bridge")
    (folder / "daily.xml").write_text(feed("daily", "Bridge").replace("in words", "in better words"))
    feeds("fetch", "--force")
    feeds("build")
    assert telling(folder, "Bridge") == set()


def test_a_correction_is_told_word_by_word_and_kept(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    (folder / "site/ours.md").write_text(POST.replace("Local words", "Our words"))
    feeds("fetch", "--force")
    assert "title: [-Local-] {+Our+} words" in feeds("why", "/ours").output
    found = json.loads(feeds("why", "/ours", "--json").output)
    assert [(e["source"], e["title"]) for e in found["earlier"]] == [("posts", "Local words")]
    told = [json.loads(line) for line in feeds("export", "json").output.splitlines()]
    kept = [e["title"] for story in told for entry in story["entries"] for e in entry["earlier"]]
    assert kept == ["Local words"]


def test_what_was_said_before_is_not_kept_where_nobody_wants_it(feeds: Feeds, folder: Path) -> None:
    file = folder / "feeds.yaml"
    file.write_text(file.read_text() + "\ndefaults: {revisions: 0s}\n")
    feeds("run")
    (folder / "site/ours.md").write_text(POST.replace("Local words", "Our words"))
    feeds("fetch", "--force")
    assert "changed: its words differ" in feeds("why", "/ours").output
    assert json.loads(feeds("why", "/ours", "--json").output)["earlier"] == []


def test_a_retraction_reaches_the_bucket_at_once(feeds: Feeds, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket()
    monkeypatch.setattr("feeds.app.build.bucket", lambda place: bucket)
    (folder / "feeds.yaml").write_text(CONFIG + "mirror: {bucket: copies}\n")

    def copied() -> set[str]:
        documents = [(p[1:], thing.body) for p, (thing, _) in bucket.replicas.items() if thing.gzip]
        return {path for path, body in documents if b"Ferry" in gzip.decompress(body)}

    feeds("run")
    assert copied() == EVERYWHERE
    feeds("retract", "https://site.example/ferry")
    assert copied() == set()
    bucket.refuses = lambda path: "no right to write"
    failed = feeds("unretract", "https://site.example/ferry", code=1)
    assert "no right to write" in failed.output + failed.stderr
    assert telling(folder, "Ferry") == EVERYWHERE


def test_unretract_brings_it_back_as_it_was(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    public = folder / "var/public"

    def documents() -> dict[Path, bytes]:
        return {p: p.read_bytes() for p in public.rglob("*") if p.is_file() and p.name != GENERATION}

    def numbers() -> dict[Path, int]:
        return {p: json.loads(p.read_bytes())["generation"] for p in public.rglob(GENERATION)}

    before, counted = documents(), numbers()
    feeds("retract", "https://site.example/bridge")
    feeds("unretract", "https://site.example/bridge", "--reason", "it was right")
    assert documents() == before
    assert set(counted.values()) == {1}
    assert numbers()[public / GENERATION] == 3, "the set of the front page was another one in between"
    assert "unretracted [desk]" in feeds("why", "https://site.example/bridge").output


def test_tombstones_are_the_same_in_both_formats(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    found = json.loads(feeds("retract", "https://site.example/ferry", "--json").output)
    assert found["stories"] == [
        {"id": "https://site.example/ferry?utm_source=wire", "status": "retracted", "title": "Ferry"}
    ]
    assert found["channels"] == ["all", "by-category:harbour"]
    public = folder / "var/public"
    atom = (public / "atom.xml").read_text()
    assert (
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        'ref="https://site.example/ferry?utm_source=wire" when="2026-02-01T00:00:00+00:00"/>\n'
    ) in atom
    assert "<updated>2026-02-01T00:00:00+00:00</updated>" in atom, "a retraction is a change of the feed"
    assert json.loads((public / "feed.json").read_text())["_deleted"] == {
        "about": "https://www.rfc-editor.org/rfc/rfc6721",
        "entries": [{"id": "https://site.example/ferry?utm_source=wire", "when": "2026-02-01T00:00:00Z"}],
    }


def test_tombstones_end_with_their_time(feeds: Feeds, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds("run")
    feeds("retract", "https://site.example/ferry")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1769904000 + 30 * 86400))
    feeds("run")
    assert telling(folder, "deleted-entry") == set()
    atom = (folder / "var/public/atom.xml").read_text()
    assert "<updated>2026-02-01T00:00:00+00:00</updated>" in atom, "the feed's date does not go back"


def test_an_output_may_leave_tombstones_out(feeds: Feeds, folder: Path) -> None:
    (folder / "feeds.yaml").write_text(CONFIG + "outputs:\n  - {id: all, path: /, tombstones: 0s}\n")
    feeds("run")
    feeds("retract", "https://site.example/ferry")
    assert telling(folder, "deleted-entry") == set()
    assert telling(folder, "Ferry") == set()


def test_a_post_that_vanishes_leaves_tombstones_too(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    (folder / "site/ours.md").unlink()
    feeds("fetch", "--force")
    feeds("run")
    assert telling(folder, "Local words") == set()
    assert telling(folder, "at:deleted-entry") == {"atom.xml", "harbour/atom.xml"}
    (folder / "site/ours.md").write_text(POST)
    feeds("fetch", "--force")
    feeds("run")
    assert telling(folder, "Local words") == EVERYWHERE
    assert telling(folder, "at:deleted-entry") == set()


def test_a_post_that_becomes_a_draft_leaves_tombstones_too(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    (folder / "site/ours.md").write_text(POST.replace("---\nWords", "published: false\n---\nWords"))
    feeds("fetch", "--force")
    feeds("run")
    assert telling(folder, "Local words") == set()
    assert telling(folder, "at:deleted-entry") == {"atom.xml", "harbour/atom.xml"}


def test_while_another_process_works_the_decision_is_written_and_waits(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    service = open_store(f"sqlite:///{folder}/var/feeds.db")
    said = feeds("retract", "https://site.example/ferry").output
    assert "waits       2 channels: whoever works on the store now publishes it, a service in seconds" in said
    feeds("pause", "wire")
    assert [channel for channel, _ in service.outbox.dirty(service.library.every_story("", 1)[0].first_seen, 9)] == [
        "all",
        "by-category:harbour",
    ]
    service.close()
    feeds("run")
    assert telling(folder, "Ferry") == set()


def test_merge_and_split_last(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    assert "merged      Bridge" in feeds("merge", "https://site.example/ferry", "https://site.example/bridge").output
    feeds("fetch", "--force")
    feeds("run")
    (story,) = json.loads(feeds("why", "https://site.example/ferry", "--json").output)["stories"]
    assert [m["source"] for m in story["members"]] == ["wire", "daily", "wire"]
    assert "the desk: same story as 'Bridge'" in feeds("why", "https://site.example/ferry").output
    assert "split       Ferry" in feeds("split", "https://site.example/ferry").output
    assert "split       Bridge" in feeds("split", "https://site.example/bridge", "--source", "daily").output
    feeds("fetch", "--force")
    feeds("run")
    exported = [json.loads(line) for line in feeds("export", "json").output.splitlines()]
    assert sorted(s["entries"][0]["title"] for s in exported) == ["Bridge", "Bridge", "Ferry", "Local words"]


def test_split_takes_the_entry_of_that_name_where_its_source_has_two(feeds: Feeds, folder: Path) -> None:
    (folder / "feeds.yaml").write_text(CONFIG.replace("file: daily.xml", "file: daily.xml, prefer: 9"))
    feeds("run")
    feeds("merge", "https://site.example/ferry", "https://site.example/bridge")
    assert "split       Ferry" in feeds("split", "https://site.example/ferry", "--source", "wire").output
    (story,) = json.loads(feeds("why", "https://site.example/ferry", "--json").output)["stories"]
    assert [m["title"] for m in story["members"]] == ["Ferry"]


def test_the_id_of_a_story_names_it_though_it_is_the_address_of_another(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    feeds("split", "https://site.example/bridge", "--source", "daily")
    stories = json.loads(feeds("why", "https://site.example/bridge", "--json").output)["stories"]
    one, other = (story["id"] for story in stories)
    assert {one, other} == {f"https://site.example/bridge?utm_source={source}" for source in ("wire", "daily")}
    assert "merged      Bridge" in feeds("merge", one, other).output


def test_split_says_what_it_needs(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    said = feeds("split", "https://site.example/ferry", code=2).output
    assert "stands alone in it" in said or "does not say which entry" in said
    (folder / "third.xml").write_text(feed("third", "Bridge"))
    (folder / "feeds.yaml").write_text(CONFIG + "  - {id: third, file: third.xml}\n")
    feeds("run")
    said = feeds("split", "https://site.example/bridge", code=2).output
    assert "name its source, or give its id:\n  --source wire" in said
    assert "  --source third" in said


def test_splits_between_two_sources_teach(feeds: Feeds, folder: Path) -> None:
    titles = ("Bridge", "Ferry", "Harbour")
    for name in ("wire", "daily"):
        (folder / f"{name}.xml").write_text(feed(name, *titles))
    feeds("run")
    for title in titles[:2]:
        assert "advice" not in feeds("split", f"https://site.example/{title.lower()}").output
    said = feeds("split", "https://site.example/harbour").output
    assert "advice      3 times daily and wire were split: `alone: true` at one of them keeps them apart" in said


def test_what_is_not_known_is_said(feeds: Feeds) -> None:
    feeds("run")
    assert (
        "nothing here is known as 'https://nowhere.example/'"
        in feeds("retract", "https://nowhere.example/", code=2).output
    )
    assert "not retracted but shown" in feeds("unretract", "https://site.example/ferry", code=2).output


def dated(folder: Path) -> str:
    """When Atom says that the post of ours was updated."""
    entry = (folder / "var/public/atom.xml").read_text().partition("<title>Local words")[2]
    return entry.partition("<updated>")[2].partition("<")[0]


def test_touch_has_the_last_word_on_what_is_news(feeds: Feeds, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds("run")
    assert dated(folder) == "2026-01-05T10:00:00+00:00"
    (folder / "site/ours.md").write_text(POST.replace("Words of ours.", "Quite other words of ours, and more of them."))
    feeds("fetch", "--force")
    feeds("run")
    assert dated(folder) == "2026-02-01T00:00:00+00:00"
    assert "updated before: 2026-01-05" in feeds("why", "/ours").output
    said = feeds("touch", "/ours", "--minor", "--reason", "a comma").output
    assert "touched     Local words" in said
    assert dated(folder) == "2026-01-05T10:00:00+00:00"
    assert "no change moved the date" in feeds("touch", "/ours", "--minor", code=2).output, "it was taken back"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1769904000 + 3600))
    feeds("fetch", "--force")
    feeds("run")
    assert dated(folder) == "2026-01-05T10:00:00+00:00", "a poll that finds nothing new leaves it"
    feeds("touch", "/ours")
    assert dated(folder) == "2026-02-01T01:00:00+00:00"
    feeds("touch", "/ours", "--minor")
    assert dated(folder) == "2026-01-05T10:00:00+00:00", "a touch can be taken back"
    assert "touched [desk]: the desk: the last change is news" in feeds("why", "/ours").output
    feeds("retract", "/ours")
    assert "only a story that is shown has a date" in feeds("touch", "/ours", code=2).output


def test_what_waits_for_its_day_is_neither_merged_nor_dated(feeds: Feeds, folder: Path) -> None:
    (folder / "site/waits.md").write_text(POST.replace("Local words", "Secret").replace("2026-01-05", "2026-03-01"))
    feeds("run")
    said = feeds("merge", "/waits", "https://site.example/ferry", code=2).output
    assert "waits until 2026-03-01 10:00 UTC; nobody saw it yet" in said
    assert "nobody saw it yet" in feeds("touch", "/waits", code=2).output
    assert telling(folder, "Secret") == set()


def test_build_elsewhere_leaves_the_usual_folder_its_changes(feeds: Feeds, folder: Path) -> None:
    feeds("run")
    (folder / "site/ours.md").unlink()
    feeds("fetch", "--force")
    feeds("build", "--out", str(folder / "elsewhere"))
    assert not any(b"Local words" in p.read_bytes() for p in (folder / "elsewhere").rglob("*") if p.is_file())
    assert telling(folder, "Local words") == EVERYWHERE, "not yet"
    feeds("run")
    assert telling(folder, "Local words") == set()


DIALECTS = "[msn, smartnews, flipboard, naver, ninjs, news]"


def test_a_retraction_reaches_every_dialect(feeds: Feeds, folder: Path) -> None:
    (folder / "feeds.yaml").write_text(CONFIG + f"outputs:\n  - {{id: all, path: /, formats: {DIALECTS}}}\n")
    (folder / "site/ours.md").write_text(POST.replace("2026-01-05", "2026-01-31"))  # young enough for news.xml
    feeds("run")
    published = telling(folder, "Local words")
    assert published == {"msn.xml", "smartnews.xml", "flipboard.xml", "naver.xml", "ninjs.json", "news.xml"}
    feeds("check", *(str(folder / "var/public" / name) for name in sorted(published)))
    feeds("retract", "https://desk.example/ours/")
    assert telling(folder, "Words of ours") == set()
    for name, takedown in {
        "msn.xml": "<mi:expirationDate>2026-01-31T00:00:00+00:00</mi:expirationDate>",
        "smartnews.xml": '<media:status state="deleted"/>',
        "naver.xml": '<deleted-entry ref="https://desk.example/ours/" when="2026-02-01T00:00:00+00:00"/>',
        "ninjs.json": '"pubstatus": "canceled"',
    }.items():
        assert telling(folder, takedown) == {name}
    assert telling(folder, "Local words") == {"msn.xml", "smartnews.xml", "ninjs.json"}, "its title, to know it by"
    feeds("check", *(str(folder / "var/public" / name) for name in sorted(published)))
    feeds("unretract", "https://desk.example/ours/")
    assert telling(folder, "Words of ours") == published - {"news.xml"}
    assert telling(folder, "deleted") == telling(folder, "canceled") == set()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a"], "a has it, until picked up: `feeds partner show a`"),
        (["a", "b"], "a, b have it, until picked up: `feeds partner show a`, `feeds partner show b`"),
        (["a", "b", "c", "d"], "a, b, c, d have it, until picked up: `feeds partner list`"),
    ],
)
def test_who_is_owed_a_retraction_is_told_in_one_line(names: list[str], said: str) -> None:
    assert said_owed(names) == said
