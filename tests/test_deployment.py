"""The unit files, the image and the compose file hold what they promise."""

import re
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from feeds.app.checks import check
from feeds.cli.common import USAGE
from feeds.model.overview import Levels
from feeds.web.metrics import Meters
from feeds.web.wire.http import Asked
from tests.end_to_end.test_serve import desk, serving, until

ROOT = Path(__file__).parents[1]
SYSTEMD, DOCKER = ROOT / "config/systemd", ROOT / "config/docker"
UNITS = sorted(p.name for p in SYSTEMD.iterdir())
PROGRAM = "/opt/feeds/.venv/bin/feeds"


class Unit(ConfigParser):
    """A unit file: keys may come twice, and their case counts."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str  # type: ignore[assignment,method-assign]  # the way that configparser documents
        self.read_string((SYSTEMD / name).read_text(encoding="utf-8"))


def analyze(verb: str, *words: str, folder: Path) -> str:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing: the unit files are not verified")
    command = ["systemd-analyze", verb, *words]
    done = subprocess.run(
        command,
        env={"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit files with a program that exists."""
    for name in UNITS:
        text = (SYSTEMD / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(PROGRAM, sys.executable))
    return tmp_path


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_to_say(installed: Path, name: str) -> None:
    said = analyze("verify", "--man=no", str(installed / name), folder=installed)
    assert [line for line in said.splitlines() if str(installed) in line or name in line] == []


def test_the_service_is_hardened(installed: Path) -> None:
    said = analyze("security", "--offline=true", "--threshold=20", str(installed / "feeds.service"), folder=installed)
    found = re.search(r"exposure level for feeds\.service: ([\d.]+)", said)
    assert found
    assert float(found[1]) <= 2.0


def test_the_service_is_watched_and_reloaded() -> None:
    service = Unit("feeds.service")["Service"]
    assert (service["Type"], service["NotifyAccess"], service["DynamicUser"]) == ("notify", "main", "yes")
    assert service["ExecStart"] == f"{PROGRAM} --config /etc/feeds/feeds.yaml serve"
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["WatchdogSec"] == "60s"
    assert service["OOMPolicy"] == "continue"  # SCH-07: a reader that ran out of memory does not end the service
    assert service["RestartPreventExitStatus"] == str(USAGE)
    assert "LoadCredential=" in (SYSTEMD / "feeds.service").read_text(encoding="utf-8")


def test_sch_05_a_crash_at_each_start_ends_is_told_and_takes_nothing(tmp_path: Path) -> None:
    unit = Unit("feeds.service")
    assert (unit["Unit"]["StartLimitBurst"], unit["Unit"]["StartLimitIntervalSec"]) == ("5", "10min")
    assert unit["Unit"]["OnFailure"] in UNITS
    assert (unit["Service"]["Restart"], unit["Service"]["RestartSec"]) == ("on-failure", "10s")
    port = desk(tmp_path)
    with serving(tmp_path):
        assert until(port, "/atom.xml", b"First")
    public = tmp_path / "var/public"
    before = {p: p.read_bytes() for p in public.rglob("*") if p.is_file()}
    (tmp_path / "var/feeds.db-wal").unlink(missing_ok=True)  # whole as it is, it would heal the file
    (tmp_path / "var/feeds.db").write_bytes(b"no database" * 4096)
    for _ in range(2):
        with serving(tmp_path) as process:
            said, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "restore" in said
    assert {p: p.read_bytes() for p in public.rglob("*") if p.is_file()} == before


def instructions() -> list[tuple[str, str]]:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_pinned_and_nobody_s_root() -> None:
    found = instructions()
    bases = [rest for word, rest in found if word == "FROM"]
    assert all(re.match(r"python:3\.1[1-9]-slim-\w+( AS build)?\Z", base) for base in bases)
    assert any("--constraint scripts/constraints.txt" in rest for word, rest in found if word == "RUN")
    last = len(found) - 1 - [word for word, _ in reversed(found)].index("USER")
    assert found[last][1] == "10001:10001"
    assert not [word for word, _ in found[last:] if word in {"RUN", "COPY", "ADD"}]
    assert {"HEALTHCHECK", "ENTRYPOINT", "STOPSIGNAL"} <= {word for word, _ in found}
    assert ("ENTRYPOINT", '["feeds"]') in found


