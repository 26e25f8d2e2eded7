"""Every promise of the catalogue of faults and attacks has a test that carries its id.

The catalogue lies beside a checkout (`../shared/design/security.md`); a row begins with its id: `| NET-17 | …`. A test
carries it in its name (`test_net_17_…`) or in the id of a case (`id="NET-17 …"`).
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CATALOGUE = TESTS.parents[1] / "shared" / "design" / "security.md"
_ROW = re.compile(r"^\| ([A-Z]{2,5}-\d\d) \|", re.MULTILINE)

pytestmark = pytest.mark.skipif(not CATALOGUE.is_file(), reason="../shared is missing: the catalogue is not compared")


def rows() -> set[str]:
    return set(_ROW.findall(CATALOGUE.read_text(encoding="utf-8")))


def carried() -> set[str]:
    files = [path for path in TESTS.rglob("*.py") if path != Path(__file__)]
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    said = "\n".join(line for line in lines if not line.lstrip().startswith("#")).lower()
    return {row for row in rows() if re.search(rf"(?<![a-z]){row[:-3].lower()}[-_]{row[-2:]}(?!\d)", said)}


def test_every_row_has_a_test() -> None:
    assert len(rows()) > 300
    assert sorted(rows() - carried()) == []
