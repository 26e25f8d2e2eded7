"""The gate over the W3C validator's own must-pass and must-fail documents."""

import pytest

from tests.render.validator_corpus import CORPUS, GOAL, OTHERWISE, Case, cases

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/data is missing: validator corpus not judged")


@pytest.fixture(scope="module")
def judged() -> list[Case]:
    return list(cases())


def test_the_share_judged_rightly(judged: list[Case]) -> None:
    right = sum(not case.fault for case in judged)
    assert len(judged) == 871
    assert right / len(judged) >= GOAL, "\n".join(f"{c.name}: {c.expected}: {c.fault}" for c in judged if c.fault)


def test_what_is_judged_otherwise_is_meant(judged: list[Case]) -> None:
    assert {case.name for case in judged if case.fault} == OTHERWISE.keys()


def test_every_breach_has_a_line_and_a_remedy(judged: list[Case]) -> None:
    breaches = [breach for case in judged for breach in case.breaches]
    assert len(breaches) > 500
    assert not [b for b in breaches if b.line < 1 or not b.remedy or not b.what]
