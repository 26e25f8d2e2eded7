"""Every fact of a verdict has a name in words, in both languages."""

from feeds.core.duplicates.near import WEIGHTS
from feeds.web.desk.facts import FACTS
from tests.core.duplicates.test_near import EN_TEXT, TEXT, likeness, side


def test_what_a_score_is_made_of_has_names() -> None:
    found = likeness(side("t", EN_TEXT, "b"), side("t", TEXT))
    for name in (*found.facts, *WEIGHTS, "shared", "numbers_here", "numbers_there", "veto", "other_2", "other_4"):
        assert all(FACTS[f"fact_{name}"]), name
