"""Editing changes what was asked for and nothing else."""

import stat
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.config import nodes, read
from feeds.config.edit import Imported, add_source, add_sources, quoted, remove_source
from feeds.config.faults import page
from feeds.config.listed import Listed
from feeds.errors import ConfigError, UsageError

SAMPLE = Path(__file__).parents[2] / "config"
SITE = "site: {title: '따옴표', url: https://a.example}  # 사이트\n"
NEW = "https://new.example/feed"


def changes(before: str, after: str) -> list[str]:
    lines = unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def put(folder: Path, text: str) -> str:
    path = folder / "feeds.yaml"
    path.write_bytes(text.encode())
    return str(path)


def text_of(path: str) -> str:
    return Path(path).read_bytes().decode()


def test_adding_to_the_sample_changes_four_lines(tmp_path: Path) -> None:
    before = (SAMPLE / "feeds.yaml").read_text("utf-8")
    (tmp_path / "site").mkdir()
    path = put(tmp_path, before)
    assert add_source(path, NEW, {}, title="새 소식: 하나", categories=["기술", "A, B"]) == "new.example-feed"
    assert changes(before, text_of(path)) == [
        "+  - id: new.example-feed",
        "+    url: https://new.example/feed",
        "+    title: '새 소식: 하나'",
        "+    categories: [기술, 'A, B']",
    ]
    added = read(path, {}).sources[-1]
    assert (added.location, added.title, added.categories) == (NEW, "새 소식: 하나", ("기술", "A, B"))


@pytest.mark.parametrize("id", ["hanbit-lab", "river-wire", "market-letter"])
def test_removing_from_the_sample_takes_its_lines_alone(tmp_path: Path, id: str) -> None:
    before = (SAMPLE / "feeds.yaml").read_text("utf-8")
    (tmp_path / "site").mkdir()
    path = put(tmp_path, before)
    remove_source(path, id, {})
    gone = changes(before, text_of(path))
    assert 3 <= len(gone) <= 5
    assert gone[0] == f"-  - id: {id}"
    assert all(line.startswith("-    ") for line in gone[1:])


