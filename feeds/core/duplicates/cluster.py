"""Which story an entry joins, and which entry leads it.

A key alone is a claim; `joins` asks for what supports it, since a story swallowed is worse than a copy shown:

same_id    another source uses the same id: believed when title or text agree too (templates copy ids)
same_url   the same page: believed when title or text agree (within one source the text, for each change of a wiki page
           bears the title of the page), or when another source said it within a day and one
           of both says no more than a title, or something of the other (one address may carry another story
           tomorrow: live pages, weekly columns; some feeds link every item to one page; and templates bear
           addresses that stand for one, which all who use them tell other things under)
same_text  the same words: within one source only when published within 20 hours (weekly items repeat theirs)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.core.duplicates.sketch import Sketch, sketch
from feeds.core.entries import identity
from feeds.core.words import text
from feeds.core.words.writing import other_writing
from feeds.model.entry import Entry
from feeds.model.quick import replace
from feeds.model.story import Category, Member, Story

SAME_PAGE = timedelta(hours=24)
SAME_SOURCE_TEXT = timedelta(hours=20)
AGREEING_WORDS = 0.6  # share of the shorter text's words that the other holds
ENOUGH_WORDS = 8
ALIKE = 0.6  # of the letters of both titles, or of a title's words told by the other
QUOTED = 0.1  # of the shorter text: who links to a page and comments on it often quotes it
TITLED = 6  # a title below says too little: three words, or six syllables
FULL = 600  # letters of a text that is more than a teaser: teasers of real feeds have 80 to 350

RULES = {"id": "same_id", "url": "same_url", "text": "same_text", "body": "same_text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a key holds, by which rule, and why: a code of `telling.WHYS`."""

    joins: bool
    rule: str
    why: str


def joins(entry: Entry, story: Story, key: str) -> Verdict:
    """Judge whether *entry*, which shares *key* with *story*, tells that story."""
    rule = RULES[key.partition(":")[0]]
    lead = story.lead
    apart = abs((entry.published or story.published) - story.published)
    own = next((m.entry for m in story.members if m.entry.source_id == entry.source_id), None)
    if rule == "same_text":
        if own and apart > SAME_SOURCE_TEXT:
            return Verdict(joins=False, rule=rule, why="again")
        return Verdict(joins=True, rule=rule, why="same_title_text" if key[0] == "t" else "same_text")
    if rule == "same_url" and own and not _again(entry, own):
        return Verdict(joins=False, rule=rule, why="other_text")
    if agree(entry, lead):
        return Verdict(joins=True, rule=rule, why="same_agreeing")
    if rule == "same_url" and apart <= SAME_PAGE and not own and of_one_page(entry, lead):
        return Verdict(joins=True, rule=rule, why="same_page")
    return Verdict(joins=False, rule=rule, why="nothing_agrees")


def agree(one: Entry, other: Entry) -> bool:
    """Tell whether two entries say alike: equal titles, or most words of the shorter text stand in the longer."""
    titled = one.title == other.title or text.fold(one.title) == text.fold(other.title)
    return titled or overlap(one, other)


def _again(one: Entry, other: Entry) -> bool:
    """Tell whether one source may say the same under another id: nothing below the title, or the same, or more."""
    a, b = identity.body_of(one), identity.body_of(other)
    return not (a and b) or a == b or overlap(one, other)


def overlap(one: Entry, other: Entry) -> bool:
    """Tell whether most words of the shorter text stand in the longer."""
    a, b = (set(identity.body_of(e)[:4000].split()) for e in (one, other))
    return min(len(a), len(b)) >= ENOUGH_WORDS and len(a & b) / min(len(a), len(b)) >= AGREEING_WORDS


def of_one_page(one: Entry, other: Entry) -> bool:
    """Tell whether two entries that bear one address may tell of one page, as a link and its page do.

    A bare title has nothing that could be swallowed, and what is told in another writing is not compared. Else one
    must say something of the other: much of its title, or some of its text. Of 448 real feeds all 22 entries that
    an address alone had made copies were samples under `provider-website.com/item1-info-page.html`.
    """
    a, b = sketch(one), sketch(other)
    if not (a.shingles and b.shingles) or other_writing(one, other):
        return True
    titles = 2 * len(a.pairs & b.pairs) / (len(a.pairs) + len(b.pairs) or 1)
    shared = len(a.every & b.every) / min(len(a.every), len(b.every))
    return titles >= ALIKE or shared >= QUOTED or _tells_title(a, b) or _tells_title(b, a)


def _tells_title(one: Sketch, other: Sketch) -> bool:
    """Tell whether *one* says most of the words of the other's title."""
    told = other.words & (one.words | one.bag)
    return other.title_size >= TITLED and len(told) >= ALIKE * len(other.words)


def rank(member: Member) -> tuple[int, bool, bool, datetime, int, str, str]:
    """Order members: preferred sources first, then local posts, full texts, the earliest, the configuration's order."""
    entry = member.entry
    return (
        -member.prefer,
        not member.local,
        not full(entry),
        entry.published or member.first_seen,
        member.order,
        entry.source_id,
        entry.guid,
    )


def full(entry: Entry) -> bool:
    """Tell whether an entry brings the text itself, not a teaser of it."""
    body = entry.content or entry.summary
    return len(body) >= FULL and len(text.plain(body[: 8 * FULL])) >= FULL


def assemble(story: Story, members: Sequence[Member]) -> Story:
    """Return *story* with *members* ranked and all that follows from them: categories, dates, release.

    `published` and `first_seen` never move once given; the id never changes. `updated` is the lead's, and never
    goes back.
    """
    ranked = tuple(sorted(members, key=rank)) if len(members) > 1 else tuple(members)
    lead = ranked[0].entry
    return replace(
        story,
        members=ranked,
        categories=united([m.categories for m in ranked]),
        updated=max(story.updated, lead.updated or story.updated),
        release=lead.release,
    )


def united(lists: Sequence[Sequence[Category]]) -> tuple[Category, ...]:
    """Return all categories once, in the order in which they appear."""
    return tuple({c.slug: c for found in lists for c in found}.values())


def fused(kept: Story, gone: Story) -> Story:
    """Return one story of two that turned out to be the same: the older keeps its id and dates.

    What the desk said of either holds for both: a story that was taken back does not return with a copy.
    """
    members = {m.key: m for m in (*gone.members, *kept.members)}
    whole = replace(
        kept,
        keys=tuple(dict.fromkeys((*kept.keys, *gone.keys))),
        status="retracted" if gone.status == "retracted" else kept.status,
        apart=tuple(dict.fromkeys((*kept.apart, *gone.apart))),
        bound=kept.bound or gone.bound,
    )
    return assemble(whole, tuple(members.values()))


def parted(one: Story, other: Story) -> bool:
    """Tell whether the desk said that two stories are not the same."""
    return other.id in one.apart or one.id in other.apart


def elder(one: Story, other: Story) -> tuple[Story, Story]:
    """Return two stories that become one: the one that stays, and the one that ends in it."""
    kept, gone = sorted((one, other), key=lambda s: (s.first_seen, s.published, s.id))
    return kept, gone
