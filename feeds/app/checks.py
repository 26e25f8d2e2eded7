"""What is wrong before anything runs: `feeds check` and `feeds doctor`."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from pyexpat import EXPAT_VERSION
from typing import Any, Literal

from feeds.config.read import read_with_warnings
from feeds.core import own
from feeds.core.channels import clashes
from feeds.core.rivals import rivals
from feeds.errors import PROBLEMS, Fault, FeedsError, PostError
from feeds.fetch import fetcher
from feeds.fetch.sites import folder_of
from feeds.jobs.poll import read
from feeds.model.entry import RawEntry
from feeds.model.settings import Settings
from feeds.model.source import Fetched, Problem, SourceState
from feeds.net import Client
from feeds.parse import parse
from feeds.render.gate.dialects.flipboard import LEAST as FLIPBOARD_LEAST
from feeds.sandbox import Sandbox
from feeds.store import open_store

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
ROOM = 100 * 1024 * 1024  # bytes of disk below which a pass may fail half-way


def check(file: str, environ: Mapping[str, str]) -> tuple[Settings, tuple[Fault, ...]]:
    """Read the configuration; return it with its warnings. Raises `ConfigError` with every fault."""
    settings, warnings = read_with_warnings(file, environ)
    said = (*clashes(settings), *_loops(settings), *_short(settings))
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


def content_kinds(settings: Settings) -> Iterator[str]:
    """Say of each content folder which generator's posts it is read as, and by what that was found."""
    for source in (s for s in settings.sources if s.kind == "content"):
        try:
            folder = folder_of(os.path.realpath(source.location), source.options.kind)
        except OSError:
            continue  # what cannot be read is a fault of its own
        kind = "plain" if folder.kind == "auto" else folder.kind
        by = "as configured" if source.options.kind != "auto" else f"by {folder.name}" if folder.name else ""
        yield f"{source.id}: posts of kind {kind}{f', {by}' if by else ', for nothing says otherwise'}"


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
        taken = rivals(posts.values())
        yield from (_fault(url, taken[post.path]) for url, post in posts.items() if post.path in taken)


def _problems(answer: Fetched) -> tuple[Problem, ...]:
    return (*answer.problems, *([answer.problem] if answer.problem else []))


def _fault(where: str, message: str, *, warning: bool = False) -> Fault:
    return Fault(file=where, message=message, level="warning" if warning else "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, how it is, and what to do where it is not well."""

    what: str
    level: Literal["ok", "warning", "error"]
    said: str
    remedy: str = ""


def doctor(file: str, environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """Look at everything that a pass stands on; one bad thing does not hide the next."""
    findings = [_python(), *_libraries(), _clock(environ)]
    try:
        settings, warnings = check(file, environ)
    except FeedsError as error:
        return (*findings, Finding(what="configuration", level="error", said=str(error), remedy="correct it"))
    said = f"{file}: {len(settings.sources)} sources, {len(settings.outputs)} outputs"
    if warnings:
        findings.append(Finding(what="configuration", level="warning", said="\n".join(map(str, warnings))))
    else:
        findings.append(Finding(what="configuration", level="ok", said=said))
    return (*findings, _store(settings), _folder(settings), _disk(settings))


def _python() -> Finding:
    return Finding(what="python", level="ok", said=sys.version.split()[0])


def _libraries() -> Iterator[Finding]:
    """The libraries whose older or foreign versions are known to harm."""
    yield _at_least("lxml", version("lxml"), (6, 1, 3), "older ones open files that a document names")
    yield _at_least("nh3", version("nh3"), (0, 3, 7), "older ones let scripts through")
    yield _at_least("urllib3", version("urllib3"), (2, 6, 3), "older ones inflate without bound")
    expat = EXPAT_VERSION.removeprefix("expat_")
    if tuple(map(int, expat.split("."))) >= (2, 6, 0):
        yield Finding(what="expat", level="ok", said=expat)
    else:
        yield Finding(what="expat", level="ok", said=f"{expat}, with entity declarations refused before it sees them")


def _at_least(name: str, found: str, least: tuple[int, ...], why: str) -> Finding:
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    if numbers >= least:
        return Finding(what=name, level="ok", said=found)
    wanted = ".".join(map(str, least))
    return Finding(what=name, level="error", said=f"{found}: {why}", remedy=f"install {name} {wanted} or newer")


def _clock(environ: Mapping[str, str]) -> Finding:
    if fixed := environ.get("SOURCE_DATE_EPOCH"):
        return Finding(what="clock", level="warning", said=f"fixed by SOURCE_DATE_EPOCH={fixed}", remedy="unset it")
    now = datetime.now(UTC)
    built = datetime(2026, 11, 1, tzinfo=UTC)
    if now < built:
        said = f"{now:%Y-%m-%d %H:%M} UTC, before this program was written"
        return Finding(what="clock", level="error", said=said, remedy="set the clock")
    return Finding(what="clock", level="ok", said=f"{now:%Y-%m-%d %H:%M} UTC")


def _store(settings: Settings) -> Finding:
    path = Path(settings.store.removeprefix("sqlite:///"))
    if not path.exists():
        return Finding(what="store", level="ok", said=f"{path} is made by the first run")
    try:
        open_store(settings.store, lock=False).close()
    except FeedsError as error:
        return Finding(what="store", level="error", said=str(error), remedy="restore a copy, or run `feeds migrate`")
    return Finding(what="store", level="ok", said=f"{path}, {path.stat().st_size // 1024} KiB")


def _folder(settings: Settings) -> Finding:
    place = Path(settings.public)
    nearest = next(p for p in (place, *place.parents) if p.exists())
    if not nearest.is_dir():
        return Finding(what="public", level="error", said=f"{nearest} is not a folder", remedy="change `public`")
    if not os.access(nearest, os.W_OK):
        return Finding(what="public", level="error", said=f"{nearest} cannot be written", remedy="give us the right")
    return Finding(what="public", level="ok", said=str(place))


def _disk(settings: Settings) -> Finding:
    place = Path(settings.public)
    nearest = next(p for p in (place, *place.parents) if p.exists())
    free = shutil.disk_usage(nearest).free
    said = f"{free // (1024 * 1024)} MiB free"
    if free < ROOM:
        return Finding(what="disk", level="warning", said=said, remedy="make room: a pass may fail half-way")
    return Finding(what="disk", level="ok", said=said)


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
    for source in values["sources"]:
        source["options"]["headers"] = dict.fromkeys(source["options"]["headers"], "***")
    values["push"]["naver"] = "***" if values["push"]["naver"] else ""
    for partner in values["partners"]:
        partner["token_hash"] = "***" if partner["token_hash"] else ""
    return values
