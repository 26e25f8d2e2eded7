"""`feeds backup` and `feeds restore`: the store and the configuration as one file, taken while the service runs.

The file is a gzipped tar of `manifest.json`, `feeds.yaml` and `feeds.db`. What is published is not in it: it follows
from the store. Neither are posts, lists of feeds and files with secrets that the configuration leads to.
"""

import fcntl
import gzip
import hashlib
import logging
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import orjson

from feeds import __version__
from feeds.app.build import clock_from
from feeds.app.keeping import audit
from feeds.config.read import read_with_warnings, store_of, text_of
from feeds.config.redact import redacted
from feeds.errors import Fault, FeedsError, StoreDamaged, StoreError, UsageError
from feeds.store import copy_store, open_store
from feeds.store.database.transfer import holds_something, put, seal, without_password

logger = logging.getLogger(__name__)

FORMAT = 1
"""The version of the shape of a backup; a newer one is refused."""

CHUNK = 1024 * 1024
MANIFEST, CONFIG, STORE = "manifest.json", "feeds.yaml", "feeds.db"
_LEVEL = 3  # of gzip: pages of a store shrink to a quarter at any level, and more than this doubles the CPU seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is. *schema* is the store's revision, *sums* are SHA-256 by the name of the file in it."""

    format: int = FORMAT
    program: str = __version__
    schema: str = ""
    made: str = ""
    secrets: bool = False
    sums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that was written: how many bytes, and how many secrets of the configuration were left out."""

    path: str
    size: int
    left_out: int
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back. *kept* is where the store that was there lies now; *config* is where its text was written,
    '' where the file that is there says the same. *missing* are faults of the configuration as it stands now, mostly
    what it leads to and no backup holds; *locked_out* are users whose password was left out."""

    store: str
    kept: str
    config: str
    manifest: Manifest
    missing: tuple[Fault, ...] = ()
    locked_out: tuple[str, ...] = ()


