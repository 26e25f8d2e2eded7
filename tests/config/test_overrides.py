"""Faults in what an owner says of single sources, and secrets that are never shown."""

from pathlib import Path

import pytest

from feeds.config.read import read, read_text
from feeds.errors import ConfigError

HEAD = "site: {title: T, url: https://a.example}\nsources:\n"


def faults(folder: Path, source: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_text(
            f"{HEAD}  - {{url: 'https://b.example/f', {source}}}\n", str(folder / "feeds.yaml"), {"KEY": "geheim("}
        )
    return [f"{f.message}{f' = {f.suggestion}' if f.suggestion else ''}" for f in caught.value.faults]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param("ignore: [url]", "ignore has 'url'; give title, summary,", id="ignore: other name"),
        pytest.param("ignore: [url]", "= write link", id="ignore: hint"),
        pytest.param(
            "rewrite: [{field: date, find: a}]", "field is 'date'; give title, summary,", id="rewrite: no words"
        ),
        pytest.param("rewrite: [{find: a}]", "rewrite has no field; give one", id="rewrite: without field"),
        pytest.param(
            "rewrite: [{field: title, find: '('}]",
            "find is '('; give a regular expression",
            id="rewrite: no expression",
        ),
        pytest.param(
            "rewrite: [{field: title, find: '(?=a)'}]", "= invalid perl operator: (?=", id="rewrite: lookahead"
        ),
        pytest.param("rewrite: [{field: title, find: a, replace: 1}]", "replace is 1; give text", id="rewrite: number"),
        pytest.param(
            "rewrite: [{field: title, find: '(a)', replace: '\\2'}]",
            "replace names group \\2, which find does not have; write \\\\ for a backslash",
            id="rewrite: no such group",
        ),
        pytest.param("base: link", "base is 'link'; give document, feed, site or page", id="base"),
        pytest.param("ids: url", "= write link", id="ids"),
        pytest.param("auth: {user: a}", "auth has user and password, or a token", id="auth: no password"),
        pytest.param(
            "auth: {user: a, password: b, token: c}", "auth has user and password, or a token", id="auth: both"
        ),
        pytest.param("auth: {user: 'a:b', password: c}", "give a name without ':'", id="auth: colon in the name"),
        pytest.param("only: ['titel = 1']", "unknown field 'titel'", id="only: no rule"),
    ],
)
def test_fault_says_what_is_right(tmp_path: Path, source: str, said: str) -> None:
    assert said in "\n".join(faults(tmp_path, source))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("auth: {token: '${env:KEY}'}", id="token"),
        pytest.param("rewrite: [{field: title, find: '${env:KEY}'}]", id="expression"),
        pytest.param("auth: {user: '${env:KEY}:', password: b}", id="user"),
    ],
)
def test_what_a_reference_brought_is_not_in_the_fault(tmp_path: Path, source: str) -> None:
    assert "geheim" not in "\n".join(faults(tmp_path, source))


def test_a_secret_is_for_one_server(tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text("<opml><body><outline xmlUrl='https://c.example/'/></body></opml>")
    with pytest.raises(ConfigError, match="auth is given to a list; give it to the feed, as a source of its own"):
        read_text(f"{HEAD}  - {{opml: list.opml, auth: {{token: x}}}}\n", str(tmp_path / "feeds.yaml"), {})


def test_the_environment_may_name_another_store(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text("site: {title: T, url: https://t.example}\nstore: sqlite:///a.db\n", encoding="utf-8")
    assert read(str(file), {}).store == f"sqlite:///{tmp_path}/a.db"
    assert read(str(file), {"FEEDS_STORE": "postgresql://db/feeds"}).store == "postgresql://db/feeds"


def test_a_trial_with_another_store_leaves_the_bucket_alone(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text("site: {title: T, url: https://t.example}\nmirror: {bucket: real}\n", encoding="utf-8")
    assert read(str(file), {}).mirror
    assert read(str(file), {"FEEDS_STORE": "sqlite:////tmp/trial.db"}).mirror is None
