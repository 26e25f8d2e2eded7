"""The same site gives the same bytes everywhere: in each zone, each locale, with each seed, from each folder."""

import hashlib
import locale
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def _missing(name: str) -> bool:
    """Tell whether the system lacks a locale; C and POSIX are everywhere."""
    known = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return True
    finally:
        locale.setlocale(locale.LC_ALL, known)
    return False


@pytest.mark.parametrize("place", PLACES)
def test_the_sample_is_the_same_everywhere(place: dict[str, str], expected: dict[str, str], tmp_path: Path) -> None:
    if _missing(place["LC_ALL"]):
        pytest.skip(f"this system has no locale {place['LC_ALL']}")
    assert published(sample(tmp_path / "another" / "folder"), place) == expected


def test_the_torture_site_is_the_same_everywhere(tmp_path: Path) -> None:
    """Hash seeds decide the order of sets: here there is most to put in order."""
    for name in ("one", "two"):
        torture.write(tmp_path / name)
    one = published(tmp_path / "one", {"TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "10"})
    two = published(tmp_path / "two", {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "11"})
    assert one == two


def test_a_second_pass_changes_nothing(expected: dict[str, str], tmp_path: Path) -> None:
    desk = sample(tmp_path / "desk")
    published(desk, {"PYTHONHASHSEED": "5"})
    assert published(desk, {"PYTHONHASHSEED": "6", "TZ": "Asia/Tokyo"}) == expected
