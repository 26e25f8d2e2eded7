"""What a publisher reads: whole output, from files and from servers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli
from tests.end_to_end.served import served

Peek = Callable[..., Result]
ODD = """\
<?xml version="1.0"?>
<rss version="2.0"><channel><title>강변 소식</title><link>https://river.example/</link>
<item><title>[AD] Bridges &amp;amp; boats</title><link>/1?a=1&b=2</link><pubDate>2026-01-01 09:00</pubDate>
<description>&lt;p onclick="x()"&gt;Words &lt;img src="a.png"&gt;&lt;/p&gt;</description></item>
<item><guid>2</guid><title>둘</title><link>https://river.example/2</link>
<description>Two.</description></item>
</channel></rss>
"""
DATA = Path(__file__).parent / "data"


@pytest.fixture
def peek(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Peek:
    """Type `feeds peek`; the clock stands at 2026-02-01, the folder is empty."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769904000")
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, ["peek", *words])
        assert result.exit_code == code, f"{words}: {result.output} {result.exception!r}"
        return result

    return run


def oddities(found: Result) -> dict[str, dict[str, object]]:
    return {str(oddity["code"]): oddity for oddity in json.loads(found.output)["oddities"]}


def test_a_file_told_whole(peek: Peek, tmp_path: Path) -> None:
    (tmp_path / "odd.xml").write_text(ODD, "utf-8")
    said = peek("odd.xml").output
    head, _, rest = said.partition("\n\n2 errors\n")
    assert head.splitlines()[0] == "강변 소식"
    assert f"  where     {(tmp_path / 'odd.xml').as_uri()}" in head
    assert "  2026-01-01 09:00  [AD] Bridges & boats  " in head
    assert "  no date           둘                    https://river.example/2" in head
    assert f"2 errors\n{rest}" == (DATA / "peek-odd.txt").read_text("utf-8")


def test_json_has_the_same(peek: Peek, tmp_path: Path) -> None:
    (tmp_path / "odd.xml").write_text(ODD, "utf-8")
    found = oddities(peek("odd.xml", "--json"))
    assert found["xml.ampersand"]["place"] == "line 3, column 64"
    assert found["link.relative"]["place"] == "line 3"
    assert found["content.unsafe"]["details"] == ["1 × onclick"]


def test_overrides_are_shown_with_their_effect(peek: Peek, tmp_path: Path) -> None:
    (tmp_path / "odd.xml").write_text(ODD, "utf-8")
    (tmp_path / "feeds.yaml").write_text(
        "site: {title: T, url: https://a.example}\n"
        "sources:\n"
        "  - id: river\n    file: odd.xml\n    timezone: Asia/Seoul\n    base: site\n    ignore: [guid, rights]\n"
        "    rewrite: [{field: title, find: '^\\[AD\\] '}]\n    ids: title_link\n    drop: [\"title = '둘'\"]\n"
    )
    said = peek("river").output
    first = said.index("\noverride") + 1
    shown = said[first : said.index("\n2 errors")].replace(tmp_path.as_uri(), "file:///desk")
    assert shown == (DATA / "peek-overrides.txt").read_text("utf-8")


def test_a_source_of_posts_is_for_check(peek: Peek, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("site: {title: T, url: https://a.example}\ncontent: [{id: posts, path: .}]\n")
    assert "feeds check --posts" in peek("posts", code=2).output


def desk(folder: Path, port: int, more: str = "") -> None:
    (folder / "feeds.yaml").write_text(
        f"site: {{title: T, url: https://a.example}}\nserver: {{allow_private: ['127.0.0.1:{port}']}}\n{more}"
    )


def test_a_url_is_asked_twice(peek: Peek, tmp_path: Path) -> None:
    with served({"/f": ("application/rss+xml", ODD.encode())}) as site:
        desk(tmp_path, site.port)
        found = oddities(peek(site.url("/f"), "--json"))
        assert site.asked == [("/f", 200), ("/f", 304)]
    assert "http.insecure" in found
    assert not {"http.type", "http.no_validators", "http.no_304"} & found.keys()


def test_a_page_is_no_feed(peek: Peek, tmp_path: Path) -> None:
    with served({"/": ("text/html", b"<html><title>Log in</title></html>")}) as site:
        desk(tmp_path, site.port)
        assert "a web page came where a feed was expected: it is titled 'Log in'" in peek(site.url("/"), code=1).output
        assert "the server has nothing at this url: HTTP 404" in peek(site.url("/no"), code=1).output


def test_secrets_of_a_source_are_sent_and_never_shown(peek: Peek, tmp_path: Path) -> None:
    with served({"/f": ("text/plain", ODD.encode())}) as site:
        desk(
            tmp_path,
            site.port,
            f"sources: [{{id: odd, url: '{site.url('/f')}', auth: {{user: kim, password: geheim}}}}]\n",
        )
        result = peek("odd")
        assert site.headers[-1]["Authorization"] == "Basic a2ltOmdlaGVpbQ=="
        assert "override  header Authorization  (sent to this origin only)" in result.output
        assert "the Content-Type is not a feed's  [http.type]" in result.output
        for secret in ("geheim", "a2ltOmdlaGVpbQ"):
            assert secret not in result.output + peek("odd", "--json").output + peek("odd", "--json").stderr
