"""Terms of use as authors write them: a URL, the short name of a Creative Commons licence, or words."""

import re

_NAMED = re.compile(
    r"(?:CC|Creative\s+Commons)[\s-]+(BY(?:-(?:NC|ND|SA|NC-ND|NC-SA))?)(?:[\s-]+([1-4]\.\d))?(?:\s+\w+)?", re.IGNORECASE
)
_ZERO = re.compile(r"CC[\s-]?0(?:[\s-]+1\.0)?(?:\s+\w+)?", re.IGNORECASE)
_LATEST = "4.0"


def licence_of(words: str) -> str:
    """Return the URL of the licence that *words* are, '' where they are something else.

    A name without a version means the latest. Source: creativecommons.org/share-your-work, "marking your work".
    """
    words = " ".join(words.split())
    if words.lower().startswith(("http://", "https://")) and " " not in words:
        return words
    if _ZERO.fullmatch(words):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    if found := _NAMED.fullmatch(words):
        return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2] or _LATEST}/"
    return ""
