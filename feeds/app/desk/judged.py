"""What was taken for one story by what it says, and what nearly was: for people to read, and to judge in turn."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from feeds.app.build import App
from feeds.core.deciding import telling
from feeds.core.duplicates.cluster import RULES
from feeds.core.entries import identity
from feeds.core.links import urls
from feeds.core.words import text
from feeds.model.decision import Decision
from feeds.model.entry import Entry
from feeds.web.desk.facts import FACTS

MERGING = ("near", *dict.fromkeys(RULES.values()))  # rules that make one story of two entries
SHOWN = 400  # letters of a text that a reader needs to tell whether two are one story
_WITH = ("with", "with_source", "with_title")  # said where the other entry is


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict and the two entries that it was over, as they are now; None for one that was forgotten since."""

    decision: Decision
    entry: Entry | None
    other: Entry | None


def judged(app: App, days: int, rules: Sequence[str] = ("near",)) -> tuple[Judged, ...]:
    """Return the verdicts of the last *days* by one of *rules*, the oldest first."""
    found = app.store.overview.judged(app.clock() - timedelta(days=days), rules)
    known = _named(app, found)
    return tuple(
        Judged(
            decision=decision,
            entry=next(iter(known.get((decision.source_id, decision.guid), ())), None),
            other=_other(decision, known),
        )
        for decision in found
    )


def by_keys(app: App, days: int) -> int:
    """Return how many merges of the last *days* were by a shared id, page or text."""
    found = app.store.overview.judged(app.clock() - timedelta(days=days), [r for r in MERGING if r != "near"])
    return sum(decision.kind == "merged" for decision in found)


def _other(decision: Decision, known: Mapping[tuple[str, str], Sequence[Entry]]) -> Entry | None:
    """Return what *decision* held the entry against: items of a link blog may bear one address, and differ by title."""
    facts = decision.facts
    found = known.get((facts.get("with_source", ""), facts.get("with", "")), ())
    return next((e for e in found if e.title == facts.get("with_title")), next(iter(found), None))


def sampled(found: Sequence[Judged], most: int) -> tuple[Judged, ...]:
    """Return *most* of the merges among *found*, the same ones each time, by chance; 0 for all.

    No pair of sources gives a second one before every pair gave one: two feeds that tell all their news alike would
    else fill the sample.
    """
    merges = [line for line in found if line.decision.kind == "merged"]
    if not most or most >= len(merges):
        return tuple(merges)
    by_chance = sorted(range(len(merges)), key=lambda n: _mark(merges[n].decision))
    given, turns = Counter[frozenset[str]](), {}
    for number in by_chance:
        decision = merges[number].decision
        pair = frozenset((decision.source_id, decision.facts.get("with_source", "")))
        turns[number], given[pair] = given[pair], given[pair] + 1
    drawn = sorted(by_chance, key=turns.__getitem__)[:most]
    return tuple(merges[number] for number in sorted(drawn))


def _mark(decision: Decision) -> str:
    return identity.digest(decision.source_id, decision.guid, decision.rule, decision.facts.get("with", ""))


def beginning(entry: Entry) -> str:
    """Return the first words of an entry's text on one line."""
    body = text.plain(entry.content) if entry.content else entry.summary
    return text.capped(text.one_line(body), SHOWN)


def reasons(decision: Decision, language: str) -> list[tuple[str, str]]:
    """Return what a decision was made of, as people call it: what both say, the facts, the other candidates."""
    facts = {name: said for name, said in decision.facts.items() if name not in _WITH}
    return named(facts, language, weighed=decision.rule == "near")


def named(given: Mapping[str, str], language: str, *, weighed: bool = True) -> list[tuple[str, str]]:
    """Return facts under the names that people have for them; *weighed*: figures on one line, as they weigh."""
    speech, facts = telling.spoken(language), list(given.items())
    weights = {name for name, said in facts if weighed and _is_weight(name, said)}
    figures = [f"{_called(name, speech)} {said}" for name, said in facts if name in weights]
    told = [(name, said) for name, said in facts if name != "score" and name not in weights]
    lines, others = (
        [(_called(name, speech), telling.fact(name, said, speech)) for name, said in told if other == _is_other(name)]
        for other in (False, True)
    )
    return [*lines, *([(_called("weighed", speech), " · ".join(figures))] if figures else []), *others]


def _called(name: str, speech: str) -> str:
    key = f"fact_{name}"
    return FACTS[key][telling.SPOKEN.index(speech)] if key in FACTS else name.replace("_", " ")


def _is_other(name: str) -> bool:
    return name.startswith("other_")


def _is_weight(name: str, said: str) -> bool:
    return name not in ("score", "numbers_here", "numbers_there") and said.replace(".", "", 1).isdigit()


def _named(app: App, found: Iterable[Decision]) -> Mapping[tuple[str, str], Sequence[Entry]]:
    wanted: dict[str, set[str]] = {}
    for decision in found:
        wanted.setdefault(decision.source_id, set()).add(decision.guid)
        others = wanted.setdefault(decision.facts.get("with_source", ""), set())
        others |= {decision.facts.get("with", ""), decision.story_id}  # a front page's address is no key
    known: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for source_id, names in wanted.items():
        pages = {urls.canonical(name) for name in names if name.startswith(("http:", "https:"))}
        for one in app.store.overview.named(source_id, sorted(names | pages)):
            for name in {one.entry.url, one.entry.guid} & names:
                known[source_id, name].append(one.entry)
    return known
