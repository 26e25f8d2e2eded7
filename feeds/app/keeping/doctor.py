"""`feeds doctor`: everything that a pass stands on, looked at; one bad thing does not hide the next."""

import os
import resource
import shutil
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from pyexpat import EXPAT_VERSION
from typing import Literal
from urllib.parse import urlsplit

from feeds.app.build import bucket
from feeds.app.checks import check
from feeds.app.serving.health import wrong_clock
from feeds.config.read import text_of
from feeds.config.redact import redacted
from feeds.errors import FeedsError, OutputError
from feeds.model.overview import Partitions
from feeds.model.settings import Settings
from feeds.net import Client
from feeds.net.addresses import look_up
from feeds.store import is_server, open_store, without_password
from feeds.store.database import guard

ROOM = 100 * 1024 * 1024  # bytes of disk below which a pass may fail half-way
SPARE = 128  # open files beside those of fetching: the store, the web server's clients, readers
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")  # there once systemd-timesyncd has set the clock
ASKED = 5  # hosts that are looked up: the resolver answers for all or for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, how it is, and what to do where it is not well."""

    what: str
    level: Literal["ok", "warning", "error"]
    said: str
    remedy: str = ""


def doctor(file: str, environ: Mapping[str, str], *, online: bool = False) -> tuple[Finding, ...]:
    """Look at everything that a pass stands on; *online* looks up the hosts of sources too, and into the
    bucket that mirrors us."""
    findings = [_python(), *_libraries(), _roots()]
    try:
        settings, warnings = check(file, environ)
    except FeedsError as error:
        fault = Finding(what="configuration", level="error", said=str(error), remedy="correct it")
        return (*findings, _clock(environ, None), fault)
    said = f"{file}: {len(settings.sources)} sources, {len(settings.outputs)} outputs"
    if warnings:
        findings.append(Finding(what="configuration", level="warning", said="\n".join(map(str, warnings))))
    else:
        findings.append(Finding(what="configuration", level="ok", said=said))
    findings += [_secrets(file), *_store(settings, environ), _folder(settings), *_disks(settings), _files(settings)]
    return (*findings, *((*_names(settings), *_bucket(settings)) if online else ()))


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


def _clock(environ: Mapping[str, str], latest: datetime | None) -> Finding:
    """*latest* is when the store was last decided upon."""
    if fixed := environ.get("SOURCE_DATE_EPOCH"):
        return Finding(what="clock", level="warning", said=f"fixed by SOURCE_DATE_EPOCH={fixed}", remedy="unset it")
    now = datetime.now(UTC)
    if wrong := wrong_clock(now, latest):
        return Finding(what="clock", level="error", said=wrong, remedy="set the clock, and keep it by NTP")
    by = ", kept by systemd-timesyncd" if SYNCHRONISED.exists() else ""
    return Finding(what="clock", level="ok", said=f"{now:%Y-%m-%d %H:%M} UTC{by}")


def _roots() -> Finding:
    """Whether there is anything by which a server's certificate can be judged."""
    authorities = Client(user_agent="feeds").guard.authorities
    try:
        found = ssl.create_default_context(cafile=authorities).cert_store_stats()["x509_ca"]
    except OSError as error:
        said = f"{authorities}: {error.strerror or error}"
        return Finding(what="tls roots", level="error", said=said, remedy="install certifi anew: no https feed is read")
    level: Literal["ok", "error"] = "ok" if found else "error"
    return Finding(what="tls roots", level=level, said=f"{found} authorities in {authorities}")


def _secrets(file: str) -> Finding:
    """Whether others on this machine may read what is secret in the configuration."""
    number, mode = redacted(text_of(file))[1], Path(file).stat().st_mode
    if number and mode & 0o044:
        said = f"{file} holds {number} secrets and may be read by others"
        return Finding(what="permissions", level="warning", said=said, remedy=f"chmod 600 {file}, or write ${{file:…}}")
    return Finding(what="permissions", level="ok", said=f"{file}: {number or 'no'} secrets in clear")


