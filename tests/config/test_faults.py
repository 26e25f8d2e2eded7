"""What is said of a file with faults: where, what, and what would be right. The words are part of the promise."""

import unicodedata
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.config.nodes import DEEPEST
from feeds.config.read import read, read_text
from feeds.errors import ConfigError

SITE = "site: {title: T, url: https://a.example}\n"


def said(folder: Path, text: str) -> list[str]:
    """The faults of *text*, each as `line:column: message = suggestion`."""
    (folder / "posts").mkdir(exist_ok=True)
    with pytest.raises(ConfigError) as caught:
        read_text(text, str(folder / "feeds.yaml"), {})
    return [
        f"{f.line}:{f.column}: {f.message}" + (f" = {f.suggestion}" if f.suggestion else "")
        for f in caught.value.faults
        if f.level == "error"
    ]


def test_fault_shows_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """\
        # a news site
        version: 1

        site:
          title: 기술 뉴스
          url: https://news.example.kr
          langauge: ko
        """
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "feeds.yaml").write_text(dedent(text), "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        read("config/feeds.yaml", {})
    assert str(caught.value) == (
        "config/feeds.yaml:7:3: error: unknown key 'langauge' in site\n"
        "     7 |   langauge: ko\n"
        "       |   ^\n"
        "       = did you mean 'language'?"
    )


YAML = {
    "empty": ("", "1:1: the file is empty; `feeds init` writes one to start from"),
    "a list": ("- a\n", "1:1: the file is a list; give keys and values, as `feeds init` writes them"),
    "a word": ("feeds\n", "1:1: the file is 'feeds'; give keys and values, as `feeds init` writes them"),
    "tab": (
        "site:\n\ttitle: x\n",
        "2:1: not valid YAML: a tab stands where YAML allows only blanks = indent with blanks",
    ),
    "colon in a value": (
        "site:\n  title: 속보: 지진\n",
        "2:12: not valid YAML: ': ' stands inside a value = put the value in quotes",
    ),
    "open quote": (
        "site:\n  title: 'x\n  url: y\n",
        "2:10: not valid YAML: a quote is opened here and never closed = close the quote",
    ),
    "open bracket": (
        "a: [1, 2\n",
        "1:4: not valid YAML: the list or mapping in brackets that starts here is not closed"
        " = close it with ']'; in brackets, put values that hold { } [ ] or , in quotes",
    ),
    "reference in brackets": (
        "push: {hub: ${env:HUB}}\n",
        "1:7: not valid YAML: the list or mapping in brackets that starts here is not closed"
        " = close it with '}'; in brackets, put values that hold { } [ ] or , in quotes",
    ),
    "at sign": (
        "site: @x\n",
        "1:7: not valid YAML: a value may not start with '@' = put the value in quotes",
    ),
    "indentation": (
        "a:\n  - 1\n b: 2\n",
        "3:2: not valid YAML: the indentation does not fit the lines above = align it with its neighbours",
    ),
    "escape": ('a: "\\d"\n', "1:6: not valid YAML: an unknown escape in double quotes = use single quotes"),
    "control character": ("a: 1\nb: \x07\n", "2:4: a control character (U+0007) stands in the text = delete it"),
    "key twice": (
        SITE + "public: a\npublic: b\n",
        "3:1: key 'public' is given twice = it stands in line 2 already: keep one",
    ),
    "anchor": (
        SITE + "public: &here a\n",
        "2:9: anchor '&here' is not read here = delete it, and write values out",
    ),
    "alias": (SITE + "public: *here\n", "2:9: alias '*here' is not read here = write the value out"),
    "tag": (SITE + "public: !path a\n", "2:9: tag '!path' is not read here = delete it"),
    "second document": (
        SITE + "---\na: 1\n",
        "2:1: a second document starts here = one file holds one document: delete '---'",
    ),
    "deep": (
        f"a: {'[' * 50_000}",
        f"1:{4 + DEEPEST}: nested deeper than {DEEPEST} levels = check the brackets and the indentation",
    ),
}
ONE = {
    "no site": ("version: 1", "1:1: this file has no site; give it, with title and url"),
    "no title": ("site: {url: https://a.example}", "1:7: site has no title; give one, as in title: 기술 뉴스"),
    "rest too soon": (
        "site: {title: T, url: https://a.example, rest_after: 9m}",
        "1:54: rest_after is '9m'; give a duration from 10m to 365d, as in 10m, 2h or 7d",
    ),
    "empty title": (
        "site:\n  title:\n  url: https://a.example",
        "2:3: title is empty; give it a value, as in title: 기술 뉴스",
    ),
    "number as text": ("site: {title: 2024, url: https://a.example}", "1:15: title is 2024; give text in one line"
                       " = put it in quotes"),
    "url without scheme": (
        "site: {title: T, url: news.example.kr}",
        "1:23: url is 'news.example.kr'; give an absolute http(s) address, as in https://news.example.kr"
        " = did you mean 'https://news.example.kr'?",
    ),
    "url with query": (
        "site: {title: T, url: 'https://a.example/?x'}",
        "1:23: url is 'https://a.example/?x'; give it without query, fragment or password,"
        " as in https://news.example.kr",
    ),
    "zone": (
        "site: {title: T, url: https://a.example, timezone: Asia/Soul}",
        "1:52: timezone is 'Asia/Soul'; give a zone of the IANA list, as in Asia/Seoul = did you mean 'Asia/Seoul'?",
    ),
    "zone that is a path": (
        "site: {title: T, url: https://a.example, timezone: ../../etc/passwd}",
        "1:52: timezone is '../../etc/passwd'; give a zone of the IANA list, as in Asia/Seoul",
    ),
    "language": (
        "site: {title: T, url: https://a.example, language: ko_KR}",
        "1:52: language is 'ko_KR'; give a language tag, as in ko or en-GB = did you mean 'ko-KR'?",
    ),
    "key of an inner section": (
        "site: {title: T, url: https://a.example, author: {nmae: x}}",
        "1:51: unknown key 'nmae' in site.author = did you mean 'name'?",
    ),
    "section that is a word": (
        "site: {title: T, url: https://a.example, author: me}",
        "1:50: author is 'me'; give keys and values below it",
    ),
}  # fmt: skip
MORE = {
    "unknown section": (
        "feed: 1",
        "2:1: unknown key 'feed' in this file = the keys are version, unknown_category, store, public, site, defaults,"
        " content, sources, categories, dedupe, outputs, partners, push, schedule, server, log, mirror, gate",
    ),
    "version": ("version: 2", "2:10: version is 2; give 1"),
    "duration without unit": (
        "defaults: {every: 30}",
        "2:19: every is 30; give a duration from 1s to 30d, as in 30s, 10m, 2h or 7d"
        " = write a unit behind the number",
    ),
    "too often by default": (
        "defaults: {every: 10s}",
        "2:19: every is '10s'; give 1m or longer for feeds on the web",
    ),
    "content word": (
        "defaults: {content: summery}",
        "2:21: content is 'summery'; give auto, full, summary or title = did you mean 'summary'?",
    ),
    "rule": (
        "defaults: {drop: ['titel ~ \"x\"']}",
        "2:20: drop has what is no rule: unknown field 'titel': did you mean 'title'?",
    ),
    "rule, column within": (
        "defaults:\n  drop:\n    - title = AD",
        "4:15: drop has what is no rule: expected a value in quotes after '=', found 'AD'",
    ),
    "encoding": (
        "defaults: {encoding: utf-88}",
        "2:22: encoding is 'utf-88'; give a label of the WHATWG list, as in euc-kr or utf-8",
    ),
    "header name": (
        "defaults: {headers: {'a b': x}}",
        "2:22: headers has 'a b'; give a header's name, as in Authorization",
    ),
    "header value": (
        'defaults: {headers: {A: "x\\ny"}}',
        "2:25: A is 'x�y'; give text in one line",
    ),
    "no path": ("content: [{kind: jekyll}]", "2:11: content item 1 has no path; give one, as in path: ../site"),
    "path missing": (
        "content: [{path: nowhere}]",
        "2:18: path is 'nowhere', which is no folder; give the folder of the posts, relative to the folder of this"
        " file",
    ),
    "kind of another": (
        "content: [{path: posts, kind: zola}]",
        "2:31: kind is 'zola'; give auto, jekyll, hugo, pelican, eleventy, astro, mkdocs, obsidian or plain = not read by this version; hugo comes near",
    ),
    "content twice": (
        "content:\n  - path: posts\n  - path: ./posts/",
        "4:11: path './posts/' is a source already, in line 3; keep one of the two",
    ),
    "sources that are none": ("sources: {url: x}", "2:10: sources is a mapping; give a list, each item behind '- '"),
    "source that is an address": (
        "sources: [https://b.example/]",
        "2:11: sources item 1 is 'https://b.example/'; give keys and values below it",
    ),
    "source without place": (
        "sources:\n  - title: x",
        "3:5: a source has one of url, file and opml; this one has none of them",
    ),
    "source with two": (
        "sources:\n  - {url: https://b.example/, file: x}",
        "3:5: a source has one of url, file and opml; this one has url and file",
    ),
    "feed: address": (
        "sources: [{url: 'feed:https://b.example/rss'}]",
        "2:17: url is 'feed:https://b.example/rss'; give an absolute http(s) address, as in"
        " https://blog.example.com/feed.xml = did you mean 'https://b.example/rss'?",
    ),
    "BOM-26 command as address": (
        "sources: [{url: 'exec:rm'}]",
        "2:17: url is 'exec:rm'; give an absolute http(s) address, as in https://blog.example.com/feed.xml",
    ),
    "url twice": (
        "sources:\n  - url: https://b.example/rss\n  - url: http://B.example:80/rss/",
        "4:10: url 'http://B.example:80/rss/' is a source already, in line 3; keep one of the two",
    ),
    "id twice": (
        "content: [{id: a, path: posts}]\nsources: [{id: a, url: https://b.example/}]",
        "3:16: id 'a' is given twice; line 2 has it already: ids must differ",
    ),
    "id": (
        "sources: [{id: 'a b', url: https://b.example/}]",
        "2:16: id is 'a b'; give letters, digits, '-', '_' and '.', at most 100, as in daily-news",
    ),
    "too often": (
        "sources: [{url: https://b.example/, every: 10s}]",
        "2:44: every is '10s'; give 1m or longer for feeds on the web",
    ),
    "yes": (
        "sources: [{url: https://b.example/, enabled: yes}]",
        "2:46: enabled is 'yes'; give true or false = did you mean true? YAML 1.2 has no yes and no",
    ),
    "number in quotes": (
        "sources: [{url: https://b.example/, prefer: '5'}]",
        "2:45: prefer is '5'; give a number from -1000 to 1000 = write it without quotes",
    ),
    "word for a list": (
        "sources: [{url: https://b.example/, categories: 기술}]",
        "2:49: categories is '기술'; give a list, as in [one, two]",
    ),
    "opml missing": (
        "sources: [{opml: none.opml}]",
        "2:18: opml is 'none.opml', which cannot be read (No such file or directory); give the path of a list",
    ),
    "opml with id": (
        "sources: [{opml: none.opml, id: x}]",
        "2:18: opml is 'none.opml', which cannot be read (No such file or directory); give the path of a list",
        "2:33: id is given to a list, which has many feeds; leave it out",
    ),
    "slug": (
        "categories: [{name: 기술, slug: Tech News}]",
        "2:31: slug is 'Tech News'; give lower-case letters, digits and '-', no name that a disk or the server needs,"
        " as in tech = did you mean 'tech-news'?",
    ),
    "category twice": (
        "categories:\n  - {name: 기술, aliases: [IT]}\n  - {name: 정보, aliases: [x, ＩＴ]}",
        "4:29: alias 'ＩＴ' means another category already, in line 3; one name means one category",
    ),
    "slugs that meet": (
        "categories:\n  - {name: R&D}\n  - {name: r and d}",
        "4:12: slug 'r-and-d' means another category already, in line 3; one name means one category",
    ),
    "within": (
        "dedupe: {near: {within: 3}}",
        "2:25: within is 3; give a duration from 1m to 60d, as in 10m, 2h or 7d"
        " = write a unit behind the number",
    ),
    "limit": (
        "outputs: [{id: all, path: /, limit: -3}]",
        "2:37: limit is -3; give a number from 1 to 1000",
    ),
    "path without slashes": (
        "outputs: [{id: all, path: news}]",
        "2:27: path is 'news'; give a path that starts and ends with '/', as in /news/ = did you mean '/news/'?",
    ),
    "path that climbs": (
        "outputs: [{id: all, path: /../etc/}]",
        "2:27: path is '/../etc/'; give a path without ? # % \\, empty parts or parts that start with a dot",
    ),
    "each without slug": (
        "outputs: [{id: all, path: /topics/, each: category}]",
        "2:27: path is '/topics/'; with each: category it needs {slug}, as in /{slug}/"
        " = did you mean '/topics/{slug}/'?",
    ),
    "slug without each": (
        "outputs: [{id: all, path: '/{slug}/'}]",
        "2:27: path is '/{slug}/', but each is missing; add each: category, or leave {slug} out",
    ),
    "other braces": (
        "outputs: [{id: all, path: '/{name}/', each: category}]",
        "2:27: path is '/{name}/'; the only thing in braces may be {slug}",
    ),
    "output id twice": (
        "outputs:\n  - {id: all, path: /}\n  - {id: all, path: /x/}",
        "4:10: id 'all' is given twice; line 3 has it already: ids must differ",
    ),
    "output path twice": (
        "outputs:\n  - {id: a, path: /x/}\n  - {id: b, path: /x/}",
        "4:19: path '/x/' is taken already, in line 3; paths must differ",
    ),
    "category in the way": (
        "categories: [{name: 기술, slug: tech}]\noutputs:\n  - {id: a, path: /tech/}\n"
        "  - {id: b, path: '/{slug}/', each: category}",
        "5:19: path '/{slug}/' of category '기술' is taken already, in line 4; paths must differ",
    ),
    "format": (
        "outputs: [{id: a, path: /, formats: [atmo]}]",
        "2:38: formats has 'atmo'; give atom, rss, json, html, opml, news, msn, smartnews, flipboard, naver or ninjs = did you mean 'atom'?",
    ),
    "one file, two formats": (
        "outputs: [{id: a, path: /, files: {rss: atom.xml}}]",
        "2:41: rss is 'atom.xml', which is the file of atom too; names must differ",
    ),
    "file in another folder": (
        "outputs: [{id: a, path: /, files: {rss: ../x.xml}}]",
        "2:41: rss is '../x.xml'; give a file name of letters, digits, '-', '_' and '.', as in feed.xml",
    ),
    "channel": (
        "partners: [{id: p, channels: [al]}]",
        "2:31: channels has 'al'; give ids of outputs, or category:NAME = did you mean 'all'?",
    ),
    "content that a dialect takes no story of": (
        "partners: [{id: p, dialect: smartnews, content: summary}]",
        "2:49: content is 'summary', of which smartnews takes no story: every one would be set aside;"
        " give content: full, or another dialect",
    ),
    "titles for a dialect that wants a text": (
        "partners: [{id: p, content: title, dialect: msn}]",
        "2:29: content is 'title', of which msn takes no story: every one would be set aside;"
        " give content: full or summary, or another dialect",
    ),
    "secret of a webhook": (
        "partners: [{id: p, push: {url: 'https://a.example/', secret: 'whsec_eA=='}}]",
        "2:62: secret is 'whsec_eA=='; give whsec_ and 24 to 64 bytes in base64, as of `openssl rand -base64 32`",
    ),
    "webhook without a secret": (
        "partners: [{id: p, push: {url: 'https://a.example/'}}]",
        "2:26: push has a url but no secret;"
        " give it, as whsec_ and 24 to 64 bytes in base64, as of `openssl rand -base64 32`",
    ),
    "secret without a webhook": (
        "partners: [{id: p, push: {secret: 'whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3'}}]",
        "2:26: push has a secret but no url; give the address that is pushed to",
    ),
    "secret that is not there": (
        "partners: [{id: p, push: {url: 'https://a.example/', secret: '${env:NONE}'}}]",
        "2:62: the environment has no NONE, which ${env:NONE} asks for = set it, and start again",
    ),
    "webhook in the clear": (
        "partners: [{id: p, push: {url: 'http://a.example/', secret: 'whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3'}}]",
        "2:32: url is 'http://a.example/'; give an https address: what is private does not go in the clear "
        "(to try it out, name a.example in server.allow_private)",
    ),
    "hub": (
        "push: {hub: built-in}",
        "2:13: hub is 'built-in'; give builtin or the address of a hub, as in https://hub.example/",
    ),
    "share": ("schedule: {jitter: 10}", "2:20: jitter is 10; give a share from 0% to 100%, as in 10%"),
    "listen": (
        "server: {listen: 8080}",
        "2:18: listen is 8080; give host and port, as in 127.0.0.1:8080 or [::1]:8080",
    ),
    "port": (
        "server: {listen: 'localhost:99999'}",
        "2:18: listen is 'localhost:99999'; give host and port, as in 127.0.0.1:8080 or [::1]:8080",
    ),
    "store": (
        "store: mysql://x",
        "2:8: store is 'mysql://x'; give sqlite:/// and a path, as in sqlite:///var/feeds.db, or postgresql://…",
    ),
    "environment": (
        "public: ${env:NOWHERE}/x",
        "2:9: the environment has no NOWHERE, which ${env:NOWHERE} asks for = set it, and start again",
    ),
    "file of a reference": (
        "public: ${file:none.txt}",
        "2:9: ${file:none.txt} cannot be read: No such file or directory = check the path and its permissions",
    ),
    "bare reference": (
        "public: ${HOME}/x",
        "2:9: ${HOME} is not a reference = did you mean '${env:HOME}'?",
    ),
    "unknown reference": (
        "public: ${vault:x}",
        "2:9: ${vault:x} is not a reference = write ${env:NAME} or ${file:PATH}",
    ),
}  # fmt: skip


def row(name: str, text: str, *messages: str) -> object:
    return pytest.param(text, list(messages), id=name)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        *(row(f"yaml: {name}", *case) for name, case in YAML.items()),
        *(row(name, *case) for name, case in ONE.items()),
        *(row(name, SITE + case[0], *case[1:]) for name, case in MORE.items()),
    ],
)
def test_fault(tmp_path: Path, text: str, messages: list[str]) -> None:
    assert said(tmp_path, text) == messages


