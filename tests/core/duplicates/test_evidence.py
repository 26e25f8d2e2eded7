"""What two entries both say, as people read it."""

import pytest

from feeds.core.duplicates.evidence import evidence
from feeds.model.entry import Entry
from tests.core.duplicates.test_near import EN_TEXT, FOOTER, TEXT


def entry(words: str) -> Entry:
    return Entry(source_id="a", guid="g", title="t", summary=words)


def test_the_longest_words_in_common_are_shown_as_they_are_written() -> None:
    said = evidence(entry(f"Reported here. {EN_TEXT}"), entry(f"{EN_TEXT[:95]} — so the mayor."))
    assert said["shared"] == EN_TEXT[:95].rsplit(" ", 1)[0]


def test_spacing_and_case_are_no_difference() -> None:
    said = evidence(entry(TEXT[:60]), entry(TEXT.replace(" ", "")))
    assert said["shared"] == TEXT[:60].strip()
    assert evidence(entry(EN_TEXT[:70]), entry(EN_TEXT.upper()))["shared"].startswith("The harbour library")


def test_numbers_that_one_alone_says_are_told() -> None:
    said = evidence(entry("The gauge stood at 120 at 6"), entry("The gauge stood at 95 at 6"))
    assert (said["numbers_here"], said["numbers_there"]) == ("120", "95")


@pytest.mark.parametrize("other", ["", FOOTER, "The harbour library"], ids=["nothing", "another text", "too few words"])
def test_nothing_in_common_is_nothing_said(other: str) -> None:
    assert "shared" not in evidence(entry(EN_TEXT), entry(other))


def test_a_long_text_is_shown_in_its_longest_parts() -> None:
    said = evidence(entry(EN_TEXT * 3), entry(EN_TEXT))
    assert len(said["shared"]) <= 170
