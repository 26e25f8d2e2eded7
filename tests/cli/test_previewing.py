"""feeds preview."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Feeds
from tests.web.desk.site import folder as desk_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return desk_folder(tmp_path)


def test_another_configuration_is_tried_before_it_is_in_force(feeds: Feeds, folder: Path) -> None:
    feeds("run", code=3)
    text = (folder / "feeds.yaml").read_text()
    (folder / "other.yaml").write_text(text.replace("drop: [\"title ~ '^AD'\"]", "drop: [\"title ~ 'Third'\"]"))
    said = feeds("preview", "other.yaml").output
    assert "~ all  Desk (differs): 3 stories now, 3 then\n    + AD: buy it\n    - Third\n" in said
    assert "1 of 2 channels stay as they are" in said
    assert "1 stored entries would be kept out, 1 would be let in" in said
    found = json.loads(feeds("preview", "other.yaml", "--json").output)
    assert [(c["channel_id"], c["state"]) for c in found["channels"]] == [
        ("all", "differs"),
        ("by-category:tech", "same"),
    ]
    assert "Third" in feeds("why", "https://two.example/3").output


def test_a_file_with_faults_is_told_of_and_nothing_is_done(feeds: Feeds, folder: Path) -> None:
    feeds("run", code=3)
    (folder / "other.yaml").write_text("version: 1\nsite: {}\n")
    assert "other.yaml:" in feeds("preview", "other.yaml", code=2).output
