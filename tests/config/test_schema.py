"""The JSON Schema for editors and the list of keys say what the reader does."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from feeds.config.keys import REQUIRED, keys
from feeds.config.schema import json_schema

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
FILES = [ROOT / "config" / "feeds.yaml", DATA / "example.yaml", DATA / "everything.yaml"]


def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_valid(path: Path) -> None:
    assert [e.message for e in validator().iter_errors(yaml.safe_load(path.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"feed": 1}, id="unknown key"),
        pytest.param({"defaults": {"every": "often"}}, id="duration"),
        pytest.param({"defaults": {"content": "all"}}, id="word"),
        pytest.param({"outputs": [{"id": "a", "path": "/", "limit": 0}]}, id="number"),
        pytest.param({"outputs": [{"id": "a"}]}, id="missing key"),
        pytest.param({"sources": "x"}, id="list"),
    ],
)
def test_fault_is_seen(more: dict[str, Any]) -> None:
    assert list(validator().iter_errors({"site": {"title": "T", "url": "https://a.example"}, **more}))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"outputs": [{"id": "a", "path": "/", "limit": "${env:LIMIT}"}]}, id="reference for a number"),
        pytest.param({"defaults": {"content": "${file:./policy}"}}, id="reference for a word"),
    ],
)
def test_reference_fits_everywhere(more: dict[str, Any]) -> None:
    assert not list(validator().iter_errors({"site": {"title": "T", "url": "https://a.example"}, **more}))


def test_schema_offers_no_null() -> None:
    assert "null" not in str(json_schema())


def test_every_key_is_described() -> None:
    found = keys()
    assert len({key.path for key in found}) == len(found) > 80
    assert [key.path for key in found if len(key.description) < 5] == []


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("site.title", REQUIRED),
        ("site.author.name", ""),
        ("defaults.every", "30m"),
        ("sources[].url", ""),
        ("sources[].enabled", "true"),
        ("dedupe.near.within", REQUIRED),
        ("outputs[].formats", "[atom, rss, json, html]"),
        ("schedule.jitter", "10%"),
        ("server.listen", "127.0.0.1:8080"),
        ("store", "sqlite:///var/feeds.db"),
    ],
)
def test_default_of_a_key(path: str, default: str) -> None:
    assert {key.path: key.default for key in keys()}[path] == default


def test_sample_explains_its_defaults() -> None:
    """Where the sample calls a value the default, it is."""
    text = (ROOT / "config" / "feeds.yaml").read_text("utf-8")
    known = {key.path: key.default for key in keys()}
    for section, key in (
        ("defaults", "every"),
        ("defaults", "keep"),
        ("defaults", "content"),
        ("defaults", "timezone"),
    ):
        found = re.search(rf"(?m)^{section}:.*\n(?:  .*\n)*?  {key}: (\S+)", text)
        assert found
        assert found[1] == known[f"{section}.{key}"]