def test_all_faults_at_once_in_order(tmp_path: Path) -> None:
    text = "\n".join(SITE + case[0] for case in (MORE["limit"], MORE["hub"])).replace(SITE, "") + "\n"
    text = "site: {titel: T, url: news.example.kr, timezone: Asia/Soul}\nsources:\n  - {url: x, every: 1}\n" + text
    lines = [fault.partition(": ")[0] for fault in said(tmp_path, text)]
    assert lines == ["1:8", "1:23", "1:50", "3:11", "3:21", "4:37", "5:13"]


def test_caret_stands_below_its_sign_after_hangul(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_text("site: {title: 기술, url: x}", "f.yaml", {})
    line, caret = str(caught.value).split("\n")[1:3]
    width = sum(2 if unicodedata.east_asian_width(c) == "W" else 1 for c in line[: line.index("x}")])
    assert caret.index("^") == width


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(None, "error: the file does not exist\n       = `feeds init` writes one", id="missing"),
        pytest.param(b"a: \xb1\xe2\n", "1: error: the file is not UTF-8 text\n       = save it as UTF-8", id="cp949"),
    ],
)
def test_file_that_cannot_be_read(tmp_path: Path, body: bytes | None, message: str) -> None:
    path = tmp_path / "feeds.yaml"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(ConfigError) as caught:
        read(str(path), {})
    assert str(caught.value).startswith(f"{path}:")
    assert str(caught.value).removeprefix(f"{path}:").lstrip().startswith(message)


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\r\nsite:\r\n  title: T\r\n  url: https://a.example\r\n")
    assert read(str(path), {}).site.title == "T"


@given(st.text(alphabet=st.sampled_from(list("site:urlx-[]{}'\"#&*!|>%@`?, \n\t\r0기\x85\u2028$")), max_size=60))
def test_any_text_reads_or_has_faults(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_text(text, "f.yaml", {})
    assert caught.value.faults
