"""`feeds add` and `feeds import` as a user types them, before a site on loopback."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli, editing
from tests.end_to_end.served import Site, served

Feeds = Callable[..., Result]


def feed(title: str, items: int = 6) -> bytes:
    inner = "".join(
        f"<item><guid>https://x.example/{title}/{n}</guid><title>{title} {n}</title>"
        f"<pubDate>Thu, 0{n} Jan 2026 09:00:00 GMT</pubDate></item>"
        for n in range(items, 0, -1)
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{inner}</channel></rss>".encode()


RSS = "application/rss+xml"
TWO = (
    b"<html><head><link rel=alternate type=application/rss+xml href=/news.xml title=News></head>"
    b"<body><link rel=alternate type=application/rss+xml href=/comments.xml title=Comments>"
    b"<a href=/gone.rss>gone</a></body></html>"
)
PAGES = {
    "/": ("text/html", TWO),
    "/news.xml": (RSS, feed("News")),
    "/comments.xml": (RSS, feed("Comments", 1)),
    "/bare/": ("text/html", b"<html><body>no feed named</body></html>"),
    "/bare/rss.xml": (RSS, feed("Bare")),
    "/bare/index.xml": (RSS, feed("Bare too")),
    "/none/": ("text/html", b"<html></html>"),
}
LISTED = """\
1  News
   {0}/news.xml
   rss20, 6 entries, newest 2026-01-06
     News 6
     News 5
     News 4
     News 3
     News 2
2  Comments
   {0}/comments.xml
   rss20, 1 entry, newest 2026-01-01
     Comments 1
"""


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*words: str, code: int = 0, typed: str | None = None) -> Result:
        monkeypatch.setattr(editing, "_is_asked", lambda: typed is not None)
        result = CliRunner().invoke(cli, [*words], input=typed)
        assert result.exit_code == code, f"{words}: {result.output} {result.exception!r}"
        return result

    return run


def desk(site: Site, more: str = "") -> None:
    Path("feeds.yaml").write_text(
        f"site: {{title: T, url: https://a.example}}\nserver: {{allow_private: ['127.0.0.1:{site.port}']}}\n{more}"
    )


def test_away_from_a_terminal_it_lists_and_says_what_to_type(feeds: Feeds) -> None:
    with served(PAGES) as site:
        desk(site)
        said = feeds("add", site.url("/"), code=2)
        base = site.url("")
        assert said.stdout == LISTED.format(base)
        assert f"  feeds add {base}/news.xml\n  feeds add {base}/comments.xml\n" in said.stderr
    assert "sources" not in Path("feeds.yaml").read_text()


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        pytest.param("\n", ["news.xml"], id="the best"),
        pytest.param("2\n", ["comments.xml"], id="a number"),
        pytest.param("1, 2\n", ["news.xml", "comments.xml"], id="both"),
        pytest.param("3\nx\n2\n", ["comments.xml"], id="asked again"),
    ],
)
def test_at_a_terminal_it_asks(feeds: Feeds, typed: str, added: list[str]) -> None:
    with served(PAGES) as site:
        desk(site)
        feeds("add", site.url("/"), typed=typed)
        written = Path("feeds.yaml").read_text()
        assert [name for name in ("news.xml", "comments.xml") if site.url(f"/{name}") in written] == added


def test_yes_takes_the_best(feeds: Feeds) -> None:
    with served(PAGES) as site:
        desk(site)
        assert "added" in feeds("add", site.url("/"), "--yes").output
        assert site.url("/news.xml") in Path("feeds.yaml").read_text()


def test_a_feeds_own_address_needs_no_question(feeds: Feeds) -> None:
    with served(PAGES) as site:
        desk(site)
        assert "added" in feeds("add", site.url("/news.xml")).output


def test_the_usual_places_are_tried_where_a_page_names_none(feeds: Feeds) -> None:
    with served(PAGES) as site:
        desk(site)
        said = feeds("add", site.url("/bare/"), code=2).output
        assert site.url("/bare/rss.xml") in said
        assert site.url("/bare/index.xml") not in said
        assert "no feed was found" in feeds("add", site.url("/none/"), code=2).output.replace("\n", " ")


def test_one_id_is_for_one_feed(feeds: Feeds) -> None:
    with served(PAGES) as site:
        desk(site)
        assert "--id names one source" in feeds("add", site.url("/"), "--id", "x", typed="1,2\n", code=2).output


def test_what_is_exported_comes_in_again(feeds: Feeds) -> None:
    sources = (
        "sources:\n  - {id: a, url: 'https://a.example/f?x=1&y=2', title: '가 & \"나\"', categories: [기술, '속보 <1>']}\n"
        "  - {id: b, url: 'https://b.example/f'}\n"
    )
    with served({}) as site:
        desk(site, sources)
    feeds("pause", "a")
    first = feeds("export", "opml").output
    Path("list.opml").write_text(first)
    assert "added 0 sources, 2 were there already" in feeds("import", "list.opml").output
    Path("other").mkdir()
    Path("other/feeds.yaml").write_text("site: {title: T, url: https://a.example}\n")
    feeds("-c", "other/feeds.yaml", "import", "list.opml")
    feeds("-c", "other/feeds.yaml", "pause", "a.example-f-x-1-y-2")
    assert (
        feeds("-c", "other/feeds.yaml", "export", "opml").output.partition("<body>")[2] == first.partition("<body>")[2]
    )


def test_import_tells_what_it_could_not_take(feeds: Feeds) -> None:
    Path("feeds.yaml").write_text("site: {title: T, url: https://a.example}\n")
    Path("urls").write_text('https://a.example/f "~A: b" news\nexec:rm -rf /\nhttp://www.a.example/f/\n')
    said = feeds("import", "urls").output
    assert "added 1 source" in said
    assert "line 2: 'exec:rm' is left out: a command of newsboat, not a feed" in said
    Path("words").write_text("hello world\n")
    assert "line 1: 'hello' is left out: not an http(s) address" in feeds("import", "words", code=2).output


def test_import_hands_no_control_of_a_list_to_the_terminal(feeds: Feeds) -> None:
    Path("feeds.yaml").write_text("site: {title: T, url: https://a.example}\n")
    Path("bad").write_text("foo\x1b[31mred\x1b]0;pwn\x07\x9b\u202e b\n")
    said = feeds("import", "bad", code=2).output
    assert r"line 1: 'foo\x1b[31mred\x1b]0;pwn\x07\x9b\u202e' is left out" in said
    Path("mixed").write_text("https://a.example/f\nexec:\x1b[31mred\x07\n")
    said += feeds("import", "mixed").output
    assert r"exec:\x1b[31mred\x07" in said
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(said)


def test_srv_33_export_tells_no_secret(feeds: Feeds) -> None:
    auth = "sources: [{id: a, url: 'https://a.example/f', auth: {token: geheim}, headers: {X-Key: geheim}}]\n"
    Path("feeds.yaml").write_text(f"site: {{title: T, url: https://a.example}}\n{auth}")
    feeds("pause", "a")
    for words in (("export", "opml"), ("list", "--json"), ("list",), ("config", "show"), ("status",)):
        assert "geheim" not in feeds(*words).output
