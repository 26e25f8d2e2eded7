"""A document with one fault, and documents in dialects of partners with each fault that their lints know."""

from dataclasses import dataclass

SELF = "https://a.example/feed"


@dataclass(frozen=True, slots=True)
class Case:
    """*document* with *old* replaced by *new* breaks *rule* at *where* on *line*."""

    rule: str
    document: str
    old: str
    new: str
    where: str
    line: int


MSN = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:mi="http://schemas.ingestion.microsoft.com/common/">
<channel>
<title>A</title>
<link>https://a.example/</link>
<description>About A</description>
<language>ko-KR</language>
<atom:link rel="self" href="{SELF}"/>
<item>
<title>One story with a title that is long enough</title>
<link>https://a.example/1</link>
<guid isPermaLink="false">1</guid>
<pubDate>Tue, 24 Nov 2026 09:00:00 +0000</pubDate>
<dcterms:modified>2026-11-24T10:00:00Z</dcterms:modified>
<content:encoded>&lt;p&gt;Words&lt;/p&gt;</content:encoded>
<media:content url="https://a.example/1.jpg" medium="image"/>
</item>
</channel>
</rss>
"""
_PICTURE = '<media:content url="https://a.example/1.jpg" medium="image"/>'
_EXPIRED = "<mi:expirationDate>2026-11-23T00:00:00Z</mi:expirationDate>"
_VALID = "<dcterms:valid>start=2026-11-20T00:00:00Z; end=2026-11-23T00:00:00Z; scheme=W3C-DTF</dcterms:valid>"


SMARTNEWS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:snf="http://www.smartnews.be/snf">
<channel>
<title>A</title>
<link>https://a.example/</link>
<description>About A</description>
<language>ko</language>
<pubDate>Tue, 24 Nov 2026 09:00:00 +0000</pubDate>
<snf:logo><url>https://a.example/logo.png</url></snf:logo>
<atom:link rel="self" href="{SELF}"/>
<item>
<title>One</title>
<link>https://a.example/1</link>
<guid isPermaLink="false">1</guid>
<pubDate>Tue, 24 Nov 2026 09:00:00 +0000</pubDate>
<content:encoded>&lt;p&gt;Words&lt;/p&gt;</content:encoded>
<media:status state="active"/>
</item>
</channel>
</rss>
"""
_LOGO = "<snf:logo><url>https://a.example/logo.png</url></snf:logo>"


FLIPBOARD = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>A</title>
<link>https://a.example/</link>
<description>About A</description>
<docs>https://about.flipboard.com/rss-spec/</docs>
<atom:link rel="self" href="{SELF}"/>
<item>
<title>One</title>
<guid isPermaLink="false">1</guid>
<content:encoded>&lt;p&gt;Words&lt;/p&gt;</content:encoded>
<media:content url="https://a.example/1.jpg" medium="image" width="400"/>
</item>
{
    "".join(
        f'<item><title>T</title><guid isPermaLink="false">g{n}</guid><content:encoded>&lt;img'
        f' src="https://a.example/1.jpg"&gt;</content:encoded></item>'
        for n in range(29)
    )
}
</channel>
</rss>
"""
_ITEM = FLIPBOARD[FLIPBOARD.index("<item><title>T") : FLIPBOARD.index("</item>", FLIPBOARD.index("g0")) + 7]
NEWS = """<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url>
<loc>https://a.example/1</loc>
<lastmod>2026-11-24T10:00:00+00:00</lastmod>
<news:news>
<news:publication><news:name>A</news:name><news:language>ko</news:language></news:publication>
<news:publication_date>2026-11-24T09:00:00+00:00</news:publication_date>
<news:title>One</news:title>
</news:news>
</url>
</urlset>
"""
_NEWS = NEWS[NEWS.index("<news:news>") : NEWS.index("</url>")]


NAVER = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://webmastertool.naver.com">
<id>https://a.example/</id>
<title>A</title>
<author><name>Ann</name></author>
<updated>2026-11-24T09:00:00+09:00</updated>
<link rel="site" href="https://a.example/" title="A"/>
<deleted-entry ref="https://a.example/0" when="2026-11-24T09:00:00+09:00"/>
<entry>
<id>https://a.example/1</id>
<title>One</title>
<author><name>Ann</name></author>
<updated>2026-11-24T09:00:00+09:00</updated>
<published>2026-11-24T09:00:00+09:00</published>
<link rel="via" href="https://a.example/" title="A"/>
<content type="html">Words</content>
</entry>
</feed>
"""
_GONE = NAVER[NAVER.index("<deleted") : NAVER.index("<entry>")]
_ENTRY = NAVER[NAVER.index("<entry>") : NAVER.index("</feed>")]


