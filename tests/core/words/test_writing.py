"""In which writing an entry is told."""

import pytest

from feeds.core.words.writing import other_writing, writing
from feeds.model.entry import Entry


@pytest.mark.parametrize(
    ("title", "words", "name"),
    [
        pytest.param("강변 도서관 다시 열다", "시민 1300명이 찾았다.", "hangul", id="Korean"),
        pytest.param(
            "삼성전자, ‘Galaxy S26’ 공개", "신제품 Galaxy S26을 내놓았다.", "hangul", id="Korean with Latin names"
        ),
        pytest.param("Library reopens", "<p>It was full.</p>", "latin", id="English"),
        pytest.param("図書館が再び開館した", "川沿いの図書館は十四か月ぶり", "kana", id="Japanese"),
        pytest.param("图书馆重新开放", "河边图书馆时隔十四个月", "han", id="Chinese"),
        pytest.param("Библиотека снова открыта", "", "cyrillic", id="Russian"),
        pytest.param("KBO 3", "", "", id="too short"),
        pytest.param("도서관 소식 여섯 줄", "Library news in brief", "", id="both"),
    ],
)
def test_writing(title: str, words: str, name: str) -> None:
    assert writing(Entry(source_id="a", guid="g", title=title, content=words)) == name


def test_what_is_unsure_is_no_other_writing() -> None:
    korean, english, short = (
        Entry(source_id="a", guid="g", title=t)
        for t in ("강변 도서관이 다시 문을 열었다", "Harbour library reopens", "AI")
    )
    assert other_writing(korean, english)
    assert not other_writing(korean, short)
    assert not other_writing(english, english)