ADDED = {
    "no section": (SITE + "public: x", SITE + "public: x\n\nsources:\n  - id: x\n    url: U\n"),
    "empty section": (
        SITE + "sources:  # none yet\n  # - url: https://later.example/\npublic: x\n",
        SITE + "sources:  # none yet\n  - id: x\n    url: U\n  # - url: https://later.example/\npublic: x\n",
    ),
    "empty brackets": (
        SITE + "sources: []  # none yet\npublic: x\n",
        SITE + "sources:  # none yet\n  - id: x\n    url: U\npublic: x\n",
    ),
    "brackets": (
        SITE + 'sources: [{url: "https://b.example/"},]  # few\n',
        SITE + 'sources: [{url: "https://b.example/"}, {id: x, url: U}]  # few\n',
    ),
    "dashes at the margin": (
        SITE + "sources:\n- url: https://b.example/\n\n# outputs\npublic: x\n",
        SITE + "sources:\n- url: https://b.example/\n- id: x\n  url: U\n\n# outputs\npublic: x\n",
    ),
    "wide dashes": (
        SITE + "sources:\n    -   url: https://b.example/   # b\npublic: x\n",
        SITE + "sources:\n    -   url: https://b.example/   # b\n    -   id: x\n        url: U\npublic: x\n",
    ),
    "comment of the last item": (
        SITE + "sources:\n  - url: https://b.example/\n    # slow\n  # - url: https://c.example/\n",
        SITE + "sources:\n  - url: https://b.example/\n    # slow\n  - id: x\n    url: U\n"
        "  # - url: https://c.example/\n",
    ),
    "no line break at the end": (
        SITE + "sources:\n  - url: https://b.example/",
        SITE + "sources:\n  - url: https://b.example/\n  - id: x\n    url: U\n",
    ),
    "Windows line ends": (
        SITE.replace("\n", "\r\n") + "sources:\r\n  - url: https://b.example/\r\npublic: x\r\n",
        SITE.replace("\n", "\r\n") + "sources:\r\n  - url: https://b.example/\r\n  - id: x\r\n    url: U\r\n"
        "public: x\r\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [pytest.param(*pair, id=name) for name, pair in ADDED.items()])
def test_adding_and_removing(tmp_path: Path, before: str, after: str) -> None:
    path = put(tmp_path, before)
    add_source(path, NEW, {}, id="x")
    assert text_of(path) == after.replace("U", NEW)
    known = len(read(path, {}).sources)
    remove_source(path, "x", {})
    assert len(read(path, {}).sources) == known - 1
    left = [line for line in changes(before, text_of(path)) if line.strip("+-")]
    assert len(left) <= 2, left


REMOVED = {
    "the only one": (
        "sources:  # two lines\n  - url: https://b.example/\n    every: 1h\npublic: x\n",
        "b.example",
        "sources: []  # two lines\npublic: x\n",
    ),
    "first in brackets": (
        "sources: [{url: https://b.example/}, {url: https://c.example/}]\n",
        "b.example",
        "sources: [{url: https://c.example/}]\n",
    ),
    "last in brackets": (
        "sources: [{url: https://b.example/}, {url: https://c.example/}]\n",
        "c.example",
        "sources: [{url: https://b.example/}]\n",
    ),
    "only one in brackets": ("sources: [{url: https://b.example/}]\n", "b.example", "sources: []\n"),
    "dash alone in its line": (
        "sources:\n  -\n    url: https://b.example/\n  - url: https://c.example/\n",
        "b.example",
        "sources:\n  - url: https://c.example/\n",
    ),
    "between comments": (
        "sources:\n  # b\n  - url: https://b.example/\n    # its own\n  # c\n  - url: https://c.example/\n",
        "b.example",
        "sources:\n  # b\n  # c\n  - url: https://c.example/\n",
    ),
}


@pytest.mark.parametrize(("before", "id", "after"), [pytest.param(*case, id=name) for name, case in REMOVED.items()])
def test_removing(tmp_path: Path, before: str, id: str, after: str) -> None:
    path = put(tmp_path, SITE + before)
    remove_source(path, id, {})
    assert text_of(path) == SITE + after


def test_import_adds_what_is_new_once(tmp_path: Path) -> None:
    path = put(tmp_path, SITE + "sources:\n  - url: https://b.example/\n")
    feeds = [Listed(url="http://b.example"), Listed(url=NEW, title="N"), Listed(url=f"{NEW}/")]
    done = add_sources(path, feeds, {})
    assert done == Imported(added=("new.example-feed",), known=("http://b.example", f"{NEW}/"))
    unchanged = text_of(path)
    assert add_sources(path, feeds, {}).added == ()
    assert text_of(path) == unchanged


def test_known_source_is_not_added_again(tmp_path: Path) -> None:
    path = put(tmp_path, SITE + f"sources: [{{url: '{NEW}'}}]\n")
    with pytest.raises(UsageError, match="is a source already; `feeds list` shows it"):
        add_source(path, NEW, {})


@pytest.mark.parametrize(
    ("id", "message"),
    [
        pytest.param("nobody", "no source has the id 'nobody'", id="unknown"),
        pytest.param("c.example", "comes from the list friends.opml; take it out there", id="of a list"),
    ],
)
def test_what_cannot_be_removed(tmp_path: Path, id: str, message: str) -> None:
    (tmp_path / "friends.opml").write_text('<opml><outline xmlUrl="https://c.example/"/></opml>')
    path = put(tmp_path, SITE + "sources: [{opml: friends.opml}]\n")
    with pytest.raises(UsageError, match=message):
        remove_source(path, id, {})


def test_edit_that_would_break_the_file_writes_nothing(tmp_path: Path) -> None:
    before = SITE + "sources:\n  - {id: x, url: https://b.example/}\n"
    path = put(tmp_path, before)
    with pytest.raises(ConfigError, match="id 'x' is given twice"):
        add_source(path, NEW, {}, id="x")
    assert text_of(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["feeds.yaml"], "nothing is left beside"


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path = Path(put(tmp_path, SITE))
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to("feeds.yaml")
    add_source(str(link), NEW, {})
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert NEW in text_of(str(path))


@given(st.text(min_size=1).filter(lambda t: not any(0xD800 <= ord(c) < 0xE000 for c in t)))
def test_quoted_text_reads_back(text: str) -> None:
    for written in (f"a: {quoted(text)}", f"a: [{quoted(text)}, b]", f"a: {{b: {quoted(text)}}}"):
        root, faults = nodes.parse(written, page("f", written))
        assert faults == []
        assert root is not None
        node = root.pairs["a"].value
        node = node.items[0] if node.items else node.pairs["b"].value if node.pairs else node
        assert nodes.value(node) == text
