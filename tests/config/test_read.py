"""What feeds.yaml becomes: every key reaches its place, paths and references are resolved."""

import json
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.config import read, read_with_warnings
from feeds.config.keys import keys
from feeds.errors import ConfigError
from feeds.model.channel import Brand, Output
from feeds.model.entry import Person
from feeds.model.lease import Push
from feeds.model.mirror import MirrorPlace
from feeds.model.settings import Dedupe, Gate, Schedule, Server, Settings, Site, Subject
from feeds.model.source import Options, Rewrite, Source

DATA = Path(__file__).parent / "data"
SAMPLE = Path(__file__).parents[2] / "config" / "feeds.yaml"
SITE = "site: {title: T, url: https://a.example}\n"


def put(folder: Path, text: str) -> str:
    """Write *text* as a configuration with what the data files name beside it."""
    (folder / "conf").mkdir(exist_ok=True)
    for name in ("posts", "../site", "saved"):
        (folder / "conf" / name).mkdir(exist_ok=True)
    for name in ("saved.xml", "saved/feed.xml"):
        (folder / "conf" / name).write_text("<rss/>")
    (folder / "conf" / "friends.opml").write_text((DATA / "friends.opml").read_text("utf-8"), "utf-8")
    (folder / "conf" / "portal.token").write_text("geheim-1234567890-1234567890-1234567890\n")
    path = folder / "conf" / "feeds.yaml"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.fixture
def everything(tmp_path: Path) -> Settings:
    return read(put(tmp_path, (DATA / "everything.yaml").read_text("utf-8")), {"PORTAL": "geheim", "PARTNER": "g" * 40})


def test_example_reads_without_a_fault(tmp_path: Path) -> None:
    settings, warnings = read_with_warnings(put(tmp_path, (DATA / "example.yaml").read_text("utf-8")), {})
    assert [(s.id, s.kind) for s in settings.sources] == [
        ("posts", "content"),
        ("blog.example.com-feed.xml", "feed"),
        ("daily", "feed"),
        ("a.example-feed", "feed"),
        ("feed", "file"),
    ]
    assert [(w.line, w.level, w.message.partition(";")[0]) for w in warnings] == []


def test_sample_reads_without_a_word() -> None:
    settings, warnings = read_with_warnings(str(SAMPLE), {})
    assert warnings == ()
    assert {s.kind for s in settings.sources} == {"content", "file"}, "the sample works offline"
    assert settings.store == f"sqlite:///{SAMPLE.parent}/var/feeds.db"


def test_everything_names_every_key() -> None:
    text = (DATA / "everything.yaml").read_text("utf-8")
    missing = [key.path for key in keys() if f"{key.path.rpartition('.')[2]}:" not in text]
    assert missing == []


def test_site(everything: Settings) -> None:
    assert everything.site == Site(
        title="2024",
        url="https://한글.example/blog",
        description="한 줄 소개",
        language="ko-KR",
        timezone="Asia/Seoul",
        author=Person(name="편집부", email="desk@example.kr", url="https://news.example.kr/about"),
        ids="jekyll-feed",
        pages="all",
        brand=Brand(
            icon="https://news.example.kr/icon.png",
            logo="https://한글.example/logo.png",
            dark_logo="https://한글.example/dark.png",
            analytics="<script>1</script>",
        ),
        search=True,
        older=True,
        rest_after=timedelta(days=3),
    )


def test_beside_a_mirror_nothing_rests_which_is_said(tmp_path: Path) -> None:
    text = "site: {title: T, url: https://a.example, rest_after: 1h}\n"
    _, warnings = read_with_warnings(put(tmp_path, text), {})
    assert warnings == ()
    _, (warning,) = read_with_warnings(put(tmp_path, f"{text}mirror: {{bucket: b-b-b}}\n"), {})
    said = "site has rest_after, but nothing rests beside a mirror: a bucket cannot tell what is asked for"
    assert (warning.line, warning.column, warning.level, warning.message) == (1, 54, "warning", said)


def test_content_overrides_defaults(everything: Settings) -> None:
    source = everything.sources[0]
    assert (source.id, source.title, source.home, source.prefer, source.enabled, source.order) == (
        "posts", "우리 글", "https://news.example.kr/posts", 7, False, 0,
    )  # fmt: skip
    assert (source.every, source.categories) == (timedelta(seconds=5), ("기술",))
    assert source.options == Options(
        content="title",
        timezone="Asia/Tokyo",
        keep=timedelta(days=90),
        revisions=timedelta(days=30),
        drop=("title = 'AD'", "title = 'B'"),
        encoding="euc-kr",
        kind="jekyll",
        date_from=("file_name",),
        future="wait",
        alone=True,
    )


