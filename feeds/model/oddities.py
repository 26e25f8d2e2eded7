"""Every oddity that `feeds peek` names: what is odd, how it is read all the same, what a publisher can do, who says so.

Codes are places and words: `id.missing`. The order is the order of the report within one severity.
"""

from feeds.model.oddity import Oddity, Severity

_RSS = "RSS 2.0"
_PROFILE = "RSS Best Practices Profile"
_ATOM = "RFC 4287"
_XML = "XML 1.0"
_READ_REPAIRED = "it is repaired, and all of it read"
_FIRST_SEEN = "the entry is dated by when it was first seen"


def _of(severity: Severity, says: str, rule: str, remedy: str, source: str) -> Oddity:
    return Oddity(severity=severity, says=says, rule=rule, remedy=remedy, source=source)


CATALOGUE: dict[str, Oddity] = {
    # how it is sent
    "http.type": _of(
        "warning", "the Content-Type is not a feed's", "the bytes say what it is",
        "send application/rss+xml, application/atom+xml or application/feed+json", "RFC 7303 §9, RFC 4287 §7",
    ),
    "http.charset": _of(
        "warning", "the Content-Type names another encoding than the document",
        "see charset.wrong; else the first that fits",
        "leave `charset` out of the Content-Type, or make both say utf-8", "RFC 7303 §3",
    ),
    "http.no_validators": _of(
        "warning", "neither ETag nor Last-Modified: every poll transfers the whole feed",
        "unchanged bytes are known by their hash", "send an ETag that changes only with the feed", "RFC 9110 §8.8",
    ),
    "http.no_304": _of(
        "warning", "asked again with its own validators, the server sends the whole feed",
        "unchanged bytes are known by their hash", "answer 304 to If-None-Match and If-Modified-Since",
        "RFC 9110 §13.1",
    ),
    "http.changing": _of(
        "warning", "two requests in a row gave different bytes", "only entries whose words changed count as changed",
        "leave build times, counters and random order out of the document", "RFC 9110 §8.8.1",
    ),
    "http.uncached": _of(
        "note", "the answer forbids caches to keep it", "the configured interval holds",
        "send Cache-Control: max-age, as long as the feed usually stays the same", "RFC 9111 §5.2",
    ),
    "http.redirect": _of(
        "note", "the address leads to another one", "a permanent move is believed when it was seen again and again",
        "link to the final address everywhere", "RFC 9110 §15.4",
    ),
    "http.insecure": _of(
        "note", "it is served without TLS", "it is read as it is", "serve it by https, and send http there",
        "RFC 9325",
    ),
    "http.uncompressed": _of(
        "note", "it is sent without compression", "it is read as it is",
        "send it with gzip or br: a fifth of the bytes", "RFC 9110 §8.4",
    ),
    "http.large": _of(
        "warning", "it is larger than 1 MB", "it is read to 15 MB",
        "keep the newest 20 to 50 items; older ones on archive pages (RFC 5005)", _PROFILE,
    ),
    # encoding
    "charset.wrong": _of(
        "error", "the document is not in the encoding that it names",
        "its bytes are believed, by script and language",
        "save it as UTF-8 and say so, or say nothing: XML is UTF-8 by itself", f"{_XML} §4.3.3",
    ),
    "charset.legacy": _of(
        "note", "it is in an encoding older than UTF-8", "it is decoded as it says", "save it as UTF-8",
        "WHATWG Encoding §4.2",
    ),
    # well-formedness
    "xml.before": _of(
        "error", "something stands before the XML declaration or the root element",
        "what stands before is passed over", "delete it: blank lines, warnings of a script, a second byte order mark",
        f"{_XML} §2.8",
    ),
    "xml.ampersand": _of(
        "error", "an `&` stands alone", "it is read as `&amp;`", "write `&amp;`, in addresses too", f"{_XML} §2.4",
    ),
    "xml.entity": _of(
        "error", "an entity of HTML that XML does not know", "it is read as in HTML", "write the character itself",
        f"{_XML} §4.1",
    ),
    "xml.character": _of(
        "error", "a character that XML forbids", "it is left out", "strip control characters before writing",
        f"{_XML} §2.2",
    ),
    "xml.tags": _of(
        "error", "tags do not match", "elements are closed where their parents are",
        "let an XML library write the feed; put HTML in CDATA", f"{_XML} §3",
    ),
    "xml.end": _of(
        "error", "the document ends before its last tag", "complete items are read; nothing counts as removed",
        "look for an error of the script that writes it, or a size limit", f"{_XML} §2.1",
    ),
    "xml.prefix": _of(
        "error", "a namespace prefix is used and not declared", "usual prefixes are known",
        "declare it with xmlns on the root element", "Namespaces in XML §5",
    ),
    "xml.namespace": _of(
        "error", "the feed is in a namespace that is not Atom's", "it is read as Atom",
        "write xmlns=\"http://www.w3.org/2005/Atom\"", f"{_ATOM} §2",
    ),
    "xml.other": _of(
        "error", "it is not well-formed XML", "it is read as far as it goes", "let an XML library write the feed",
        _XML,
    ),
    "xml.doctype": _of(
        "warning", "it has a document type", "it is cut away; entities are never loaded",
        "delete the DOCTYPE: feeds have none", "RSS Advisory Board",
    ),
    "json.invalid": _of(
        "error", "it breaks the rules of JSON Feed", "what can be understood is read",
        "check it against the specification", "JSON Feed 1.1",
    ),
    "malformed": _of(
        "error", "it breaks the rules of its format", "it was read all the same", "check it with a validator",
        "the format's specification",
    ),
    # the feed itself
    "feed.format": _of(
        "note", "the format is outdated", "it is read as it is", "write RSS 2.0, Atom 1.0 or JSON Feed 1.1",
        "RFC 4287",
    ),
    "feed.title": _of(
        "error", "the feed has no title", "its address stands for it", "give it the site's name",
        f"{_RSS}, {_ATOM} §4.1.1",
    ),
    "feed.link": _of(
        "warning", "the feed does not link to its site", "credits link to the feed", "give a <link> to the site",
        f"{_RSS}, {_ATOM} §4.1.1",
    ),
    "feed.id": _of(
        "error", "the Atom feed has no id", "its address stands for it", "give an id that never changes",
        f"{_ATOM} §4.2.6",
    ),
    "feed.updated": _of(
        "warning", "the Atom feed has no time of its last change", "the entries' dates count", "give <updated>",
        f"{_ATOM} §4.1.1",
    ),
    "feed.description": _of(
        "note", "the channel has no description", "it is left empty", "give one sentence", _RSS,
    ),
    "feed.self": _of(
        "note", "the feed does not say its own address", "the address asked is its own", 'add <atom:link rel="self">',
        f"{_PROFILE}, {_ATOM} §4.1.1",
    ),
    "feed.elsewhere": _of(
        "warning", "the feed names another address as its own", "both are read; two sources of one feed are reported",
        "make rel=self the address that readers use", f"{_PROFILE}, W3C WebSub §4",
    ),
    "feed.hub": _of(
        "note", "no hub: readers must poll", "it is polled", "name a WebSub hub, and tell it of changes",
        "W3C WebSub §4",
    ),
    "feed.language": _of(
        "note", "the feed does not say its language", "none is assumed", "give <language> or xml:lang",
        "RFC 5646, HTML §3.2.6.2",
    ),
    "feed.language_odd": _of(
        "note", "the language is no language tag", "it is left out", "write it as in ko or en-GB", "RFC 5646 §2.1",
    ),
    "feed.ttl": _of(
        "warning", "ttl is no number of minutes up to a week", "it is left out or bounded",
        "give minutes, as in 60", _RSS,
    ),
    "feed.old": _of(
        "warning", "nothing new for half a year", "it is asked less and less often",
        "say that it has ended, or redirect to what follows", _PROFILE,
    ),
    "feed.empty": _of(
        "error", "no items in it", "what was read before is kept",
        "write the newest items, also where nothing is new", _RSS,
    ),
    "feed.excess": _of(
        "warning", "more items than are read at once", "the newest 1,000 are read", "keep the newest 20 to 50",
        _PROFILE,
    ),
    "feed.outside": _of(
        "warning", "items stand outside of the channel", "they are read as if inside",
        "close </channel> behind the last item", _RSS,
    ),
    # ids
    "id.missing": _of(
        "warning", "items have no id", "their links tell them apart, else their words",
        "give each a guid or id that never changes", f"{_PROFILE}, {_ATOM} §4.2.6",
    ),
    "id.repeated": _of(
        "error", "items share one id", "with one link the newest counts; else id and link together are the id",
        "give each item its own id", f"{_PROFILE}, {_ATOM} §4.1.1",
    ),
    "id.counted": _of(
        "error", "ids are places in the list: tomorrow's item will bear the id of today's",
        "an item of another page and title is another item", "give each an id that is never used again", _PROFILE,
    ),
    "id.relative": _of(
        "warning", "ids are paths that claim to be links", "they are made absolute", "write the whole address", _RSS,
    ),
    "id.form": _of(
        "warning", "an Atom id is no valid IRI", "it is compared as it is", "write a tag:, urn:uuid: or https: address",
        f"{_ATOM} §4.2.6, RFC 4151, RFC 4122",
    ),
    "id.long": _of("warning", "ids longer than 1 kB", "a hash stands for each", "write a short id", _PROFILE),
    "id.permalink": _of(
        "warning", "a guid says that it is a link and is none", "it is an id only", 'add isPermaLink="false"', _RSS,
    ),
    # links
    "link.missing": _of(
        "warning", "items have no link", "the id or the first file stands for it", "link to the item's page", _RSS,
    ),
    "link.relative": _of(
        "error", "links are relative", "they stand on xml:base, else on the feed's address", "write whole addresses",
        f"{_RSS}, {_ATOM} §2",
    ),
    "link.invalid": _of(
        "warning", "an address holds signs that it may not", "it is mended as browsers do",
        "percent-encode blanks and signs; no blanks around it", "RFC 3986 §2, RFC 3987",
    ),
    "link.twice": _of(
        "warning", "several pages for one entry, of one type and language", "the first counts",
        "keep one rel=alternate of a type and language", f"{_ATOM} §4.1.1",
    ),
    "link.tracking": _of(
        "note", "links bear tracking parameters", "they are left aside when links are compared",
        "link to the plain page", "WHATWG URL",
    ),
    "link.one_page": _of(
        "warning", "all items link to one page", "the link identifies none of them",
        "give each item its page, or a part of it (#…)", _RSS,
    ),
    # titles
    "title.missing": _of(
        "warning", "items have no title", "the first words stand for it", "give each a title",
        f"{_RSS}, {_ATOM} §4.1.2",
    ),
    "title.html": _of(
        "warning", "titles hold HTML where text belongs", "tags go, entities are decoded", "write plain text",
        _PROFILE,
    ),
    "title.escaped": _of(
        "warning", "titles are escaped twice", "they are decoded once more", "escape once: `&amp;`, not `&amp;amp;`",
        _PROFILE,
    ),
    # dates
    "date.missing": _of(
        "warning", "items have no date", _FIRST_SEEN, "give each the time of its publication",
        f"{_RSS}, {_ATOM} §4.2.15",
    ),
    "date.unread": _of(
        "error", "dates that cannot be read", _FIRST_SEEN, "write RFC 822 in RSS, RFC 3339 in Atom and JSON",
        "RFC 822 §5, RFC 3339",
    ),
    "date.form": _of(
        "warning", "dates in another form than the format asks for", "many forms are known, Korean ones too",
        "write `Thu, 01 Jan 2026 09:00:00 +0900` in RSS, `2026-01-01T09:00:00+09:00` in Atom", "RFC 822 §5, RFC 3339",
    ),
    "date.zone": _of(
        "warning", "dates without a zone", "they are read in the source's `timezone`",
        "write the offset, as in +0900", "RFC 822 §5, RFC 3339 §4",
    ),
    "date.future": _of(
        "warning", "dates ahead of the clock", "as `future` of the source says; clipped to first sight by default",
        "publish items when their time has come; check the zone", _PROFILE,
    ),
    "date.ancient": _of(
        "warning", "dates from before the web", "they are left out",
        "check the clock of the program that writes them", _PROFILE,
    ),
    "date.stamped": _of(
        "error", "all items bear the time at which the document was made", _FIRST_SEEN,
        "give each its own date, which never moves", f"{_ATOM} §4.2.15",
    ),
    # words
    "content.missing": _of(
        "warning", "items have neither text nor summary", "the title stands alone", "give a summary at least",
        f"{_RSS}, {_ATOM} §4.1.2",
    ),
    "content.same": _of(
        "note", "the summary is the whole content once more", "the summary is made from the content",
        "send content alone, or a real summary", _PROFILE,
    ),
    "content.relative": _of(
        "warning", "links or images in the text are relative",
        "they stand on the item's page, as its author saw them", "write whole addresses", _PROFILE,
    ),
    "content.alt": _of(
        "note", "images without a description", "they are kept as they are", "give each image an alt",
        "WCAG 2.2 §1.1.1",
    ),
    "content.unsafe": _of(
        "warning", "scripts, forms, frames or event handlers in the text", "they are taken out",
        "leave them out: no reader runs them", _PROFILE,
    ),
    "content.pixel": _of(
        "note", "tracking pixels in the text", "they are taken out", "count readers by requests of the feed",
        _PROFILE,
    ),
    "content.style": _of(
        "note", "the text brings its own styles", "they are taken out",
        "send plain structure; readers bring their looks", _PROFILE,
    ),
    "content.large": _of(
        "warning", "an item larger than 256 kB", "it is cut", "link to the page", _PROFILE,
    ),
    # who and what
    "author.form": _of(
        "note", "an author of RSS is no e-mail address", "the name is taken", "use <dc:creator> for names",
        f"{_RSS}, {_PROFILE}",
    ),
    "enclosure.address": _of(
        "error", "a file's address is relative or none", "it is made absolute, or left out",
        "write its whole address", _RSS,
    ),
    "enclosure.length": _of(
        "warning", "a file without its size", "0 stands for unknown", "give length in bytes", _RSS,
    ),
    "enclosure.type": _of(
        "warning", "a file without its media type", "none is assumed", "give type, as in audio/mpeg", _RSS,
    ),
    "enclosure.many": _of(
        "note", "several files on one item of RSS", "all are kept; many readers take one",
        "keep one, or use Media RSS", _PROFILE,
    ),
    "author.mail": _of(
        "note", "an e-mail address is none", "it is taken as it is", "write name@host.example",
        f"{_ATOM} §3.2.3, RFC 5322 §3.4.1",
    ),
    "element.twice": _of(
        "warning", "an element stands twice where one is allowed", "the first counts, of dates and texts the best",
        "write it once", f"{_RSS}, {_ATOM} §4.1",
    ),
    "element.unknown": _of(
        "warning", "an element that the format does not know", "it is passed over",
        "mind the letter case; put elements of your own into a namespace", f"{_RSS}, {_ATOM} §6.3",
    ),
    "element.empty": _of("note", "an element is empty", "as if it were not there", "leave it out", f"{_RSS}, {_ATOM}"),
    "element.missing": _of(
        "warning", "an element lacks a part that it must have", "what is there is taken", "add it",
        f"{_RSS}, {_ATOM} §3.2",
    ),
    "text.html": _of(
        "warning", "HTML where plain text belongs", "tags go, entities are decoded",
        "write plain text, or say type=\"html\" where Atom allows it", f"{_PROFILE}, {_ATOM} §3.1",
    ),
    "type.form": _of(
        "warning", "a media type is none", "it is taken for unknown", "write it as in text/html",
        f"{_ATOM} §4.1.3.1, RFC 6838",
    ),
}  # fmt: skip

# What reading itself notes (`errors.PROBLEMS`), in the words of the catalogue.
OF_PROBLEMS: dict[str, str] = {
    "charset": "charset.wrong",
    "malformed": "malformed",
    "date": "date.unread",
    "guid": "id.missing",
    "repeated": "id.repeated",
    "stamped": "date.stamped",
    "elsewhere": "feed.elsewhere",
    "title": "title.html",
    "excess": "feed.excess",
    "empty": "feed.empty",
    "json": "json.invalid",
}
