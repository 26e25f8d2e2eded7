"""Cleaned HTML at rest: what is said to be, cleaning leaves as it is; usual HTML is said to be."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feeds.core.entries import clean
from feeds.core.entries.prepare import prepared
from feeds.core.entries.settled import settled
from tests.core.attacks import attacks

BASE = "https://news.example/tech/1/"
REL = 'rel="noopener noreferrer"'


def once(html: str) -> str:
    """One round of cleaning."""
    before = clean._BASE.set(BASE)
    try:
        return clean._CLEANER.clean(prepared(html, BASE)).strip()
    finally:
        clean._BASE.reset(before)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("words &amp; signs &lt;", id="words"),
        pytest.param("<p>a <em>b</em> <strong><em>c</em></strong><br>d</p>\n<h2>e</h2>", id="paragraphs"),
        pytest.param(f'<p><a href="https://a.example/?b=1&amp;c=%20#d" title="&quot;" {REL}>e</a></p>', id="link"),
        pytest.param('<img src="https://a.example/1.jpg" alt="&gt;" width="640">', id="picture"),
        pytest.param('<img src="https://a.example/1" srcset="https://a.example/2 2x, https://a.example/3">', id="set"),
        pytest.param("<ul><li>a<ul><li><p>b</p></li></ul></li></ul><dl><dt>c</dt><dd>d</dd></dl>", id="lists"),
        pytest.param("<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><p>b</p></td></tr></tbody></table>",
                     id="table"),
        pytest.param(f'<blockquote cite="https://a.example/"><a href="mailto:a@b.example" {REL}>c</a></blockquote>',
                     id="quote"),
        pytest.param("<figure><pre><code>a\n\n  b</code></pre><figcaption>한글</figcaption></figure><hr>", id="figure"),
    ],
)  # fmt: skip
def test_usual_html_is_at_rest(html: str) -> None:
    assert settled(html)
    assert once(html) == html


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p><p>a</p></p>", id="a paragraph in one"),
        pytest.param("<p><b>a<ul><li>b</li></ul></b></p>", id="a list in words"),
        pytest.param(f"<a {REL}><i><a {REL}>b</a></i></a>", id="a link in one"),
        pytest.param("<b>a<i>b</b>c</i>", id="crossed"),
        pytest.param("<p>a", id="open"),
        pytest.param("a</p>", id="closed twice"),
        pytest.param("<table><tbody><tr><td>a</td>b</tr></tbody></table>", id="words in a row"),
        pytest.param("<table><tr><td>a</td></tr></table>", id="rows without a body"),
        pytest.param("<li>a</li><dd>b</dd>", id="an item without a list"),
        pytest.param("<pre>\n\na</pre>", id="a line that a parser swallows"),
        pytest.param(f'<a {REL} title="a">b</a>', id="attributes out of order"),
        pytest.param('<a href="https://a.example/">b</a>', id="a link without rel"),
        pytest.param('<img src="https://a.example/1" width="1" height="1">', id="a pixel"),
        pytest.param('<img src="https://stats.wordpress.com/b.gif">', id="a counter"),
        pytest.param('<img alt="a">', id="a picture of nothing"),
        pytest.param('<img src="/1.jpg">', id="relative"),
        pytest.param('<img src="https://a.example/../1.jpg">', id="dots"),
        pytest.param('<img src="https://xn--a.example/1.jpg">', id="a name that may be wrong"),
        pytest.param('<img src="https://a.example/a&nbsp;b">', id="a sign that is encoded"),
        pytest.param("<p>a</p><p>&nbsp;<br></p>", id="an empty paragraph"),
        pytest.param("a<br><br><br>b", id="three breaks"),
        pytest.param("a\u200b", id="a sign that goes"),
        pytest.param("e\u0301", id="not NFC"),
        pytest.param("a\rb", id="a return"),
        pytest.param("<script>1</script>", id="a tag that goes"),
        pytest.param('<p style="x">a</p>', id="an attribute that goes"),
    ],
)  # fmt: skip
def test_what_may_change_is_not_at_rest(html: str) -> None:
    assert not settled(html)


fragments = st.lists(
    st.sampled_from(
        [f"<{t}>" for t in sorted(clean.TAGS)] + [f"</{t}>" for t in sorted(clean.TAGS)]
        + ["<p>", "</p>", "<li>", "</li>", "<b>", "</b>", "<a href=/x>", "</a>", "<tr>", "<td>", "</table>"] * 4
        + ["<center>", "<svg>", "<font>", "<object>", "<img src=/a>", "<img src=//B.example/ö?q=1 srcset='/a, /b 2x'>"]
        + ["<img src=data:x alt=y>", "<a title=t href=javascript:x>", "\n", " ", "&nbsp;", "&#13;", "&#x301;", "e", "속"]
    ),
    max_size=16,
).map("".join)  # fmt: skip


@settings(max_examples=300)
@given(fragments)
def test_what_is_at_rest_stays(html: str) -> None:
    left = once(html)
    assume(settled(left))
    assert once(left) == left


def test_attacks_that_are_at_rest_stay() -> None:
    left = [once(attack) for attack in attacks().values()]
    for html in left:
        assert once(html) == html or not settled(html)
