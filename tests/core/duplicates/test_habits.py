"""What a source says again and again is counted, kept small, and read back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.core.duplicates import habits
from feeds.core.duplicates.sketch import sketch
from feeds.model.entry import Entry

FOOTER = "Send tips to the desk at any hour."


def story(number: int) -> Entry:
    return Entry(source_id="s", guid=str(number), title="t", content=f"Boat number {number} came in. {FOOTER}")


def test_footer_is_counted_as_said_and_a_form_as_a_form() -> None:
    counts: dict[int, int] = {}
    for number in range(3):
        counts = habits.said(counts, sketch(story(number)))
    boat, footer = sketch(story(9)).sentences
    assert counts[footer.said] == 3
    assert boat.said not in counts
    assert counts[boat.form] == 3


def test_a_story_counts_once_however_often_it_repeats_itself() -> None:
    twice = Entry(source_id="s", guid="g", title="t", content=f"{FOOTER} {FOOTER}")
    footer = sketch(twice).sentences[0]
    assert habits.said({}, sketch(twice))[footer.said] == 1


def test_what_was_said_longest_ago_goes_and_what_was_said_often_stays() -> None:
    counts: dict[int, int] = {}
    for number in range(10):
        counts = habits.said(counts, sketch(story(number)))
    footer = sketch(story(0)).sentences[1].said
    for number in range(habits.MOST):
        one = Entry(source_id="s", guid="x", title="t", content=f"Word{number}x stands alone.")
        counts = habits.said(counts, sketch(one))
    assert len(counts) <= habits.MOST
    assert footer in counts


@given(st.dictionaries(st.integers(0, 2**32 - 1), st.integers(1, 255), max_size=habits.MOST))
def test_packed_comes_back_in_order(counts: dict[int, int]) -> None:
    assert list(habits.unpacked(habits.packed(counts)).items()) == list(counts.items())
    assert len(habits.packed(counts)) == 5 * len(counts)
