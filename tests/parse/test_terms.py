"""Terms of use as authors write them."""

import pytest

from feeds.model.source import Document, Source
from feeds.parse.posts.post import parse
from feeds.parse.terms import licence_of
from feeds.parse.tolerant import read_xml
from feeds.parse.xml.document import read_well_formed

BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("words", "licence"),
    [
        pytest.param("https://a.example/terms", "https://a.example/terms", id="URL"),
        pytest.param("CC BY 4.0", BY, id="name"),
        pytest.param("cc-by-4.0", BY, id="SPDX"),
        pytest.param("CC BY", BY, id="no version: the latest"),
        pytest.param("Creative Commons BY-NC-ND 3.0", "https://creativecommons.org/licenses/by-nc-nd/3.0/", id="in full"),
        pytest.param("CC BY-SA 4.0 International", "https://creativecommons.org/licenses/by-sa/4.0/", id="with its place"),
        pytest.param("CC0", "https://creativecommons.org/publicdomain/zero/1.0/", id="zero"),
        pytest.param("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", id="zero, SPDX"),
        pytest.param("All rights reserved", "", id="no licence"),
        pytest.param("CC BY-ND-SA 4.0", "", id="no such licence"),
        pytest.param("https://a.example/ and more", "", id="words with a URL"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_licence(words: str, licence: str) -> None:
    assert licence_of(words) == licence


@pytest.mark.parametrize(
    ("matter", "rights", "licence"),
    [
        pytest.param("license: CC BY 4.0", "", BY, id="license"),
        pytest.param("licence: https://a.example/t", "", "https://a.example/t", id="licence"),
        pytest.param("license: 무단 전재 금지", "무단 전재 금지", "", id="words are rights"),
        pytest.param("rights: © 기술 뉴스\nlicense: CC BY 4.0", "© 기술 뉴스", BY, id="both"),
        pytest.param("copyright: © 2026", "© 2026", "", id="copyright"),
    ],
)
def test_front_matter(matter: str, rights: str, licence: str) -> None:
    document = Document(url="a.md", path="a.md", body=f"---\ntitle: t\n{matter}\n---\nx\n".encode())
    (entry,) = parse(document, Source(id="posts", kind="content", location="/posts")).entries
    assert (entry.rights, entry.licence) == (rights, licence)


def test_dublin_core_terms_of_a_feed() -> None:
    """As the feed of rubenerd.com names its licence."""
    text = (
        '<rss version="2.0" xmlns:dcterms="http://purl.org/dc/terms/"><channel><title>T</title>'
        f"<dcterms:license>{BY}</dcterms:license><dcterms:rights>Kim</dcterms:rights><item><title>t</title>"
        "<dcterms:license>https://a.example/nc</dcterms:license></item></channel></rss>"
    )
    for found in (
        read_well_formed(text.encode(), "https://a.example/", "UTC"),
        read_xml(text, "https://a.example/", "UTC"),
    ):
        assert found
        assert (found.info.licence, found.info.rights) == (BY, "Kim")
        assert found.entries[0].licence == "https://a.example/nc"


def test_a_picture_has_its_credit() -> None:
    body = "---\ntitle: t\nimage: {path: /a.png, alt: 전극, credit: 박사진}\n---\nx\n"
    document = Document(url="a.md", path="a.md", body=body.encode())
    (entry,) = parse(document, Source(id="posts", kind="content", location="/posts")).entries
    assert entry.image is not None
    assert (entry.image.alt, entry.image.credit) == ("전극", "박사진")
