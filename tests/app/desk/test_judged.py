"""A sample of merges to be read by people."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

from feeds.app.desk.judged import Judged, sampled
from feeds.model.decision import Decision, DecisionKind

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def line(source: str, other: str, number: int, kind: DecisionKind = "merged") -> Judged:
    decision = Decision(
        at=NOW,
        kind=kind,
        source_id=source,
        guid=f"{source}{number}",
        rule="near",
        says="near_same",
        facts={"with_source": other, "with": f"{other}{number}"},
    )
    return Judged(decision=decision, entry=None, other=None)


FOUND = [
    *(line("chatty", "echo", n) for n in range(40)),
    *(line("echo", "chatty", n) for n in range(40)),
    *(line("a", "b", n) for n in range(3)),
    line("c", "d", 0),
    line("e", "f", 0, "apart"),
]


def pairs(lines: tuple[Judged, ...]) -> Counter[frozenset[str]]:
    return Counter(frozenset((one.decision.source_id, one.decision.facts["with_source"])) for one in lines)


def test_pairs_of_sources_give_in_turn() -> None:
    chatty, ab, cd = frozenset(("chatty", "echo")), frozenset("ab"), frozenset("cd")
    assert pairs(sampled(FOUND, 3)) == {chatty: 1, ab: 1, cd: 1}
    assert pairs(sampled(FOUND, 10)) == {chatty: 6, ab: 3, cd: 1}
    assert len(sampled(FOUND, 0)) == 84, "all, but for what stays apart"


def test_the_same_ones_in_any_order() -> None:
    shuffled = Random(7).sample(FOUND, len(FOUND))
    assert {one.decision.guid for one in sampled(shuffled, 12)} == {one.decision.guid for one in sampled(FOUND, 12)}


def test_in_the_order_in_which_they_were_found() -> None:
    places = [FOUND.index(one) for one in sampled(FOUND, 12)]
    assert places == sorted(places)
