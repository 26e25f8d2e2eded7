"""What blog editors leave in a body and nobody wants in a feed: Tistory's, whose editor is Kakao's.

Wrapper divs, `data-ke-*` attributes, empty spans around each word, paragraphs that only hold a space. Words, pictures
and links stay; where that cannot be shown, the body is left as it is.
"""

import re
from html import unescape

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring, tostring

MARKS = ("data-ke-", "tt_article_useless_p_margin", "imageblock", "<span")
WRAPPERS = frozenset({"tt_article_useless_p_margin", "contents_style"})
# Attributes of this editor that a reader can do nothing with.
DEBRIS = re.compile(
    r"data-(?:ke-|lightbox|filename|origin-|is-animation|url$|phocus|alt$|og-)|style$|onerror$|srcset-|contenteditable$"
)
CONTENT = "img|video|audio|iframe|object|embed|svg|table|input|figure|hr|a"


def tidy(html: str) -> str:
    """Return *html* without an editor's debris, the same words in the same order."""
    if not any(mark in html for mark in MARKS):
        return html
    try:
        root = fragment_fromstring(html, create_parent="div")
    except (etree.LxmlError, ValueError):  # ValueError: an encoding declaration
        return html
    for element in list(root.iter()):
        if isinstance(element, HtmlElement) and isinstance(element.tag, str) and element is not root:
            _tidy(element)
    for paragraph in root.xpath(f"//p[not(.//*[contains('|{CONTENT}|', concat('|', name(), '|'))])]"):
        if not _said(paragraph.text_content()):
            paragraph.drop_tree()
    inner = tostring(root, encoding="unicode")
    result = inner[inner.index(">") + 1 : inner.rindex("</div>")].strip()
    # libxml2 gives up on bodies that nest deeper than 255: better debris than a lost half.
    return result if _words(result) == _words(html) else html


def _tidy(element: HtmlElement) -> None:
    """Take away *element*'s debris, and its tag where that says nothing."""
    for name in [n for n in element.attrib if DEBRIS.match(n)]:
        del element.attrib[name]
    classes = (element.get("class") or "").split()
    if element.tag == "figure" and "imageblock" in classes:
        element.attrib.clear()
    is_wrapper = element.tag == "div" and WRAPPERS.intersection(classes)
    if is_wrapper or (element.tag == "span" and not element.attrib):
        element.drop_tag()


def _said(text: str) -> str:
    return re.sub(r"[\s\u00a0\u200b\ufeff]+", "", text)


def _words(html: str) -> str:
    """The words of *html* without blanks: enough to see whether any was lost."""
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    return _said(unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", html)))