def test_what_the_image_is_built_from_is_there() -> None:
    allowed = [
        line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    ]
    copied = [
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert sorted(copied) == sorted(allowed)
    assert all((ROOT / source).exists() for source in copied)


def test_an_installation_holds_every_file_of_the_package() -> None:
    """An image is no checkout: what the globs of pyproject.toml leave out is missing in it."""
    globs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    installed = {path for glob in globs["feeds"] for path in (ROOT / "feeds").glob(glob)}
    sources = {".py", ".pyc", ".po", ".pot"}  # translations are installed as they are compiled
    files = {p for p in (ROOT / "feeds").rglob("*") if p.is_file() and p.suffix not in sources}
    assert sorted(files - installed) == []


def hadolint(file: Path) -> subprocess.CompletedProcess[str]:
    """It comes with what `scripts/setup dev` installs."""
    program = str(Path(sys.executable).with_name("hadolint"))
    return subprocess.run([program, str(file)], capture_output=True, text=True, check=False)


def test_hadolint_finds_nothing_to_say() -> None:
    done = hadolint(DOCKER / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text((DOCKER / "Dockerfile").read_text().replace("slim-bookworm", "latest").replace(":3.13-latest", ""))
    done = hadolint(bad)
    assert (done.returncode, "DL3006" in done.stdout) == (1, True), "an image without a version"


def test_alerts_ask_for_numbers_that_there_are() -> None:
    rules = YAML(typ="safe").load(ROOT / "config/prometheus/feeds.rules.yaml")["groups"][0]["rules"]
    body = (
        Meters(lambda: Levels(sources={"asked": 1}, stories={"shown": 1}, problems={"dns": 1}))
        .answer(Asked(path="/metrics"))
        .body
    )
    told = {line.split(" ")[2] for line in body.decode().splitlines() if line.startswith("# TYPE ")}
    asked = {name for rule in rules for name in re.findall(r"feeds_\w+", rule["expr"])}
    assert sorted(asked - told) == []
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 9
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_the_compose_file_gives_no_more_than_is_needed() -> None:
    compose = YAML(typ="safe").load(DOCKER / "compose.yaml")
    service = compose["services"]["feeds"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert service["restart"] == "on-failure:5"
    mounted = [volume.split(":") for volume in service["volumes"]]
    assert {where: mode for _, where, *mode in mounted} == {
        "/var/lib/feeds": [], "/etc/feeds/feeds.yaml": ["ro"], "/srv/posts": ["ro"],
    }  # fmt: skip
    for here, _, *_ in mounted:
        assert here in compose["volumes"] or (DOCKER / here).exists()
    assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).resolve() == DOCKER / "Dockerfile"


def test_the_configuration_of_the_container_is_sound(tmp_path: Path) -> None:
    text = (DOCKER / "feeds.yaml").read_text(encoding="utf-8")
    (tmp_path / "feeds.yaml").write_text(text.replace("/srv/posts", str(tmp_path)), encoding="utf-8")
    settings, _ = check(str(tmp_path / "feeds.yaml"), {})
    assert (settings.server.host, settings.store) == ("0.0.0.0", "sqlite:////var/lib/feeds/feeds.db")
    assert settings.public == "/var/lib/feeds/public"


@pytest.mark.parametrize(
    ("given", "here", "expected"),
    [("", True, "unset"), ("", False, "SAMPLE"), ("/etc/feeds.yaml", True, "/etc/feeds.yaml")],
    ids=["the folder's own", "the sample", "the variable"],
)
def test_the_starter_takes_the_configuration_that_feeds_takes(
    tmp_path: Path, given: str, here: bool, expected: str
) -> None:
    (tmp_path / "desk").mkdir()
    stubs = {"scripts/setup": "exit 0", ".venv/bin/feeds": 'echo "${FEEDS_CONFIG-unset}"'}
    for name, line in stubs.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    shutil.copy(ROOT / "scripts/run", tmp_path / "scripts/run")
    if here:
        (tmp_path / "desk/feeds.yaml").touch()
    environ = {"PATH": "/usr/bin:/bin", **({"FEEDS_CONFIG": given} if given else {})}
    done = subprocess.run(
        [tmp_path / "scripts/run", "status"],
        cwd=tmp_path / "desk",
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == expected.replace("SAMPLE", str(tmp_path / "config/feeds.yaml"))
