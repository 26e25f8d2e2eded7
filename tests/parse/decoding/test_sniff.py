"""What bytes are, whatever their label says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.decoding.sniff import binary, sniff

PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>hi</body></html>"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("<rss version='2.0'>", "rss", id="FMT-22 RSS 2.0"),
        pytest.param('<rdf:RDF xmlns="http://purl.org/rss/1.0/">', "rdf", id="FMT-22 RSS 1.0"),
        pytest.param('<feed version="0.3">', "atom", id="FMT-22 Atom 0.3"),
        pytest.param('<a:feed xmlns:a="http://www.w3.org/2005/Atom">', "atom", id="a prefix of its own"),
        pytest.param("<channel>", "rss", id="a bare channel"),
        pytest.param(' \n{"version":', "json", id="FMT-22 JSON Feed"),
        pytest.param("\n\n <?xml version='1.0'?><rss>", "rss", id="FMT-18 blank lines"),
        pytest.param("<br />\n<b>Warning</b>: mysql <?xml version='1.0'?><rss>", "rss", id="FMT-18 PHP warning"),
        pytest.param("Notice: x in y\n<rss>", "rss", id="FMT-18 plain notice"),
        pytest.param("<!-- <html> --><rss>", "rss", id="a comment that names another root"),
        pytest.param(
            "<!DOCTYPE html><feed xmlns='http://www.w3.org/2005/Atom'>", "atom", id="a page's DOCTYPE on a feed"
        ),
        pytest.param("<rss><channel><description><![CDATA[<html>", "rss", id="a page inside"),
        pytest.param(PAGE, "html", id="FMT-20 challenge page"),
        pytest.param(
            "<html xmlns='http://www.w3.org/1999/xhtml'><body><rss>", "html", id="FMT-20 page that holds a feed"
        ),
        pytest.param("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x' 'y'><html>", "html", id="FMT-20 XHTML"),
        pytest.param("<head><title>x</title></head>", "html", id="FMT-20 page without html"),
        pytest.param("just words", "other", id="FMT-20 plain text"),
        pytest.param("<opml><head/><body/></opml>", "other", id="OPML"),
        pytest.param("<urlset>", "other", id="sitemap"),
        pytest.param("", "other", id="nothing"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert sniff(text).kind == kind


def test_document_begins_at_its_root() -> None:
    text = "<br /> oops <?xml version='1.0'?><!-- c --><rss version='2.0'>"
    assert text[sniff(text).start :] == "<rss version='2.0'>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(PAGE, "it is titled 'Just a moment...'", id="page"),
        pytest.param("<opml>", "an OPML list of feeds: `feeds import` reads it", id="opml"),
        pytest.param("<foo:bar>", "the root element is <foo:bar>", id="unknown root"),
        pytest.param("/etc/hostname\n", "it begins with '/etc/hostname'", id="a path"),
    ],
)
def test_what_is_no_feed_is_named(text: str, words: str) -> None:
    assert sniff(text).said == words


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x89PNG\r\n", "a picture"),
        (b"<rss>", ""),
        (b"", ""),
    ],
)
def test_fmt_20_binary_is_named(body: bytes, name: str) -> None:
    assert binary(body) == name


@given(
    st.lists(
        st.sampled_from(["<", ">", "rss", "html", "<!--", "-->", "<?", "<![CDATA[", "{", " ", "a:", "<!doctype html"])
    )
)
def test_sniffing_never_raises(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert 0 <= sniff(text).start <= len(text)
