"""Every command, option, configuration key and problem is named in README.md, and its first run is a real one."""

import re
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from feeds.cli import cli
from feeds.config.keys import keys
from feeds.errors import PROBLEMS
from feeds.model.oddities import CATALOGUE
from feeds.render.gate.rules import RULES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group, before: str = "feeds") -> list[tuple[str, click.Command]]:
    found = []
    for name, command in group.commands.items():
        found.append((f"{before} {name}", command))
        if isinstance(command, click.Group):
            found.extend(commands(command, f"{before} {name}"))
    return found


@pytest.mark.parametrize(("name", "command"), commands(cli), ids=[name for name, _ in commands(cli)])
def test_command_is_documented(name: str, command: click.Command) -> None:
    assert f"`{name}" in README
    assert command.help, f"{name} has no help"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"
            assert f"`{parameter.opts[0]}" in README, f"{name} {parameter.opts[0]} is not in README"


@pytest.mark.parametrize("key", keys(), ids=lambda k: k.path)
def test_configuration_key_is_documented(key: object) -> None:
    path = getattr(key, "path", "")
    assert f"`{path}`" in README


@pytest.mark.parametrize("code", PROBLEMS)
def test_problem_is_documented(code: str) -> None:
    assert f"`{code}`" in README
    cause, remedy = PROBLEMS[code]
    assert cause in README
    assert remedy


@pytest.mark.parametrize("code", CATALOGUE)
def test_oddity_is_documented(code: str) -> None:
    oddity = CATALOGUE[code]
    row = f"| `{code}` | {oddity.severity} | {oddity.says} | {oddity.rule} | {oddity.remedy} ({oddity.source}) |"
    assert row in README


@pytest.mark.parametrize("code", RULES)
def test_rule_of_the_gate_is_documented(code: str) -> None:
    rule = RULES[code]
    assert f"| `{code}` | {rule.severity} | {rule.says} | {rule.remedy} | {rule.source} |" in README


def test_every_room_is_on_the_plan() -> None:
    """The drawing of the house names each folder of two levels below its floor."""
    plan = README.partition("\nfloor 7  cli/")[2].partition("\n- ")[0]
    rooms = {p.name for p in (ROOT / "feeds").glob("*/") if p.name != "__pycache__"}
    inner = {p.name for p in (ROOT / "feeds").glob("*/*/") if p.name != "__pycache__"}
    drawn = set(re.findall(r"[a-z_]+", "cli " + plan))
    assert inner - drawn == set()
    assert rooms - drawn == set()


def test_the_first_run_says_what_readme_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty seconds: the second block is the output of `./scripts/run run` over the sample, word for word."""
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("var"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795651200")  # 2026-11-26T00:00:00Z
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["-c", str(tmp_path / "config/feeds.yaml"), "run"], catch_exceptions=False)
    blocks = README.partition("\n## Sixty seconds\n")[2].split("```console\n")
    assert done.output.replace(str(tmp_path), "…") == blocks[2].partition("```")[0]
