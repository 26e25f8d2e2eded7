"""What is wrong before anything runs: `feeds check`."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from feeds.config import start
from feeds.config.read import read_with_warnings
from feeds.core.deciding.rivals import rivals
from feeds.core.sorting import own
from feeds.core.sorting.channels import clashes
from feeds.errors import PROBLEMS, Fault, FeedsError, FetchError, PostError
from feeds.fetch import fetcher
from feeds.fetch.sites import folder_of
from feeds.jobs.documents import read
from feeds.model.entry import RawEntry
from feeds.model.settings import Settings
from feeds.model.source import Fetched, Problem, Source, SourceState
from feeds.net import Client, target
from feeds.net.addresses import is_literal, is_public
from feeds.parse import parse
from feeds.parse.posts.links import linked
from feeds.render.gate.dialects.flipboard import LEAST as FLIPBOARD_LEAST
from feeds.render.gate.dialects.suited import doubts, unsure
from feeds.sandbox import Sandbox
from feeds.store import without_password

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def check(file: str, environ: Mapping[str, str]) -> tuple[Settings, tuple[Fault, ...]]:
    """Read the configuration; return it with its warnings. Raises `ConfigError` with every fault."""
    settings, warnings = read_with_warnings(file, environ)
    unsuited = (sentence for partner in settings.partners for sentence in doubts(partner))
    used = {*(p.dialect for p in settings.partners), *(format for o in settings.outputs for format in o.formats)}
    said = (
        *clashes(settings),
        *_loops(settings),
        *_short(settings),
        *_unmirrored(settings),
        *unsuited,
        *unsure(used),
        *_unset(settings),
        *_unheard(settings),
    )
    return settings, (*warnings, *(Fault(file=file, message=sentence, level="warning") for sentence in said))


def _loops(settings: Settings) -> Iterator[str]:
    """Name the sources that are feeds of our own."""
    ours = own.addresses(settings)
    for source in settings.sources:
        if source.kind == "feed" and ours.first(source.location):
            yield f"source '{source.id}' is {source.location}, which we publish ourselves: it is not read"


def _short(settings: Settings) -> Iterator[str]:
    """Name the outputs that hold fewer stories than a partner asks for."""
    for output in settings.outputs:
        if "flipboard" in output.formats and output.limit < FLIPBOARD_LEAST:
            yield f"output '{output.id}' holds {output.limit} stories: Flipboard asks for {FLIPBOARD_LEAST} or more"


def _unset(settings: Settings) -> Iterator[str]:
    """Name what `feeds init` put for what it did not know."""
    if settings.site.title == start.TITLE:
        yield f"`site.title` is still '{start.TITLE}', as `feeds init` wrote it: put your site's name"
    if settings.site.url == start.URL:
        yield f"`site.url` is still {start.URL}: put your site's address, for every published link starts with it"


def _unheard(settings: Settings) -> Iterator[str]:
    """Say that hubs on the web cannot call us where they are asked to."""
    address = urlsplit(settings.push.callback)
    host = address.hostname or ""
    alone = host == "localhost" or host.endswith((".localhost", ".local")) or (is_literal(host) and not is_public(host))
    if alone and settings.push.subscribe and any(_is_elsewhere(source, settings) for source in settings.sources):
        yield (
            f"hubs of feeds are asked to call {settings.push.callback}, where none of the web reaches us: put an "
            "address that they reach into `push.callback`, or `push.subscribe: false`"
        )


def _is_elsewhere(source: Source, settings: Settings) -> bool:
    """Tell whether a feed is read from a place that `server.allow_private` does not name."""
    try:
        return source.kind == "feed" and target.parse(source.location).place not in settings.server.allow_private
    except FetchError:  # it is not asked at all
        return False


def _unmirrored(settings: Settings) -> Iterator[str]:
    """Say that nothing can be put into the bucket from here."""
    if settings.mirror and find_spec("obstore") is None:
        yield "`mirror` needs obstore: `scripts/setup s3` in a checkout, else `pip install 'feeds[s3]'`"


def content_kinds(settings: Settings) -> Iterator[str]:
    """Say of each content folder which generator's posts it is read as, and by what that was found."""
    for source in (s for s in settings.sources if s.kind == "content"):
        try:
            folder = folder_of(os.path.realpath(source.location), source.options.kind)
        except OSError:
            continue  # what cannot be read is a fault of its own
        kind = "plain" if folder.kind == "auto" else folder.kind
        by = "as configured" if source.options.kind != "auto" else f"by {folder.name}" if folder.name else ""
        made = kind == "plain" and settings.site.pages == "none"
        pages = "; where no program makes their pages, set `site.pages: posts`, or their links lead nowhere"
        yield f"{source.id}: posts of kind {kind}{f', {by}' if by else ', for nothing says otherwise'}{pages * made}"


