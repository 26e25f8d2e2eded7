"""How a story looks to those who get it under terms."""

from dataclasses import dataclass
from typing import Literal

Images = Literal[
    "all",
    "own",  # those that lie on our own host: others' are theirs to give
    "none",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Equal ones share what is rendered.

    *host* is our own, in lower case and without `www.`. *links* are parameters that links to our own pages get.
    *attribution* is a sentence below the text, with `{site}`, `{title}`, `{author}` and `{url}`.
    *rights* and *licence* are said of our own stories: those of others keep their own.
    """

    host: str
    site: str
    images: Images = "all"
    rights: str = ""
    licence: str = ""
    attribution: str = ""
    links: tuple[tuple[str, str], ...] = ()
