"""`feeds peek` over real feeds and broken copies of them: an answer for each, in time."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.app.looking.peek import peek
from feeds.errors import ParseError
from feeds.model.oddities import CATALOGUE
from feeds.net import Client
from feeds.sandbox import Sandbox

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
FILES = [
    path
    for folder in ("real", "validator", "encodings", "synthetic")
    for path in sorted((SHARED / "corpus" / folder).rglob("*"))[::23]
    if path.is_file() and path.stat().st_size < 200_000
]
NOW = datetime(2026, 11, 25, tzinfo=UTC)
MUTANTS = 300  # tests/parse asks far more of the readers themselves
DEBRIS = (
    b"<",
    b">",
    b"&",
    b'"',
    b"<!--",
    b"]]>",
    b"<![CDATA[",
    b"&#0;",
    b"<a:b>",
    b"http://[",
    b"\xff",
    b"<!DOCTYPE a>",
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as found:
        yield found


@pytest.mark.skipif(not FILES, reason="../shared/data is missing: real-data cases not run")
def test_every_document_has_an_answer(sandbox: Sandbox) -> None:
    read, refused = 0, set[str]()
    for path in FILES:
        try:
            seen = peek(str(path), Client(), NOW, sandbox=sandbox)
        except ParseError as error:
            refused.add(error.code)
            continue
        read += 1
        assert {group.code for group in seen.groups} <= CATALOGUE.keys()
        assert {effect.option for effect in seen.effects} <= {"content: auto"}, "what a licence forbids is no override"
    assert read > len(FILES) * 0.8
    assert refused <= {"unknown", "html", "empty", "depth", "entities", "json"}


@pytest.mark.skipif(not FILES, reason="../shared/data is missing: real-data cases not run")
def test_every_mutant_has_an_answer(sandbox: Sandbox, tmp_path: Path) -> None:
    chance, file = random.Random(20261125), tmp_path / "mutant"
    answers = 0
    for path in chance.choices([path for path in FILES if path.stat().st_size < 30_000], k=MUTANTS):
        body = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(body) + 1)
            body[at : at + chance.choice((0, 0, 1, 40))] = chance.choice(DEBRIS)
        file.write_bytes(body)
        try:
            answers += bool(peek(str(file), Client(), NOW, sandbox=sandbox).groups)
        except ParseError:
            answers += 1
    assert answers == MUTANTS
