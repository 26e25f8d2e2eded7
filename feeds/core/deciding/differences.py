"""What a correction changed, word by word: for who reads `feeds why` or a story's page of the desk.

Words are what stands between blanks. Of what stayed as it was, only the words beside a change are told. Texts of more
than `MOST` words are compared sentence by sentence, or it would take minutes.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from feeds.core.words import text
from feeds.model.changes import Earlier, Reworded, Run
from feeds.model.entry import Entry

MOST = 3_000  # words: 0.1 s where all of them differ
BESIDE = 6  # words on each side of a change
_SENTENCE = re.compile(r"(?<=[.!?。…])\s+|\n+")


def differences(before: Earlier, after: Earlier | Entry) -> tuple[Reworded, ...]:
    """Return how *after*, the version that followed *before*, differs in title, summary and text without markup."""
    fields = (
        ("title", before.title, after.title),
        ("summary", before.summary, after.summary),
        ("text", text.plain(before.content), text.plain(after.content)),
    )
    return tuple(Reworded(name, told) for name, old, new in fields if (told := _runs(old, new)))


def _runs(old: str, new: str) -> tuple[Run, ...]:
    was, now = old.split(), new.split()
    if was == now:
        return ()
    if max(len(was), len(now)) > MOST:
        was, now = (["".join(part) for part in _SENTENCE.split(whole) if part] for whole in (old, new))
    return tuple(_told(was, now))


def _told(was: Sequence[str], now: Sequence[str]) -> Iterator[Run]:
    steps = SequenceMatcher(None, was, now, autojunk=len(was) > MOST).get_opcodes()
    for place, (step, a, b, c, d) in enumerate(steps):
        if step == "equal":
            yield Run("same", _cut(was[a:b], first=place == 0, last=place == len(steps) - 1))
            continue
        if b > a:
            yield Run("gone", " ".join(was[a:b]))
        if d > c:
            yield Run("new", " ".join(now[c:d]))


def _cut(words: Sequence[str], *, first: bool, last: bool) -> str:
    """The words beside a change: at both ends, but for the beginning and the end of the whole."""
    head, tail = 0 if first else BESIDE, 0 if last else BESIDE
    if len(words) <= head + tail + 1:
        return " ".join(words)
    return " ".join([*words[:head], "…", *(words[-tail:] if tail else ())])
