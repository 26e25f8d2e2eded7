"""Laws of stories found by what they say: order, repetition, bounds of size and time; told to a desk without a store."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.core.deciding.replay import Replay
from feeds.core.duplicates import nearby
from feeds.model.changes import Known
from feeds.model.entry import Entry
from feeds.model.settings import Dedupe
from tests.core.duplicates.test_near import AT, EN_TEXT, EN_TITLE, TEXT, TITLE

WITHIN = timedelta(hours=72)
FERRY = (
    "Two ferries will run between the islands from Monday. The operator bought them second hand from a northern line "
    "and painted both hulls green. Fares stay as they are until autumn, and bicycles travel free on weekdays."
)
MARKET = (
    "가온시 새벽시장이 서른 해 만에 자리를 옮긴다. 상인 210명은 다음 달부터 옛 역 광장에서 장사를 시작한다. "
    "시는 비가림막을 세우고 주차장 150면을 마련했다. 상인회는 옮긴 뒤에도 새벽 네 시에 문을 열기로 했다."
)
STORIES = {
    "library": (TITLE, TEXT, "물에 잠겼던 책들, 다시 빛을 보다"),
    "harbour": (EN_TITLE, EN_TEXT, "Books are back behind the river wall"),
    "ferry": ("Two green ferries for the islands", FERRY, "Islands get their boats at last"),
    "market": ("새벽시장 옛 역 광장으로 옮긴다", MARKET, "서른 해 장터, 역 광장에 다시 선다"),
}
EDITS = ("whole", "credit", "excerpt", "headline", "spacing")


def told(story: str, edit: str, source_id: str, at: datetime) -> Entry:
    title, text, other_title = STORIES[story]
    body = {
        "whole": text,
        "credit": f"(한빛=가온뉴스) 박서연 기자 = {text}",
        "excerpt": text[: len(text) * 2 // 3] + "…",
        "headline": text,
        "spacing": text.replace(" ", "", 6),
    }[edit]
    title = other_title if edit == "headline" else title
    return Entry(source_id=source_id, guid=f"{story} {edit}", title=title, content=body, published=at)


def partition(entries: Sequence[Entry]) -> set[frozenset[str]]:
    """Tell entries one by one, each in a poll of its own; return which are in one story."""
    desk = Replay(Dedupe(near=WITHIN), {}, {}, AT)
    for number, entry in enumerate(entries):
        seen = AT + timedelta(minutes=number)
        desk.tell([Known(entry=entry, fingerprint="", status="kept", story_id=entry.guid, first_seen=seen)])
    return {frozenset(m.entry.guid for m in story.members) for story in desk._stories.values()}


@given(st.data())
@settings(max_examples=40)
def test_order_of_arrival_does_not_matter(data: st.DataObject) -> None:
    """Copies of every kind, each in a source of its own, some hours apart and in any order."""
    edits = {name: data.draw(st.lists(st.sampled_from(EDITS), min_size=1, unique=True)) for name in STORIES}
    copies = [
        told(name, edit, f"{edit} outlet", AT + timedelta(hours=data.draw(st.integers(0, 20))))
        for name, chosen in edits.items()
        for edit in chosen
    ]
    found = partition(data.draw(st.permutations(copies)))
    assert found == {frozenset(f"{name} {edit}" for edit in chosen) for name, chosen in edits.items()}


def test_a_story_takes_nothing_published_beyond_its_time_however_late_its_last_copy() -> None:
    """Each copy is within three days of the one before, and the fourth is nine days from the first."""
    copies = [told("library", edit, f"{edit} outlet", AT + days * timedelta(days=1)) for days, edit in zip((0, 2, 3, 5), EDITS, strict=False)]  # fmt: skip
    found = partition([*copies])
    assert found == {frozenset({"library whole", "library credit", "library excerpt"}), frozenset({"library headline"})}


def test_a_story_grows_to_its_bound_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "LARGEST", 3)
    found = partition([told("library", edit, f"{edit} outlet", AT) for edit in ("credit", "excerpt", "headline", "spacing")])  # fmt: skip
    assert sorted(map(len, found)) == [1, 3]


def test_a_chain_of_copies_does_not_drift_from_its_lead() -> None:
    """Each text shares its half with the next; none but the first two share enough with the lead."""
    pieces = [TEXT, EN_TEXT, MARKET, FERRY]
    chain = [
        Entry(source_id=f"s{n}", guid=f"g{n}", title=f"제목 {'가나다라'[n]}", content=f"{one} {other}", published=AT)
        for n, (one, other) in enumerate(zip(pieces, [*pieces[1:], TEXT], strict=True))
    ]
    assert all(len(story) <= 2 for story in partition(chain[:3]))
