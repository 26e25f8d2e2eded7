"""The torture site, published as any site is: every document valid, and each story the same in all of them."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner
from lxml import etree, html

from feeds.cli import cli
from feeds.core.entries.normalise import normalise
from feeds.core.words.text import one_line
from feeds.model.entry import Entry
from feeds.model.source import Document, Source
from feeds.parse import parse
from feeds.parse.xml.texts import words
from feeds.render.gate import judge
from tests.end_to_end import torture

NOW = datetime.fromtimestamp(torture.NOW, UTC)
SOURCE = Source(id="s", kind="feed", location=f"{torture.HOME}/")
ARGUED = {  # warnings that no publisher can help, by rule
    "text.markup": "a title, a name or a category may be about markup, and is told as it was",
    "html.unsafe": "so may the site's own description, which is text in RSS's head (profile: channel description)",
}
# Markup that titles are full of in the wild: it is taken out where it comes in, as tests of the parser have it.
TAKEN_OUT = frozenset({"entities", "script"})


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the site after one pass."""
    desk = tmp_path_factory.mktemp("torture")
    torture.write(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(torture.NOW))
        result = CliRunner().invoke(cli, ["-c", str(desk / "feeds.yaml"), "run", "--json"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == 0, result.output[-2000:]
    counts = json.loads(result.output)["counts"]
    assert counts.get("set_aside", 0) == 0, result.output[-2000:]
    return desk / "var/public"


def documents(public: Path, *names: str) -> list[Path]:
    found = sorted(path for name in names for path in public.rglob(name))
    assert len(found) > 50
    return found


def items(path: Path) -> list[Entry]:
    """The document's entries, as one who reads it here would keep them."""
    parsed = parse(Document(url=torture.HOME + "/", body=path.read_bytes()), SOURCE)
    assert not parsed.problems, path
    return list(normalise(parsed, SOURCE, torture.HOME + "/").entries)


def test_no_document_breaks_a_rule(public: Path) -> None:
    """Of errors there are none, and of warnings those that are argued."""
    breaches = [
        (breach, path)
        for path in documents(public, "atom.xml", "rss.xml", "feed.json")
        for breach in judge(path.read_bytes(), NOW, "")
    ]
    assert not [(b.rule, b.where, b.what, p) for b, p in breaches if b.severity == "error" or b.rule not in ARGUED]
    assert {b.rule for b, _ in breaches} == ARGUED.keys()


def test_xml_is_well_formed_and_pages_are_utf_8(public: Path) -> None:
    for path in documents(public, "*.xml"):
        etree.fromstring(path.read_bytes(), etree.XMLParser(huge_tree=False, resolve_entities=False))
    for path in documents(public, "*.html", "*.json"):
        path.read_bytes().decode("utf-8")


def test_nothing_leaves_the_output_folder(public: Path) -> None:
    """Categories are called `..`, `/` and `%41`, and none of them leads anywhere."""
    folders = {p.parent.relative_to(public).as_posix() for p in documents(public, "atom.xml")}
    assert all(len(Path(folder).parts) <= 2 for folder in folders)
    assert not any(set(folder) & set("\\%?#<>\x00") for folder in folders)


def settled(tag: str) -> str:
    """A tag as if it had been read any number of times: what looks like markup in one is decoded at each."""
    while (less := words(tag)) != tag:
        tag = less
    return tag.casefold()


def told(entry: Entry, *, rss: bool) -> Mapping[str, object]:
    """What every format can say. In RSS a title may be taken for HTML, and nothing has a date of change."""
    said: dict[str, object] = {
        "guid": entry.guid, "url": entry.url, "published": entry.published, "language": entry.language,
        "authors": [p.name for p in entry.authors], "contributors": [p.name for p in entry.contributors],
        "tags": {settled(tag) for tag in entry.tags}, "image": entry.image, "rights": entry.rights,
        "licence": entry.licence, "comments": entry.comments, "comments_feed": entry.comments_feed,
        "answers": entry.answers, "enclosures": {f.url: f for f in entry.enclosures}, "podcast": entry.podcast,
    }  # fmt: skip
    return said if rss else said | {"title": entry.title, "summary": entry.summary, "updated": entry.updated}


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
def test_every_format_tells_the_same(name: str, public: Path) -> None:
    """JSON is the measure: its strings hold anything, and need no rule to be read."""
    wrong: Counter[tuple[str, str, str]] = Counter()
    for path in documents(public, name):
        expected, found = items(path.with_name("feed.json")), items(path)
        raw = json.loads(path.with_name("feed.json").read_bytes())["items"]
        assert [e.guid for e in found] == [e.guid for e in expected], path
        for one, other, item in zip(found, expected, raw, strict=True):
            ours, theirs = (told(e, rss=name == "rss.xml") for e in (one, other))
            if "summary" not in item:  # JSON has to have some text: the title stands for it
                ours, theirs = ({**e, "summary": ""} for e in (ours, theirs))
            if name == "rss.xml" and "[" in item.get("url", ""):  # which RSS cannot say
                ours, theirs = ({**e, "url": ""} for e in (ours, theirs))
            wrong.update(
                (key, repr(ours[key])[:300], repr(theirs[key])[:300]) for key in ours if ours[key] != theirs[key]
            )
    assert not wrong.most_common(5)


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
@pytest.mark.filterwarnings("ignore")  # feedparser's own
def test_feedparser_reads_the_same(name: str, public: Path) -> None:
    path = public / name
    found = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    expected = json.loads((public / "feed.json").read_text())["items"]
    assert not found.bozo
    assert [e.id for e in found.entries] == [i["id"] for i in expected]
    named = [n for n, i in enumerate(expected) if "[" not in i.get("url", "")]  # others RSS cannot say
    assert [found.entries[n].get("link", "") for n in named] == [expected[n].get("url", "") for n in named]
    if name == "atom.xml":
        assert [one_line(e.title) for e in found.entries] == [one_line(i["title"]) for i in expected]


def test_no_sign_is_lost_that_can_be_said(public: Path) -> None:
    """Each sample is a title somewhere: as it was, but for what nobody can see or no document may hold."""
    titles = {item["title"] for item in json.loads((public / "feed.json").read_text())["items"]}
    missing = {
        name
        for name, text in torture.TEXTS.items()
        if name not in TAKEN_OUT and len(text) < 900 and one_line(text) and one_line(text) not in titles
    }
    assert not missing


def test_large_bodies_are_told(public: Path) -> None:
    items = json.loads((public / "feed.json").read_text())["items"]
    large = [i for i in items if len(i.get("content_html", "").encode()) > 200_000]
    assert len(large) >= 4


def test_pages_run_nothing(public: Path) -> None:
    for path in documents(public, "index.html"):
        page = html.document_fromstring(path.read_bytes())
        assert not page.xpath("//script | //iframe | //object | //@*[starts-with(name(), 'on')]"), path
        links = page.xpath("//@href | //@src | //@action")
        assert isinstance(links, list)
        assert not [u for u in map(str, links) if not re.match(r"https?://|/|#", u)], path
