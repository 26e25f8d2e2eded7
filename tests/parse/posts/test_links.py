"""Links from post to post: found as each generator's authors name posts, and never left as no address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.entry import RawEntry, Text
from feeds.parse.posts.links import SCHEME, linked, to_post
from feeds.parse.posts.markdown import to_html


def post(path: str, title: str, html: str = "", hold: str = "") -> RawEntry:
    content = Text(value=html, kind="html")
    url = f"https://a.example/{title.lower().replace(' ', '-')}?a=1&b"
    return RawEntry(path=path, url=url, title=Text(value=title), content=content, hold=hold)  # type: ignore[arg-type]  # a member of its Literal


OTHERS = (
    post("posts/2024-01-02-bridge.md", "The Bridge"),
    post("posts/deep/ferry.md", "Ferry"),
    post("posts/bundle/index.md", "Bundle"),
    post("posts/deep/bridge.md", "Deeper"),
    post("항구.md", "한글 제목"),
    post("draft.md", "Draft", hold="draft"),
)


def shown(html: str, at: str = "posts/here.md") -> str:
    entries, _ = linked([*OTHERS, post(at, "Here", html)])
    content = entries[-1].content
    assert content
    return content.value


def link(name: str, guess: str = "") -> str:
    return f'<p>See <a href="{to_post(name, guess)}" title="t">words</a>.</p>'


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("2024-01-02-bridge", "the-bridge", id="Jekyll: a file without its ending"),
        pytest.param("posts/deep/ferry.md", "ferry", id="from the top"),
        pytest.param("/posts/deep/ferry.md", "ferry", id="from the top, with a slash"),
        pytest.param("deep/ferry.md", "ferry", id="beside this one"),
        pytest.param("../posts/deep/ferry.md", "ferry", id="up and down"),
        pytest.param("./deep/ferry.md", "ferry", id="a dot"),
        pytest.param("ferry", "ferry", id="a name"),
        pytest.param("Ferry.MD", "ferry", id="in other letters"),
        pytest.param("bundle", "bundle", id="a folder with an index"),
        pytest.param("bundle/index.md", "bundle", id="an index"),
        pytest.param("bridge", "the-bridge", id="a name without its date; the shorter path"),
        pytest.param("deep/bridge", "deeper", id="the end of a path"),
        pytest.param("the  bridge", "the-bridge", id="a title"),
        pytest.param("한글 제목", "한글-제목", id="a title in Hangul"),
        pytest.param("\u1112\u1161\u11bc\u1100\u116e.md", "한글-제목", id="a file as macOS writes it"),
    ],
)
def test_a_post_is_found_by_what_it_is_called(name: str, found: str) -> None:
    expected = f'<p>See <a href="https://a.example/{found}?a=1&amp;b" title="t">words</a>.</p>'
    assert shown(link(name)) == expected


def test_a_part_of_a_post_stays() -> None:
    assert 'href="https://a.example/ferry?a=1&amp;b#at%20sea"' in shown(link("ferry#at sea"))


@pytest.mark.parametrize("name", ["nowhere", "draft", "../../../etc/passwd", ""])
def test_a_link_that_leads_nowhere_leaves_its_words(name: str) -> None:
    entries, problems = linked([*OTHERS, post("here.md", "Here", link(name))])
    content = entries[-1].content
    assert content
    assert content.value == "<p>See words.</p>"
    assert [(p.code, p.where) for p in problems] == [("assumed", "here.md")]
    assert f"the link to the post {name!r} became its words" in problems[0].detail


def test_a_guess_stands_where_nothing_was_found() -> None:
    html = f'<a href="https://a.example{to_post("2024-01-02-other", "/2024/01/02/other.html")}">x</a>'
    assert shown(html) == '<a href="https://a.example/2024/01/02/other.html">x</a>'
    found = f'<a href="https://a.example/b{to_post("2024-01-02-bridge", "/b/guess")}">x</a>'
    assert shown(found) == '<a href="https://a.example/the-bridge?a=1&amp;b">x</a>', "what stands before it is no more"


def test_an_address_in_the_text_is_one_too() -> None:
    assert shown(f"<p>{to_post('ferry')}</p>") == "<p>https://a.example/ferry?a=1&amp;b</p>"


def test_wikilinks_are_links() -> None:
    html = to_html("[[ferry|배]] [[ferry]] [[#here]] [[nowhere|없는 글]] `[[ferry]]`")
    url = "https://a.example/ferry?a=1&amp;b"
    words = f'<p><a href="{url}">배</a> <a href="{url}">ferry</a> #here 없는 글 <code>[[ferry]]</code></p>'
    assert shown(html).strip() == words


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=30))
def test_no_name_is_left_or_breaks_out(names: list[str], guess: str) -> None:
    html = "".join(f'<a href="{to_post(name, guess)}">w</a>' for name in names)
    found = shown(html)
    assert SCHEME not in found
    assert found.count("<") == found.count(">") <= 2 * len(names)
    assert found.count('"') <= 2 * len(names)
