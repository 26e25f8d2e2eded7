"""What a title says of the piece itself: which of the day's editions it is, whether it collects several, whether it is
written on and on.

Found in crawled feeds: `Latest news bulletin – Morning`, `Midday` and `Evening` above one standing sentence; `[인사]
행정안전부 외`, which tells of eight offices, beside `[인사] 행정안전부`, which tells of one; `Middle East live: …`
beside the article that its headline was taken from. Such a page tells other news an hour later, and the story would
with it.
"""

import re

_TIMES = re.compile(
    r"\b(?:morning|midday|noon|afternoon|evening|night|tonight|today|tomorrow|yesterday"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|새벽|아침|오전|정오|한낮|오후|저녁|한밤|조간|석간|어제|오늘|내일|모레|[월화수목금토일]요일"
)
_LIVE = re.compile(
    r"^live(?: updates?| blog)?\s?[:|–—-]\s|(?<!\bto )\blive(?: updates?| blog| coverage)?\s?:"
    r"|\blive updates?\s?(?:[|–—]|-\s)|[\[<【](?:라이브|생중계|실시간|live)[^\]>】]{0,12}[\]>】]"
)
_COLLECTS = re.compile(r"[\s'\"’”)\]】>]외$|오늘의\s?(?:인사(?!이트|말)|부고|부음|동정)")


def other_time(one: str, other: str) -> bool:
    """Tell whether each of two folded titles names a day or a time of day that the other does not."""
    mine, theirs = (set(_TIMES.findall(title)) for title in (one, other))
    return bool(mine - theirs and theirs - mine)


def collects(title: str) -> bool:
    """Tell whether a folded title says, in Korean, that the piece tells of others too."""
    return bool(_COLLECTS.search(title))


def is_live(title: str) -> bool:
    """Tell whether a folded title is that of a page that is written on and on while something happens."""
    return bool(_LIVE.search(title))
