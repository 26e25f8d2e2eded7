"""Each rule of the publish gate: a document that breaks it, and where."""

from collections.abc import Iterator
from datetime import UTC, datetime
from json import loads
from typing import Any

import pytest

from feeds.model.breach import Breach
from feeds.render.gate import jsonfeed, judge
from feeds.render.gate.dialects import ninjs
from feeds.render.gate.json_schema import Schema
from feeds.render.gate.rules import RULES
from feeds.render.gate.sheet import MOST
from tests.mutants import mutants, sources
from tests.render.gate_cases import DIALECT_CASES, DIALECTS, NINJS, SELF, Case

MUTATED = [p for p in sources(["real", "validator", "jsonfeed", "synthetic"]) if p.stat().st_size < 50_000]
NOW = datetime(2026, 11, 25, tzinfo=UTC)
ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>tag:a.example,2026:feed</id>
<title>A</title>
<updated>2026-11-24T09:00:00Z</updated>
<author><name>Ann</name></author>
<link rel="self" href="{SELF}"/>
<entry>
<id>urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a</id>
<title>One</title>
<updated>2026-11-24T09:00:00Z</updated>
<content type="html">&lt;p>Words</content>
</entry>
</feed>
"""
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>A</title>
<link>https://a.example/</link>
<description>About A</description>
<atom:link rel="self" href="{SELF}"/>
<item>
<title>One</title>
<guid isPermaLink="false">1</guid>
<pubDate>Tue, 24 Nov 2026 09:00:00 +0000</pubDate>
</item>
</channel>
</rss>
"""
RDF = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.example/">
<title>A</title>
<link>https://a.example/</link>
<description>About A</description>
<items><rdf:Seq><rdf:li rdf:resource="https://a.example/1"/></rdf:Seq></items>
</channel>
<item rdf:about="https://a.example/1">
<title>One</title>
<link>https://a.example/1</link>
</item>
</rdf:RDF>
"""
JSON = f"""{{
 "version": "https://jsonfeed.org/version/1.1",
 "title": "A",
 "feed_url": "{SELF}",
 "items": [
  {{
   "id": "1",
   "content_text": "Words",
   "date_published": "2026-11-24T09:00:00Z"
  }}
 ]
}}
"""


def atom(rule: str, old: str, new: str, where: str, line: int) -> Case:
    return Case(rule, ATOM, old, new, where, line)


def rss(rule: str, old: str, new: str, where: str, line: int) -> Case:
    return Case(rule, RSS, old, new, where, line)


def in_channel(rule: str, element: str, where: str) -> Case:
    """One more element in the channel of RSS, on a line of its own."""
    return Case(rule, RSS, "<item>", f"{element}\n<item>", f"rss/channel/{where}", 8)


def in_item(rule: str, element: str, where: str) -> Case:
    return Case(rule, RSS, "</item>", f"{element}\n</item>", f"rss/channel/item/{where}", 12)


def json(rule: str, old: str, new: str, where: str, line: int) -> Case:
    return Case(rule, JSON, old, new, where, line)


UPDATED = "<updated>2026-11-24T09:00:00Z</updated>\n<content"
ENTRY = ATOM[ATOM.index("<entry>") : ATOM.index("</feed>")]

CASES = [
    atom("xml.malformed", "<title>One", "<title>One & two", "", 10),
    atom("xml.malformed", "<author>", "<dc:rights/><author>", "", 6),
    atom("xml.malformed", "<title>One", "<title>&nbsp;", "", 10),
    atom("xml.encoding", 'encoding="utf-8"', 'encoding="klingon"', "", 1),
    atom("xml.version", 'version="1.0"', 'version="1.1"', "", 1),
    atom("xml.doctype", "<feed ", "<!DOCTYPE feed [<!ENTITY a 'b'>]><feed ", "", 2),
    atom("root.unknown", "feed", "fed", "fed", 2),
    atom("root.namespace", "2005/Atom", "2005/atom", "feed", 2),
    rss("root.version", 'version="2.0"', 'version="3.0"', "rss@version", 2),
    atom("element.unknown", "<title>One", "<pubDate/><title>One", "feed/entry/pubDate", 10),
    atom("element.missing", "<author><name>Ann</name></author>", "", "feed/entry/author", 8),
    atom("element.missing", "<title>A</title>", "", "feed/title", 2),
    atom("element.repeated", "<title>A</title>", "<title>A</title><title>B</title>", "feed/title[2]", 4),
    atom("element.misplaced", "</entry>", "</entry><rights>mine</rights>", "feed/rights", 13),
    rss("element.namespace", "<item>", "<item><x:y xmlns:x='urn:x:y'><z/></x:y>", "rss/channel/item/x:y/z", 8),
    atom("element.namespace", 'type="html">&lt;p>Words', 'type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b xmlns=""/></div>', "feed/entry/content/xhtml:div/b", 12),
    atom("attribute.missing", f' href="{SELF}"', "", "feed/link@href", 7),
    atom("attribute.unknown", "<title>A", "<title lang='en'>A", "feed/title@lang", 4),
    atom("text.unexpected", "<entry>", "<entry>words", "feed/entry", 8),
    atom("atom.schema", "<id>tag:a.example,2026:feed</id>", "<id>tag:a.example,2026:feed<b xmlns='urn:x:y'/></id>", "", 3),
    atom("value.spaces", UPDATED, UPDATED.replace("<updated>", "<updated> "), "feed/entry/updated", 11),
    atom("name.empty", "<name>Ann", "<name>", "feed/author/name", 6),
    json("value.empty", '"id": "1"', '"id": ""', "items[0].id", 7),
    atom("value.number", f'href="{SELF}"', f'href="{SELF}" length="-1"', "feed/link@length", 7),
    in_channel("value.number", "<ttl>0</ttl>", "ttl"),
    rss("value.boolean", 'isPermaLink="false"', 'isPermaLink="no"', "rss/channel/item/guid@isPermaLink", 10),
    in_channel("value.repeated", "<skipHours><hour>1</hour><hour>01</hour></skipHours>", "skipHours/hour[2]"),
    in_channel("value.many", f"<skipDays>{'<day>Monday</day>' * 8}</skipDays>", "skipDays"),
    in_channel("value.size", "<image><url>https://a.example/i.png</url><title>A</title><link>https://a.example/</link><width>145</width></image>", "image/width"),
    in_channel("value.hour", "<skipHours><hour>25</hour></skipHours>", "skipHours/hour"),
    in_channel("value.day", "<skipDays><day>Mon</day></skipDays>", "skipDays/day"),
    Case("value.period", RDF, "<items>", "<sy:updatePeriod>often</sy:updatePeriod>\n<items>", "rdf:RDF/channel/sy:updatePeriod", 8),
    in_channel("value.name", "<textInput><title>T</title><description>D</description><name>1</name><link>https://a.example/</link></textInput>", "textInput/name"),
    in_item("value.latitude", "<g:lat xmlns:g='http://www.w3.org/2003/01/geo/wgs84_pos#'>91</g:lat>", "g:lat"),
    in_item("value.longitude", "<g:long xmlns:g='http://www.w3.org/2003/01/geo/wgs84_pos#'>181</g:long>", "g:long"),
    atom("date.rfc3339", UPDATED, UPDATED.replace("T09", " 09"), "feed/entry/updated", 11),
    atom("date.rfc3339", UPDATED, UPDATED.replace("11-24", "11-31"), "feed/entry/updated", 11),
    rss("date.rfc822", "Tue, 24 Nov", "Wed, 24 Nov", "rss/channel/item/pubDate", 11),
    Case("date.w3cdtf", RDF, "<items>", "<dc:date>2026-11-24 09:00</dc:date>\n<items>", "rdf:RDF/channel/dc:date", 8),
    atom("date.future", UPDATED, UPDATED.replace("11-24", "11-26"), "feed/entry/updated", 11),
    rss("date.implausible", "Tue, 24 Nov 2026", "Thu, 01 Jan 1970", "rss/channel/item/pubDate", 11),
    rss("date.year", "24 Nov 2026", "24 Nov 26", "rss/channel/item/pubDate", 11),
    atom("uri.invalid", f'href="{SELF}"', 'href="https:///feed"', "feed/link@href", 7),
    rss("uri.ascii", "<link>https://a.example/", "<link>https://가.example/", "rss/channel/link", 5),
    rss("uri.absolute", "<link>https://a.example/", "<link>/", "rss/channel/link", 5),
    atom("uri.absolute", "<id>tag:a.example,2026:feed", "<id>feed", "feed/id", 3),
    atom("uri.relative", "<entry>", "<entry><link href='1'/>", "feed/entry/link@href", 8),
    atom("link.repeated", "<entry>", "<entry><link href='https://a.example/1'/><link href='https://a.example/2'/>", "feed/entry/link[2]", 8),
    atom("self.missing", 'rel="self"', 'rel="alternate"', "feed/link[@rel='self']", 2),
    rss("self.repeated", "<item>", f"<atom:link rel='self' href='{SELF}'/><item>", "rss/channel/atom:link[2]", 8),
    atom("self.other", SELF, "https://b.example/", "feed/link", 7),
    atom("id.tag", "tag:a.example,2026:", "tag:a.example,26:", "feed/id", 3),
    atom("id.urn", "<id>tag:a.example,2026:feed", "<id>urn:a.b:c", "feed/id", 3),
    atom("id.uuid", "1225c695", "1225c69", "feed/entry/id", 9),
    atom("id.repeated", "</feed>", f"{ENTRY}</feed>", "feed/entry[2]", 14),
    atom("id.versions", "</feed>", f"{ENTRY.replace('T09', 'T10')}</feed>", "feed/entry[2]", 14),
    rss("id.repeated", "</channel>", '<item><title>Two</title><guid isPermaLink="false">1</guid></item></channel>', "rss/channel/item[2]/guid", 13),
    rss("guid.permalink", ' isPermaLink="false"', "", "rss/channel/item/guid", 10),
    rss("guid.missing", '<guid isPermaLink="false">1</guid>', "", "rss/channel/item/guid", 8),
    atom("email.form", "<name>Ann</name>", "<name>Ann</name><email>Ann (a@b.example)</email>", "feed/author/email", 6),
    in_item("contact.form", "<author>Ann</author>", "author"),
    in_channel("language.form", "<language>English</language>", "language"),
    atom("type.media", 'type="html"', 'type="multipart/mixed"', "feed/entry/content@type", 12),
    in_item("type.media", '<enclosure url="https://a.example/1.mp3" length="0" type="mp3"/>', "enclosure@type"),
    atom("type.text", "<title>A", "<title type='text/html'>A", "feed/title@type", 4),
    atom("content.markup", "&lt;p>Words", "<p>Words</p>", "feed/entry/content/p", 12),
    atom("content.missing", '<content type="html">&lt;p>Words</content>', "", "feed/entry", 8),
    atom("content.summary", '<content type="html">&lt;p>Words</content>', '<content src="https://a.example/1"/>', "feed/entry", 8),
    atom("content.base64", 'type="html">&lt;p>Words', 'type="image/png">?', "feed/entry/content", 12),
    in_item("content.order", "<content:encoded>W</content:encoded><description>W</description>", "content:encoded"),
    rss("item.empty", "<title>One</title>", "", "rss/channel/item", 8),
    rss("title.empty", "<title>One</title>", "<title/>", "rss/channel/item/title", 9),
    rss("text.markup", "<title>One", "<title>&lt;b&gt;One&lt;/b&gt;", "rss/channel/item/title", 9),
    rss("text.markup", "<title>One", "<title>R&amp;amp;D", "rss/channel/item/title", 9),
    atom("text.markup", "<name>Ann", "<name>Ann &lt;b&gt;", "feed/author/name", 6),
    atom("html.unsafe", "&lt;p>Words", "&lt;script>x()&lt;/script>", "feed/entry/content", 12),
    in_item("html.unsafe", "<description>&lt;p onclick=x()&gt;</description>", "description"),
    in_item("html.unsafe", "<description>&lt;a href=' javascript:x()'&gt;</description>", "description"),
    in_item("element.twice", "<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2026-11-24</dc:date>", "dc:date"),
    in_channel("image.other", "<image><url>https://a.example/i.png</url><title>A</title><link>https://b.example/</link></image>", "image/link"),
    in_channel("hour.midnight", "<skipHours><hour>24</hour></skipHours>", "skipHours/hour"),
    atom("link.relation", "<entry>", "<entry><link rel='service.post' href='https://a.example/1'/>", "feed/entry/link@rel", 8),
    atom("xhtml.div", 'type="html">&lt;p>Words', 'type="xhtml">Words', "feed/entry/content", 12),
    Case("rdf.content", RDF, "<description>About A", "<description><b xmlns='urn:x:y'/>", "rdf:RDF/channel/description/b", 7),
    in_item("enclosure.more", '<enclosure url="https://a.example/1.mp3" length="0" type="audio/mpeg"/>' * 2, "enclosure[2]"),
    json("json.malformed", '"title": "A",', '"title": "A"', "", 4),
    json("json.malformed", '"A"', "NaN", "", 1),
    json("element.missing", '"content_text"', '"summary"', "items[0].content_html", 6),
    json("element.missing", '"title": "A",', "", "title", 1),
    json("value.type", '"id": "1"', '"id": 1', "items[0].id", 7),
    json("member.unknown", '"id": "1"', '"id": "1", "guid": "1"', "items[0].guid", 6),
    json("date.rfc3339", "2026-11-24T", "2026-11-24 ", "items[0].date_published", 9),
    json("date.future", "2026-11-24T", "2026-11-27T", "items[0].date_published", 9),
    json("uri.absolute", f'"{SELF}"', '"feed"', "feed_url", 4),
    json("self.missing", f'"feed_url": "{SELF}",', "", "feed_url", 1),
    json("id.repeated", '  }\n ]', '  },\n  {"id": "1", "content_text": "Two"}\n ]', "items[1].id", 11),
    json("root.version", "version/1.1", "version/2", "version", 2),
    json("root.unknown", "jsonfeed.org/version/1.1", "a.example/", "", 1),
]  # fmt: skip


@pytest.mark.parametrize("case", [*CASES, *DIALECT_CASES], ids=lambda c: f"{c.rule}-{c.where}")
def test_rule_is_held(case: Case) -> None:
    assert case.old in case.document
    found = judge(
        case.document.replace(case.old, case.new, 1 if case.rule != "root.unknown" else -1).encode(), NOW, SELF
    )
    assert [(b.rule, b.where, b.line) for b in found if b.rule == case.rule] == [(case.rule, case.where, case.line)], (
        found
    )


@pytest.mark.parametrize(
    "document", [ATOM, RSS, RDF, JSON, *DIALECTS.values()], ids=["atom", "rss", "rdf", "json", *DIALECTS]
)
def test_what_breaks_no_rule_passes(document: str) -> None:
    assert judge(document.encode(), NOW, SELF) == ()


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert {case.rule for case in (*CASES, *DIALECT_CASES)} == RULES.keys()


def test_breach_says_what_and_what_to_do() -> None:
    document = ATOM.replace("1225c695", "1225c69").encode()
    assert judge(document, NOW) == (
        Breach(
            severity="error",
            rule="id.uuid",
            line=9,
            where="feed/entry/id",
            what="feed/entry/id is not a UUID: urn:uuid:1225c69-cfb8-4ebb-aaaa-80da344efa6a",
            remedy="write urn:uuid: and 32 hex digits in five groups",
        ),
    )


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        pytest.param(b"", "root.unknown", id="empty"),
        pytest.param(b"\xff\xfe<\x00", "xml.malformed", id="half a utf-16"),
        pytest.param(b"<?xml version='1.0' encoding='a\0b'?><rss/>", "xml.encoding", id="a null in the name"),
        pytest.param(b"<rss>\xff</rss>", "xml.encoding", id="not utf-8"),
        pytest.param(b'{"version"', "json.malformed", id="half a json"),
        pytest.param(b"[" * 100_000, "json.malformed", id="deep json"),
        pytest.param(b"<feed>" * 100_000, "xml.malformed", id="deep xml"),
        pytest.param(b"<!DOCTYPE html><p>&nbsp;", "root.unknown", id="a page"),
        pytest.param(b"<rss version='2.0'>" + b"<!DOCTYPE" * 9, "xml.malformed", id="misplaced doctype"),
        pytest.param(b"<!---->" * 3000 + b"<?a?>" * 3000 + b"<", "root.unknown", id="long way to no root"),
        pytest.param(
            b"<rss version='2.0'><channel>" + b"<a/>" * 9000 + b"</channel></rss>", "element.unknown", id="many"
        ),
    ],
)
def test_bad_bytes_are_a_breach(body: bytes, rule: str) -> None:
    assert rule in {breach.rule for breach in judge(body, NOW)}


def test_a_file_that_a_document_names_is_not_read() -> None:
    body = b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><rss version='2.0'><channel><title>&x;</title></channel></rss>"
    rules = {breach.rule for breach in judge(body, NOW)}
    assert {"xml.doctype", "xml.malformed"} <= rules


ITEM = {"id": "1", "content_text": "Words", "date_published": "2026-11-24T09:00:00Z", "tags": ["a"], "_own": {"x": 1}}
DOUBTS: tuple[dict[str, object], ...] = (
    {},
    {"id": 1},
    {"id": ""},
    {"content_text": None},
    {"content_text": 1},
    {"url": "/"},
    {"tags": "a"},
    {"tags": [1]},
    {"authors": [{}]},
    {"authors": [{"name": "Ann", "url": "mailto:a@b.example"}]},
    {"authors": [{"name": "Ann", "email": "a@b.example"}]},
    {"attachments": [{"url": "https://a.example/1.mp3"}]},
    {"attachments": [{"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1}]},
    {"attachments": [{"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": -1}]},
    {"attachments": [{"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": True}]},
    {"date_modified": "yesterday"},
    {"language": "English"},
    {"guid": "1"},
)


@pytest.mark.parametrize("change", DOUBTS, ids=str)
def test_the_short_way_says_what_the_schema_says(change: dict[str, object]) -> None:
    """Where the short way is sure, the library finds nothing; and no doubt is raised in vain."""
    item: Any = {name: value for name, value in {**ITEM, **change}.items() if value is not None}
    schema = jsonfeed.SCHEMA.whole["$defs"]["item"]
    assert jsonfeed.SCHEMA.meets(item, schema) == jsonfeed.SCHEMA.validator("item").is_valid(item)


@pytest.mark.parametrize("case", [case for case in DIALECT_CASES if case.document == NINJS], ids=lambda c: c.where)
def test_the_short_way_says_what_the_schema_of_ninjs_says(case: Case) -> None:
    for document in (NINJS, NINJS.replace(case.old, case.new, 1)):
        found = loads(document)
        assert ninjs.SCHEMA.meets(found, ninjs.SCHEMA.whole) == ninjs.SCHEMA.validator().is_valid(found)


@pytest.mark.parametrize("of", [jsonfeed.SCHEMA, ninjs.SCHEMA], ids=["JSON Feed", "ninjs"])
def test_the_short_way_knows_every_word_of_the_schema(of: Schema) -> None:
    """A keyword that it does not know would be passed over."""
    known = {
        "type", "required", "properties", "patternProperties", "additionalProperties", "anyOf", "items", "format",
        "enum", "minLength", "minimum", "maximum", "$ref", "$defs", "$schema", "$comment", "title",
    }  # fmt: skip

    def words(schema: object) -> Iterator[str]:
        if isinstance(schema, dict):
            for word, value in schema.items():
                yield word
                inner = value.values() if word in {"properties", "$defs"} else [value] if word == "items" else []
                for one in inner:
                    yield from words(one)

    assert set(words(of.whole)) <= known


def test_blanks_without_end_take_no_time() -> None:
    blanks = " " * 200_000
    document = RSS.replace("<title>One", f"<description>&lt;a b={blanks}&lt;a{blanks}on</description><title>One")
    assert judge(document.encode(), NOW, SELF) == ()


def test_breaches_are_bounded() -> None:
    assert len(judge(b"<rss version='2.0'><channel>" + b"<a/>" * 9000 + b"</channel></rss>", NOW)) == MOST


@pytest.mark.skipif(not MUTATED, reason="../shared/data is missing: no document mutated")
def test_every_mutant_has_an_answer() -> None:
    """However broken a document is, it is judged, and each breach says what and what to do."""
    for mutant in mutants(MUTATED, 20261125, range(400)):
        assert all(b.rule in RULES and b.what and b.remedy for b in judge(mutant.body, NOW, SELF)), mutant.name