def backup(
    file: str,
    environ: Mapping[str, str],
    to: Path,
    made: datetime,
    *,
    force: bool = False,
    secrets: bool = False,
    who: str = "",
) -> Made:
    """Write the store as it stands at this moment, and the configuration, to *to*, which then is whole or not there.

    The audit log tells that *who* did. Raises `UsageError` where *to* exists and *force* is not given, `ConfigError`,
    `StoreError`.
    """
    settings, _ = read_with_warnings(file, environ)
    _only_sqlite(settings.store)
    if to.exists() and not force:
        raise UsageError(f"{to} exists already: name another file, or say --force")
    config = text_of(file)
    kept, left_out = (config, 0) if secrets else redacted(config)
    with _place(to) as place:
        copy_store(settings.store, f"sqlite:///{place / STORE}")
        schema = seal(place / STORE, secrets=secrets)
        (place / CONFIG).write_text(kept, encoding="utf-8")
        sums = {name: _sum(place / name) for name in (CONFIG, STORE)}
        manifest = Manifest(schema=schema, made=made.isoformat(), secrets=secrets, sums=sums)
        (place / MANIFEST).write_bytes(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
        _pack(place, place / "whole", made)
        size = (place / "whole").stat().st_size
        os.replace(place / "whole", to)
        _settle(to.parent)
    _noted(settings.store, made, who, "backup", to, "with the secrets" if secrets else "without secrets")
    return Made(path=str(to), size=size, left_out=left_out, manifest=manifest)


def verify(archive: Path) -> Manifest:
    """Read all of *archive* and check it, as `restore` would, and touch nothing. Raises as it does."""
    with TemporaryDirectory(prefix="feeds-") as folder:
        return _whole(archive, Path(folder))


def restore(file: str, environ: Mapping[str, str], archive: Path, *, force: bool = False, who: str = "") -> Restored:
    """Put the store of *archive* in the place that the configuration *file* names; where that is missing it is written.

    The audit log of what was put back tells that *who* did.

    Nothing is touched before the whole archive has been read and checked. Raises `StoreDamaged` where it is not whole,
    `StoreTooNew`, `StoreLocked` while a process works on the store, `StoreError` where there is one without *force*,
    `ConfigError` where the configuration does not tell where the store belongs.
    """
    there = Path(file).exists()
    store, missing = store_of(text_of(file), file, environ) if there else ("", ())
    with _place(Path(store.removeprefix("sqlite:///")) if there else Path(file)) as place:
        manifest = _whole(archive, place)
        if not there:  # posts and secrets that it leads to are in no backup: their absence stops nothing
            store, missing = store_of(text_of(str(place / CONFIG)), file, environ)
        _only_sqlite(store)
        path = Path(store.removeprefix("sqlite:///"))
        if holds_something(store) and not force:
            raise StoreError(f"{path} holds a store already: with --force it is put aside and replaced")
        locked_out = without_password(place / STORE)
        written = _config(Path(file), place / CONFIG)
        kept = put(store, _beside(path, place / STORE), force=force)
        _noted(store, clock_from(environ)(), who, "restore", archive, f"as of {manifest.made}")
    return Restored(
        store=str(path),
        kept=str(kept or ""),
        config=written,
        manifest=manifest,
        missing=missing,
        locked_out=locked_out,
    )


def _whole(archive: Path, place: Path) -> Manifest:
    """Unpack into *place* and look through the store itself."""
    manifest = _unpack(archive, place)
    found = seal(place / STORE, secrets=True)
    if found != manifest.schema:
        raise StoreDamaged(f"{archive} says that its store has schema {manifest.schema}, but it has {found}")
    return manifest


def _noted(store: str, at: datetime, who: str, action: str, archive: Path, detail: str) -> None:
    """Tell the audit log, which stands in the store itself; what was done stays done where it cannot be told."""
    try:
        with closing(open_store(store, lock=action == "restore", beside=action == "backup")) as opened:
            audit.note(opened.staff, at, who, "cli", action, archive.name, detail=detail)
    except FeedsError as error:
        logger.warning("not in the audit log action=%s file=%s error=%s", action, archive.name, error)


def _only_sqlite(store: str) -> None:
    if not store.startswith("sqlite:"):
        raise UsageError("the store is a database server: back it up and restore it by its own tools, as pg_dump")


def _beside(store: Path, new: Path) -> Path:
    """Bring *new* onto the file system of *store*, where a renaming is one step."""
    store.parent.mkdir(parents=True, exist_ok=True)
    if store.parent.stat().st_dev == new.stat().st_dev:
        return new
    near = store.with_name(f".{store.name}.restored")
    shutil.copyfile(new, near)
    return near


@contextmanager
def _place(to: Path) -> Iterator[Path]:
    """Give a folder beside *to* to work in, which is gone afterwards; what a killed process left in it goes first.

    Raises `StoreError` while another process works for the same file.
    """
    place = to.parent / f".{to.name}.part"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise StoreError(f"{place} cannot be made: {error.strerror}") from error
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in place.iterdir():
            left.unlink()
        yield place
        shutil.rmtree(place, ignore_errors=True)
    except BlockingIOError as error:
        raise StoreError(f"another process works for {to}: wait for it") from error
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise StoreError(f"{to} cannot be written: {error.strerror or error}") from error
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    finally:
        os.close(opened)


def _pack(place: Path, to: Path, made: datetime) -> None:
    """Write the archive: equal files at an equal time give equal bytes."""
    with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with (
            gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_LEVEL, mtime=0, filename="") as zipped,
            tarfile.open(fileobj=zipped, mode="w") as tar,
        ):
            for name in (MANIFEST, CONFIG, STORE):
                member = tarfile.TarInfo(name)
                member.size, member.mode, member.mtime = (place / name).stat().st_size, 0o600, int(made.timestamp())
                with (place / name).open("rb") as content:
                    tar.addfile(member, content)
        out.flush()
        os.fsync(out.fileno())


def _unpack(archive: Path, place: Path) -> Manifest:
    """Read *archive* into *place*, only the files that belong in it, and compare their sums."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.name in (MANIFEST, CONFIG, STORE) else None
                if content is not None:
                    found[member.name] = _copy(content, place / member.name)
    except FileNotFoundError:
        raise StoreError(f"{archive} does not exist") from None
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise StoreDamaged(f"{archive} is no whole backup: {error}") from error
    if missing := {MANIFEST, CONFIG, STORE} - set(found):
        raise StoreDamaged(f"{archive} is no whole backup: {', '.join(sorted(missing))} is not in it")
    manifest = _manifest(archive, (place / MANIFEST).read_bytes())
    for name in (CONFIG, STORE):
        if manifest.sums.get(name) != found[name]:
            raise StoreDamaged(f"{archive} is damaged: {name} is not what was written")
    return manifest


def _manifest(archive: Path, body: bytes) -> Manifest:
    with suppress(TypeError, ValueError):
        manifest = Manifest(**orjson.loads(body))
        if manifest.format == FORMAT:
            return manifest
        raise StoreError(f"{archive} has the shape {manifest.format}, this version reads {FORMAT}: use a newer version")
    raise StoreDamaged(f"{archive} is no backup that this version knows")


def _config(file: Path, saved: Path) -> str:
    """Write the saved configuration where there is none; beside the one that is there where they differ."""
    text = saved.read_bytes()
    if file.exists():
        if file.read_bytes() == text:
            return ""
        file = file.with_name(f"{file.name}.restored")
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(text)
    return str(file)


def _copy(content: IO[bytes], to: Path) -> str:
    total = hashlib.sha256()
    with to.open("wb") as out:
        while some := content.read(CHUNK):
            total.update(some)
            out.write(some)
        out.flush()
        os.fsync(out.fileno())
    return total.hexdigest()


def _sum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
