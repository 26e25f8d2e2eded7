"""Folders and feed documents on disk."""

import errno
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.fetch import files, folder
from feeds.fetch.files import fetch_file, fetch_folder
from feeds.fetch.git import blob_hash
from feeds.fetch.sites import folder_of
from feeds.model.source import Fetched, Kind, Options, SiteKind, Source, SourceState

POST = "---\ntitle: 글\n---\n\n본문\n"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def source(path: Path, kind: SiteKind = "auto", of: Kind = "content") -> Source:
    return Source(id="posts", kind=of, location=str(path), options=Options(kind=kind))


def ask(path: Path, kind: SiteKind = "auto", body_hash: str = "") -> Fetched:
    return fetch_folder(source(path, kind), SourceState(source_id="posts", due=NOW, body_hash=body_hash))


def ask_file(path: Path, body_hash: str = "") -> Fetched:
    return fetch_file(source(path, of="file"), SourceState(source_id="f", due=NOW, body_hash=body_hash))


def put(root: Path, name: str, text: str = POST) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def paths(fetched: Fetched) -> list[str]:
    assert tuple(d.path for d in fetched.documents) == fetched.listing
    return list(fetched.listing)


# which files


@pytest.mark.parametrize(
    ("kind", "names", "posts"),
    [
        pytest.param("plain", ["b.md", "a.markdown", "news/c.html", "d.htm", "e.txt"],
                     ["a.markdown", "b.md", "d.htm", "e.txt", "news/c.html"], id="suffixes, sorted"),
        pytest.param("plain", ["a.MD", "b.jpg", "c.mdx", "d"], ["a.MD"], id="other suffixes"),
        pytest.param("plain", [".#x.md", "x.md~", ".x.md.swp", "4913", "#x.md#", "~$x.md", "x.md"], ["x.md"],
                     id="FM-18 editor files"),
        pytest.param("plain", [".git/x.md", "node_modules/x/a.md", "_site/x.md", "_inc/x.html", "_index.md", "a.md"],
                     ["a.md"], id="folders that are no posts"),
        pytest.param("auto", ["_config.yml", "about.md", "_posts/a.md", "tech/_posts/b.md", "_drafts/c.md"],
                     ["_drafts/c.md", "_posts/a.md", "tech/_posts/b.md"], id="jekyll: pages are no posts"),
        pytest.param("auto", ["_config.yml", "a.md"], ["a.md"], id="jekyll without _posts"),
        pytest.param("auto", ["_posts/a.md", "README.md"], ["_posts/a.md"], id="no configuration"),
        pytest.param("plain", ["_posts/a.md", "b.md"], ["_posts/a.md", "b.md"], id="plain takes all"),
    ],
)  # fmt: skip
def test_posts_of_a_folder(tmp_path: Path, kind: SiteKind, names: list[str], posts: list[str]) -> None:
    for name in names:
        put(tmp_path, name)
    assert paths(ask(tmp_path, kind)) == posts


@pytest.mark.parametrize(
    ("kind", "name", "text", "is_post"),
    [
        ("plain", "a.md", "# 제목\n", True),
        ("plain", "a.txt", "just text\n", False),
        ("plain", "a.txt", "\ufeff---\r\ntitle: x\r\n---\r\n", True),
        ("plain", "a.txt", "+++\ntitle = 'x'\n+++\n", True),
        ("plain", "README.md", "# read me\n", False),
        ("plain", "sub/License.md", "# terms\n", False),
        ("plain", "README.md", POST, True),
        ("plain", "index.html", "<h1>home</h1>", False),
        ("plain", "sub/index.md", "# bundle\n", True),
        ("jekyll", "_posts/a.md", "# no front matter\n", False),
        ("jekyll", "_posts/2024-1-2-a.md", "# no front matter\n", True),
        ("jekyll", "_posts/a.md", POST, True),
    ],
)
def test_files_without_front_matter(tmp_path: Path, kind: SiteKind, name: str, text: str, is_post: bool) -> None:
    put(tmp_path, name, text)
    assert paths(ask(tmp_path, kind)) == ([name] if is_post else [])


def test_a_posts_folder_itself_finds_the_configuration_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "_config.yml", "title: 사이트\n")
    put(tmp_path, "_posts/2024-01-01-a.md")
    put(tmp_path, "_posts/b.md", "no front matter")
    fetched = ask(tmp_path / "_posts")
    assert paths(fetched) == ["2024-01-01-a.md"]
    assert fetched.documents[0].folder.config == "title: 사이트\n"


