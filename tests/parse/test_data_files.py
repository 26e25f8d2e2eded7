"""Feeds of our own writing, each beside what it must be read as: data/NAME.xml and data/NAME.json.

The expectation holds the fields that are not empty; `problems` are "code: detail".
"""

import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.model.source import Document, Options, Source
from feeds.parse import parse

DATA = Path(__file__).parent / "data"
SOURCE = Source(id="s", kind="feed", location="https://a.example/feed", options=Options(timezone="Asia/Seoul"))


def shown(value: Any) -> Any:
    """*value* as JSON, without the fields that hold their defaults."""
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case tuple():
            return [shown(v) for v in value]
        case _ if is_dataclass(value):
            held = {f.name: (getattr(value, f.name), f.default) for f in fields(value)}
            return {name: shown(v) for name, (v, default) in held.items() if default is MISSING or v != default}
    return value


@pytest.mark.parametrize("path", sorted(DATA.glob("*_*.xml")), ids=lambda p: p.stem)
def test_document_is_read_as_expected(path: Path) -> None:
    parsed = parse(Document(url="https://a.example/feed", body=path.read_bytes()), SOURCE)
    found = {
        "info": shown(parsed.info),
        "entries": shown(parsed.entries),
        "problems": [f"{p.code}: {p.detail}" for p in parsed.problems],
        "complete": parsed.complete,
    }
    assert found == json.loads(path.with_suffix(".json").read_text("utf-8"))


def test_expectations_have_their_documents() -> None:
    assert {p.stem for p in DATA.glob("*.json")} == {p.stem for p in DATA.glob("*.xml")}
