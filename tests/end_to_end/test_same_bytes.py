"""The same site gives the same bytes everywhere: in each zone, each locale, with each seed, from each folder."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.store import open_store
from tests import servers
from tests.end_to_end import torture

ROOT = Path(__file__).parents[2]
PLACES = [
    pytest.param({"TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}, id="Seoul, C.UTF-8"),
    pytest.param({"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "2"}, id="New York, C"),
    pytest.param({"TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX"}, id="Kiritimati, POSIX, any seed"),
    pytest.param({"TZ": "Asia/Seoul", "LC_ALL": "ko_KR.UTF-8", "PYTHONHASHSEED": "3"}, id="Seoul, Korean"),
    pytest.param({"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4"}, id="Kathmandu, Turkish"),
]  # fmt: skip


def published(desk: Path, place: dict[str, str]) -> dict[str, str]:
    """Run one pass over *desk* in *place* and return the hash of every file that it wrote, by path."""
    home = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "TZ", "PYTHON"))}
    environ = {**home, "SOURCE_DATE_EPOCH": str(torture.NOW), "PYTHONPATH": str(ROOT), **place}
    command = [sys.executable, "-m", "feeds", "--config", str(desk / "feeds.yaml"), "run"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False, cwd=desk)
    assert done.returncode == 0, done.stdout + done.stderr
    public = desk / "var/public"
    files = [p for p in public.rglob("*") if p.is_file() and ".tmp" not in p.parts]
    assert len(files) > 20
    return {p.relative_to(public).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def sample(desk: Path) -> Path:
    shutil.copytree(ROOT / "config", desk, ignore=shutil.ignore_patterns("var"))
    return desk


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return published(sample(tmp_path_factory.mktemp("same") / "desk"), {"TZ": "UTC", "PYTHONHASHSEED": "0"})


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of locales, made of the system's own descriptions where it has them."""
    folder = tmp_path_factory.mktemp("locales")
    if make := shutil.which("localedef"):
        for place in PLACES:
            name = str(place.values[0]["LC_ALL"])  # type: ignore[index]  # pytest has them as objects
            if "_" in name:
                command = [make, "-i", name.partition(".")[0], "-f", "UTF-8", str(folder / name)]
                subprocess.run(command, capture_output=True, check=False, timeout=60)
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_the_sample_is_the_same_everywhere(
    place: dict[str, str], expected: dict[str, str], locales: Path, tmp_path: Path
) -> None:
    if "_" in place["LC_ALL"]:
        if not (locales / place["LC_ALL"]).is_dir():
            pytest.skip(f"no locale {place['LC_ALL']} can be made here")
        place = {**place, "LOCPATH": str(locales)}
    assert published(sample(tmp_path / "another" / "folder"), place) == expected


def test_a_second_pass_changes_nothing(expected: dict[str, str], tmp_path: Path) -> None:
    desk = sample(tmp_path / "desk")
    published(desk, {"PYTHONHASHSEED": "5"})
    assert published(desk, {"PYTHONHASHSEED": "6", "TZ": "Asia/Tokyo"}) == expected


@pytest.mark.parametrize("site", [torture.write, sample], ids=["torture", "sample"])
def test_db_17_both_databases_publish_the_same_bytes(site: Callable[[Path], object], tmp_path: Path) -> None:
    """And in each zone, with each seed, also of the torture site: seeds decide the order of sets, and it has most."""
    for name in ("one", "two"):
        site(tmp_path / name)
    other = servers.empty()
    here = {"TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "10"}
    there = {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "11", "FEEDS_STORE": other}
    assert published(tmp_path / "two", there) == published(tmp_path / "one", here)
    store = open_store(other, lock=False)
    assert store.overview.totals(datetime.fromtimestamp(torture.NOW, UTC)).stories > 10
    store.close()