@pytest.mark.parametrize(
    ("names", "below", "kind", "found"),
    [
        pytest.param(["hugo.toml", "content/a.md"], "", "auto", ("hugo", "hugo.toml", ""), id="at its root"),
        pytest.param(["hugo.toml", "content/a/b.md"], "content/a", "auto", ("hugo", "hugo.toml", "content/a"),
                     id="above the generator's own folder"),
        pytest.param(["hugo.toml", "notes/b.md"], "notes", "auto", ("auto", "", ""), id="above another folder"),
        pytest.param(["hugo.toml", "notes/b.md"], "notes", "hugo", ("hugo", "hugo.toml", "notes"), id="as said"),
        pytest.param(["config.toml", "a.md"], "", "auto", ("auto", "", ""), id="config.toml alone"),
        pytest.param(["config.toml", "content/a.md"], "", "auto", ("hugo", "config.toml", ""), id="with content"),
        pytest.param(["config/_default/hugo.yaml", "content/a.md"], "content", "auto",
                     ("hugo", "config/_default/hugo.yaml", "content"), id="split"),
        pytest.param(["_config.yml", "hugo.toml", "a.md"], "", "auto", ("jekyll", "_config.yml", ""), id="first wins"),
        pytest.param(["_config.yml", "a.md"], "", "plain", ("plain", "_config.yml", ""), id="plain reads its head"),
        pytest.param(["pelicanconf.py", "content/a.md"], "content", "auto", ("pelican", "pelicanconf.py", "content"),
                     id="pelican"),
        pytest.param([".obsidian/app.json", "a.md"], "", "auto", ("obsidian", ".obsidian/app.json", ""), id="vault"),
        pytest.param(["hugo.toml", "content/.obsidian/app.json"], "content", "auto", ("hugo", "hugo.toml", "content"),
                     id="an editor beside its generator"),
        pytest.param(["_posts/a.md"], "_posts", "auto", ("jekyll", "", ""), id="_posts without a configuration"),
    ],
)  # fmt: skip
def test_what_a_folder_is(
    tmp_path: Path, names: list[str], below: str, kind: SiteKind, found: tuple[str, str, str]
) -> None:
    for name in names:
        put(tmp_path, name, "")
    folder = folder_of(str(tmp_path / below), kind)
    assert (folder.kind, folder.name, folder.below) == found


@pytest.mark.parametrize(
    ("suffix", "main", "part", "config"),
    [
        ("toml", 'title = "x"', 'posts = "/:slug/"', 'title = "x"\n[permalinks]\nposts = "/:slug/"'),
        ("yaml", "title: x", "posts: /:slug/\n", "title: x\npermalinks:\n  posts: /:slug/\n"),
        ("toml", "[permalinks]\na = '/b'", 'posts = "/:slug/"', "[permalinks]\na = '/b'"),
    ],
)
def test_parts_of_a_configuration_are_read_with_it(
    tmp_path: Path, suffix: str, main: str, part: str, config: str
) -> None:
    put(tmp_path, f"config/_default/hugo.{suffix}", main)
    put(tmp_path, f"config/_default/permalinks.{suffix}", part)
    put(tmp_path, "content/a.md")
    assert folder_of(str(tmp_path), "auto").config == config


@pytest.mark.parametrize(
    ("end", "then", "fresh"),
    [
        pytest.param("2026-11-20T00:00:30Z", timedelta(seconds=29), False, id="still to come"),
        pytest.param("2026-11-20T00:00:30Z", timedelta(seconds=30), True, id="come"),
        pytest.param("2026-11-20 09:01:00 +0900", timedelta(minutes=1), True, id="with an offset"),
        pytest.param("2026-11-20T09:15:00", timedelta(minutes=14), False, id="a wall time within its quarter"),
        pytest.param("2026-11-20T09:15:00", timedelta(minutes=15), True, id="a wall time, perhaps of Seoul"),
        pytest.param("2026-11-22", timedelta(hours=20), False, id="days ahead"),
        pytest.param("20 Nov 2026", timedelta(minutes=15), True, id="a date that only reading can tell"),
    ],
)
def test_a_folder_is_read_anew_when_a_post_may_have_ended(
    tmp_path: Path, end: str, then: timedelta, fresh: bool
) -> None:
    put(tmp_path, "hugo.toml", "")
    put(tmp_path, "content/a.md", f"---\nexpiryDate: {end}\n---\nx")
    state = SourceState(source_id="posts", due=NOW)
    first = fetch_folder(source(tmp_path), state)
    assert [d.asked for d in first.documents] == [NOW]
    later = fetch_folder(source(tmp_path), replace(state, due=NOW + then, body_hash=first.body_hash))
    assert later.outcome == ("fresh" if fresh else "unchanged")


