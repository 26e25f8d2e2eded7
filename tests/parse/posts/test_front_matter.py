"""Front matter in YAML, TOML and JSON: what is read, what is mended, what is a fault."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import PostError
from feeds.model.source import Document, Source
from feeds.parse.posts.front_matter import FrontMatter, read
from feeds.parse.posts.post import parse
from feeds.parse.posts.yaml_tree import Items, Node, Scalar

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
CORPUS = SHARED / "corpus" / "frontmatter"


def simple(node: Node) -> object:
    match node:
        case Scalar():
            return node.text
        case Items():
            return [simple(each) for each in node.items]
        case _:
            return {key: simple(each) for key, each in node.fields.items()}


def values(found: FrontMatter) -> dict[str, object]:
    return {key: simple(node) for key, node in found.fields.items()}


def fault(text: str) -> str:
    with pytest.raises(PostError) as caught:
        read(text, "a.md")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "fields", "body"),
    [
        pytest.param("---\ntitle: 글\n---\n본문\n", {"title": "글"}, "본문\n", id="yaml"),
        pytest.param("---\ntitle: 글\n...\n본문", {"title": "글"}, "본문", id="closed by dots"),
        pytest.param("---  \ntitle: 글\n---  \n본문", {"title": "글"}, "본문", id="blanks after the signs"),
        pytest.param("----\na: b\n----\nx", {"a": "b"}, "x", id="four dashes"),
        pytest.param("\n\n---\na: b\n---\nx", {"a": "b"}, "x", id="blank lines before"),
        pytest.param("---yaml\na: b\n---\nx", {"a": "b"}, "x", id="named yaml"),
        pytest.param("---\n---\nx", {}, "x", id="empty"),
        pytest.param("---\n# only words\n---\nx", {}, "x", id="comment only"),
        pytest.param("---\na: b\n---\n    code\n\n---\n", {"a": "b"}, "    code\n\n---\n", id="body as it is"),
        pytest.param("---\nTitle: a\nDRAFT: true\n---\n", {"title": "a", "draft": "true"}, "", id="keys in any case"),
        pytest.param("+++\ntitle = '속보: 하나'\ndraft = false\ndate = 2024-01-01T10:00:00+09:00\nn = [1, 1.10]\n+++\nx",
                     {"title": "속보: 하나", "draft": "false", "date": "2024-01-01T10:00:00+09:00", "n": ["1", "1.1"]},
                     "x", id="FM-10 toml"),
        pytest.param('{\n"title": "글", "n": 10, "b": true, "z": null\n}\nx',
                     {"title": "글", "n": "10", "b": "true", "z": ""}, "x", id="json"),
        pytest.param('---json\n{"title": "글"}\n---\nx', {"title": "글"}, "x", id="named json"),
        pytest.param('---\n{"title": "글"}\n---\nx', {"title": "글"}, "x", id="json is yaml"),
        pytest.param("no front matter", {}, "no front matter", id="none"),
        pytest.param("{: .notice}\ntext", {}, "{: .notice}\ntext", id="kramdown is not json"),
        pytest.param("Title\n---\ntext", {}, "Title\n---\ntext", id="a heading is not front matter"),
    ],
)  # fmt: skip
def test_reads(text: str, fields: dict[str, object], body: str) -> None:
    found = read(text, "a.md")
    assert (values(found), found.body, found.problems) == (fields, body, ())
    assert found.line == text[: len(text) - len(body)].count("\n") + 1


@pytest.mark.parametrize(
    "value",
    ["1.10", "yes", "no", "off", "0123", "12:30:45", "2024_01_01", "0x1F", "1e3", "2025-02-30", "9" * 5000, "=", "<<",
     "2001-12-14t21:59:43.10-05:00", "#태그", "null and void"],
)  # fmt: skip
def test_fm_13_values_keep_their_characters(value: str) -> None:
    written = f"'{value}'" if value.startswith("#") else value
    assert values(read(f"---\ntitle: {written}\n---\n", "a.md"))["title"] == value


@pytest.mark.parametrize(
    "value",
    ["속보: 하나", "C#: 소개", "[공지] 안내", "[공지] 안내: 둘", "[속보", '"속보" 끝', "'속보' 끝", "@이름", "`코드` 이야기",
     "%할인", "- 하나", "{제목} 없음", "가: 나: 다", "it's: 하나", "끝:"],
)  # fmt: skip
def test_unquoted_titles_are_taken_as_text(value: str) -> None:
    found = read(f"---\nlayout: post\ntitle: {value}\ntags: [a,\n  b]\n---\n본문", "a.md")
    assert values(found) == {"layout": "post", "title": value, "tags": ["a", "b"]}
    assert [(p.code, p.where) for p in found.problems] == [("assumed", "a.md:3")]
    assert value in found.problems[0].detail


def test_several_lines_are_mended() -> None:
    found = read("---\ntitle: a: b\ndescription: [x] y\ntags:\n  - [z] w\n---\n", "a.md")
    assert values(found) == {"title": "a: b", "description": "[x] y", "tags": ["[z] w"]}
    assert [p.where for p in found.problems] == ["a.md:2", "a.md:3", "a.md:5"]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        pytest.param("---\ntitle: x\n\n본문", "a.md:1:1", "no end", id="FM-10 missing end"),
        pytest.param(
            "title: x\ndate: 2024-01-01\n---\n본문", "a.md:1:1", "without its opening", id="FM-10 missing start"
        ),
        pytest.param("---js\nconst draft = true;\n---\n본문", "a.md:1:1", "a script is not read", id="in a script"),
        pytest.param("---\n- a\n- b\n---\n", "a.md:2:1", "`key: value`", id="FM-10 list"),
        pytest.param("---\njust words\n---\n", "a.md:2:1", "`key: value`", id="FM-10 scalar"),
        pytest.param("---\ntitle: a\ntitle: b\n---\n", "a.md:3:1", "given twice", id="FM-11 duplicate key"),
        pytest.param("---\ntitle: a\nTitle: b\n---\n", "a.md:3:1", "given twice", id="FM-11 but for case"),
        pytest.param('{\n"a": 1,\n"a": 2\n}\n', "a.md:1:1", "given twice", id="FM-11 json"),
        pytest.param("+++\na = 1\na = 2\n+++\n", "a.md:3:", "TOML", id="FM-11 toml"),
        pytest.param("---\ntitle: a\n\tb: c\n---\n", "a.md:3:1", "tab", id="tab"),
        pytest.param("---\ntitle: *강조* 소식\n---\n", "a.md:2:", "put the value in quotes", id="star"),
        pytest.param('---\ndescription: "글\ndate: 2024-01-01\n---\n', "a.md:2:14", "never closed", id="open quote"),
        pytest.param("---\na: b\nc: 'd\n\ne: f\n---\n본문", "a.md:3:4", "close it", id="open single quote"),
        pytest.param('---\n"a: b\nc: d\n---\n', "a.md:2:1", "never closed", id="open quote of a key"),
        pytest.param("---\na: b\n  c: d\n---\n", "a.md:3:4", "colon", id="indented"),
        pytest.param("+++\ntitle = 글\n+++\n", "a.md:2:9", "TOML", id="toml"),
        pytest.param("+++\ndate = 2025-02-30\n+++\n", "a.md:2:", "TOML", id="FM-12 toml"),
        pytest.param('---json\n{"a": }\n---\n', "a.md:2:7", "JSON", id="json"),
        pytest.param("---\n? [a, b]\n: c\n---\n", "a.md:2:3", "key", id="complex key"),
    ],
)
def test_faults_name_their_place(text: str, place: str, words: str) -> None:
    said = fault(text)
    assert said.startswith(place), said
    assert words in said


def test_fault_shows_the_line_with_a_caret() -> None:
    assert fault("---\ntitle: a\ntitle: b\n---\n") == (
        "a.md:3:1: error: the key 'title' is given twice\n     3 | title: b\n       | ^\n       = remove one of the two"
    )


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{b}: &{b} {{<<: [*{a}, *{a}]}}\n" for a, b in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("matter", "words"),
    [
        pytest.param("a: !!python/object/apply:os.system [ls]", "tag", id="FM-01 object"),
        pytest.param("a: !!python/name:os.system", "tag", id="FM-01 name"),
        pytest.param("a: !<x> b", "tag", id="FM-01 verbatim"),
        pytest.param(BOMB, "anchor", id="FM-02 aliases"),
        pytest.param(MERGES, "anchor", id="FM-03 merge keys"),
        pytest.param("a: " + "[" * 30_000 + "]" * 30_000, "nested", id="FM-04 flow"),
        pytest.param("a: " + "{a: " * 10_000, "nested", id="FM-04 open maps"),
        pytest.param("a: &a [*a]", "anchor", id="FM-05 itself"),
        pytest.param("\n".join(f"k{n}: v" for n in range(350_000)), "64 kB", id="FM-06 many keys"),
        pytest.param("a: [" + "x, " * 10_000 + "]", "5000 values", id="FM-06 many values"),
    ],
)
def test_bombs_are_refused(matter: str, words: str) -> None:
    assert words in fault(f"---\n{matter}\n---\n")


def test_fm_04_nested_toml_and_json_are_refused() -> None:
    assert "nested" in fault("+++\na = " + "[" * 100 + "]" * 100 + "\n+++\n")
    assert "JSON" in fault("---json\n" + '{"a":' * 5_000 + "1" + "}" * 5_000 + "\n---\n")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60))
def test_whatever_a_title_is_its_words_stay_or_the_post_is_refused(title: str) -> None:
    """No value is changed in silence, but for what YAML calls a comment."""
    try:
        found = values(read(f"---\ntitle: {title}\n---\n", "a.md"))
    except PostError:
        return
    got = found.get("title")
    if isinstance(got, str) and " #" not in f" {title}":
        assert got.strip() in {title.strip(), title.strip().strip("'\"")} or title.strip()[:1] in "'\"|>"


# what other readers of front matter take as their samples

FORM = {"no-frontmatter.txt", "hasnt-matter.md", "delims-custom.md", "delims-and-lang.md", "delims-semi-colons.md"}
OPEN = {"all.yaml"}  # has no end: a fault here


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")
def test_samples_of_other_readers() -> None:
    read_ones = 0
    for path in sorted(CORPUS.rglob("*")):
        if path.suffix in {".md", ".txt", ".yaml", ".html"} and "_layouts" not in path.parts and path.stat().st_size:
            text = path.read_text(encoding="utf-8")
            if path.name in OPEN:
                assert "no end" in fault(text)
                continue
            found = read(text, path.name)
            is_page = path.parent.name in {"layouts", "data"}
            assert is_page or bool(found.form) is (path.name not in FORM), path
            read_ones += 1
    assert read_ones >= 35


# the bytes before it


def post(body: bytes, encoding: str = "") -> tuple[str, list[str]]:
    source = Source(id="s", kind="content", location="/s")
    if encoding:
        from dataclasses import replace

        source = replace(source, options=replace(source.options, encoding=encoding))
    parsed = parse(Document(url="a.md", body=body, path="a.md"), source)
    title = parsed.entries[0].title
    return title.value if title else "", [p.detail for p in parsed.problems]


KOREAN = "---\ntitle: 똠방각하 펲시콜라\n---\n한글로 쓴 본문이다. 몇 줄 더 쓴다.\n"


@pytest.mark.parametrize(
    ("body", "noted"),
    [
        pytest.param(KOREAN.encode(), 0, id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + KOREAN.encode(), 0, id="FM-09 byte order mark"),
        pytest.param(KOREAN.replace("\n", "\r\n").encode(), 0, id="CRLF"),
        pytest.param(KOREAN.encode("utf-16"), 1, id="utf-16"),
        pytest.param(KOREAN.encode("cp949"), 1, id="FM-08 cp949"),
        pytest.param(KOREAN.replace("글", "글\x08").encode(), 1, id="control characters"),
    ],
)
def test_bytes_to_text(body: bytes, noted: int) -> None:
    title, problems = post(body)
    assert title == "똠방각하 펲시콜라"
    assert len(problems) == noted


def test_fm_08_setting_decides() -> None:
    assert post(KOREAN.encode("cp949"), "euc-kr") == ("똠방각하 펲시콜라", [])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(
            "---\ntitle: café été\n---\nà la carte\n".encode("latin-1"), "not UTF-8: byte 14", id="FM-08 latin-1"
        ),
        pytest.param(KOREAN.encode()[:40] + b"\xff\xff" + KOREAN.encode()[40:], "not UTF-8", id="FM-08 broken utf-8"),
        pytest.param(b"---\0\ntitle: x\n---\n", "zero bytes", id="zero bytes"),
        pytest.param(b"x" * (2 * 1024 * 1024 + 1), "at most", id="FM-07 large"),
    ],
)
def test_what_is_not_certain_is_not_guessed(body: bytes, words: str) -> None:
    with pytest.raises(PostError, match=words):
        post(body)


@pytest.mark.parametrize(
    ("said", "minor", "noted"),
    [
        ("true", True, False),
        ("'yes'", True, False),
        ("false", False, False),
        ("perhaps", False, True),
        ("", False, False),
    ],
)
def test_a_version_that_is_no_news(said: str, minor: bool, noted: bool) -> None:
    line = f"minor: {said}\n" if said else ""
    body = f"---\ntitle: A\n{line}---\nWords.\n".encode()
    parsed = parse(Document(url="a.md", body=body, path="a.md"), Source(id="s", kind="content", location="/s"))
    assert parsed.entries[0].minor is minor
    assert any("`minor: perhaps` is in doubt" in p.detail for p in parsed.problems) is noted


@pytest.mark.parametrize("name", ["2026-01-02-a.md", "a.md"])
@pytest.mark.parametrize(
    ("date", "embargo", "release"),
    [
        pytest.param("2026-01-01", "2026-01-31 10:00 +0900", "2026-01-31T01:00:00+00:00", id="after its date"),
        pytest.param("2026-03-01", "2026-01-31 10:00 +0900", "2026-03-01T00:00:00+00:00", id="before its date"),
        pytest.param("", "'2026-01-31T10:00:00Z'", "2026-01-31T10:00:00+00:00", id="no date"),
        pytest.param("2026-01-01", "", "2026-01-01T00:00:00+00:00", id="empty"),
    ],
)
def test_an_embargo_keeps_a_post_in(name: str, date: str, embargo: str, release: str) -> None:
    lines = f"title: A\nembargo: {embargo}\n" + (f"date: {date}\n" if date else "")
    document = Document(url=name, body=f"---\n{lines}---\nWords.\n".encode(), path=name)
    (entry,) = parse(document, Source(id="s", kind="content", location="/s")).entries
    assert entry.release
    assert entry.release.isoformat() == release


@pytest.mark.parametrize("said", ["next week", "2026-02-31", "[2026-01-01]", "{at: 2026-01-01}"])
def test_an_embargo_that_cannot_be_read_is_a_fault(said: str) -> None:
    body = f"---\ntitle: A\nembargo: {said}\n---\nWords.\n".encode()
    with pytest.raises(PostError, match="embargo"):
        parse(Document(url="a.md", body=body, path="a.md"), Source(id="s", kind="content", location="/s"))