def _server(url: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        store = open_store(url, lock=False)
    except FeedsError as error:
        yield _clock(environ, None)
        remedy = "correct `store`, or run `feeds migrate` where it says so"
        yield Finding(what="store", level="error", said=str(error), remedy=remedy)
        return
    yield _clock(environ, store.figures.latest())
    yield Finding(what="store", level="ok", said=without_password(url))
    if parts := store.figures.partitions():
        yield _partitions(parts)
    if not store.searching.whole():
        said = "searches read the texts that were indexed last: there is no pg_trgm, or lc_ctype is C"
        remedy = (
            "in a UTF-8 database, as its owner: CREATE EXTENSION pg_trgm; "
            "CREATE INDEX searched_threes ON searched USING gin (text gin_trgm_ops)"
        )
        yield Finding(what="search", level="warning", said=said, remedy=remedy)
    store.close()


def _partitions(parts: Partitions) -> Finding:
    """Whether the switch was brought to its end, and whether somebody makes the months to come."""
    said = f"texts by month, {parts.months[0]} to {parts.months[-1]}; entries and keys in {parts.parts} parts each"
    if not parts.parts:
        said = f"texts by month, {parts.months[0]} to {parts.months[-1]}, but not all that was there"
        remedy = "run `feeds migrate --partition` again: it goes on where it was interrupted"
        return Finding(what="partitions", level="warning", said=said, remedy=remedy)
    if parts.months[-1] <= f"{datetime.now(UTC):%Y-%m}":
        remedy = "let a `feeds scheduler` run: it makes the months to come, hour by hour"
        return Finding(what="partitions", level="warning", said=f"{said}; none for next month", remedy=remedy)
    return Finding(what="partitions", level="ok", said=said)


def _store(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    path = Path(settings.store.removeprefix("sqlite:///"))
    if is_server(settings.store):
        yield from _server(settings.store, environ)
        return
    if not path.exists():
        yield _clock(environ, None)
        yield Finding(what="store", level="ok", said=f"{path} is made by the first run")
        return
    latest, remedy = None, "`feeds restore` a backup, or run `feeds migrate` where it says so"
    try:
        guard.sound(path)
        store = open_store(settings.store, lock=False)
        with suppress(FeedsError):
            latest = store.figures.latest()
        store.close()
    except FeedsError as error:
        yield Finding(what="store", level="error", said=str(error), remedy=remedy)
    else:
        schema = guard.inspect(path, whole=False)
        files = (path, path.with_name(f"{path.name}-wal"))  # what works on it now has most of it beside it
        size = sum(each.stat().st_size for each in files if each.exists())
        yield Finding(what="store", level="ok", said=f"{path}, {size // 1024} KiB, schema {schema}, whole")
    yield _clock(environ, latest)
    yield from _around(path)


def _around(path: Path) -> Iterator[Finding]:
    """Who works on the store, who may read it, and on what it lies."""
    holder = guard.holder(path)
    yield Finding(what="lock", level="ok", said=f"held by process {holder}" if holder else "nobody works on the store")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        said = f"{path} or its folder cannot be written by this user"
        yield Finding(what="permissions", level="error", said=said, remedy="run as the user that owns the store")
    elif path.stat().st_mode & 0o077:
        said = f"{path} may be read by others: it holds hashes of passwords, and secrets of subscribers"
        yield Finding(what="permissions", level="warning", said=said, remedy=f"chmod 600 {path}")
    if kind := guard.network(path):
        said = f"{path} lies on {kind}, where locks and the write-ahead log cannot be relied upon"
        yield Finding(what="store", level="warning", said=said, remedy="keep it on a disk of this machine")


def _files(settings: Settings) -> Finding:
    """Whether as many files may be open as fetching and serving open at once."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    wanted = settings.schedule.workers * 2 + SPARE
    said = f"{limit} open files allowed"
    if limit < wanted:
        remedy = f"allow {wanted}: `ulimit -n`, or LimitNOFILE= of the unit"
        return Finding(what="files", level="warning", said=f"{said}, {wanted} may be wanted", remedy=remedy)
    return Finding(what="files", level="ok", said=said)


def _names(settings: Settings) -> Iterator[Finding]:
    """Whether names of hosts are found: of the first few sources on the web."""
    hosts = dict.fromkeys(urlsplit(s.location).hostname or "" for s in settings.sources if s.kind == "feed")
    failed = []
    for host in [h for h in hosts if h][:ASKED]:
        try:
            look_up(host, 443)
        except OSError as error:
            failed.append(f"{host} ({error.strerror or error})")
    if failed:
        said = f"not found: {', '.join(failed)}"
        yield Finding(what="dns", level="warning", said=said, remedy="check the resolver, or the sources' addresses")
    else:
        yield Finding(
            what="dns", level="ok", said="the hosts of sources are found" if any(hosts) else "none to ask for"
        )


def _bucket(settings: Settings) -> Iterator[Finding]:
    """Whether the bucket that mirrors us can be read; whether it can be written, only a pass shows."""
    if settings.mirror is None:
        return
    try:
        next(iter(bucket(settings.mirror).tags()), None)
    except OutputError as error:
        yield Finding(what="mirror", level="error", said=str(error), remedy="correct `mirror`")
    else:
        yield Finding(what="mirror", level="ok", said=settings.mirror.name)


def _folder(settings: Settings) -> Finding:
    place = Path(settings.public)
    nearest = next(p for p in (place, *place.parents) if p.exists())
    if not nearest.is_dir():
        return Finding(what="public", level="error", said=f"{nearest} is not a folder", remedy="change `public`")
    if not os.access(nearest, os.W_OK):
        return Finding(what="public", level="error", said=f"{nearest} cannot be written", remedy="give us the right")
    return Finding(what="public", level="ok", said=str(place))


def _disks(settings: Settings) -> Iterator[Finding]:
    """The disks of what is published and of the store, each once."""
    seen: set[int] = set()
    files = () if is_server(settings.store) else (Path(settings.store.removeprefix("sqlite:///")),)
    for place in (Path(settings.public), *files):
        nearest = next(p for p in (place, *place.parents) if p.exists())
        if nearest.stat().st_dev not in seen:
            seen.add(nearest.stat().st_dev)
            yield _disk(nearest)


def _disk(nearest: Path) -> Finding:
    usage, files = shutil.disk_usage(nearest), os.statvfs(nearest)
    said = f"{usage.free // (1024 * 1024)} MiB free at {nearest}"
    if usage.free < ROOM:
        return Finding(what="disk", level="warning", said=said, remedy="make room: a pass may fail half-way")
    if files.f_files and files.f_favail < 1000:
        return Finding(
            what="disk", level="warning", said=f"{files.f_favail} more files at {nearest}", remedy="make room"
        )
    return Finding(what="disk", level="ok", said=said)
