"""A new feeds.yaml begins without a fault, whatever it begins from."""

from pathlib import Path

import pytest

from feeds.app.checks import check
from feeds.config.read import read_text
from feeds.config.stamp import changed
from feeds.config.start import start
from feeds.errors import UsageError
from feeds.model.settings import Settings

JEKYLL = (
    """\
title: 우리: 소식
""".replace("우리: 소식", '"우리: 소식"')
    + """\
url: "https://news.example.kr/"
baseurl: /blog
description: >-
  동네 이야기를
  모읍니다
lang: ko_KR
timezone: Asia/Seoul
author: &me
  name: 편집부
  email: desk@example.kr
plugins: [jekyll-feed]
copied: *me
"""
)
HUGO = """\
baseURL = "https://hugo.example/"
languageCode = "en-us"
title = "My Hugo: site"
timeZone = "Europe/Berlin"
contentDir = "posts"
[params]
description = "About"
[params.author]
name = "Ann"
"""
OPML = '<opml><outline text="A &quot;b&quot;"><outline text="- x: y" xmlUrl="https://f.example/?a=1"/></outline></opml>'
PLANET = "[Planet]\nname = P\n[http://a.example/feed]\nname = 100% A # b\n"


def begun(folder: Path, name: str = "", text: str = "") -> Settings:
    for inner in ("site", "site/posts", "site/content"):
        (folder / inner).mkdir(exist_ok=True)
    settings, warnings = read_text(start(name, text, "./site"), str(folder / "feeds.yaml"), {})
    assert warnings == ()
    return settings


def test_from_nothing(tmp_path: Path) -> None:
    settings = begun(tmp_path)
    assert settings.sources == ()
    assert [output.id for output in settings.outputs] == ["all", "by-category"]


def test_from_a_site(tmp_path: Path) -> None:
    site = begun(tmp_path, "https://www.news.example.kr/").site
    assert (site.title, site.url) == ("news.example.kr", "https://www.news.example.kr")
    assert (site.language, site.timezone) == ("ko", "Asia/Seoul")


def test_from_jekyll(tmp_path: Path) -> None:
    settings = begun(tmp_path, "old/_config.yml", JEKYLL)
    site = settings.site
    assert (site.title, site.url, site.description) == (
        "우리: 소식",
        "https://news.example.kr/blog",
        "동네 이야기를 모읍니다",
    )
    assert (site.language, site.timezone) == ("ko-KR", "Asia/Seoul")
    assert (site.author.name, site.author.email) == ("편집부", "desk@example.kr")
    (posts,) = settings.sources
    assert (posts.kind, posts.location, posts.options.kind) == ("content", f"{tmp_path}/site", "jekyll")


def test_from_hugo(tmp_path: Path) -> None:
    settings = begun(tmp_path, "hugo.toml", HUGO)
    site = settings.site
    assert (site.title, site.url, site.description) == ("My Hugo: site", "https://hugo.example", "About")
    assert (site.language, site.timezone, site.author.name) == ("en-us", "Europe/Berlin", "Ann")
    assert settings.sources[0].location == f"{tmp_path}/site/posts"


@pytest.mark.parametrize(
    ("name", "text", "place", "title", "categories"),
    [
        pytest.param("feeds.opml", OPML, "https://f.example/?a=1", "- x: y", ('A "b"',), id="OPML"),
        pytest.param("planet.ini", PLANET, "http://a.example/feed", "100% A # b", (), id="planet"),
        pytest.param(
            "urls", 'https://a.example/f 기술 "~이름: 하나"\nexec:x\n', "https://a.example/f", "이름: 하나", ("기술",),
            id="newsboat",
        ),
    ],
)  # fmt: skip
def test_from_a_list(tmp_path: Path, name: str, text: str, place: str, title: str, categories: tuple[str, ...]) -> None:
    (source,) = begun(tmp_path, name, text).sources
    assert (source.location, source.title, source.categories) == (place, title, categories)


def test_what_was_left_out_is_said() -> None:
    text = start("urls", "https://a.example/f\nexec:x\n")
    assert "# line 2: 'exec:x' is left out: a command of newsboat, not a feed" in text