def check_posts(settings: Settings, client: Client) -> Iterator[Fault]:
    """Give every fault and every oddity of the local posts."""
    for source in (s for s in settings.sources if s.kind == "content"):
        state = SourceState(source_id=source.id, due=NO_TIME)
        answer = next(fetcher(client, 1, 1)([(source, state)]))
        yield from (_fault(p.where or source.location, p.detail) for p in _problems(answer))
        posts: dict[str, RawEntry] = {}
        for document in answer.documents:
            try:
                parsed = parse(document, source)
            except PostError as error:
                yield error.fault
            except FeedsError as error:
                yield _fault(document.url, str(error))
            else:
                posts.update((document.url, entry) for entry in parsed.entries)
                yield from (_fault(p.where or document.url, p.detail, warning=True) for p in parsed.problems)
        where = {post.path: url for url, post in posts.items()}
        yield from (_fault(where[p.where], p.detail, warning=True) for p in linked(list(posts.values()))[1])
        taken = rivals(posts.values())
        yield from (_fault(url, taken[post.path]) for url, post in posts.items() if post.path in taken)


def _problems(answer: Fetched) -> tuple[Problem, ...]:
    return (*answer.problems, *([answer.problem] if answer.problem else []))


def _fault(where: str, message: str, *, warning: bool = False) -> Fault:
    return Fault(file=where, message=message, level="warning" if warning else "error")


def check_online(settings: Settings, client: Client) -> Iterator[Fault]:
    """Ask every remote source once, store nothing, and give what fails or is odd."""
    sources = [s for s in settings.sources if s.kind != "content"]
    pairs = [(s, SourceState(source_id=s.id, due=NO_TIME)) for s in sources]
    schedule = settings.schedule
    answers = fetcher(client, schedule.per_host, schedule.workers, spacing=schedule.spacing)(pairs)
    with Sandbox() as sandbox:
        read_answers = [(s, *read(s, answer, sandbox.read)) for s, answer in zip(sources, answers, strict=True)]
    for source, fetched, parsed in read_answers:
        where = f"{source.id} {source.location}"
        if fetched.problem:
            cause = PROBLEMS[fetched.problem.code][0]
            yield _fault(where, f"{cause} ({fetched.problem.detail})" if fetched.problem.detail else cause)
        for oddity in parsed.problems:
            yield _fault(where, f"{PROBLEMS[oddity.code][0]}: {oddity.detail}", warning=True)


def in_force(settings: Settings) -> dict[str, Any]:
    """Return every setting as plain values; headers of sources may hold secrets and show their names alone."""
    values = asdict(settings)
    values["store"] = without_password(settings.store)
    for source in values["sources"]:
        source["options"]["headers"] = dict.fromkeys(source["options"]["headers"], "***")
    values["push"]["naver"] = "***" if values["push"]["naver"] else ""
    if values["mirror"]:
        values["mirror"]["secret"] = "***" if values["mirror"]["secret"] else ""
    for partner in values["partners"]:
        partner["token_hash"] = "***" if partner["token_hash"] else ""
        partner["push"]["secrets"] = ["***"] * len(partner["push"]["secrets"])
    return values
