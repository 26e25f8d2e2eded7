"""Elements that are unknown, empty, given twice, missing or of the wrong form."""

import pytest

from feeds.parse.xml.survey import survey

RSS = "<rss version='2.0'><channel><description>D</description>{0}</channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:a.example,2026:f</id><updated>2026-01-01T00:00:00Z</updated>{0}</feed>"


def said(text: str) -> list[str]:
    return [f"{f.code} {f.detail}".strip() for f in survey(text).findings]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param("<item><pubdate>Thu, 01 Jan 2026 09:00:00 GMT</pubdate></item>",
                     ["element.unknown <pubdate>; is <pubDate> meant?"], id="letter case"),
        pytest.param("<item><thumb>x</thumb></item>", ["element.unknown <thumb>"], id="made up"),
        pytest.param("<item><x:thumb xmlns:x='urn:x'>x</x:thumb></item>", [], id="in its own namespace it may"),
        pytest.param("<language>ko</language><language>en</language>", ["element.twice <language>"], id="twice in the channel"),
        pytest.param("<item><category>a</category><category>b</category></item>", [], id="categories may be many"),
        pytest.param("<item><link>https://a.example/1</link><link>https://a.example/2</link></item>",
                     ["element.twice <link>"], id="one link in RSS"),
        pytest.param("<item><guid></guid></item>", ["element.empty <guid>", "id.permalink"], id="empty"),
        pytest.param("<copyright>&lt;b&gt;x&lt;/b&gt;</copyright>", ["text.html <b> in <copyright>"], id="HTML"),
        pytest.param("<managingEditor>Kim</managingEditor>", ["author.form Kim"], id="editor"),
        pytest.param("<item><link>https://a.example/a b</link></item>", ["link.invalid https://a.example/a b"], id="blank"),
        pytest.param("<item><link> https://a.example/%7Ea </link></item>", [], id="blanks around are common in RSS"),
        pytest.param("<item><link>https://a.example/한글</link></item>", [], id="an IRI"),
        pytest.param("<image><url>https://a.example/i</url></image>",
                     ["element.missing <image> without <title>", "element.missing <image> without <link>"], id="image"),
    ],
)  # fmt: skip
def test_rss(inside: str, expected: list[str]) -> None:
    assert said(RSS.format(inside)) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param("<author><name>A</name></author><author><name>B</name></author>", [], id="authors may be many"),
        pytest.param("<author><email>a</email></author>",
                     ["element.missing <author> without <name>", "author.mail a"], id="author"),
        pytest.param("<entry><id>7</id></entry>", ["id.form 7"], id="id: no IRI"),
        pytest.param("<entry><id>tag:a,b,2026:x</id></entry>", ["id.form tag:a,b,2026:x"], id="id: tag"),
        pytest.param("<entry><id>urn:uuid:1</id></entry>", ["id.form urn:uuid:1"], id="id: uuid"),
        pytest.param("<entry><id>urn:isbn:1</id></entry>", [], id="id: urn"),
        pytest.param("<entry><link href='https://a.example/'/><link href='https://a.example/b'/></entry>",
                     ["link.twice https://a.example/b"], id="two pages"),
        pytest.param("<entry><link href='https://a.example/' hreflang='ko'/><link href='https://a.example/b'/></entry>",
                     [], id="of two languages"),
        pytest.param("<entry><content type='multipart'>x</content></entry>", ["type.form multipart"], id="type"),
        pytest.param("<entry><content type='html'>x</content></entry>", [], id="html"),
        pytest.param("<entry><summary>&lt;p&gt;x</summary></entry>", ["text.html <p> in <summary>"], id="HTML in text"),
        pytest.param("<entry><summary type='html'>&lt;p&gt;x</summary></entry>", [], id="HTML that is said"),
        pytest.param("<icon> https://a.example/i</icon>", ["link.invalid https://a.example/i"], id="blank before"),
    ],
)  # fmt: skip
def test_atom(inside: str, expected: list[str]) -> None:
    assert said(ATOM.format(inside)) == expected


def test_another_namespace() -> None:
    assert said(
        "<feed xmlns='https://www.w3.org/2005/Atom'><id>a:b</id><updated>2026-01-01T00:00:00Z</updated></feed>"
    ) == ["xml.namespace https://www.w3.org/2005/Atom"]
