"""The namespaces that dialects are written in."""

from collections.abc import Mapping

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
MEDIA = "http://search.yahoo.com/mrss/"
MI = "http://schemas.ingestion.microsoft.com/common/"

NAVER = "http://webmastertool.naver.com"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
SNF = "http://www.smartnews.be/snf"

MSN: Mapping[str, str] = {
    "atom": ATOM, "content": CONTENT, "dc": DC, "dcterms": DCTERMS, "media": MEDIA, "mi": MI
}  # fmt: skip
SMARTNEWS: Mapping[str, str] = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA, "snf": SNF}
FLIPBOARD: Mapping[str, str] = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA}