def test_source_overrides_defaults(everything: Settings) -> None:
    source = next(s for s in everything.sources if s.id == "daily")
    assert (source.every, source.prefer, source.enabled, source.title) == (timedelta(hours=2), -5, False, "매일")
    assert source.options == Options(
        content="full",
        timezone="Asia/Seoul",
        keep=timedelta(days=7),
        revisions=timedelta(days=30),
        drop=("title = 'AD'", r"title ~ '^\[광고\]'"),
        encoding="euc-kr",
        kind="plain",
        date_from=("git", "first_seen"),
        headers={"Accept-Language": "ko", "X-From": "daily", "Authorization": "Basic ZGVzazpnZWhlaW0="},
        user_agent="daily/2",
        future="keep",
        deletions="missing",
        only=("title ~ '반도체'",),
        ignore=("rights", "guid"),
        rewrite=(
            Rewrite(field="title", find=r"^\[AD\] "),
            Rewrite(field="author", find="^by (.*)$", replace=r"\1"),
        ),
        base="page",
        ids="title_link",
        up_to=timedelta(hours=8),
        first=20,
        alone=True,
    )


def test_a_token_is_sent_as_bearer(everything: Settings) -> None:
    source = next(s for s in everything.sources if s.id == "b.example")
    assert source.options.headers["Authorization"] == "Bearer geheim"


def test_defaults_apply_to_every_source(everything: Settings) -> None:
    by_id = {s.id: s for s in everything.sources}
    listed, saved = by_id["a.example-feed"], by_id["saved"]
    assert listed.every == timedelta(minutes=45)
    assert listed.options.headers == {"Accept-Language": "ko", "X-From": "defaults"}
    assert listed.options.user_agent == "desk/1"
    assert (listed.title, listed.categories) == ("가", ("이웃",))
    assert saved.every == timedelta(seconds=30), "looking at a file costs nothing"
    assert saved.options.headers == {}
    for source in (listed, saved):
        assert (source.options.content, source.options.encoding) == ("summary", "utf-8")
        assert (source.options.timezone, source.options.keep) == ("Europe/Berlin", timedelta(days=30))


def test_feed_of_a_list_that_stands_in_the_file_is_read_once(everything: Settings) -> None:
    assert [s.id for s in everything.sources] == ["posts", "daily", "b.example", "saved", "a.example-feed"]
    assert [s.order for s in everything.sources] == [0, 1, 2, 3, 4]


def test_the_rest(everything: Settings, tmp_path: Path) -> None:
    assert everything.categories == (
        Subject(
            name="기술", slug="tech", aliases=("IT",), add=("title ~ '반도체'",), drop=("title ~ '부동산'",), limit=20,
            title="기술 소식", description="기술 이야기",
        ),
    )  # fmt: skip
    assert everything.outputs == (
        Output(
            id="topics", path="/topics/{slug}/", each="category", formats=("rss", "atom"), files={"rss": "feed.xml"},
            limit=10, days=3, tombstones=timedelta(days=7), archives="day", title="주제", description="주제별", only="language = 'ko'",
        ),
    )  # fmt: skip
    assert everything.dedupe == Dedupe(
        same_url=False, same_text=False, across_languages=True, near=timedelta(hours=72), threshold=0.8
    )
    assert everything.schedule == Schedule(
        jitter=0.25, per_host=2, spacing=timedelta(seconds=3), workers=8, shards=256, max_backoff=timedelta(hours=6)
    )
    assert everything.server == Server(
        host="::1", port=9000, allow_private=("intranet.example:80",), hosts=("news.internal",),
        trusted_proxies=("10.0.0.0/8", "::1/128"), requests_per_minute=60, connections=500, connections_per_client=8,
        metrics="127.0.0.1:9100",
    )  # fmt: skip
    assert everything.log == "json"
    assert everything.gate == Gate(drop=0.25, least=3)
    ours = "https://한글.example/blog/hub"
    assert (everything.hubs, everything.unknown_category) == ((ours, "https://hub.example/"), "other")
    assert everything.push == Push(
        builtin=ours,
        subscribe=False,
        callback="https://push.example/in",
        trust="signed",
        signatures=("sha256", "sha512"),
        unsigned="refuse",
        lease=timedelta(days=5),
        naver="AAAA+b/c=",
    )

    assert everything.mirror == MirrorPlace(
        bucket="feeds-example", prefix="news/feeds", endpoint="https://s3.example.com", region="ap-northeast-2",
        key="AKIA", secret="geheim", max_age=timedelta(minutes=10),
    )  # fmt: skip
    assert (everything.store, everything.public) == ("sqlite:////srv/feeds.db", f"{tmp_path}/www")
    assert everything.file == f"{tmp_path}/conf/feeds.yaml"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        pytest.param("", False, id="nothing says that hubs reach us"),
        pytest.param("push: {hub: builtin}\n", True, id="our own hub is served"),
        pytest.param("push: {callback: 'https://in.example'}\n", True, id="an address for callbacks is given"),
        pytest.param("push: {hub: builtin, subscribe: false}\n", False, id="not wanted"),
        pytest.param("push: {subscribe: true}\n", True, id="wanted"),
    ],
)
def test_hubs_are_asked_to_tell_us_where_they_reach_us(tmp_path: Path, given: str, asked: bool) -> None:
    text = f"version: 1\nsite: {{title: Desk, url: 'https://desk.example/'}}\n{given}"
    assert read(put(tmp_path, text), {}).push.subscribe == asked


