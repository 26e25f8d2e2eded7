"""The must-pass and must-fail documents of the W3C's feed validator, and how ours is held against them.

Each document names in a comment what is expected of it. A must-pass document is judged rightly where it breaks no rule;
a must-fail one where the fault that it names is found, by a rule that means that fault and at the element that it
names: any other complaint does not count. What we judge otherwise on purpose stands in `OTHERWISE`, with the reason,
and counts as judged wrongly all the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from feeds.model.breach import Breach
from feeds.render.gate import judge

CORPUS = Path(__file__).parents[2].parent / "shared" / "data" / "corpus" / "validator"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
GOAL = 0.95

# The validator's name of a fault: the rules of ours that mean it.
MEANT: Mapping[str, str] = {
    "BadXmlVersion": "xml.version",
    "DeprecatedDTD": "xml.doctype",
    "DuplicateAtomLink": "link.repeated",
    "DuplicateElement": "element.repeated",
    "DuplicateIds": "id.repeated",
    "DuplicateValue": "id.repeated value.repeated",
    "EightDaysAWeek": "value.many",
    "InvalidAddrSpec": "email.form",
    "InvalidBooleanAttribute": "value.boolean",
    "InvalidCommaSeparatedIntegers": "value.number",
    "InvalidContact": "email.form contact.form",
    "InvalidDay": "value.day",
    "InvalidDoctype": "xml.doctype",
    "InvalidFormComponentName": "value.name",
    "InvalidFullLink": "uri.absolute uri.invalid",
    "InvalidHeight": "value.size",
    "InvalidHour": "value.hour",
    "InvalidHttpGUID": "guid.permalink",
    "InvalidInteger": "value.number",
    "InvalidIntegerAttribute": "value.number",
    "InvalidLanguage": "language.form",
    "InvalidLatitude": "value.latitude",
    "InvalidLink": "uri.absolute uri.invalid value.spaces",
    "InvalidLongitude": "value.longitude",
    "InvalidMIMEAttribute": "type.media",
    "InvalidMIMEType": "type.media type.text",
    "InvalidNamespace": "root.namespace",
    "InvalidNonNegativeInteger": "value.number",
    "InvalidPermalink": "guid.permalink",
    "InvalidRDF": "rdf.content",
    "InvalidRFC2822Date": "date.rfc822",
    "InvalidRFC3339Date": "date.rfc3339",
    "InvalidRSSVersion": "root.version",
    "InvalidTAG": "id.tag",
    "InvalidTextType": "type.text",
    "InvalidURLAttribute": "uri.absolute uri.invalid",
    "InvalidURN": "id.urn",
    "InvalidUUID": "id.uuid",
    "InvalidUpdatePeriod": "value.period",
    "InvalidUriChar": "uri.invalid value.spaces",
    "InvalidW3CDTFDate": "date.w3cdtf",
    "InvalidWidth": "value.size",
    "ItemMustContainTitleOrDescription": "item.empty",
    "MisplacedMetadata": "element.misplaced",
    "MissingAttribute": "attribute.missing",
    "MissingContentOrAlternate": "content.missing",
    "MissingDescription": "element.missing",
    "MissingElement": "element.missing",
    "MissingHref": "attribute.missing",
    "MissingLink": "element.missing",
    "MissingNamespace": "root.namespace element.namespace",
    "MissingSummary": "content.summary",
    "MissingTitle": "element.missing",
    "MissingXhtmlDiv": "xhtml.div",
    "NoBlink": "element.unknown",
    "NotBase64": "content.base64",
    "NotEscaped": "content.markup",
    "NotInANamespace": "element.namespace",
    "ObsoleteNamespace": "root.namespace",
    "SAXError": "xml.malformed",
    "UndefinedElement": "element.unknown root.unknown content.markup",
    "UnexpectedAttribute": "attribute.unknown",
    "UnexpectedText": "text.unexpected",
    "UnexpectedWhitespace": "value.spaces",
    "UnicodeError": "xml.encoding",
    "UnknownEncoding": "xml.encoding",
    "UriNotIri": "uri.ascii",
}

OTHERWISE: Mapping[str, str] = {
    "must-fail/atom__6.1__invalid-namespace.xml": "a prefix in it is not declared: as XML with namespaces it is not "
    "well-formed, which is what we say, and nothing can be told of what comes after",
    "must-fail/atom__must__feed_unknown_element_core_namespace.xml": "its root is in no namespace, which is what we say: "
    "then no element in it is one of Atom's, known or unknown",
    "must-fail/rss__must__rdf_Description.xml": "RSS 2.0 allows elements of any namespace, and RDF's is one",
}
"""Documents that we judge otherwise than their comments ask, and why we think that we are right."""

_EXPECT = re.compile(r"Expect:\s*(!?)(\w+)(?:\{([^}]*)\})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One document, what its comment expects, and what we found. *fault* says how we judge otherwise; '' if we do not."""

    name: str
    expected: str
    breaches: tuple[Breach, ...]
    fault: str


def cases() -> Iterator[Case]:
    """Yield every document of the corpus that must pass or must fail; none where the corpus is missing."""
    for folder in ("must-pass", "must-fail"):
        for path in sorted((CORPUS / folder).glob("*.xml")):
            body = path.read_bytes()
            breaches = tuple(b for b in judge(body, NOW) if b.severity == "error")
            expected = _expected(body)
            fault = _passed(breaches) if folder == "must-pass" else _failed(expected, breaches)
            yield Case(name=f"{folder}/{path.name}", expected=expected[0], breaches=breaches, fault=fault)


def _expected(body: bytes) -> tuple[str, Mapping[str, str]]:
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    found = _EXPECT.search(body.decode(encoding, "replace"))
    assert found, body[:200]
    pairs = dict(pair.strip().split(":", 1) for pair in (found[3] or "").split(",") if ":" in pair)
    return found[1] + found[2], pairs


def _passed(breaches: tuple[Breach, ...]) -> str:
    return f"found {breaches[0].rule}: {breaches[0].what}" if breaches else ""


def _failed(expected: tuple[str, Mapping[str, str]], breaches: tuple[Breach, ...]) -> str:
    fault, place = expected
    meant = [b for b in breaches if b.rule in MEANT[fault].split()]
    if not breaches:
        return "nothing found"
    if not meant:
        return f"found only {', '.join(sorted({b.rule for b in breaches}))}"
    if not any(_is_there(b, place) for b in meant):
        return f"found it at {meant[0].where} only"
    return ""


def _is_there(breach: Breach, place: Mapping[str, str]) -> bool:
    """Whether *breach* is at the element or attribute that the comment names, as far as it names one."""
    steps = re.split(r"[/@]", re.sub(r"\[\d+\]", "", breach.where))
    tail = {step.replace("_", ":") for step in steps[-2:]}  # the comments write foo_bar as foo:bar
    tail |= {step.rpartition(":")[2] for step in tail}
    named = place.get("element", "").replace("_", ":").rpartition(":")[2]
    attribute = place.get("attr", "").rpartition(":")[2]
    line = int(place.get("line", breach.line))
    return line == breach.line and (not named or named in tail) and (not attribute or attribute in tail)