# documents


def test_document_says_what_it_is(tmp_path: Path) -> None:
    put(tmp_path, "_config.yml", "\ufefftitle: x\n")
    put(tmp_path, "_posts/가.md")
    put(tmp_path, "_posts/나.html")
    first, second = ask(tmp_path).documents
    assert (first.path, first.url) == ("_posts/가.md", str(tmp_path / "_posts/가.md"))
    assert (first.body, first.origin, first.created) == (POST.encode(), blob_hash(POST.encode()), None)
    assert first.folder.config == "title: x\n"
    assert first.folder is second.folder
    assert (first.media_type, second.media_type) == ("text/markdown", "text/html")


def test_fm_24_nfd_names_become_nfc(tmp_path: Path) -> None:
    put(tmp_path, "\u1100\u1161.md")
    put(tmp_path, "A.md")
    put(tmp_path, "a.md")
    put(tmp_path, "가" * 84 + ".md")  # 255 bytes
    assert paths(ask(tmp_path)) == ["A.md", "a.md", "가.md", "가" * 84 + ".md"]


def test_fm_24_same_name_twice_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path, "\u1100\u1161.md")
    put(tmp_path, "가.md")
    fetched = ask(tmp_path)
    assert paths(fetched) == ["가.md"]
    assert "NFD" in fetched.problems[0].detail


def test_name_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    try:
        (tmp_path / os.fsdecode(b"\xb0\xa1.md")).write_text(POST)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    fetched = ask(tmp_path)
    assert paths(fetched) == ["a.md"]
    assert fetched.problems[0].where == "\\xb0\\xa1.md"


# unchanged


def test_untouched_folder_is_unchanged(tmp_path: Path) -> None:
    post = put(tmp_path, "a.md")
    first = ask(tmp_path)
    os.utime(post, (1, 1))
    again = ask(tmp_path, body_hash=first.body_hash)
    assert (again.outcome, again.documents, again.listing) == ("unchanged", (), ("a.md",))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: put(root, "a.md", POST + "."), id="bytes"),
        pytest.param(lambda root: (root / "a.md").rename(root / "b.md"), id="name"),
        pytest.param(lambda root: put(root, "c.md"), id="new"),
        pytest.param(lambda root: (root / "a.md").unlink(), id="gone"),
        pytest.param(lambda root: put(root, "_config.yml", "title: x"), id="configuration"),
    ],
)
def test_any_change_is_seen(tmp_path: Path, change: Callable[[Path], object]) -> None:
    put(tmp_path, "a.md")
    put(tmp_path, "other.md")
    before = ask(tmp_path).body_hash
    change(tmp_path)
    assert ask(tmp_path, body_hash=before).outcome == "fresh"


def test_other_options_read_again(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    other = replace(source(tmp_path), options=Options(timezone="Asia/Seoul"))
    state = SourceState(source_id="posts", due=NOW, body_hash=ask(tmp_path).body_hash)
    assert fetch_folder(other, state).outcome == "fresh"


# what must not be followed, waited for or swallowed


def test_fm_15_only_regular_files_of_the_folder(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(outside, "secret.md")
    put(root, "a.md")
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside)
    (root / "dead.md").symlink_to(root / "nothing")
    os.mkfifo(root / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "s.md"))
        assert paths(ask(root)) == ["a.md"]


def test_fm_15_folder_replaced_by_a_link_is_not_entered(tmp_path: Path) -> None:
    put(tmp_path, "outside/a.md")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "sub").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match=r"sub|directory|links"):
        folder.read(str(tmp_path / "root"), "sub/a.md", 100)
    with pytest.raises(OSError, match="regular"):
        folder.read_at(str(tmp_path), 100)


def refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make opening *name* fail, as permissions would; tests may run as root, who may read everything."""
    real = os.open

    def guarded(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if os.path.basename(path) == name:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", guarded)


def test_fm_16_unreadable_post_is_listed_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.md")
    put(tmp_path, "b.md")
    refuse(monkeypatch, "a.md")
    fetched = ask(tmp_path)
    assert [d.path for d in fetched.documents] == ["b.md"]
    assert fetched.listing == ("a.md", "b.md")
    assert [(p.code, p.detail, p.where) for p in fetched.problems] == [("folder", "Permission denied", "a.md")]
    assert ask(tmp_path, body_hash=fetched.body_hash).problems == fetched.problems
    monkeypatch.undo()
    assert ask(tmp_path, body_hash=fetched.body_hash).outcome == "fresh"


def test_fm_16_unreadable_folder_fails_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its posts would otherwise seem to be gone."""
    put(tmp_path, "a.md")
    put(tmp_path, "sub/b.md")
    refuse(monkeypatch, "sub")
    fetched = ask(tmp_path)
    assert (fetched.outcome, fetched.documents) == ("failed", ())
    assert fetched.problem is not None
    assert (fetched.problem.code, fetched.problem.where) == ("folder", "sub")


def test_missing_folder_fails(tmp_path: Path) -> None:
    fetched = ask(tmp_path / "none")
    assert fetched.outcome == "failed"
    assert fetched.problem is not None
    assert (fetched.problem.code, fetched.problem.detail) == ("folder", "No such file or directory")


def test_unreadable_configuration_fails(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    (tmp_path / "_config.yml").write_bytes("title: 사이트".encode("cp949"))
    fetched = ask(tmp_path)
    assert fetched.problem is not None
    assert "not UTF-8" in fetched.problem.detail
    assert fetched.problem.where.endswith("_config.yml")


def test_fm_07_huge_post_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.md").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    put(tmp_path, "b.md")
    fetched = ask(tmp_path)
    assert [d.path for d in fetched.documents] == ["b.md"]
    assert fetched.listing == ("a.md", "b.md")
    assert (fetched.problems[0].code, fetched.problems[0].where) == ("post", "a.md")


def test_fm_17_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once: read again. Always: the last version stays."""
    post = put(tmp_path, "a.md")
    real, times = os.fstat, iter(range(100))
    limit = 2

    def moving(descriptor: int) -> os.stat_result:
        facts = real(descriptor)
        if (turn := next(times)) < limit:
            os.utime(post, ns=(turn, turn))
        return facts

    monkeypatch.setattr(os, "fstat", moving)
    assert paths(ask(tmp_path)) == ["a.md"]
    times, limit = iter(range(100)), 100
    fetched = ask(tmp_path)
    assert (fetched.documents, fetched.listing) == ((), ("a.md",))
    assert "changed while" in fetched.problems[0].detail


def test_fm_17_file_that_is_away_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.md")
    real, away = os.stat, [True]

    def missing_once(name: str, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> os.stat_result:
        if name == "a.md" and away.pop() if away else False:
            raise FileNotFoundError(errno.ENOENT, "No such file", name)
        return real(name, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "stat", missing_once)
    assert folder.read(str(tmp_path), "a.md", 1000) == POST.encode()


def test_too_deep_a_folder_fails(tmp_path: Path) -> None:
    put(tmp_path, "d/" * 40 + "a.md")
    assert ask(tmp_path).outcome == "failed"


# feed documents


def test_feed_file_is_one_document(tmp_path: Path) -> None:
    path = put(tmp_path, "feed.xml", "<rss/>")
    fetched = ask_file(path)
    assert fetched.outcome == "fresh"
    assert [(d.url, d.body) for d in fetched.documents] == [(str(path), b"<rss/>")]
    os.utime(path, (1, 1))
    assert ask_file(path, fetched.body_hash).outcome == "unchanged"


def test_feed_file_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path, "feed.xml", "<rss/>")
    (tmp_path / "link.xml").symlink_to(tmp_path / "feed.xml")
    assert ask_file(tmp_path / "link.xml").outcome == "fresh"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda path: None, "folder", id="missing"),
        pytest.param(lambda path: path.mkdir(), "folder", id="a folder"),
        pytest.param(os.mkfifo, "folder", id="a pipe"),
        pytest.param(lambda path: path.write_bytes(bytes(files.LARGEST_FEED + 1)), "too_big", id="big"),
    ],
)
def test_feed_file_that_cannot_be_read_is_an_answer(tmp_path: Path, make: Callable[[Path], object], code: str) -> None:
    path = tmp_path / "feed.xml"
    make(path)
    fetched = ask_file(path)
    assert fetched.outcome == "failed"
    assert fetched.problem is not None
    assert (fetched.problem.code, fetched.problem.where) == (code, str(path))