@pytest.mark.parametrize(
    ("written", "rules", "rule"),
    [
        pytest.param("\"title ~ 'a'\"", ("title ~ 'a'",), "title ~ 'a'", id="one"),
        pytest.param("[\"title ~ 'a'\"]", ("title ~ 'a'",), "(title ~ 'a')", id="a list of one"),
        pytest.param(
            "[\"title ~ 'a'\", \"tag = 'b' and tag = 'c'\"]",
            ("title ~ 'a'", "tag = 'b' and tag = 'c'"),
            "(title ~ 'a') or (tag = 'b' and tag = 'c')",
            id="two",
        ),
    ],
)
def test_a_rule_may_be_one_or_several_everywhere(tmp_path: Path, written: str, rules: object, rule: str) -> None:
    text = (
        f"{SITE}sources:\n  - {{id: x, url: 'https://b.example/f', only: {written}}}\n"
        f"outputs:\n  - {{id: all, path: /, only: {written}}}\npartners:\n  - {{id: p, only: {written}}}\n"
    )
    settings = read(put(tmp_path, text), {})
    assert next(s for s in settings.sources if s.id == "x").options.only == rules
    assert (settings.outputs[0].only, settings.partners[0].terms.only) == (rule, rule)


def test_every_field_can_be_set(everything: Settings) -> None:
    """Nothing of the settings is out of reach: in `everything.yaml` no field keeps its default."""
    feed = next(s for s in everything.sources if s.id == "daily")
    values: list[Any] = [
        everything.site, everything.categories[0], everything.dedupe, everything.outputs[0], everything.schedule,
        everything.server,
    ]  # fmt: skip
    for value in values:
        plain = type(value)(**{f.name: getattr(value, f.name) for f in fields(value) if f.default is f.default_factory})
        same = [f.name for f in fields(value) if getattr(value, f.name) == getattr(plain, f.name)]
        assert same == [f.name for f in fields(value) if f.default is f.default_factory]
    untouched = [f.name for f in fields(Options) if getattr(feed.options, f.name) == getattr(Options(), f.name)]
    assert untouched == []


def test_least_file_has_all_defaults(tmp_path: Path) -> None:
    settings = read(put(tmp_path, SITE), {})
    bare = Settings(file=settings.file, site=Site(title="T", url="https://a.example"))
    assert (settings.schedule, settings.server, settings.dedupe) == (bare.schedule, bare.server, bare.dedupe)
    assert [(o.id, o.path, o.each, o.formats) for o in settings.outputs] == [
        ("all", "/", "", ("atom", "rss", "json", "html", "opml")),
        ("by-category", "/{slug}/", "category", ("atom", "rss", "json", "html")),
    ]
    assert settings.store == f"sqlite:///{tmp_path}/conf/var/feeds.db"
    assert settings.public == f"{tmp_path}/conf/var/public"