NINJS = """{
 "uri": "https://a.example/ninjs.json",
 "standard": {"name": "ninjs", "version": "2.1", "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"},
 "type": "composite",
 "associations": [
  {
   "name": "1",
   "uri": "tag:a.example,2026:1",
   "type": "text",
   "versioncreated": "2026-11-24T09:00:00Z",
   "pubstatus": "usable",
   "urgency": 4,
   "language": "ko",
   "headlines": [{"role": "main", "value": "One"}],
   "bodies": [{"contenttype": "text/html", "value": "Words", "wordcount": 1}]
  },
  {
   "name": "0",
   "uri": "tag:a.example,2026:0",
   "pubstatus": "canceled",
   "renditions": [{"name": "web", "href": "https://a.example/0"}]
  }
 ]
}
"""


def ninjs(rule: str, old: str, new: str, where: str, line: int) -> Case:
    return Case(rule, NINJS, old, new, where, line)


def naver(rule: str, old: str, new: str, where: str, line: int) -> Case:
    return Case(rule, NAVER, old, new, f"feed{where}", line)


def flipboard(rule: str, old: str, new: str, where: str, line: int) -> Case:
    return Case(rule, FLIPBOARD, old, new, f"rss/channel{where}", line)


def news(rule: str, old: str, new: str, where: str, line: int) -> Case:
    return Case(rule, NEWS, old, new, f"urlset{where}", line)


def smartnews(rule: str, old: str, new: str, where: str, line: int = 12) -> Case:
    return Case(rule, SMARTNEWS, old, new, f"rss/{where}".rstrip("/"), line)


def msn(rule: str, old: str, new: str, where: str = "", line: int = 11) -> Case:
    return Case(rule, MSN, old, new, f"rss/channel/item{where}", line)


