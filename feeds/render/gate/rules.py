"""The rules that documents are held to, each with its remedy and where it stands written.

An error is what a specification forbids; a warning what it advises against, or what readers are known to trip over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from feeds.model.breach import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """What the document says wrongly, what would be right, and who says so."""

    severity: Severity
    says: str
    remedy: str
    source: str


_XML, _RFC, _RSS = "XML 1.0", "RFC 4287", "RSS 2.0"
_PROFILE = "RSS Best Practices Profile"
_MSN, _SNF, _FLIPBOARD = "MSN Partner Hub", "SmartFormat 2.1", "Flipboard RSS specification"
_GOOGLE, _NAVER, _NINJS = "Google: news sitemaps", "Naver Syndication 2", "IPTC ninjs 2.1"

RULES: Mapping[str, Rule] = {
    # the bytes
    "xml.malformed": Rule(
        "error", "is not well-formed XML", "escape & and <, close each element, declare each prefix", _XML
    ),
    "xml.encoding": Rule("error", "is not in the encoding that it names", "write UTF-8 and name it", f"{_XML} §4.3.3"),
    "xml.version": Rule(
        "error", "names a version of XML that readers refuse", "write version=\"1.0\"", f"{_XML} §2.8"
    ),
    "xml.doctype": Rule("error", "has a DOCTYPE that feeds must not have", "leave the DOCTYPE out", "RSS 0.91"),
    "json.malformed": Rule("error", "is not well-formed JSON", "write it with a JSON library", "RFC 8259"),
    # what it is
    "root.unknown": Rule(
        "error", "is not a feed", "begin with feed, entry, rss or rdf:RDF, or be a JSON Feed", _RFC
    ),
    "root.namespace": Rule(
        "error", "is in a namespace that is not its format's", "declare the format's own namespace", f"{_RFC} §1.2"
    ),
    "root.version": Rule("error", "names a version that does not exist", "write version=\"2.0\"", _RSS),
    # structure
    "element.unknown": Rule(
        "error", "is no element of its format in this place",
        "remove it, or put it into a namespace of its own", f"{_RFC} §6, {_RSS}"
    ),
    "element.missing": Rule("error", "is required and missing", "add it", f"{_RFC} §4, {_RSS}"),
    "element.repeated": Rule("error", "stands more often than once", "keep one", f"{_RFC} §4, {_RSS}"),
    "element.misplaced": Rule("error", "stands after the entries", "put it before the first entry", f"{_RFC} §4.1.1"),
    "element.namespace": Rule("error", "is in no namespace", "declare the namespace that it belongs to", _RSS),
    "attribute.missing": Rule("error", "is required and missing", "add it", f"{_RFC} §4.2, {_RSS}"),
    "attribute.unknown": Rule(
        "error", "is no attribute of its element", "remove it, or put it into a namespace", _RFC
    ),
    "text.unexpected": Rule("error", "is text where only elements may stand", "remove it", f"{_RFC}, {_RSS}"),
    "atom.schema": Rule(
        "error", "does not meet the schema of Atom", "see the section of RFC 4287 about that element", f"{_RFC} B"
    ),
    # values
    "value.spaces": Rule("error", "has blanks around it or in it", "write it without", f"{_RFC} §3.3"),
    "value.empty": Rule("error", "is empty", "give it a value", "JSON Feed 1.1"),
    "value.number": Rule(
        "error", "is not a number of the kind that belongs here", "write a whole number in its range", _RSS
    ),
    "value.boolean": Rule("error", "is neither true nor false", "write true or false", _RSS),
    "value.repeated": Rule("error", "is there already", "keep one", _RSS),
    "value.many": Rule("error", "has more of them than there are", "name each once", _RSS),
    "value.size": Rule(
        "error", "is not a size that an image of a channel may have",
        "write a whole number, at most 144 wide, 400 high", _RSS
    ),
    "value.hour": Rule("error", "is not an hour of the day", "write a whole number from 0 to 23", _RSS),
    "value.day": Rule("error", "is not a day of the week", "write it out in English: Monday", _RSS),
    "value.period": Rule(
        "error", "is not a period", "write hourly, daily, weekly, monthly or yearly", "RSS 1.0 syndication"
    ),
    "value.name": Rule(
        "error", "is not a name for a form's field", "begin with a letter, go on with letters and digits", _RSS
    ),
    "value.latitude": Rule("error", "is not a latitude", "write degrees from -90 to 90", "W3C geo"),
    "value.longitude": Rule("error", "is not a longitude", "write degrees from -180 to 180", "W3C geo"),
    "value.type": Rule(
        "error", "is not of the type that belongs here", "see the member's description", "JSON Feed 1.1"
    ),
    # dates
    "date.rfc3339": Rule("error", "is not a date of RFC 3339", "write 2026-11-25T09:30:00+09:00", f"{_RFC} §3.3"),
    "date.rfc822": Rule("error", "is not a date of RFC 822", "write Wed, 25 Nov 2026 09:30:00 +0900", _RSS),
    "date.w3cdtf": Rule("error", "is not a date of W3C-DTF", "write 2026-11-25T09:30:00+09:00", "W3C NOTE-datetime"),
    "date.future": Rule("warning", "lies in the future", "set the clock of whoever writes it, or wait", _RSS),
    "date.implausible": Rule("warning", "is before there were feeds", "give the date of publication", _PROFILE),
    "date.year": Rule("warning", "has a year of two digits", "write four", _PROFILE),
    # addresses
    "uri.invalid": Rule(
        "error", "is not an address", "encode what an address may not hold, and name a host", "RFC 3986"
    ),
    "uri.ascii": Rule(
        "error", "is an IRI where only a URI may stand", "encode it: percent signs, and Punycode in the host", _RSS
    ),
    "uri.absolute": Rule(
        "error", "is not a full address", "begin with its scheme: https://", f"{_RFC} §4.2.6, {_RSS}"
    ),
    "uri.relative": Rule(
        "warning", "is a relative address, which many readers resolve wrongly", "write the full address", _PROFILE
    ),
    "link.repeated": Rule(
        "error", "is a second alternate of the same type and language", "keep one", f"{_RFC} §4.1.1"
    ),
    "self.missing": Rule(
        "warning", "is missing: readers cannot tell where the feed lives",
        "add a link with rel=\"self\"", f"{_RFC} §4.1.1, {_PROFILE}"
    ),
    "self.repeated": Rule("warning", "is a second link to the feed itself", "keep one", f"{_RFC} §4.2.7.2"),
    "self.other": Rule(
        "warning", "is not where the document was found",
        "name the address that readers subscribe to", f"{_RFC} §4.1.1"
    ),
    # ids
    "id.tag": Rule("error", "is not a tag URI", "write tag:example.org,2026:what", "RFC 4151 §2.1"),
    "id.urn": Rule("error", "is not a URN", "write urn:isbn:0451450523", "RFC 8141 §2"),
    "id.uuid": Rule("error", "is not a UUID", "write urn:uuid: and 32 hex digits in five groups", "RFC 9562 §4"),
    "id.repeated": Rule(
        "error", "is the id of another entry too", "give each entry an id of its own", f"{_RFC} §4.1.1, {_PROFILE}"
    ),
    "id.versions": Rule(
        "warning", "stands in several entries: versions of one", "publish the newest alone", f"{_RFC} §4.1.1"
    ),
    "guid.permalink": Rule(
        "error", "is no address, though it is called a permalink", "write isPermaLink=\"false\"", _RSS
    ),
    "guid.missing": Rule(
        "warning", "is missing: readers cannot tell a changed item from a new one", "add a guid", _PROFILE
    ),
    # people, languages, types
    "name.empty": Rule("warning", "is empty", "give a name, or leave the person out", f"{_RFC} §3.2.1"),
    "email.form": Rule("error", "is not an e-mail address", "write name@example.org", f"{_RFC} §3.2.3"),
    "contact.form": Rule(
        "error", "holds no e-mail address as RSS asks for it",
        "write name@example.org (Name), or use dc:creator", _PROFILE
    ),
    "language.form": Rule("error", "is not a language tag", "write ko or en-GB", "RFC 5646"),
    "type.media": Rule("error", "is not a media type that may stand here", "write text/html", f"{_RFC} §4.1.3.1"),
    "type.text": Rule("error", "is not a type of text", "write text, html or xhtml", f"{_RFC} §3.1.1"),
    # content
    "content.markup": Rule(
        "error", "has elements where text belongs", "escape them and say type=\"html\"", f"{_RFC} §3.1.1"
    ),
    "content.missing": Rule("error", "has neither content nor an alternate link", "add one of them", f"{_RFC} §4.1.2"),
    "content.summary": Rule(
        "error", "has content that is not text, and no summary", "add a summary", f"{_RFC} §4.1.2"
    ),
    "content.base64": Rule("error", "is not base64", "encode it, or say that it is text", f"{_RFC} §4.1.3.3"),
    "content.order": Rule(
        "warning", "comes before the description, which some readers then take for the content",
        "put it after", _PROFILE
    ),
    "item.empty": Rule("error", "has neither title nor description", "add one of them", _RSS),
    "text.markup": Rule("warning", "has HTML, which readers show as it is written", "write plain text", _PROFILE),
    "title.empty": Rule("warning", "is empty", "give it words", f"{_RFC} §4.1.2"),
    "xhtml.div": Rule(
        "error", "is not one div of XHTML",
        "wrap it in a div of http://www.w3.org/1999/xhtml", f"{_RFC} §3.1.1.3"
    ),
    "rdf.content": Rule("error", "has elements where RDF asks for text", "escape them", "RSS 1.0 §5.5"),
    "html.unsafe": Rule(
        "warning", "has HTML that readers take out, or refuse the document for",
        "leave scripts and frames out", "RFC 4287 §8.1"
    ),
    "element.twice": Rule("warning", "says what another element says already", "keep RSS's own", _PROFILE),
    "image.other": Rule("warning", "is not what the channel says", "write the same in both", _PROFILE),
    "hour.midnight": Rule("warning", "is midnight in RSS 0.91 alone", "write 0", _PROFILE),
    "link.relation": Rule("warning", "is no registered relation", "use one that is, or an IRI", "RFC 8288 §2.1"),
    "enclosure.more": Rule("warning", "is a second enclosure, which many readers ignore", "keep one", _PROFILE),
    "member.unknown": Rule("warning", "is no member of JSON Feed", "begin extensions with _", "JSON Feed 1.1"),
    # dialects of partners
    "partner.missing": Rule("error", "is required by the partner's rules and missing", "add it", "the partner's rules"),
    "msn.takedown": Rule(
        "error", "expires, but names no date of change after its publication, so that it is not taken down",
        "set dcterms:modified to when it was taken back", f"{_MSN}: expiration and takedown"
    ),
    "msn.title": Rule(
        "error", "is longer than 150 characters", "add a mi:shortTitle", f"{_MSN}: item metadata"
    ),
    "msn.brief": Rule(
        "warning", "has no more than 20 characters", "write a longer title", f"{_MSN}: item metadata"
    ),
    "msn.short": Rule(
        "warning", "is a short title of more than 54 characters", "cut it", f"{_MSN}: item metadata"
    ),
    "msn.old": Rule(
        "warning", "is older than 365 days, so that it is not taken in", "leave it out", f"{_MSN}: item metadata"
    ),
    "msn.picture": Rule(
        "warning", "has no picture, so that it is not published by itself", "add a picture",
        f"{_MSN}: content specifications"
    ),
    "msn.html": Rule(
        "warning", "has an element that is stripped", "write it with the elements that are allowed",
        f"{_MSN}: HTML guidelines"
    ),
    "msn.language": Rule(
        "warning", "is in another language than its feed", "make a feed a language", f"{_MSN}: feed management"
    ),
    "smartnews.status": Rule("error", "is neither active nor deleted", "write one of them", _SNF),
    "smartnews.size": Rule("warning", "is larger than 1 MB", "tell fewer stories, or make two feeds", _SNF),
    "smartnews.logo": Rule(
        "warning", "has no logo, which stands above each story", "name one in `site.logo`", _SNF
    ),
    "smartnews.description": Rule("warning", "has more than 30 characters", "write a shorter one", _SNF),
    "smartnews.tracking": Rule(
        "warning", "has parameters that track readers", "leave utm_… out; snf:analytics counts readers", _SNF
    ),
    "flipboard.items": Rule("warning", "has fewer than 30 items", "raise the output's limit", _FLIPBOARD),
    "flipboard.text": Rule("warning", "is missing: the article's whole text is wanted", "add it", _FLIPBOARD),
    "flipboard.picture": Rule(
        "warning", "has no picture at least 400 pixels wide", "add one", _FLIPBOARD
    ),
    "naver.missing": Rule("warning", "is missing, which each document that could be found has", "add it", _NAVER),
    "naver.many": Rule("warning", "has more than 100 entries", "tell fewer", _NAVER),
    "naver.html": Rule("warning", "is not html", "write type=\"html\"", _NAVER),
    "naver.site": Rule("warning", "is no page of the site that the document names", "leave it out", _NAVER),
    "ninjs.unknown": Rule("error", "is no property of ninjs 2.1", "remove it", _NINJS),
    "ninjs.value": Rule("error", "is none of the values that ninjs 2.1 has for it", "write one of them", _NINJS),
    "ninjs.canceled": Rule("warning", "is told of what is canceled", "leave the text out", _NINJS),
    "news.many": Rule("error", "has more than 1,000 news", "make two sitemaps", _GOOGLE),
    "news.old": Rule("warning", "is older than two days", "leave it out", _GOOGLE),
    "news.language": Rule(
        "error", "is no language by ISO 639", "write ko, en, … and the region of zh-cn and zh-tw alone", _GOOGLE
    ),
}  # fmt: skip
