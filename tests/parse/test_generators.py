"""The sites of `data/kinds` as their real generators build them: the same posts, URLs, dates and categories.

What we read otherwise on purpose is a note of the post, and such a post's date is not compared.
"""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from feeds.core.entries import identity
from feeds.core.entries.normalise import normalise
from feeds.fetch.files import fetch_folder
from feeds.model.entry import RawEntry
from feeds.model.settings import Site
from feeds.model.source import SiteKind, Source, SourceState
from feeds.parse import parse
from tests.parse import sites


@dataclass(frozen=True, order=True)
class Built:
    """A post as its generator shows it, or as we would: what both must agree on."""

    path: str
    url: str
    date: str  # of UTC, '' for none or for one that is not compared
    categories: tuple[str, ...]
    tags: tuple[str, ...] = ()


def needs(program: str) -> pytest.MarkDecorator:
    reason = f"{program} is not installed: our reading is not compared with what it builds"
    return pytest.mark.skipif(shutil.which(program) is None, reason=reason)


def run(*words: str, cwd: Path) -> None:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def ours(root: Path, kind: SiteKind, *, tags: bool = True) -> dict[str, Built]:
    """Return the posts that we would show now."""
    found: dict[str, Built] = {}
    for path, parsed in sites.read(root, kind).items():
        if isinstance(parsed, str) or not parsed.entries:
            continue
        (entry,) = parsed.entries
        if not entry.hold and (entry.release is None or entry.release <= sites.NOW):
            if any("does not show" in problem.detail for problem in parsed.problems):
                continue
            dated = not any("date" in problem.detail for problem in parsed.problems)
            found[path] = built(path, entry, dated=dated, tags=tags)
    return found


def built(path: str, entry: RawEntry, *, dated: bool, tags: bool) -> Built:
    date = f"{entry.published:%Y-%m-%dT%H:%M:%S}" if dated and entry.published else ""
    return Built(path, unquote(entry.url), date, terms(entry.categories), terms(entry.tags) if tags else ())


