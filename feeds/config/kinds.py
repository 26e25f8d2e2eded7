"""The kinds of values that keys of feeds.yaml have, and what a key and a section are."""

from datetime import timedelta
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from feeds.config import ruling, values
from feeds.model.channel import Format
from feeds.model.source import (
    BaseRule,
    ContentPolicy,
    DateOrigin,
    Deletions,
    Extent,
    FutureDates,
    IdRule,
    SiteKind,
    WordField,
)
from feeds.model.source import (
    Field as EntryField,
)

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)

Text = Annotated[str, values.text()]
Id = Annotated[
    str,
    values.matching(r"[^\W_][\w.-]{0,99}", "give letters, digits, '-', '_' and '.', at most 100, as in daily-news"),
]
Slug = Annotated[str, values.slug]
Flag = Annotated[bool, values.flag]
Rule = Annotated[str, ruling.rule]
Names = tuple[Text, ...]
Rules = Annotated[
    tuple[Rule, ...],
    BeforeValidator(lambda found: (found,) if isinstance(found, str) else found),
    WithJsonSchema(values.ONE_OR_MORE),
]
AnyRule = Annotated[str, ruling.any_rule]
Revisions = Annotated[timedelta, values.duration(timedelta(0), 36500 * DAY)]
Keep = Annotated[timedelta, values.duration(DAY, 36500 * DAY)]
Every = Annotated[timedelta, values.duration(SECOND, 30 * DAY)]
Share = Annotated[Extent, values.choice("full", "summary", "title")]
Policy = Annotated[ContentPolicy, values.choice("auto", "full", "summary", "title")]
_NEAR = {
    "hexo": "jekyll",
    "zola": "hugo",
    "nikola": "pelican",
    "11ty": "eleventy",
    "gatsby": "plain",
}
SiteKindKey = Annotated[
    SiteKind,
    values.choice(
        *get_args(SiteKind),
        hints={other: f"not read by this version; {kind} comes near" for other, kind in _NEAR.items()},
    ),
]
DateOriginKey = Annotated[DateOrigin, values.choice("front_matter", "file_name", "git", "first_seen")]
DeletionsKey = Annotated[Deletions, values.choice("told", "missing", "never")]
Future = Annotated[FutureDates, values.choice("clip", "ignore", "wait", "keep", hints={"ignore_date": "write ignore"})]
FieldKey = Annotated[EntryField, values.choice(*get_args(EntryField), hints={"id": "write guid", "url": "write link"})]
WordFieldKey = Annotated[
    WordField, values.choice(*get_args(WordField), hints={"id": "write guid", "url": "write link"})
]
Base = Annotated[BaseRule, values.choice(*get_args(BaseRule))]
Ids = Annotated[IdRule, values.choice(*get_args(IdRule), hints={"id": "write guid", "url": "write link"})]
FormatKey = Annotated[
    Format,
    values.choice(
        "atom",
        "rss",
        "json",
        "html",
        "opml",
        "news",
        "msn",
        "smartnews",
        "flipboard",
        "naver",
        "ninjs",
        hints={"jsonfeed": "write json", "smartformat": "write smartnews", "sitemap": "write news"},
    ),
]
FileName = Annotated[
    str, values.matching(r"[^\W_][\w.-]{0,99}", "give a file name of letters, digits, '-', '_' and '.', as in feed.xml")
]
HostName = Annotated[
    str,
    values.matching(
        r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", "give a host's name alone, as in news.internal"
    ),
]
HeaderName = Annotated[
    str, values.matching(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "give a header's name, as in Authorization")
]
Headers = dict[HeaderName, Annotated[str, values.header]]
Zone = Annotated[str, values.zone_or_site]
Encoding = Annotated[str, values.encoding]
Number = Annotated[int, values.number(-1000, 1000)]
Limit = Annotated[int, values.number(1, 1000)]


def key(description: str, default: Any = ..., example: str = "") -> Any:
    """A key, by its sentence; with *default* it may be left out. *example* stands where it is missing."""
    return Field(
        default=default, validate_default=True, description=description, examples=[example] if example else None
    )


class Keys(BaseModel):
    """A section: what it does not name is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)
