"""Bytes and labels to text: every way in which feeds lie about their encoding."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.decoding.decode import codec, decode

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
KOREAN = "대한민국 기술 뉴스: 새로운 반도체 공정이 공개되었다."
EXTENDED = "뷁과 똠방각하, 펲시: 확장 완성형에만 있는 음절"  # in windows-949, not in KS X 1001


def feed(text: str, label: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else '<?xml version="1.0"?>'
    return f"{declaration}<rss><channel><title>{text}</title></channel></rss>"


CASES = [
    # id, text, real encoding, declared, HTTP
    ("FMT-01 declared euc-kr", KOREAN, "euc-kr", "euc-kr", ""),
    ("FMT-02 declared utf-8", KOREAN, "euc-kr", "utf-8", ""),
    ("FMT-02 HTTP says utf-8", KOREAN, "euc-kr", "", "utf-8"),
    ("FMT-03 not declared", KOREAN, "euc-kr", "", ""),
    ("FMT-04 cp949 declared euc-kr", EXTENDED, "cp949", "euc-kr", ""),
    ("FMT-04 cp949 declared ks_c_5601-1987", EXTENDED, "cp949", "ks_c_5601-1987", ""),
    ("FMT-05 declared cp949", EXTENDED, "cp949", "cp949", ""),
    ("FMT-05 declared uhc", EXTENDED, "cp949", "uhc", ""),
    ("FMT-05 declared windows-949", EXTENDED, "cp949", "windows-949", ""),
    ("FMT-05 declared x-windows-949", EXTENDED, "cp949", "x-windows-949", ""),
    ("FMT-02 cp949 declared utf-8", KOREAN + EXTENDED, "cp949", "utf-8", ""),
    ("FMT-06 utf-8 declared euc-kr", KOREAN, "utf-8", "euc-kr", ""),
    ("FMT-07 utf-8 against HTTP", KOREAN, "utf-8", "utf-8", "euc-kr"),
    ("FMT-07 HTTP against declaration", KOREAN, "euc-kr", "shift_jis", "euc-kr"),
    ("FMT-07 server's default against declaration", KOREAN, "euc-kr", "euc-kr", "iso-8859-1"),
    ("FMT-08 utf-16 le declared utf-8", KOREAN, "utf-16-le", "utf-8", ""),
    ("FMT-08 utf-16 be declared utf-8", KOREAN, "utf-16-be", "utf-8", ""),
    ("FMT-08 utf-32 le", KOREAN, "utf-32-le", "utf-32", ""),
    ("FMT-08 utf-32 be", KOREAN, "utf-32-be", "utf-32", ""),
    ("FMT-11 latin-1 declared utf-8", "café crème à la carte déjà vu", "latin-1", "utf-8", ""),
    ("FMT-11 cp1252 declared iso-8859-1", "a “quote” – and more…", "cp1252", "iso-8859-1", ""),
    ("Russian", "Новости науки и техники сегодня", "koi8-r", "koi8-r", ""),
    ("Japanese, no label", "日本語のニュースをお届けします。カタカナもひらがなも。", "shift_jis", "", ""),
    ("Japanese in seven bits", "日本語のニュース", "iso2022_jp", "iso-2022-jp", ""),
    ("Chinese", "中国的新闻和技术", "gb18030", "gb2312", ""),
]


@pytest.mark.parametrize(("text", "real", "declared", "http"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_text_survives_its_label(text: str, real: str, declared: str, http: str) -> None:
    document = feed(text, declared)
    media_type = f'text/xml; charset="{http}"' if http else "text/xml"
    decoded = decode(document.encode(real), media_type)
    assert decoded.text == document
    assert decoded.lost == 0


@pytest.mark.parametrize("name", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_fmt_08_mark_wins_over_every_label(name: str) -> None:
    mark = "\ufeff".encode(name)
    assert decode(mark + feed(KOREAN, "euc-kr").encode(name), "text/xml; charset=euc-kr").text == feed(KOREAN, "euc-kr")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(codecs.BOM_UTF8 * 2 + feed(KOREAN).encode(), id="twice"),
        pytest.param(feed("\ufeff" + KOREAN).encode(), id="in the middle"),
    ],
)
def test_fmt_09_marks_vanish(body: bytes) -> None:
    assert decode(body).text == feed(KOREAN)


@pytest.mark.parametrize("label", ["utf-7", "UTF-7", "unicode-1-1-utf-7"])
def test_fmt_10_utf_7_is_never_decoded(label: str) -> None:
    document = feed("+ADw-script+AD4-", label)
    assert decode(document.encode(), f"text/xml; charset={label}").text == document
    assert decode(document.encode(), override=label).text == document
    assert codec(label) == ""


@pytest.mark.parametrize(
    ("real", "declared"), [("utf-8", "utf-8"), ("utf-8", ""), ("cp949", "euc-kr"), ("cp949", "")], ids=str
)
def test_fmt_12_one_bad_byte_costs_one_character(real: str, declared: str) -> None:
    body = feed(f"{KOREAN}!BAD!{KOREAN * 20}", declared).encode(real).replace(b"BAD", b"\xff")
    decoded = decode(body)
    assert decoded.text == feed(f"{KOREAN}!\ufffd!{KOREAN * 20}", declared)
    assert decoded.lost == 1


def test_owner_overrides_everything() -> None:
    document = feed("Привет", "utf-8")
    assert decode(document.encode("koi8-r"), "text/xml; charset=euc-kr", "koi8-r").text == document
    assert decode(feed(KOREAN).encode(), "", "no such thing").text == feed(KOREAN)


@pytest.mark.parametrize(
    ("real", "declared", "wrong"),
    [
        pytest.param("utf-8", "utf-8", False, id="true"),
        pytest.param("utf-8", "euc-kr", True, id="utf-8 called euc-kr"),
        pytest.param("cp949", "utf-8", True, id="cp949 called utf-8"),
        pytest.param("cp949", "euc-kr", False, id="cp949 is euc-kr"),
        pytest.param("utf-8", "", False, id="no label is no lie"),
    ],
)
def test_a_wrong_label_is_told(real: str, declared: str, wrong: bool) -> None:
    assert decode(feed(KOREAN, declared).encode(real)).wrong is wrong


MIXED = [
    # id, the parts with their encodings, what is read
    ("one title of EUC-KR in UTF-8", [(KOREAN * 3, "utf-8"), ("뷁한 제목", "cp949")], None),
    ("half and half", [(KOREAN, "utf-8"), (KOREAN * 4, "cp949"), ("속보", "utf-8")], None),
    ("one item of UTF-8 in EUC-KR", [(KOREAN * 6, "cp949"), (KOREAN, "utf-8")], None),
    ("a letter of Latin-1 in UTF-8", [(KOREAN * 3, "utf-8"), ("a café", "latin-1")], None),
    ("quotes of windows-1252 in UTF-8", [("où déjà — “là”" * 4, "utf-8"), ("don’t", "cp1252")], None),
    ("a syllable cut in half", [(KOREAN * 3, "utf-8"), ("속".encode()[:2].decode("latin-1"), "latin-1")], "\ufffd"),
]


@pytest.mark.parametrize("label", ["", "utf-8", "euc-kr"])
@pytest.mark.parametrize(("parts", "last"), [m[1:] for m in MIXED], ids=[m[0] for m in MIXED])
def test_parts_are_read_for_themselves(parts: list[tuple[str, str]], last: str | None, label: str) -> None:
    head = f'<?xml version="1.0" encoding="{label}"?>'.encode() if label else b""
    decoded = decode(head + b"".join(b"<item>" + text.encode(real) + b"</item>" for text, real in parts))
    texts = [text for text, _ in parts[:-1]] + [last or parts[-1][0]]
    assert decoded.text == head.decode() + "".join(f"<item>{text}</item>" for text in texts)
    assert (decoded.mixed, decoded.lost) == ((0, 1) if last else (1, 0))


@pytest.mark.parametrize(
    ("text", "real", "declared"),
    [
        pytest.param("Новости науки и техники, погода и спорт", "koi8-r", "iso-8859-1", id="KOI8-R called Latin-1"),
        pytest.param("Новости науки и техники. " * 4, "koi8-r", "windows-1251", id="KOI8-R called windows-1251"),
        pytest.param("Новости науки и техники", "windows-1251", "iso-8859-1", id="windows-1251 called Latin-1"),
        pytest.param("日本語のニュースをお届けします", "euc_jp", "iso-8859-1", id="EUC-JP called Latin-1"),
        pytest.param("日本語のニュースをお届けします" * 5, "shift_jis", "euc-kr", id="Shift_JIS called EUC-KR"),
        pytest.param(KOREAN * 2, "cp949", "shift_jis", id="EUC-KR called Shift_JIS"),
        pytest.param(KOREAN * 2, "cp949", "gb2312", id="EUC-KR called GB 2312"),
        pytest.param("중국(中國)과 일본(日本)의 기사를 그대로 옮긴다", "cp949", "", id="Hangul and Chinese characters"),
        pytest.param("ㅋㅋㅋㅋ 이것은 ㅎㅎㅎ 재미있다 ㅠㅠ", "cp949", "", id="Korean laughter"),
        pytest.param("Przyszłość już była, żółć też", "iso8859_2", "", id="Polish"),
        pytest.param("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250", "", id="Czech"),
        pytest.param("a fejlesztői forrás, gyűjtemény, főző", "cp1250", "", id="Hungarian"),
        pytest.param("Türkiye’de gündem: ışık, çağ, şehir", "cp1254", "", id="Turkish"),
        pytest.param("Ελλάδα και Κύπρος σήμερα", "cp1253", "", id="Greek"),
        pytest.param("Ångström, müßig, café, señor", "cp1252", "", id="Western languages together"),
        pytest.param("中国的新闻和技术，今天的天气很好，我们去公园", "gb18030", "", id="Chinese"),
        pytest.param("치", "cp949", "euc-kr", id="one syllable that passes for UTF-8"),
    ],
)
def test_enc_detection(text: str, real: str, declared: str) -> None:
    document = feed(text, declared)
    assert decode(document.encode(real)).text == document


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(codecs.BOM_UTF8 + feed(KOREAN, "euc-kr").encode("cp949"), id="UTF-8's before EUC-KR"),
        pytest.param(codecs.BOM_UTF16_LE + feed(KOREAN, "euc-kr").encode("cp949"), id="UTF-16's before EUC-KR"),
    ],
)
def test_a_mark_that_lies_is_none(body: bytes) -> None:
    assert decode(body).text == feed(KOREAN, "euc-kr")


USUAL = "".join(chr(code) for code in range(0xAC00, 0xD7A4) if min(chr(code).encode("cp949")) >= 0xA1)  # 2,350


@given(
    st.text(USUAL, min_size=40, max_size=200),
    st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=20),
    st.sampled_from(["", "utf-8", "euc-kr", "iso-8859-1", "windows-1252", "us-ascii"]),
)
def test_windows_949_under_any_label(text: str, rare: str, label: str) -> None:
    """The gate of the security page: texts of windows-949 by chance, under six labels."""
    document = feed(f"{text} {rare}", label)
    assert decode(document.encode("cp949")).text == document


@given(st.binary(max_size=300), st.sampled_from(["", "text/xml; charset=euc-kr", "text/xml; charset=zz", "charset="]))
def test_any_bytes_are_text(body: bytes, media_type: str) -> None:
    assert isinstance(decode(body, media_type).text, str)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=8, max_size=80))
def test_windows_949_is_read_under_its_old_name(text: str) -> None:
    assert decode(feed(text, "euc-kr").encode("cp949")).text == feed(text, "euc-kr")


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")
@pytest.mark.parametrize("labelled", [True, False], ids=["as labelled", "label taken away"])
@pytest.mark.parametrize("folder", ["EUC-KR", "SHIFT_JIS", "KOI8-R", "utf-8", "ascii"])
def test_real_documents_by_encoding(folder: str, labelled: bool) -> None:
    wrong = []
    for path in sorted((SHARED / "corpus" / "encodings" / "chardet" / folder).iterdir()):
        body = path.read_bytes()
        wanted = body.decode(codec(folder), "replace").replace("\ufeff", "")
        found = decode(body if labelled else body.replace(b"encoding=", b"xncoding=")).text
        differing = abs(len(wanted) - len(found)) + sum(a != b for a, b in zip(wanted, found, strict=False))
        # Windows' Shift_JIS and the standard's differ in a few signs; taking the label away changes two letters.
        if differing > 0.005 * len(wanted):
            wrong.append(path.name)
    assert wrong == []
