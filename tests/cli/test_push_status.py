"""`feeds status` says how push stands."""

import json
from pathlib import Path

from click.testing import CliRunner

from feeds.cli import cli
from tests.end_to_end.hubs import NOW
from tests.end_to_end.test_subscriber_rocks import publishing, rss

RUNNER = CliRunner(env={"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))})


def test_status_tells_who_is_told_and_who_tells_us(tmp_path: Path) -> None:
    with publishing(tmp_path, hub="hub: builtin, ") as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        desk = publisher.desk
        assert desk
        desk.settle()
        config = ["--config", str(tmp_path / "feeds.yaml"), "status"]
        said = RUNNER.invoke(cli, config).output
        assert f"push       a  no push yet, until 2026-03-11 12:00, by {publisher.url('/hub')}" in said
        assert "our hub tells 0 subscribers of 0 documents" in said
        publisher.push(rss("1", "2"))
        assert "push       a  pushes come, until" in RUNNER.invoke(cli, config).output
        found = json.loads(RUNNER.invoke(cli, [*config, "--json"]).output)["push"]
        assert (found["hub"], found["subscribers"]) == ("https://desk.example/hub", 0)
        assert (found["sources"]["a"]["state"], found["sources"]["a"]["trusted"]) == ("pushes come", True)
