"""A document cut into items: where the items are, what counts as the same, and when it is left whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.source import Document
from feeds.parse.items import cut

HEAD = "<rss><channel><title>T</title>"
TAIL = "</channel></rss>"


def document(text: str, media_type: str = "") -> Document:
    return Document(url="https://a.example/feed", body=text.encode(), media_type=media_type)


@pytest.mark.parametrize(
    "items",
    [
        pytest.param(["<item>1</item>", "\n<item a='>'>2</item >"], id="rss"),
        pytest.param(["<entry>1</entry>", "<entry\n>2</entry>"], id="atom"),
        pytest.param(["<item><![CDATA[</item><item>]]></item>"], id="CDATA"),
        pytest.param(["<item><!-- </item> --></item>", "<item/ ></item>"], id="comments"),
        pytest.param(["<item><items/><entryway/></item>"], id="names that begin alike"),
    ],
)
def test_items_are_found_and_nothing_is_lost(items: list[str]) -> None:
    text = HEAD + "".join(items) + TAIL
    found = cut(document(text))
    assert found is not None
    assert [i.decode() for i in found.items] == [i.strip() for i in items]
    assert found.only(range(len(items))).decode() == text
    assert found.only([]).decode() == "".join(piece.decode() for piece in found.around)


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        pytest.param(HEAD + TAIL, "", id="no items"),
        pytest.param('{"items": []}', "", id="json"),
        pytest.param(f"{HEAD}<item>{TAIL}", "", id="unclosed"),
        pytest.param(f"{HEAD}<item><item></item></item>{TAIL}", "", id="nested"),
        pytest.param(f"{HEAD}</item><item></item>{TAIL}", "", id="closed before"),
        pytest.param(f"{HEAD}<item></entry>{TAIL}", "", id="closed by another"),
        pytest.param(f"{HEAD}<item></item><entry></entry>{TAIL}", "", id="of two kinds"),
        pytest.param(f"{HEAD}<item><![CDATA[</item>{TAIL}", "", id="CDATA without end"),
        pytest.param(f"{HEAD}<item><!--</item>{TAIL}", "", id="comment without end"),
        pytest.param(f"<?xml version='1.0' encoding='euc-kr'?>{HEAD}<item></item>{TAIL}", "", id="another encoding"),
        pytest.param(f"{HEAD}<item></item>{TAIL}", "text/xml; charset=euc-kr", id="another charset"),
        pytest.param(f"{HEAD}<item>\0</item>{TAIL}", "", id="NUL"),
        pytest.param(f"{HEAD}<item>1</item <item>2</item>{TAIL}", "", id="opened in a closing tag"),
        pytest.param(f"{HEAD}<item>1</item ", "", id="BOMB cut off in a closing tag"),
        pytest.param(f"{HEAD}<item>1</item><item>2</item/", "", id="BOMB cut off in a later one"),
    ],
)
def test_what_cannot_be_cut_is_left_whole(text: str, media_type: str) -> None:
    assert cut(document(text, media_type)) is None


def test_bytes_that_are_no_utf8_are_left_whole() -> None:
    assert cut(Document(url="", body=f"{HEAD}<item>가</item>{TAIL}".encode("cp949"))) is None


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        pytest.param("<title>T</title>", "<title>U</title>", False, id="title"),
        pytest.param("<ttl>60</ttl>", "<ttl>90</ttl>", False, id="ttl"),
        pytest.param("<lastBuildDate>1</lastBuildDate>", "<lastBuildDate>2</lastBuildDate>", True, id="date of making"),
        pytest.param("<pubDate>1</pubDate>", "", True, id="date left out"),
        pytest.param("<items><li>1</li></items>", "<items><li>2</li></items>", True, id="list of items"),
        pytest.param("<title>T</title>", "<title>T</title>\n\n", True, id="blanks"),
    ],
)
def test_frame(before: str, after: str, same: bool) -> None:
    one, two = (cut(document(f"<rss><channel>{head} <item>1</item></channel></rss>")) for head in (before, after))
    assert one is not None
    assert two is not None
    assert (one.frame() == two.frame()) is same


def test_frame_is_the_same_however_many_items_there_are() -> None:
    one, three = (cut(document(HEAD + "\n" + "<item>1</item>\n" * n + TAIL)) for n in (1, 3))
    assert one is not None
    assert three is not None
    assert one.frame() == three.frame()


@given(
    st.lists(
        st.sampled_from(
            [
                "<item>",
                "</item>",
                "</item ",
                ">",
                "</entry/",
                "<![CDATA[",
                "]]>",
                "<!--",
                "-->",
                "x",
                "<entry>",
                "</entry>",
                "<",
            ]
        )
    )
)
def test_bomb_any_signs_in_any_order_are_cut_or_left_whole(signs: list[str]) -> None:
    text = "".join(signs)
    found = cut(document(text))
    assert found is None or found.only(range(len(found.items))) == text.encode()