def terms(names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Names in any order and case: the generators make one term of `Go` and `go`."""
    return tuple(sorted({name.casefold() for name in names}))


JEKYLL_LIST = """\
---
---
[{% for p in site.posts %}{"path": {{ p.path | jsonify }}, "url": {{ p.url | absolute_url | jsonify }},
"date": {{ p.date | date_to_xmlschema | jsonify }}, "categories": {{ p.categories | jsonify }},
"tags": {{ p.tags | jsonify }}},{% endfor %}null]
"""
ID = re.compile(r"<entry>.*?<id>(.*?)</id>", re.DOTALL)


@needs("jekyll")
@pytest.mark.parametrize("site", ["jekyll", "jekyll-pretty"])
def test_jekyll_builds_the_same(tmp_path: Path, site: str) -> None:
    sites.write(site, tmp_path)
    (tmp_path / "list.json").write_text(JEKYLL_LIST)
    run("jekyll", "build", "-q", cwd=tmp_path)
    theirs = {}
    for page in json.loads((tmp_path / "_site" / "list.json").read_text("utf-8"))[:-1]:
        date = f"{datetime.fromisoformat(page['date']).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        categories, tags = (terms([name.strip(",") for name in page[key]]) for key in ("categories", "tags"))
        theirs[page["path"]] = Built(page["path"], unquote(page["url"]), date, categories, tags)
    theirs.pop("_posts/2024-01-08-draft.md", None)  # Jekyll shows a post with `draft: true`; a news desk does not
    assert ours(tmp_path, "auto") == theirs


@needs("jekyll")
@pytest.mark.parametrize(("name", "posts"), [("jekyll", 22), ("jekyll-pretty", 8)])
def test_ids_are_those_of_jekyll_feed(tmp_path: Path, name: str, posts: int) -> None:
    sites.write(name, tmp_path)
    run("jekyll", "build", "-q", cwd=tmp_path)
    feed = (tmp_path / "_site" / "feed.xml").read_text("utf-8")
    site = Site(title="Desk", url=f"{sites.HOME}/blog", ids="jekyll-feed")
    source = Source(id="s", kind="content", location=str(tmp_path), home=site.url)
    ids = set()
    for parsed in sites.read(tmp_path, "auto").values():
        assert not isinstance(parsed, str)
        (entry,) = normalise(parsed, source, site.url).entries
        ids.add(identity.story_id(entry, site, local=True, free=True))
    theirs = set(map(unescape, ID.findall(feed)))
    assert len(theirs) == posts
    assert theirs <= ids


FIXTURES = Path(__file__).parents[3] / "shared" / "data" / "corpus" / "jekyll-reference" / "feed-fixtures"
ENTRY = re.compile(
    r"<entry.*?<link href=\"(?P<url>[^\"]*)\".*?<published>(?P<date>[^<]*)<.*?<id>(?P<id>[^<]*)<.*?</entry>", re.DOTALL
)


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="../shared/data is missing: ids are not compared with jekyll-feed's")
def test_posts_of_the_plugin_are_as_its_feed_has_them() -> None:
    theirs = {
        found["id"]: (found["url"], found["date"], sorted(map(unescape, re.findall('term="([^"]*)"', found[0]))))
        for found in ENTRY.finditer((FIXTURES / "expected" / "feed.xml").read_text("utf-8"))
    }
    source = Source(id="s", kind="content", location=str(FIXTURES / "input"))
    mine = {}
    for document in fetch_folder(source, SourceState(source_id="s", due=sites.NOW)).documents:
        (entry,) = parse(document, source).entries
        if not entry.hold and entry.published:
            mine[entry.feed_id] = entry.url, entry.published.isoformat(), sorted({*entry.tags, *entry.categories})
    assert len(theirs) == 10
    assert mine == theirs


HUGO_LIST = """\
[{{ range $i, $p := site.RegularPages }}{{ if $i }},{{ end }}
{{ $c := slice }}{{ range .GetTerms "categories" }}{{ $c = $c | append .LinkTitle }}{{ end }}
{{ $t := slice }}{{ range .GetTerms "tags" }}{{ $t = $t | append .LinkTitle }}{{ end }}
{{ range .GetTerms "series" }}{{ $t = $t | append .LinkTitle }}{{ end }}
{"path": {{ .File.Filename | jsonify }}, "url": {{ .Permalink | jsonify }}, "categories": {{ $c | jsonify }},
"date": {{ .Date.UTC.Format "2006-01-02T15:04:05" | jsonify }}, "tags": {{ $t | jsonify }} }{{ end }}]
"""


@needs("hugo")
@pytest.mark.parametrize("site", ["hugo", "hugo-folders", "hugo-names"])
def test_hugo_builds_the_same(tmp_path: Path, site: str) -> None:
    sites.write(site, tmp_path)
    layouts = tmp_path / "layouts"
    (layouts / "_default").mkdir(parents=True)
    (layouts / "index.json").write_text(HUGO_LIST)
    (layouts / "_default" / "single.html").write_text("{{ .Content }}")
    (layouts / "shortcodes").mkdir()
    (layouts / "shortcodes" / "notice.html").write_text("{{ .Inner }}")
    settings = ("HUGO_DISABLEKINDS=RSS sitemap", "HUGO_OUTPUTS_HOME=json")
    base = f"{sites.HOME}/blog/" if site == "hugo" else f"{sites.HOME}/"
    run("env", *settings, "hugo", "--quiet", "-b", base, "-d", "out", cwd=tmp_path)
    mine = ours(tmp_path, "auto")
    theirs = {}
    pages = [page for each in (tmp_path / "out").rglob("index.json") for page in json.loads(each.read_text("utf-8"))]
    for page in pages:
        path = Path(page["path"]).relative_to(tmp_path).as_posix()
        if not page["url"]:  # `render: never`: it is in the list, and has no page
            continue
        date = "" if page["date"].startswith("0001") else page["date"]
        date = date if mine.get(path) is None or mine[path].date else ""
        theirs[path] = Built(path, unquote(page["url"]), date, terms(page["categories"]), terms(page["tags"]))
    assert sorted(mine.values()) == sorted(theirs.values())


PELICAN_LIST = """\
[{% for a in articles %}{% for each in [a] + a.translations %}{{
  {"path": each.relative_source_path, "url": each.url, "date": each.date.isoformat(), "category": each.category.name,
   "tags": each.tags|default([])|map(attribute="name")|list}|tojson }},
{% endfor %}{% endfor %}null]
"""
PELICAN_SETTINGS = """
THEME, DIRECT_TEMPLATES, DEFAULT_PAGINATION = "theme", ["index"], False
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
"""


@needs("pelican")
@pytest.mark.parametrize("site", ["pelican", "pelican-paths"])
def test_pelican_builds_the_same(tmp_path: Path, site: str) -> None:
    sites.write(site, tmp_path)
    settings = "publishconf" if (tmp_path / "publishconf.py").exists() else "pelicanconf"
    templates = tmp_path / "theme" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "theme" / "static").mkdir()
    (templates / "index.html").write_text(PELICAN_LIST)
    for name in ("article", "page", "author", "category", "tag"):
        (templates / f"{name}.html").write_text("")
    (tmp_path / "compare.py").write_text(f"from {settings} import *" + PELICAN_SETTINGS)
    run("env", "PYTHONPATH=.", "pelican", "content", "-s", "compare.py", "-o", "out", cwd=tmp_path)
    theirs = []
    for page in json.loads((tmp_path / "out" / "index.html").read_text("utf-8"))[:-1]:
        date = f"{datetime.fromisoformat(page['date']).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        url = f"{sites.HOME}{'/blog' if site == 'pelican' else ''}/{page['url']}".replace("//", "/").replace(
            ":/", "://", 1
        )
        categories, tags = terms([page["category"]]), terms(page["tags"])
        theirs.append(Built(f"content/{page['path']}", unquote(url), date, categories, tags))
    assert sorted(ours(tmp_path, "auto").values()) == sorted(theirs)


ELEVENTY_LIST = """
export default class {
  data() { return {permalink: "/list.json", eleventyExcludeFromCollections: true}; }
  render({collections}) {
    return JSON.stringify(collections.all.map(p => ({path: p.inputPath, url: p.url, date: p.date, tags: p.data.tags})));
  }
}
"""
ELEVENTY_BUILT = sites.DATA / "eleventy.built.json"
"""What Eleventy 3.1.8 wrote into that list: Debian has no Eleventy. Where there is one, the list is made anew."""


def _eleventy(root: Path) -> list[dict[str, Any]]:
    if shutil.which("eleventy") is None:
        found: list[dict[str, Any]] = json.loads(ELEVENTY_BUILT.read_text("utf-8"))
        return found
    for path, parsed in sites.read(root, "auto").items():
        if not isinstance(parsed, str) and any("refuses" in problem.detail for problem in parsed.problems):
            (root / path).unlink()
    (root / "src" / "list.11ty.js").write_text(ELEVENTY_LIST)
    run("eleventy", "--quiet", cwd=root)
    built: list[dict[str, Any]] = json.loads((root / "_site" / "list.json").read_text("utf-8"))
    return built


def test_eleventy_builds_the_same(tmp_path: Path) -> None:
    sites.write("eleventy", tmp_path)
    mine = ours(tmp_path, "auto")
    theirs = {}
    for page in _eleventy(tmp_path):
        path = page["path"].removeprefix("./")
        if path not in mine or not page["url"]:  # a draft, or a page that no tag and no folder makes a post
            assert path in LEFT_OUT
            continue
        date = page["date"].partition(".")[0] if mine[path].date else ""
        own = [tag for tag in page.get("tags") or [] if tag not in ("post", "posts")]
        theirs[path] = Built(path, f"{sites.HOME}/blog{page['url']}", date, (), terms(own))
    noted = {path for path, post in theirs.items() if path.endswith("permalink2.md")}  # its filter is the site's own
    refused = {path for path in mine if path.endswith("rubyoffset.md")}  # with its date, Eleventy builds nothing at all
    known = mine.keys() - noted - refused
    assert {p: mine[p] for p in known} == {p: b for p, b in theirs.items() if p not in noted}


LEFT_OUT = {
    "src/about.md", "src/index.njk", "src/posts/templ.njk", "src/posts/draft.md", "src/posts/permalinkfalse.md",
    "src/posts/scriptdraft.md",
}  # fmt: skip
