"""Every key of feeds.yaml with its kind of value, its default and one sentence for people.

The models check single values; what several keys must agree on stands in `checks.py`.
The sentences feed the JSON Schema for editors (`feeds schema`) and the reference in README.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from feeds.config import values
from feeds.config.kinds import (
    DAY,
    MINUTE,
    Base,
    DateOriginKey,
    DeletionsKey,
    Encoding,
    Every,
    FieldKey,
    Flag,
    Future,
    Headers,
    Id,
    Ids,
    Keep,
    Keys,
    Names,
    Number,
    Policy,
    Revisions,
    Rules,
    SiteKindKey,
    Slug,
    Text,
    WordFieldKey,
    Zone,
    key,
)
from feeds.config.outgoing import GateKeys, LogKeys, MirrorKeys, OutputKeys, PushKeys, ServerKeys
from feeds.config.partners import PartnerKeys


class AuthorKeys(Keys):
    """Who is answerable for the site, or who speaks where an entry names nobody."""

    name: Text | None = key("name of the site's author", None)
    email: Annotated[str, values.matching(r"[^\s@<>]+@[^\s@<>]+", "give an address, as in desk@example.kr")] | None = (
        key("the author's e-mail address", None)
    )
    url: Annotated[str, values.address("https://example.kr/about")] | None = key("the author's page", None)


class SiteKeys(Keys):
    """What we are: the head of every feed."""

    title: Text = key("name of the site, the head of every feed", example="기술 뉴스")
    url: Annotated[str, values.site_url] = key(
        "public address of the site; every published link starts here", example="https://news.example.kr"
    )
    description: Text | None = key("one sentence about the site", None)
    language: Annotated[str, values.language] = key("language of the feeds, as a language tag", "en")
    timezone: Annotated[str, values.zone] = key("zone of the days that pages show, by its IANA name", "UTC")
    author: AuthorKeys | None = key("who is answerable for the site", None)
    icon: Annotated[str, values.address("https://example.kr/icon.png")] | None = key(
        "a square picture of the site: on its pages in place of ours, in Atom, RSS and JSON", None
    )
    logo: Annotated[str, values.address("https://example.kr/logo.png")] | None = key(
        "the wide picture that news apps show above a story, and that Atom names", None
    )
    dark_logo: Annotated[str, values.address("https://example.kr/logo-dark.png")] | None = key(
        "the same, for dark screens", None
    )
    analytics: Annotated[str, values.words] | None = key(
        "HTML that news apps run with each story, to count its readers; best given as ${file:…}", None
    )
    ids: Annotated[Literal["tag", "url", "jekyll-feed"], values.choice("tag", "url", "jekyll-feed")] = key(
        "how ids of local posts are made; jekyll-feed and url keep the ids that subscribers already know", "tag"
    )
    pages: Annotated[Literal["none", "posts", "all"], values.choice("none", "posts", "all")] = key(
        "which stories get a page here: none, posts of ours at their own address, or all that have copies too", "none"
    )
    search: Flag = key("whether pages lead to `/search`, which `feeds serve` answers", False)
    older: Flag = key("whether channels' pages lead on to older stories, which `feeds serve` answers", False)
    rest_after: Annotated[timedelta, values.duration(10 * MINUTE, 365 * DAY)] | None = key(
        "in a cluster, what nobody asked for so long is brought out when somebody asks for it; left out: all at once",
        None,
    )


class RewriteKeys(Keys):
    """One change of the words of one field."""

    field: WordFieldKey = key("the field that is changed: title, summary, content, author, guid, link or tags")
    find: Annotated[str, values.pattern] = key(
        "regular expression (RE2) of what gives way", example="'^\\[[^\\]]+\\] '"
    )
    replace: Annotated[str, values.words] = key("what stands there instead; \\1 is the first group", "")


class AuthKeys(Keys):
    """How we prove to a server who we are: user and password, or a token."""

    user: Annotated[str, values.matching(r"[^:\x00-\x1f\x7f]+", "give a name without ':'")] | None = key(
        "name for basic authentication", None
    )
    password: Annotated[str, values.header] | None = key("its password; best given as ${file:…} or ${env:…}", None)
    token: Annotated[str, values.matching(r"[A-Za-z0-9._~+/=-]+", "give the token alone")] | None = key(
        "bearer token; best given as ${file:…} or ${env:…}", None
    )


class DefaultsKeys(Keys):
    """What each source starts from."""

    every: Every = key(
        "how often a feed on the web is asked; content and files are looked at every 30s unless they say otherwise",
        "30m",
    )
    first: Annotated[int, values.number(0, 1000)] = key(
        "of a new source the newest so many entries are published, older ones never; 0: all", 100
    )
    up_to: Every | None = key(
        "where given, each feed's own rhythm decides how often it is asked, between `every` and this",
        None,
        example="12h",
    )
    keep: Keep = key("how long entries are kept after they left their source", "365d")
    revisions: Revisions = key("how long what an entry said before a correction is kept; 0s: not at all", "90d")
    content: Policy = key(
        "what may be published of an entry: all, summary or title; auto: all, unless its licence forbids it",
        "auto",
    )
    timezone: Zone = key("zone of dates without an offset; site stands for the site's zone", "site")
    drop: Rules = key("rules; an entry that meets one is not published", ())
    encoding: Encoding | None = key("encoding of documents, against every label", None)
    kind: SiteKindKey = key("what wrote the posts of content folders; auto finds out by their site's files", "auto")
    date_from: tuple[DateOriginKey, ...] = key(
        "where the date of a post comes from, first that has one", ("front_matter", "file_name", "git", "first_seen")
    )
    deletions: DeletionsKey = key(
        "when an entry that left its feed is withdrawn: told (by a tombstone), missing (also where it is gone for a "
        "day from among older ones) or never",
        "told",
    )
    future: Future = key(
        "dates ahead of the clock: clip to first sight, ignore for the date of change, wait until then, or keep", "clip"
    )
    only: Rules = key("rules; an entry of a feed that meets none of them is not published", ())
    ignore: tuple[FieldKey, ...] = key("fields of feeds that are not believed", ())
    rewrite: tuple[RewriteKeys, ...] = key("changes of words in the entries of feeds, one after the other", ())
    base: Base = key("what relative addresses in a feed stand on: what it says itself, or the place named", "document")
    ids: Ids = key("what tells the entries of a feed apart", "guid")
    headers: Headers = key("request headers for every feed on the web", {})
    user_agent: Text | None = key("how we name ourselves to servers", None)


class _Override(Keys):
    """Keys that content and sources share; what is left out comes from `defaults`."""

    id: Id | None = key("short name, unique and lasting: entries hang on it; made from the address if missing", None)
    title: Text | None = key("name shown to people; the feed's own if missing", None)
    categories: Names = key("categories given to every entry", ())
    every: Every | None = key("how often it is asked", None)
    prefer: Number = key("higher wins when two sources tell the same story", 0)
    alone: Flag = key("true: nothing that it tells is a copy of what another source tells, nor the reverse", False)
    enabled: Flag = key("false: it is not read; what it brought stays", True)
    content: Policy | None = key("what may be published of an entry: full text, summary or title alone", None)
    timezone: Zone | None = key("zone of dates without an offset", None)
    keep: Keep | None = key("how long entries are kept after they left their source", None)
    revisions: Revisions | None = key("how long what an entry said before a correction is kept; 0s: not at all", None)
    drop: Rules = key("rules; an entry that meets one is not published; they add to those of defaults", ())
    encoding: Encoding | None = key("encoding of the documents, against every label", None)


class ContentKeys(_Override):
    """A folder of our own posts."""

    path: Annotated[str, values.path] = key("folder of the posts, relative to this file", example="../site")
    url: Annotated[str, values.site_url] | None = key("public address of this folder; the site's if missing", None)
    kind: SiteKindKey | None = key("what wrote the posts; auto finds out by the site's files", None)
    date_from: tuple[DateOriginKey, ...] | None = key("where a post's date comes from, first that has one", None)


class SourceKeys(_Override):
    """A feed on the web, a feed document on disk, or a list of feeds: one of url, file and opml."""

    url: Annotated[str, values.address("https://blog.example.com/feed.xml")] | None = key("address of a feed", None)
    file: Annotated[str, values.path] | None = key("path of a feed document on disk", None)
    opml: Annotated[str, values.path] | None = key(
        "path of an OPML list; each feed in it is a source, its folders are categories; feeds named elsewhere in this "
        "file keep what is said there",
        None,
    )
    deletions: DeletionsKey | None = key("when an entry that left its feed is withdrawn: told, missing or never", None)
    future: Future | None = key("dates ahead of the clock: clip, ignore, wait or keep", None)
    only: Rules = key("rules; an entry that meets none of them is not published; instead of those of defaults", ())
    first: Annotated[int, values.number(0, 1000)] | None = key(
        "of a new source: the newest so many entries are published; 0: all", None
    )
    up_to: Every | None = key("its own rhythm decides how often, between `every` and this", None)
    ignore: tuple[FieldKey, ...] = key("fields that are not believed; they add to those of defaults", ())
    rewrite: tuple[RewriteKeys, ...] = key("changes of words, one after the other, behind those of defaults", ())
    base: Base | None = key("what relative addresses stand on: document (as it says itself), feed, site or page", None)
    ids: Ids | None = key(
        "what tells its entries apart: guid, link, title_link or content; entries that are known stay who they are "
        "when it changes",
        None,
    )
    auth: AuthKeys | None = key("how we prove who we are; sent to the url's own origin only, never shown", None)
    headers: Headers = key("request headers; they add to those of defaults", {})
    user_agent: Text | None = key("how we name ourselves to this server", None)


class CategoryKeys(Keys):
    """A subject that the desk names itself."""

    name: Text = key("name shown to people", example="기술")
    slug: Slug | None = key("its place in addresses; made from the name if missing", None)
    aliases: Names = key("other names of the same subject", ())
    add: Rules = key("rules; an entry that meets one gets the category", ())
    drop: Rules = key("rules; an entry that meets one loses the category", ())
    limit: Annotated[int, values.number(0, 1000)] = key("number of stories in its feeds; 0: as the output says", 0)
    title: Text | None = key("title of its feeds; site and name if missing", None)
    description: Text | None = key("one sentence about it", None)


class NearKeys(Keys):
    within: Annotated[timedelta, values.duration(MINUTE, 60 * DAY)] = key(
        "how far apart similar texts may be published", example="72h"
    )
    threshold: Annotated[float, values.share] = key(
        "how alike two texts must be to be one story; `feeds why` shows scores", "50%"
    )


class DedupeKeys(Keys):
    """What makes two entries one story."""

    same_url: Flag = key("the same address, tracking parameters aside", True)
    same_text: Flag = key("the same title and text", True)
    across_languages: Flag = key("also where one is told in another writing, such as Korean and English", False)
    near: NearKeys | None = key("similar texts are one story too; left out: exact copies only", None)


class ScheduleKeys(Keys):
    """When and how hard sources are asked."""

    jitter: Annotated[float, values.share] = key("share of the interval by which polls are spread", "10%")
    per_host: Annotated[int, values.number(1, 16)] = key("requests to one host at a time", 1)
    spacing: Annotated[timedelta, values.duration(timedelta(0), MINUTE)] = key(
        "least time between two requests to one host; none for hosts in server.allow_private", "1s"
    )
    workers: Annotated[int, values.number(1, 256)] = key("requests at a time in all", 16)
    shards: Annotated[int, values.number(1, 4096)] = key(
        "parts into which the workers of a cluster divide hosts, outputs and callbacks; `run` and `serve` have one", 64
    )
    max_backoff: Annotated[timedelta, values.duration(MINUTE, 30 * DAY)] = key(
        "longest wait after failures in a row", "12h"
    )


class Top(Keys):
    """Keys of the file itself that are no sections."""

    version: Annotated[int, values.number(1, 1)] = key("version of this file's shape", 1)
    unknown_category: Annotated[Literal["keep", "drop", "other"], values.choice("keep", "drop", "other")] = key(
        "what becomes of categories that are not listed", "keep"
    )
    store: Annotated[str, values.store] = key("where the state lives", "sqlite:///var/feeds.db")
    public: Annotated[str, values.path] = key("folder that the documents are written to", "var/public")


class Config(Top):
    """feeds.yaml, whole."""

    site: SiteKeys = key("what we are", example="title and url")
    defaults: DefaultsKeys = key("what each source starts from", DefaultsKeys())
    content: tuple[ContentKeys, ...] = key("folders of our own posts", ())
    sources: tuple[SourceKeys, ...] = key("feeds of others, on the web, on disk or by list", ())
    categories: tuple[CategoryKeys, ...] = key("subjects that the desk names itself", ())
    dedupe: DedupeKeys = key("what makes two entries one story", DedupeKeys())
    outputs: tuple[OutputKeys, ...] | None = key(
        "feeds that we publish; one of all stories and one a category if missing", None
    )
    partners: tuple[PartnerKeys, ...] = key("those who take our feeds under terms", ())
    push: PushKeys = key("telling subscribers at once", PushKeys())
    schedule: ScheduleKeys = key("when and how hard sources are asked", ScheduleKeys())
    server: ServerKeys = key("the web server of `feeds serve`", ServerKeys())
    log: LogKeys = key("what the service writes to stderr", LogKeys())
    mirror: MirrorKeys | None = key(
        "a bucket of S3, or of what speaks like it, that gets a copy of each document", None
    )
    gate: GateKeys = key("what a build may lose before it is held", GateKeys())


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of feeds.yaml: editors complete and check with it."""
    schema = _without_null(Config.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "feeds.yaml"}


def _without_null(part: Any) -> Any:
    """Leave out `null`: a key that is left out is left out, and editors need not offer it."""
    if isinstance(part, list):
        return [_without_null(p) for p in part if p != {"type": "null"}]
    if not isinstance(part, dict):
        return part
    kept = {name: _without_null(p) for name, p in part.items() if not (name == "default" and p is None)}
    if len(kept.get("anyOf", ())) == 1:
        kept |= kept.pop("anyOf")[0]
    return kept
