"""feeds.yaml, read and checked whole: every fault at once, or settings that keep what their types promise."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from feeds.config import nodes
from feeds.config.checks import DEFAULT_OUTPUTS, check, check_partners
from feeds.config.faults import Page, in_order, page
from feeds.config.outgoing import MirrorKeys, OutputKeys, ServerKeys
from feeds.config.partners import partner
from feeds.config.parts import Item, Parts
from feeds.config.schema import AuthorKeys, CategoryKeys, SiteKeys, Top
from feeds.config.sheet import Sheet, restricted, shown
from feeds.config.sources import sources
from feeds.errors import ConfigError, Fault
from feeds.model.channel import Brand, Output
from feeds.model.entry import Person
from feeds.model.lease import Push
from feeds.model.mirror import MirrorPlace
from feeds.model.settings import Dedupe, Gate, Schedule, Server, Settings, Site, Subject

HUB_PATH = "/hub"  # below the site's address: where the built-in hub is reached
STORE = "FEEDS_STORE"
LARGEST = 10 * 1024 * 1024  # bytes: some 100 000 sources


def read(path: str, environ: Mapping[str, str]) -> Settings:
    """Return what the file says. Raises `ConfigError` with all faults, in the order of the file."""
    return read_with_warnings(path, environ)[0]


def read_with_warnings(path: str, environ: Mapping[str, str]) -> tuple[Settings, tuple[Fault, ...]]:
    """Return what the file says, and what in it deserves a word without being wrong.

    `FEEDS_STORE` in *environ* is another store than the file's: for a trial, which must not touch what is real, nor
    the bucket that mirrors it.
    """
    settings, warnings = read_text(text_of(path), path, environ)
    return (replace(settings, store=store, mirror=None) if (store := environ.get(STORE)) else settings), warnings


def read_text(text: str, path: str, environ: Mapping[str, str]) -> tuple[Settings, tuple[Fault, ...]]:
    """As `read_with_warnings`, of *text* that is to stand at *path*: for checking before writing."""
    sheet = Sheet(page=page(path, text), folder=Path(os.path.abspath(path)).parent, environ=environ)
    root, faults = nodes.parse(text, sheet.page)
    sheet.faults.extend(faults)
    settings = _settings(root, sheet, path) if root is not None else None
    if root is None and not faults:
        sheet.faults.append(sheet.page.fault(1, 1, "the file is empty; `feeds init` writes one to start from"))
    if settings is None or any(fault.level == "error" for fault in sheet.faults):
        raise ConfigError(in_order(sheet.faults))
    return settings, in_order(sheet.faults)


def store_of(text: str, path: str, environ: Mapping[str, str]) -> tuple[str, tuple[Fault, ...]]:
    """Return where the store is, and all faults: of a file that may lead to what is not on this machine (yet).

    Raises `ConfigError` where the file is no mapping, or its `store` is wrong.
    """
    try:
        settings = read_text(text, path, environ)[0]
        return environ.get(STORE) or settings.store, ()
    except ConfigError as error:
        sheet = Sheet(page=page(path, text), folder=Path(os.path.abspath(path)).parent, environ=environ)
        root, faults = nodes.parse(text, sheet.page)
        if root is None or faults or root.kind != "mapping":
            raise
        keys = sheet.read(Top, restricted(root, frozenset({"version", "store"})), "this file")
        if keys is None or sheet.faults:
            raise
        return environ.get(STORE) or _store(keys.store, sheet.folder), error.faults


def text_of(path: str) -> str:
    """Return the text of the file. Raises `ConfigError` where there is none to read."""

    def stop(message: str, remedy: str, line: int = 0) -> ConfigError:
        return ConfigError((Page(file=path).fault(line, 0, message, remedy),))

    try:
        with open(path, "rb") as file:
            body = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise stop("the file does not exist", "`feeds init` writes one") from None
    except OSError as error:
        raise stop(
            f"the file cannot be read: {error.strerror or error}", "check the path and its permissions"
        ) from None
    if len(body) > LARGEST:
        raise stop(f"the file is larger than {LARGEST >> 20} MiB", "put long lists of feeds into OPML files")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise stop("the file is not UTF-8 text", "save it as UTF-8", line) from None


def _settings(root: nodes.Node, sheet: Sheet, path: str) -> Settings | None:
    if root.kind != "mapping":
        sheet.fault(root, f"the file is {shown(root)}; give keys and values, as `feeds init` writes them")
        return None
    parts = Parts(sheet, root)
    check(parts)
    top, site = parts.top.keys, parts.site.keys
    found = sources(parts)
    check_partners(parts, found)
    near, schedule = parts.dedupe.keys.near, parts.schedule.keys
    return Settings(
        file=os.path.abspath(path),
        site=_site(site),
        sources=found,
        categories=tuple(map(_subject, parts.categories)),
        unknown_category=top.unknown_category,
        dedupe=Dedupe(
            same_url=parts.dedupe.keys.same_url,
            same_text=parts.dedupe.keys.same_text,
            across_languages=parts.dedupe.keys.across_languages,
            near=near.within if near else None,
            threshold=near.threshold if near else 0.5,
        ),
        outputs=tuple(map(_output, parts.outputs)) if parts.given("outputs") else DEFAULT_OUTPUTS,
        partners=tuple(partner(item.keys) for item in parts.partners),
        hubs=_hubs(parts),
        push=_push(parts),
        schedule=Schedule(
            jitter=schedule.jitter,
            per_host=schedule.per_host,
            spacing=schedule.spacing,
            workers=schedule.workers,
            shards=schedule.shards,
            max_backoff=schedule.max_backoff,
        ),
        server=_server(parts.server.keys),
        log=parts.log.keys.format,
        gate=Gate(drop=parts.gate.keys.drop, least=parts.gate.keys.least),
        store=_store(top.store, sheet.folder),
        public=os.path.normpath(sheet.folder / top.public),
        mirror=_mirror(parts.mirror.keys) if parts.given("mirror") else None,
    )


def _site(keys: SiteKeys) -> Site:
    author = keys.author or AuthorKeys()
    return Site(
        title=keys.title,
        url=keys.url,
        description=keys.description or "",
        language=keys.language,
        timezone=keys.timezone,
        author=Person(name=author.name or "", email=author.email or "", url=author.url or ""),
        ids=keys.ids,
        pages=keys.pages,
        brand=Brand(
            icon=keys.icon or "",
            logo=keys.logo or "",
            dark_logo=keys.dark_logo or "",
            analytics=keys.analytics or "",
        ),
        search=keys.search,
        older=keys.older,
        rest_after=keys.rest_after,
    )


def _subject(item: Item[CategoryKeys]) -> Subject:
    keys = item.keys
    return Subject(
        name=keys.name,
        slug=keys.slug or "",
        aliases=keys.aliases,
        add=keys.add,
        drop=keys.drop,
        limit=keys.limit,
        title=keys.title or "",
        description=keys.description or "",
    )


def _output(item: Item[OutputKeys]) -> Output:
    keys = item.keys
    return Output(
        id=keys.id,
        path=keys.path,
        each=keys.each or "",
        formats=tuple(dict.fromkeys(keys.formats)),
        files=keys.files,
        limit=keys.limit,
        days=keys.days,
        tombstones=keys.tombstones,
        archives=keys.archives,
        title=keys.title or "",
        description=keys.description or "",
        only=keys.only or "",
    )


def _hubs(parts: Parts) -> tuple[str, ...]:
    """Return the hubs that feeds name, ours first."""
    elsewhere = tuple(hub for hub in parts.push.keys.hub if hub != "builtin")
    return (_builtin(parts), *elsewhere) if "builtin" in parts.push.keys.hub else elsewhere


def _builtin(parts: Parts) -> str:
    return parts.site.keys.url.rstrip("/") + HUB_PATH


def _push(parts: Parts) -> Push:
    """Hubs are asked to tell us where they can reach us: our own hub is served, or an address for callbacks given."""
    keys = parts.push.keys
    ours = "builtin" in keys.hub
    return Push(
        builtin=_builtin(parts) if ours else "",
        subscribe=keys.subscribe if keys.subscribe is not None else ours or keys.callback is not None,
        callback=(keys.callback or parts.site.keys.url).rstrip("/"),
        trust=keys.trust,
        signatures=keys.signatures,
        unsigned=keys.unsigned,
        lease=keys.lease,
        naver=keys.naver_key or "",
    )


def _server(keys: ServerKeys) -> Server:
    host, _, port = keys.listen.rpartition(":")
    return Server(
        host=host.strip("[]"),
        port=int(port),
        allow_private=keys.allow_private,
        metrics=keys.metrics or "",
        hosts=keys.hosts,
        trusted_proxies=keys.trusted_proxies,
        requests_per_minute=keys.requests_per_minute,
        connections=keys.connections,
        connections_per_client=keys.connections_per_client,
    )


def _mirror(keys: MirrorKeys) -> MirrorPlace:
    return MirrorPlace(
        bucket=keys.bucket,
        prefix=keys.prefix or "",
        endpoint=(keys.endpoint or "").rstrip("/"),
        region=keys.region,
        key=keys.access_key or "",
        secret=keys.secret_key or "",
        max_age=keys.max_age,
    )


def _store(url: str, folder: Path) -> str:
    """Return *url* with an absolute path: `sqlite:///a` is below *folder*, `sqlite:////a` is from the root."""
    scheme, given, file = url.partition(":///")
    return f"{scheme}{given}{os.path.normpath(folder / file)}" if scheme == "sqlite" else url
