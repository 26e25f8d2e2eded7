"""Text, URIs, languages and media types that every format takes."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from feeds.core.entries import identity
from feeds.render import safe
from feeds.render.gate.values import iri


@given(st.text())
def test_pub_06_any_text_can_stand_in_xml(value: str) -> None:
    element = etree.Element("a", b=safe.text(value))
    element.text = safe.text(value)
    assert etree.fromstring(etree.tostring(element)).text in (safe.text(value), None)


@pytest.mark.parametrize("value", ["\t\n ", "가나다", "é", "👩‍👩‍👧", "\U00020000", "שלום", "\ufffd", "]]>"], ids=repr)
def test_what_xml_allows_is_kept(value: str) -> None:
    assert safe.text(value) == value


@pytest.mark.parametrize(
    ("found", "uri"),
    [
        ("https://a.example/b?c=d&e=%EA%B0%80#f", "https://a.example/b?c=d&e=%EA%B0%80#f"),
        ("https://a.example/가 나", "https://a.example/%EA%B0%80%20%EB%82%98"),
        (" https://a.example/\n b ", "https://a.example/%20b"),
        ("https://한국.example/", "https://xn--3e0b707e.example/"),
        ("https://한국.example:8080/x", "https://xn--3e0b707e.example:8080/x"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ('https://a.example/?q=[1]|{2}^`\\"<>', "https://a.example/?q=%5B1%5D%7C%7B2%7D%5E%60%5C%22%3C%3E"),
        ("https://[::1]:80/é", "https://[::1]:80/%C3%A9"),
        ("https://a.example/#b#c", "https://a.example/#b%23c"),
        ("tag:a.example,2026:가", "tag:a.example,2026:%EA%B0%80"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_uri(found: str, uri: str) -> None:
    assert safe.uri(found) == uri


@given(st.text())
def test_uri_of_a_uri_is_itself(value: str) -> None:
    assert safe.uri(safe.uri(value)) == safe.uri(value)


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "data:text/html,x", "/a", "//a.example/", "ftp://a/", "", "http://"]
)
def test_xss_26_only_web_addresses_become_links(value: str) -> None:
    assert safe.web(value) == ""


@pytest.mark.parametrize(
    ("value", "is_id"),
    [
        ("https://a.example/1", True),
        ("tag:a.example,2026-11-20:1", True),
        ("tag:me@a.example,2026:1", True),
        ("urn:uuid:60a76c80-d399-11d9-b91c-0003939e0af6", True),
        ("urn:isbn:0451450523", True),
        ("spotify:track:1", True),
        ("tag:a.example:1", False),
        ("urn:uuid:1", False),
        ("http:/a", False),
        ("https://", False),
        ("4711", False),
        ("", False),
    ],
)
def test_is_id(value: str, is_id: bool) -> None:
    assert safe.is_id(value) is is_id


@pytest.mark.parametrize(
    ("given_type", "url", "media_type"),
    [
        ("audio/mpeg", "https://a.example/x", "audio/mpeg"),
        ("Audio/MPEG; rate=1", "https://a.example/x", "audio/mpeg"),
        ("", "https://a.example/x.MP3?y=1.jpg#z", "audio/mpeg"),
        ("mp3", "https://a.example/x.m4a", "audio/mp4"),
        ("", "https://a.example/x", "application/octet-stream"),
    ],
)
def test_media_type(given_type: str, url: str, media_type: str) -> None:
    assert safe.media_type(given_type, url) == media_type


@pytest.mark.parametrize(
    ("value", "email"),
    [("a@b.example", "a@b.example"), ("a b@c.example", ""), ("a@b", ""), ("kim at a.example", ""), ("", "")],
)
def test_email(value: str, email: str) -> None:
    assert safe.email(value) == email


IRIS = st.one_of(
    st.from_regex(r"\Atag:[a-z0-9.@_-]{1,9},[0-9]{4}(-[0-9]{1,2}){0,2}:[!-~]{0,9}\Z"),
    st.from_regex(r"\Aurn:[a-z0-9-]{1,9}:[!-~]{0,9}\Z"),
    st.from_regex(r"\Ahttps?://[a-z0-9.@:_-]{0,9}[/?#]?[!-~]{0,9}\Z"),
    st.text(max_size=20),
)


@given(IRIS)
@example("HTTP://0##")
@example("HTTP://0?[")
@example("tag:.,2026:a")
def test_what_may_be_published_as_an_id_is_one(guid: str) -> None:
    """A story that is given its entry's own id for its own is never set aside for it, and keeps it to the letter."""
    if identity.is_global(guid):
        assert safe.is_id(guid)
        assert iri(guid, datetime.max.replace(tzinfo=UTC)) == ""  # nor does the publish gate stop it
        assert safe.uri(guid) == guid
