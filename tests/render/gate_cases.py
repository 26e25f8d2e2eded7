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
    msn("msn.old", "Tue, 24 Nov 2026", "Mon, 24 Nov 2025", "/pubDate"),
    msn("msn.picture", _PICTURE, ""),
    msn("msn.html", "&lt;p&gt;Words", "&lt;FIGURE&gt;&lt;p&gt;Words", "/content:encoded"),
    msn("msn.language", "<dcterms:modified>", "<dc:language>en</dc:language><dcterms:modified>", "/dc:language"),
    smartnews("partner.missing", "<language>ko</language>", "", "channel/language", 4),
    smartnews("partner.missing", "&lt;p&gt;Words&lt;/p&gt;", "", "channel/item/content:encoded"),
    smartnews("smartnews.status", "active", "gone", "channel/item/media:status@state", 18),
    smartnews("smartnews.size", "Words", "Words" * 200_000, "", 3),
    smartnews("smartnews.logo", _LOGO, "", "channel/snf:logo/url", 4),
    smartnews("smartnews.description", "About A", "About A " * 4, "channel/description", 4),
    smartnews("smartnews.tracking", "example/1<", "example/1?a=1&amp;utm_source=b<", "channel/item/link"),
]  # fmt: skip
DIALECTS = {
    "smartnews": SMARTNEWS,
    "msn": MSN,
    "msn taken down": MSN.replace(_PICTURE, _EXPIRED).replace("&lt;p&gt;Words&lt;/p&gt;", ""),
}
"""Documents that break no rule."""