DIALECT_CASES = [
    msn("partner.missing", "<link>https://a.example/1</link>", "", "/link"),
    msn("partner.missing", "&lt;p&gt;Words&lt;/p&gt;", "", "/content:encoded"),
    msn("msn.takedown", "<dcterms:modified>2026-11-24T10:00:00Z</dcterms:modified>", _EXPIRED, "/dcterms:modified"),
    msn("msn.takedown", "2026-11-24T10:00:00Z</dcterms:modified>", f"2026-11-24T08:00:00Z</dcterms:modified>{_VALID}",
        "/dcterms:modified"),
    msn("msn.title", "One story", "One story " * 16, "/title"),
    msn("msn.brief", " with a title that is long enough", "", "/title"),
    msn("msn.short", "<dcterms:modified>", f"<mi:shortTitle>{'a' * 55}</mi:shortTitle><dcterms:modified>", "/mi:shortTitle"),
    msn("msn.old", "Tue, 24 Nov 2026", "Mon, 24 Nov 2025", "/pubDate"),
    msn("msn.picture", _PICTURE, ""),
    msn("msn.html", "&lt;p&gt;Words", "&lt;FIGURE&gt;&lt;p&gt;Words", "/content:encoded"),
    msn("msn.language", "<dcterms:modified>", "<dc:language>en</dc:language><dcterms:modified>", "/dc:language"),
    flipboard("flipboard.items", _ITEM, "", "", 4),
    flipboard("flipboard.text", "&lt;p&gt;Words&lt;/p&gt;", "", "/item[1]/content:encoded", 10),
    flipboard("flipboard.picture", 'width="400"', 'width="399"', "/item[1]", 10),
    ninjs("ninjs.unknown", '"name": "1"', '"name": "1", "body_html": "Words"', "associations[0].body_html", 6),
    ninjs("ninjs.unknown", '"type": "composite"', '"type": "composite", "name": "all"', "name", 4),
    ninjs("ninjs.value", '"pubstatus": "usable"', '"pubstatus": "embargoed"', "associations[0].pubstatus", 11),
    ninjs("ninjs.canceled", '"pubstatus": "usable"', '"pubstatus": "canceled"', "associations[0].bodies", 15),
    ninjs("element.missing", '   "name": "1",\n', "", "associations[0].name", 6),
    ninjs("element.missing", '   "uri": "tag:a.example,2026:1",\n', "", "associations[0].uri", 6),
    ninjs("element.missing", '"role": "main", "value": "One"', '"role": "main"', "associations[0].headlines[0].value", 14),
    ninjs("value.number", '"urgency": 4', '"urgency": 10', "associations[0].urgency", 12),
    ninjs("value.type", '"wordcount": 1', '"wordcount": "1"', "associations[0].bodies[0].wordcount", 15),
    ninjs("date.rfc3339", "2026-11-24T09:00:00Z", "2026-11-24", "associations[0].versioncreated", 10),
    ninjs("date.future", "2026-11-24T09", "2026-11-27T09", "associations[0].versioncreated", 10),
    ninjs("uri.absolute", "https://a.example/0", "/0", "associations[1].renditions[0].href", 21),
    ninjs("id.repeated", "tag:a.example,2026:0", "tag:a.example,2026:1", "associations[1].uri", 19),
    naver("naver.missing", "<title>A</title>", "", "/title", 2),
    naver("naver.missing", 'rel="site"', 'rel="self"', "/link[@rel=site]", 2),
    naver("naver.missing", 'rel="via"', 'rel="self"', "/entry/link[@rel=via]", 9),
    naver("naver.missing", ' when="2026-11-24T09:00:00+09:00"', "", "/deleted-entry@when", 8),
    naver("naver.missing", "<content type=\"html\">Words</content>", "", "/entry/content", 9),
    naver("naver.html", 'type="html"', 'type="text"', "/entry/content@type", 16),
    naver("naver.site", "https://a.example/1", "https://b.example/1", "/entry/id", 9),
    naver("naver.many", _GONE, _GONE * 100, "", 2),
    naver("id.repeated", _ENTRY, _ENTRY * 2, "/entry[2]/id", 18),
    naver("uri.absolute", 'ref="https://a.example/0"', 'ref="0"', "/deleted-entry@ref", 8),
    naver("date.rfc3339", "<updated>2026-11-24T09:00:00+09:00", "<updated>2026-11-24", "/updated", 6),
    news("partner.missing", "https://a.example/1", " ", "/url/loc", 4),
    news("partner.missing", "<news:title>One</news:title>", "", "/url/news:news/news:title", 7),
    news("partner.missing", "<news:name>A</news:name>", "", "/url/news:news/news:publication/news:name", 7),
    news("element.repeated", "</url>", f"{_NEWS}</url>", "/url/news:news[2]", 12),
    news("value.repeated", "</urlset>", "<url><loc>https://a.example/1</loc></url></urlset>", "/url[2]/loc", 13),
    news("uri.absolute", "https://a.example/1", "/1", "/url/loc", 5),
    news("date.w3cdtf", "2026-11-24T10:00:00+00:00", "24 November", "/url/lastmod", 6),
    news("date.future", "2026-11-24T09", "2026-11-27T09", "/url/news:news/news:publication_date", 9),
    news("news.old", "2026-11-24T09", "2026-11-22T09", "/url/news:news/news:publication_date", 7),
    news("news.language", "ko", "ko-KR", "/url/news:news/news:publication/news:language", 8),
    news("news.many", "</urlset>", f"<url><loc>https://a.example/2</loc>{_NEWS}</url>" * 1000 + "</urlset>", "", 3),
    smartnews("partner.missing", "<language>ko</language>", "", "channel/language", 4),
    smartnews("partner.missing", "&lt;p&gt;Words&lt;/p&gt;", "", "channel/item/content:encoded"),
    smartnews("smartnews.status", "active", "gone", "channel/item/media:status@state", 18),
    smartnews("smartnews.size", "Words", "Words" * 200_000, "", 3),
    smartnews("smartnews.logo", _LOGO, "", "channel/snf:logo/url", 4),
    smartnews("smartnews.description", "About A", "About A " * 4, "channel/description", 4),
    smartnews("smartnews.tracking", "example/1<", "example/1?a=1&amp;utm_source=b<", "channel/item/link"),
]  # fmt: skip
DIALECTS = {
    "ninjs": NINJS,
    "naver": NAVER,
    "flipboard": FLIPBOARD,
    "news": NEWS,
    "smartnews": SMARTNEWS,
    "msn": MSN,
    "msn taken down": MSN.replace(_PICTURE, _EXPIRED).replace("&lt;p&gt;Words&lt;/p&gt;", ""),
}
"""Documents that break no rule."""
