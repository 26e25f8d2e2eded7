"""Pictures of our own posts are published with the posts that show them, from each kind of site, and leave with them."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from feeds.model.picture import LARGEST_RECORDING, PIECE
from tests.cli.conftest import Feeds

CONFIG = (
    "version: 1\nsite: {{title: Desk, url: 'https://desk.example{base}', pages: all}}\ncontent: [{{id: posts, {0}}}]\n"
)
POST = "---\ntitle: Harbour\ndate: 2026-01-05 10:00:00 +0000\n{0}---\n{1}\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture " * 99


def make(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body if isinstance(body, bytes) else body.encode())


def pictures(folder: Path) -> set[str]:
    public = folder / "var/public"
    kinds = (".png", ".svg", ".JPG", ".webp", ".mp3", ".MP4", ".webm")
    found = {f"/{p.relative_to(public)}" for p in public.rglob("*") if p.suffix in kinds}
    return found - {"/static/favicon.svg", "/favicon.svg"}


SITES: dict[str, tuple[str, str, dict[str, str | bytes], str]] = {
    "plain, beside": ("path: site", "", {
        "site/harbour.md": POST.format("", "![](quay.png)"), "site/quay.png": PNG}, "/harbour/quay.png"),
    "plain, from the root": ("path: site", "", {
        "site/2026/harbour.md": POST.format("", "![](/img/quay.png)"), "site/img/quay.png": PNG}, "/img/quay.png"),
    "jekyll": ("path: site", "", {
        "site/_config.yml": "title: x\n", "site/_posts/2026-01-05-harbour.md": POST.format("", "![](/assets/quay.png)"),
        "site/assets/quay.png": PNG}, "/assets/quay.png"),
    "jekyll, posts alone, baseurl": ("path: site/_posts", "/blog", {
        "site/_config.yml": "title: x\nbaseurl: /blog\n",
        "site/_posts/2026-01-05-harbour.md": POST.format("", "![](/blog/assets/quay.png)"),
        "site/assets/quay.png": PNG}, "/assets/quay.png"),
    "hugo, bundle": ("path: site/content", "", {
        "site/hugo.toml": "", "site/content/posts/harbour/index.md": POST.format("", "![](img/quay.png)"),
        "site/content/posts/harbour/img/quay.png": PNG}, "/posts/harbour/img/quay.png"),
    "hugo, static": ("path: site/content", "", {
        "site/hugo.toml": "", "site/content/posts/harbour.md": POST.format("", "![](/img/quay.png)"),
        "site/static/img/quay.png": PNG}, "/img/quay.png"),
    "astro": ("path: site/src/content/blog, kind: astro", "", {
        "site/astro.config.mjs": "", "site/src/content/blog/harbour.md": POST.format("", "![](/quay.png)"),
        "site/public/quay.png": PNG}, "/quay.png"),
    "front matter, Hangul, blanks": ("path: site", "", {
        "site/harbour.md": POST.format("image: '/그림/부두 1.JPG'\n", "Words."), "site/그림/부두 1.JPG": PNG},
        "/그림/부두 1.JPG"),
    "a larger one behind it": ("path: site", "", {
        "site/harbour.md": POST.format("", "[Look](quay.png)"), "site/quay.png": PNG}, "/harbour/quay.png"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize("name", SITES)
def test_a_picture_is_published_where_its_post_points(feeds: Feeds, folder: Path, name: str) -> None:
    content, base, files, path = SITES[name]
    make(folder, {"feeds.yaml": CONFIG.format(content, base=base), **files})
    feeds("run")
    assert pictures(folder) == {path}
    assert (folder / "var/public" / path[1:]).read_bytes() == PNG


RECORDINGS = {
    "sound": '<audio controls src="talk.mp3"></audio>',
    "video with a picture": '<video poster="talk.png"><source src="talk.MP4"></video>',
    "a link": "[Listen](talk.mp3)",
    "video": '<video src="/talk.webm"></video>',
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_sound_and_video_are_published_too_and_written_once(feeds: Feeds, folder: Path, name: str) -> None:
    posts(folder, one=RECORDINGS[name])
    body = os.urandom(2 * PIECE + 7)
    make(folder, {f"site/{each}": body for each in ("talk.mp3", "talk.MP4", "talk.webm")} | {"site/talk.png": PNG})
    feeds("run")
    expected = {"sound": {"/one/talk.mp3"}, "video with a picture": {"/one/talk.MP4", "/one/talk.png"},
                "a link": {"/one/talk.mp3"}, "video": {"/talk.webm"}}[name]  # fmt: skip
    assert pictures(folder) == expected
    (path,) = expected - {"/one/talk.png"}
    file = folder / "var/public" / path[1:]
    assert file.read_bytes() == body
    before = file.stat()
    feeds("build")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    make(folder, {f"site/{each}": body[::-1] for each in ("talk.mp3", "talk.MP4", "talk.webm")})
    feeds("build")
    assert file.read_bytes() == body[::-1]
    feeds("retract", "https://desk.example/one/")
    assert pictures(folder) == set()


def posts(folder: Path, **posts: str) -> None:
    bodies = {
        f"site/{name}.md": POST.format("draft: true\n" if name == "draft" else "", b) for name, b in posts.items()
    }
    make(folder, {"feeds.yaml": CONFIG.format("path: site", base=""), **bodies})


def test_only_what_published_posts_point_at(feeds: Feeds, folder: Path) -> None:
    posts(folder, shown="![](/a.png)", draft="![](/b.png)")
    make(folder, {"site/a.png": PNG, "site/b.png": PNG, "site/c.png": PNG})
    feeds("run")
    assert pictures(folder) == {"/a.png"}
    (folder / "site/shown.md").write_text(POST.format("draft: true\n", "![](/a.png)"))
    (folder / "site/draft.md").write_text(POST.format("", "![](/b.png)"))
    feeds("fetch", "--force")
    feeds("build")
    assert pictures(folder) == {"/b.png"}


def test_pictures_of_a_retracted_story_go_unless_another_has_them(feeds: Feeds, folder: Path) -> None:
    posts(folder, one="![](/mine.png) ![](/both.png)", two="![](/both.png)")
    make(folder, {"site/mine.png": PNG, "site/both.png": PNG})
    feeds("run")
    assert pictures(folder) == {"/mine.png", "/both.png"}
    feeds("retract", "https://desk.example/one/")
    assert pictures(folder) == {"/both.png"}
    feeds("unretract", "https://desk.example/one/")
    assert pictures(folder) == {"/mine.png", "/both.png"}
    (folder / "site/two.md").unlink()
    (folder / "site/one.md").unlink()
    (folder / "site/three.md").write_text(POST.format("", "Words."))  # an empty folder may be a disk that is away
    feeds("fetch", "--force")
    feeds("build")
    assert pictures(folder) == set()


TRAPS = {
    "out of the folder": "../secret.png",
    "out of the folder, encoded": "%2e%2e/secret.png",
    "twice encoded": "%252e%252e/secret.png",
    "from the root": "/../secret.png",
    "a link to a file": "link.png",
    "a link to a folder": "away/secret.png",
    "a pipe": "pipe.png",
    "a folder": "folder.png",
    "hidden": ".git/secret.png",
    "a draft's": "_drafts/secret.png",
    "of a theme": "_includes/secret.png",
    "no picture": "notes.txt",
    "a page": "page.html",
    "too large": "large.png",
    "sound, a link to a file": "link.mp3",
    "sound, too large": "large.mp3",
    "sound, a draft's": "_drafts/secret.mp3",
    "sound, out of the folder": "../secret.mp3",
    "sound, a pipe": "pipe.mp3",
    "another kind of sound": "notes.mid",
    "a post": "one.md",
    "ours": "/favicon.svg",
    "a backslash": "..%5csecret.png",
    "a zero byte": "a%00.png",
    "another host's": "https://other.example/secret.png",
}


def test_fm_15_fm_23_nothing_else_leaves_the_folder(feeds: Feeds, folder: Path) -> None:
    posts(folder, one="\n\n".join(f"![]({each}) [x]({each})" for each in (*TRAPS.values(), "fine.png")))
    hidden = {f"site/{each}": PNG for each in (".git/secret.png", "_drafts/secret.png", "_includes/secret.png")}
    make(folder, {"secret.mp3": PNG, "site/_drafts/secret.mp3": PNG, "site/notes.mid": PNG})
    make(folder, {"secret.png": PNG, "away/secret.png": PNG, "site/notes.txt": "x", "site/page.html": "<p>x", **hidden})
    make(folder, {"site/fine.png": PNG, "site/favicon.svg": b"<svg/>", "site/folder.png/a": b""})
    (folder / "site/link.png").symlink_to(folder / "secret.png")
    (folder / "site/away").symlink_to(folder / "away")
    (folder / "site/link.mp3").symlink_to(folder / "secret.mp3")
    os.mkfifo(folder / "site/pipe.png")
    os.mkfifo(folder / "site/pipe.mp3")
    with (folder / "site/large.mp3").open("wb") as large:
        large.truncate(LARGEST_RECORDING + 1)
    with (folder / "site/large.png").open("wb") as large:
        large.truncate(8 * 1024 * 1024 + 1)
    feeds("run")
    assert pictures(folder) == {"/one/fine.png"}
    public = folder / "var/public"
    assert (public / "favicon.svg").read_bytes() != b"<svg/>"
    assert {p.name for p in public.rglob("*") if p.suffix in (".txt", ".md", ".mid") or p.name == "page.html"} == set()


def test_a_picture_that_cannot_be_put_in_place_holds_nothing_up(feeds: Feeds, folder: Path) -> None:
    posts(folder, one="![](/atom.xml/a.png) ![](/img/fine.png) ![](/taken/b.png)")
    make(folder, {"site/atom.xml/a.png": PNG, "site/img/fine.png": PNG, "site/taken/b.png": PNG})
    make(folder, {"var/public/taken": b"a file of somebody's"})
    feeds("run")
    assert pictures(folder) == {"/img/fine.png"}
    assert b"<entry" in (folder / "var/public/atom.xml").read_bytes()
