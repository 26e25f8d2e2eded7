"""`feeds config show`: what is in force, without what is secret."""

from pathlib import Path

from feeds.app.checks import in_force
from feeds.config.read import read

TEXT = """\
version: 1
site: {title: Desk, url: 'https://desk.example/'}
mirror: {bucket: site, access_key: AKIA, secret_key: '${env:S3}'}
"""


def test_secret_of_the_mirror_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text(TEXT)
    shown = in_force(read(str(file), {"S3": "geheim"}))
    assert shown["mirror"]["secret"] == "***"
    assert "geheim" not in str(shown)


def test_no_mirror_is_none(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text(TEXT.partition("mirror:")[0])
    assert in_force(read(str(file), {}))["mirror"] is None
