"""Markdown bodies, and what editors leave in HTML ones."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.posts.editors import tidy
from feeds.parse.posts.markdown import to_html

WIKILINKS = '<p><a href="post-file:%EB%AC%B8%EC%84%9C">말</a>과 <a href="post-file:%EB%AC%B8%EC%84%9C">문서</a></p>'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        pytest.param('**"말"**로', "<p><strong>&quot;말&quot;</strong>로</p>", id="bold before a particle"),
        pytest.param(
            "**강조(强調)**는 *‘기울임’*이다", "<p><strong>강조(强調)</strong>는 <em>‘기울임’</em>이다</p>", id="signs"
        ),
        pytest.param("가**나**다", "<p>가<strong>나</strong>다</p>", id="inside a word"),
        pytest.param("값은 3 * 4 * 5다", "<p>값은 3 * 4 * 5다</p>", id="times"),
        pytest.param("foo**(bar)**baz", "<p>foo**(bar)**baz</p>", id="CommonMark elsewhere"),
        pytest.param("글\n{: .notice}", "<p>글</p>", id="attributes below"),
        pytest.param("{: .notice}\n글", "<p>글</p>", id="attributes above"),
        pytest.param("## 제목 {#id}", "<h2>제목</h2>", id="heading's id"),
        pytest.param(
            "![a](b.png){: width='1'} 끝", '<p><img src="b.png" alt="a" /> 끝</p>', id="attributes of an image"
        ),
        pytest.param("* 목차\n{:toc}\n\n글", "<p>글</p>", id="table of contents"),
        pytest.param("* a\n\n글\n\n* 목차\n{: toc}", "<ul>\n<li>a</li>\n</ul>\n<p>글</p>", id="the list above it only"),
        pytest.param("`{: .x} [[a]]`", "<p><code>{: .x} [[a]]</code></p>", id="code stays"),
        pytest.param("```\n{: .x}\n[[a]]\n```", "<pre><code>{: .x}\n[[a]]\n</code></pre>", id="fence stays"),
        pytest.param("[[문서|말]]과 [[문서]]", WIKILINKS, id="wikilinks"),
        pytest.param("가 ![[그림.png]]", "<p>가 </p>", id="embedded file"),
        pytest.param("[[1]](http://a.example/)", '<p><a href="http://a.example/">[1]</a></p>', id="link in brackets"),
        pytest.param("~~옛~~", "<p><s>옛</s></p>", id="strikethrough"),
        pytest.param("말\n: 뜻", "<dl>\n<dt>말</dt>\n<dd>뜻</dd>\n</dl>", id="definitions"),
        pytest.param("<div>\n<b>그대로</b>\n</div>", "<div>\n<b>그대로</b>\n</div>", id="raw HTML"),
    ],
)
def test_to_html(markdown: str, html: str) -> None:
    assert to_html(markdown).strip() == html


def test_table_ends_before_its_attributes() -> None:
    assert to_html("|가|나|\n|-|-|\n|1|2|\n{: .wide}\n").count("<tr>") == 2


def test_footnotes() -> None:
    html = to_html("글[^1]\n\n[^1]: 설명")
    assert 'href="#fn1"' in html
    assert "설명" in html


@given(st.text(max_size=200))
def test_any_text_is_markdown(text: str) -> None:
    assert isinstance(to_html(text), str)


# editors


@pytest.mark.parametrize(
    ("found", "left"),
    [
        pytest.param('<p data-ke-size="size16">글</p>', "<p>글</p>", id="attributes"),
        pytest.param('<p>가</p><p data-ke-size="size16">&nbsp;</p><p>나</p>', "<p>가</p><p>나</p>", id="spacer"),
        pytest.param('<p>가</p><p data-ke-size="size16"><br></p>', "<p>가</p>", id="line end as spacer"),
        pytest.param('<div class="tt_article_useless_p_margin contents_style"><p>가</p> 끝</div>', "<p>가</p> 끝", id="wrapper"),
        pytest.param('<b><span style="color: #ee2323;">굵은</span></b> 글', "<b>굵은</b> 글", id="span"),
        pytest.param('<span class="x">가</span>', '<span class="x">가</span>', id="span that says something"),
        pytest.param(
            '<figure class="imageblock alignCenter" data-ke-mobilestyle="widthOrigin"><span data-url="u" data-lightbox="l"'
            ' data-alt="a"><img src="a.png" srcset="b.png 2x" onerror="x()" data-filename="f"></span>'
            "<figcaption>설명</figcaption></figure>",
            '<figure><img src="a.png" srcset="b.png 2x"><figcaption>설명</figcaption></figure>',
            id="picture",
        ),
        pytest.param(
            '<pre class="python" data-ke-language="python" data-ke-type="codeblock"><code>if a &lt; b:\n\n  x</code></pre>',
            '<pre class="python"><code>if a &lt; b:\n\n  x</code></pre>',
            id="code",
        ),
        pytest.param('<p data-ke-size="s"><img src="a.png"></p>', '<p><img src="a.png"></p>', id="a picture is no spacer"),
        pytest.param("<p>그냥 &amp; 글</p>", "<p>그냥 &amp; 글</p>", id="no editor"),
        pytest.param('<div data-ke-x="1">' * 400 + "글" + "</div>" * 400, '<div data-ke-x="1">' * 400 + "글" + "</div>" * 400,
                     id="too deep to touch"),
    ],
)  # fmt: skip
def test_tidy(found: str, left: str) -> None:
    assert tidy(found) == left


TAGS = st.sampled_from(
    ["<p>", "</p>", "<span style='x'>", "</span>", "<div class='tt_article_useless_p_margin'>", "</div>", "<b>", "</b>",
     '<p data-ke-size="1">&nbsp;</p>', "<br>", "&amp;", "&nbsp;", "가 나", "word ", "<!-- c -->", "<figure class='imageblock'>",
     "</figure>", "<"]
)  # fmt: skip


@given(st.lists(TAGS, max_size=30).map("".join))
def test_tidy_loses_no_word(html: str) -> None:
    def words(text: str) -> str:
        text = re.sub(r"<!--.*?-->|</?[a-z][^<>]*>", "", text)
        return re.sub(r"[\s\u00a0]+", "", unescape(text))

    assert words(tidy(html)) == words(html)
