"""Posts of each generator's site, each read as `data/kinds/NAME.site` says beside it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.core.entries.normalise import normalise
from feeds.errors import PostError
from feeds.model.entry import Parsed
from feeds.model.source import Document, Folder, Source
from feeds.parse import parse
from tests.mutants import mutants
from tests.parse import sites

SITES = (
    "jekyll",
    "jekyll-pretty",
    "hugo",
    "hugo-folders",
    "hugo-names",
    "pelican",
    "pelican-paths",
    "obsidian",
    "eleventy",
    "astro",
    "mkdocs",
)
SEED, MUTANTS = 20261125, 60
CASES = [(site, file.path) for site in SITES for file in sites.files(site) if file.expected]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Parsed | str]]:
    """What is read of each site; nothing says which generator's it is but its files."""
    return {site: _read(site, tmp_path_factory.mktemp(site)) for site in SITES}


def _read(site: str, root: Path) -> Mapping[str, Parsed | str]:
    sites.write(site, root)
    return sites.read(root, "auto")


@pytest.mark.parametrize(("site", "path"), CASES, ids=[f"{site} {path}" for site, path in CASES])
def test_post_is_read_as_expected(found: Mapping[str, Mapping[str, Parsed | str]], site: str, path: str) -> None:
    (expected,) = (file.expected for file in sites.files(site) if file.path == path)
    more = tuple(set(json.loads(expected)) - {*sites.COMPARED, "notes"}) if expected.startswith("{") else ()
    assert sites.said(found[site].get(path), more) == expected


@pytest.mark.parametrize("site", SITES)
def test_every_post_has_an_expectation(found: Mapping[str, Mapping[str, Parsed | str]], site: str) -> None:
    posts = {path for path, parsed in found[site].items() if isinstance(parsed, str) or parsed.entries}
    assert posts <= {file.path for file in sites.files(site) if file.expected}


@pytest.mark.parametrize(
    ("config", "feed_id"),
    [
        pytest.param("url: https://old.example\nbaseurl: /b", "https://old.example/b/2024/01/02/a", id="its own address"),
        pytest.param("url: http://localhost:4000", "https://site.example/2024/01/02/a", id="one for the desk alone"),
        pytest.param("title: x", "https://site.example/2024/01/02/a", id="none"),
    ],
)  # fmt: skip
def test_ids_of_jekyll_feed_stay_when_the_site_moves(config: str, feed_id: str) -> None:
    source = Source(id="s", kind="content", location="/s", home=sites.HOME)
    folder = Folder(kind="jekyll", config=config, name="_config.yml")
    document = Document(url="/s/a.md", body=b"---\n---\nx", path="_posts/2024-01-02-a.md", folder=folder)
    (entry,) = parse(document, source).entries
    assert entry.feed_id == feed_id


@pytest.mark.parametrize("site", SITES)
def test_no_mutant_raises(tmp_path: Path, site: str) -> None:
    """Whatever stands in a post, in the configuration or in data beside them: an entry, none, or a fault with a place."""
    sites.write(site, tmp_path)
    source, fetched = sites.fetched(tmp_path, "auto")
    (folder,) = {document.folder for document in fetched.documents}
    documents = {Path(document.url): document for document in fetched.documents}
    config = tmp_path / folder.name
    ends = Counter[str]()
    for mutant in mutants([*documents, *([config] if config.is_file() else [])], SEED, range(MUTANTS)):
        text = mutant.body.decode("utf-8", "replace")
        changed = replace(folder, config=text) if mutant.path == config else folder
        data = tuple((path, text if chance % 2 else words) for chance, (path, words) in enumerate(folder.data))
        document = documents.get(mutant.path, fetched.documents[0])
        body = mutant.body if mutant.path in documents else document.body
        try:
            parsed = parse(replace(document, body=body, folder=replace(changed, data=data)), source)
        except PostError:
            ends["fault"] += 1
            continue
        found = normalise(parsed, source, sites.HOME)
        assert len(found.entries) == len(parsed.entries)
        ends["entry" if found.entries else "none"] += 1
    assert min(ends["fault"], ends["entry"]) > 0, ends