def test_empty_sections_are_as_if_left_out(tmp_path: Path) -> None:
    text = SITE + "sources:\n  # - url: https://b.example/feed\ncontent:\ndefaults:\noutputs:\n"
    assert read(put(tmp_path, text), {}).sources == ()


def source(tmp_path: Path, text: str, **environ: str) -> Source:
    return read(put(tmp_path, f"{SITE}sources:\n  - {text}\n"), environ).sources[0]


@pytest.mark.parametrize(
    ("text", "location"),
    [
        pytest.param("url: https://${env:HOST}/feed", "https://b.example/feed", id="environment"),
        pytest.param(
            'url: "https://b.example/${file:portal.token}"',
            "https://b.example/geheim-1234567890-1234567890-1234567890",
            id="file",
        ),
        pytest.param("{url: 'https://${env:HOST}/${env:HOST}'}", "https://b.example/b.example", id="two, in brackets"),
    ],
)
def test_reference_is_filled_in(tmp_path: Path, text: str, location: str) -> None:
    assert source(tmp_path, text, HOST="b.example").location == location


def test_reference_serves_numbers_and_flags(tmp_path: Path) -> None:
    found = source(tmp_path, "{url: https://b.example/f, prefer: '${env:N}', enabled: '${env:ON}'}", N="7", ON="no")
    assert (found.prefer, found.enabled) == (7, False)


def test_id_does_not_hold_what_a_reference_brought(tmp_path: Path) -> None:
    assert source(tmp_path, "url: https://b.example/feed?key=${env:KEY}", KEY="hush").id == "b.example-feed-key"


@pytest.mark.parametrize(
    "line",
    [
        "sources: [{url: '${env:HUSH}'}]",
        "sources: [{url: 'https://b.example/', every: '${env:HUSH}', drop: ['${env:HUSH}'], prefer: '${env:HUSH}'}]",
        "content: [{path: '${env:HUSH}', kind: '${env:HUSH}', timezone: '${env:HUSH}'}]",
        "sources: [{opml: '${env:HUSH}', encoding: '${env:HUSH}'}]",
        "outputs: [{id: '${env:HUSH}', path: '${env:HUSH}', formats: ['${env:HUSH}'], files: {rss: '${env:HUSH}'}}]",
        "categories: [{name: '${env:HUSH}', slug: '${env:HUSH}'}, {name: '${env:HUSH}'}]",
        "partners: [{id: x, channels: ['${env:HUSH}'], token: '${env:HUSH}', delay: '${env:HUSH}'}]",
        "server: {listen: '${env:HUSH}'}\nstore: '${env:HUSH}'\npush: {hub: '${env:HUSH}'}",
    ],
)
def test_what_a_reference_brought_is_never_shown(tmp_path: Path, line: str) -> None:
    secret = "Pssst/secret: /{x} 'q'"
    with pytest.raises(ConfigError) as caught:
        read(put(tmp_path, SITE + line), {"HUSH": secret})
    assert "Pssst" not in str(caught.value)
    assert "pssst" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "id"),
    [
        pytest.param("https://www.blog.example/feed.xml", "blog.example-feed.xml", id="www"),
        pytest.param("http://blog.example:8080/~me/rss/?cat=3&x", "blog.example-me-rss-cat-3-x", id="query"),
        pytest.param("https://한글.example/%EA%B8%B0%EC%88%A0/", "한글.example-기술", id="Hangul"),
        pytest.param("https://blog.example/A_B", "blog.example-a-b", id="signs"),
    ],
)
def test_id_from_url(tmp_path: Path, url: str, id: str) -> None:
    assert source(tmp_path, f"url: {url}").id == id


def test_ids_that_meet_get_a_hash_of_their_url(tmp_path: Path) -> None:
    text = f"{SITE}sources:\n  - url: https://b.example/a-b\n  - url: https://b.example/a/b\n"
    first, second = (s.id for s in read(put(tmp_path, text), {}).sources)
    assert first == "b.example-a-b"
    assert second.startswith("b.example-a-b-")
    assert json.dumps(second) == json.dumps(read(put(tmp_path, text), {}).sources[1].id)


def test_example_of_a_cluster_is_valid() -> None:
    settings = read(str(SAMPLE.parent / "cluster.yaml"), {})
    assert (settings.store, settings.schedule.shards) == ("postgresql://feeds@db.example/feeds", 64)
