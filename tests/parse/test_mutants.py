"""Whatever comes, reading ends with entries or with a code: a seeded share of what `scripts/bench mutants` tries."""

from collections.abc import Iterator

import pytest

from feeds.config import lists
from feeds.core.entries.normalise import normalise
from feeds.errors import ParseError, PostError
from feeds.model.source import Document, Source
from feeds.sandbox import Sandbox
from tests.mutants import Mutant, mutants, sources

FEEDS = ("encodings", "feedparser", "jsonfeed", "suites", "synthetic", "validator", "xss", "real")
POSTS = ("frontmatter", "jekyll-reference")
LISTS = ("opml",)
SHARE, STEP = 300, 60  # mutants, and how many are one test
SEED = 20261125

pytestmark = pytest.mark.skipif(not sources(LISTS), reason="../shared/data is missing: no mutants are read")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def read(sandbox: Sandbox, mutant: Mutant) -> str:
    """Read a mutant the whole way; return how it ended. Raises what no document may raise."""
    if any(folder in mutant.path.parts for folder in LISTS):
        lists.read(lists.decoded(mutant.body))
        return "list"
    is_post = any(folder in mutant.path.parts for folder in POSTS)
    source = Source(id="s", kind="content" if is_post else "feed", location="/p" if is_post else "https://a.example/f")
    document = Document(url=source.location, body=mutant.body, path=f"a/{mutant.path.name}" if is_post else "")
    try:
        parsed = sandbox.read(document, source)
    except (ParseError, PostError) as error:
        return getattr(error, "code", "post")
    found = normalise(parsed, source, source.location)
    assert len(found.entries) <= len(parsed.entries)
    assert all(e.guid and e.title == " ".join(e.title.split()) for e in found.entries)
    return "read"


@pytest.mark.parametrize("start", range(0, SHARE, STEP))
@pytest.mark.parametrize("folders", [FEEDS, POSTS, LISTS], ids=["feeds", "posts", "lists"])
def test_sch_06_no_mutant_raises_or_ends_its_reader(sandbox: Sandbox, folders: tuple[str, ...], start: int) -> None:
    ends = {m.name: read(sandbox, m) for m in mutants(sources(folders), SEED, range(start, start + STEP))}
    assert len(ends) == STEP
    assert {name: end for name, end in ends.items() if end in ("killed", "costly", "reader")} == {}
