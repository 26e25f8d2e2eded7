"""JSON Feed 1.1 by the letter."""

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from feeds.model.channel import Feed
from feeds.model.entry import Enclosure, Person
from feeds.model.source import Extent
from feeds.render import jsonfeed
from tests.render.samples import DAILY, channel, feed, item, rich

URL = {"type": "string", "pattern": '^https?://[^ <>"]+$'}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "minProperties": 1,
        "properties": {"name": {"type": "string", "minLength": 1}, "url": {"type": "string"}},
        "additionalProperties": False,
    },
}
ATTACHMENT = {
    "type": "object",
    "required": ["url", "mime_type"],
    "properties": {
        "url": URL,
        "mime_type": {"type": "string", "pattern": "^[^/ ]+/[^/ ]+$"},
        "title": {"type": "string"},
        "size_in_bytes": {"type": "integer", "minimum": 1},
        "duration_in_seconds": {"type": "integer", "minimum": 1},
        "_feeds": {"type": "object", "minProperties": 1},
    },
    "additionalProperties": False,
}
ITEM = {
    "type": "object",
    "required": ["id", "title", "date_published", "date_modified"],
    "oneOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "url": URL,
        "image": URL,
        "title": {"type": "string", "minLength": 1},
        "content_html": {"type": "string"},
        "content_text": {"type": "string"},
        "summary": {"type": "string"},
        "date_published": TIME,
        "date_modified": TIME,
        "authors": AUTHORS,
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "language": {"type": "string"},
        "attachments": {"type": "array", "items": ATTACHMENT, "minItems": 1},
        "_feeds": {"type": "object", "minProperties": 1},
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "required": ["version", "title", "home_page_url", "feed_url", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": URL,
        "feed_url": URL,
        "description": {"type": "string"},
        "language": {"type": "string"},
        "authors": AUTHORS,
        "hubs": {
            "type": "array",
            "items": {"required": ["type", "url"], "properties": {"type": {"const": "WebSub"}, "url": URL}},
        },
        "items": {"type": "array", "items": ITEM},
    },
    "additionalProperties": False,
}


def read(of: Feed) -> Any:
    body, aside = jsonfeed.render(of)
    assert not aside
    return json.loads(body.raw)


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(rich(), id="rich"),
        pytest.param(feed(), id="pub_22 no stories"),
        pytest.param(feed(item(), of=channel(author=Person(), description="", language="")), id="bare"),
    ],
)
def test_pub_25_document_meets_the_specification(of: Feed) -> None:
    jsonschema.validate(read(of), SCHEMA)


def test_version_is_the_first_thing_said() -> None:
    body, _ = jsonfeed.render(rich())
    assert body.raw.startswith(b'{\n  "version": "https://jsonfeed.org/version/1.1"')


def test_hangul_is_written_as_itself() -> None:
    body, _ = jsonfeed.render(rich())
    assert "배터리".encode() in body.raw
    assert b"\\u" not in body.raw


@pytest.mark.parametrize(
    ("terms", "summary", "said"),
    [
        ("full", "요약", {"content_html": "<p>본문 1</p>", "summary": "요약"}),
        ("summary", "요약", {"content_text": "요약", "summary": "요약"}),
        ("summary", "", {"content_text": "글 1"}),
        ("title", "요약", {"content_text": "글 1"}),
    ],
)
def test_terms_limit_what_is_said(terms: Extent, summary: str, said: dict[str, str]) -> None:
    (found,) = read(feed(item(terms=terms, summary=summary)))["items"]
    assert {k: v for k, v in found.items() if k in ("content_html", "content_text", "summary")} == said


def test_attachments_say_what_is_known() -> None:
    files = (
        Enclosure(url="https://a.example/1.mp3", length=5, duration=timedelta(seconds=61.4), title="하나"),
        Enclosure(url="https://a.example/2", media_type="Video/MP4; codecs=x"),
        Enclosure(url="ftp://a.example/3"),
    )
    assert read(feed(item(enclosures=files)))["items"][0]["attachments"] == [
        {
            "url": "https://a.example/1.mp3",
            "mime_type": "audio/mpeg",
            "title": "하나",
            "size_in_bytes": 5,
            "duration_in_seconds": 61,
        },
        {"url": "https://a.example/2", "mime_type": "video/mp4"},
    ]


def test_extension_names_the_source_and_the_copies() -> None:
    first, second = read(rich())["items"][:2]
    assert [copy["url"] for copy in first["_feeds"]["copies"]] == [
        "https://daily.example.com/lg",
        "https://b.example.com/lg",
    ]
    assert second["_feeds"]["source"] == {
        "id": DAILY.id,
        "title": DAILY.title,
        "url": DAILY.url,
        "feed_url": DAILY.feed_url,
        "rights": DAILY.rights,
        "icon": DAILY.icon,
    }
    assert "_feeds" not in read(feed(item()))["items"][0]