@pytest.mark.parametrize(
    ("name", "text", "language", "timezone"),
    [
        pytest.param("", "", "en", "UTC", id="nothing"),
        pytest.param("https://a.example.kr", "", "ko", "Asia/Seoul", id="a domain"),
        pytest.param("https://a.example.jp/x", "", "ja", "Asia/Tokyo", id="a domain of Japan"),
        pytest.param("https://a.example", "", "en", "UTC", id="a domain of no country"),
        pytest.param("_config.yml", "title: 우리 소식\nurl: https://a.example", "ko", "Asia/Seoul", id="Hangul"),
        pytest.param("_config.yml", "title: A\ndescription: 東京のニュース", "ja", "Asia/Tokyo", id="kana"),
        pytest.param("_config.yml", "title: A\nurl: https://a.example.kr", "ko", "Asia/Seoul", id="url of a config"),
        pytest.param("_config.yml", "title: 일본\nurl: https://a.jp", "ko", "Asia/Seoul", id="writing before domain"),
        pytest.param("_config.yml", "title: 글\nlang: en-GB\ntimezone: Europe/Paris\nurl: https://a.kr", "en-GB",
                     "Europe/Paris", id="its own word first"),
        pytest.param("_config.yml", "title: A\nlocale: ko_KR", "ko-KR", "Asia/Seoul", id="zone of its own language"),
        pytest.param("_config.yml", "title: 글\ntimezone: UTC", "ko", "UTC", id="its own zone"),
        pytest.param("hugo.toml", 'title = "소식"\nbaseURL = "https://a.example/"', "ko", "Asia/Seoul", id="hugo"),
        pytest.param("f.opml", OPML.replace("<opml>", "<opml><head><title>피드</title></head>"), "ko", "Asia/Seoul",
                     id="OPML"),
    ],
)  # fmt: skip
def test_one_rule_for_language_and_zone(tmp_path: Path, name: str, text: str, language: str, timezone: str) -> None:
    site = begun(tmp_path, name, text).site
    assert (site.language, site.timezone) == (language, timezone)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<head><title> Our\n feeds </title></head>", "Our feeds"),
        ("<head><title>A &amp; B: c</title></head>", "A & B: c"),
        ("<head><title/></head>", "My site"),
        ("<head/>", "My site"),
        ("", "My site"),
    ],
)
def test_a_list_gives_its_own_title(tmp_path: Path, head: str, title: str) -> None:
    assert begun(tmp_path, "f.opml", OPML.replace("<opml>", f"<opml>{head}")).site.title == title


@pytest.mark.parametrize(
    ("name", "warned"),
    [
        ("", ["`site.title` is still 'My site'", "`site.url` is still https://www.example.com"]),
        ("https://a.example", []),
    ],
)
def test_check_warns_of_placeholders(tmp_path: Path, name: str, warned: list[str]) -> None:
    (tmp_path / "feeds.yaml").write_text(start(name))
    _, warnings = check(str(tmp_path / "feeds.yaml"), {})
    assert [w.message.partition(",")[0].partition(": put")[0] for w in warnings] == warned
    assert all(w.level == "warning" for w in warnings)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param(
            "notes.txt", "hello\nworld", "notes.txt holds nothing to start from; give a site's address", id="words"
        ),
        pytest.param("_config.yml", "a: b: c", "_config.yml is not YAML that can be read", id="broken YAML"),
        pytest.param("hugo.toml", "a = ", "hugo.toml cannot be read", id="broken TOML"),
        pytest.param("https://", "", "is no address of a site", id="half an address"),
    ],
)
def test_nothing_to_start_from(name: str, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        start(name, text)


@pytest.mark.parametrize("value", ["", "x\n", "[1, 2]", "{a: b}", "null", "2024", "'\\n'"])
def test_odd_values_of_jekyll_are_no_faults(tmp_path: Path, value: str) -> None:
    keys = ("title", "url", "description", "lang", "timezone", "author", "email", "baseurl")
    begun(tmp_path, "_config.yml", "".join(f"{key}: {value.strip()}\n" for key in keys))


def test_changed_sees_a_file_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    assert changed(str(path), None) is None
    path.write_text("a")
    first = changed(str(path), None)
    assert first is not None
    assert changed(str(path), first) is None
    beside = tmp_path / "beside"
    beside.write_text("b")
    beside.replace(path)
    second = changed(str(path), first)
    assert second is not None
    path.unlink()
    assert changed(str(path), second) is None, "away for a moment is not a change"
