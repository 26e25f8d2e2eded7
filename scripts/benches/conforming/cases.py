"""feedparser's own cases: documents that say in a comment what they are to be read as, in Python over its result."""

import re
from pathlib import Path
from urllib.parse import urljoin

from conformance_peers import Task

SERVER = "http://127.0.0.1:8097/"
"""Where feedparser's tests serve the cases from."""

ARGUED = {
    "entities/lang.xml": "U+27E8 by the HTML standard; feedparser has HTML 4's",
    "entities/rang.xml": "U+27E9 by the HTML standard; feedparser has HTML 4's",
    "atom10/entry_category_term.xml": "a category's label is for people, its term is not (RFC 4287 §4.2.2.3)",
    "atom10/entry_category_term_non_ascii.xml": "a category's label is for people, its term is not",
    "atom10/entry_content_base64.xml": "application/octet-stream is no text (RFC 4287 §4.1.3.3)",
    "atom10/entry_content_base64_2.xml": "application/octet-stream is no text (RFC 4287 §4.1.3.3)",
    "atom10/tag_in_attr.xml": "a feed's title is kept as words, without HTML",
    "namespace/atommathml.xml": "what cleaning makes of formulas is not the reader's",
    "namespace/atomxlink.xml": "what cleaning makes of drawings is not the reader's",
    "namespace/rss2.0mathml.xml": "what cleaning makes of formulas is not the reader's",
    "namespace/rss2.0svg5.xml": "what cleaning makes of drawings is not the reader's",
    "namespace/rss2.0xlink.xml": "what cleaning makes of drawings is not the reader's",
    "rss/entity_in_doctype.xml": "a document that gives an entity a value is refused, whatever the value",
    "rss/item_dc_date_parsed.xml": "dc:date is when an entry was published, where nothing else is said",
    "rss/item_description_not_a_doctype.xml": "what cleaning makes of it is not the reader's",
    "rss/rss_version_091_netscape.xml": "Netscape's and UserLand's 0.91 are one to us",
}
"""Expectations that we do not share, with the reason; no reader is measured by them."""

_NO_FORMAT_OF_OURS = "cdf"
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*(?:-->|\n\s*[A-Z]\w+:)", re.DOTALL)
_HEADER = re.compile(r"Header:\s*([\w-]+):(.*)")


def tasks(folder: Path) -> dict[str, Task]:
    """Return the cases below a folder of feedparser's, by the last two parts of their path."""
    return {
        f"{path.parent.name}/{path.name}": found
        for path in sorted(folder.rglob("*.xml"))
        if path.parent.name != _NO_FORMAT_OF_OURS and (found := _task(path))
    }


def header(path: Path, name: str) -> str:
    """Return a header that a document of feedparser's says it is served with."""
    text = path.read_bytes().replace(b"\0", b"").decode("utf-8", "replace")
    return next((value.strip() for key, value in _HEADER.findall(text) if key.lower() == name), "")


def _task(path: Path) -> Task | None:
    found = _EXPECT.search(path.read_bytes().decode("utf-8", "replace"))
    if not found:
        return None
    url = urljoin(SERVER, header(path, "content-location"))
    return {
        "path": str(path),
        "url": url if url.startswith("http") else SERVER,
        "media_type": header(path, "content-type") or "application/xml",
        "expect": " ".join(found[1].split()),
    }
