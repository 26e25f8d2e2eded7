"""Pictures that published documents point at, as what is to stand in the bucket beside them.

Only who has the folder of a picture's post can read it. To others a copy that is there is right as it is; one that is
not is left to those, and tried again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, or_, select

from feeds.errors import OutputError
from feeds.model.mirror import Gap, Replica
from feeds.model.picture import RECORDINGS, Hung, Picture, picture_type
from feeds.store import tables as t
from feeds.store.outgoing.mirror_tables import mirrored
from feeds.store.outgoing.picture_tables import pictures

_P, _M = pictures.c, mirrored.c
_ELSEWHERE = "its file cannot be read on this machine: look whether the folder of its post is there"
_UNREAD = "unread"  # stands for a picture of which the file is not here


class Album(Protocol):
    """Files of pictures, as far as their folders are on this machine."""

    def digest(self, picture: Picture) -> str:
        """Return what changes with the bytes of its file, '' where there is none that may be shown."""

    def read(self, picture: Picture) -> Hung | None:
        """Return the file, None where there is none that may be shown."""


def pointed_at(path: ColumnElement[str]) -> ColumnElement[bool]:
    """Say that a channel points at a picture at *path*."""
    return exists().where(_P.path == path)


def gaps(connection: Connection, album: Album, now: datetime, others: Mapping[str, str]) -> list[Gap]:
    """Return what is to be put, but for the paths of *others*."""
    found = []
    query = _shown().where(_P.path.not_in(others), or_(_M.due.is_(None), _M.due <= now)).order_by(*_ORDER)
    for path, rows in groupby(connection.execute(query), key=lambda row: str(row.path)):
        first, *more = rows
        wants = _wants(path, album, (first, *more))
        if wants != (first.what or "") and not (wants == _UNREAD and first.what):
            found.append(Gap(path=path, wants=wants, tag=first.tag or ""))
    return found


def behind(connection: Connection, others: Mapping[str, str]) -> int:
    """Return how many pictures are not there, but for the paths of *others*."""
    missing = _shown().where(_P.path.not_in(others), or_(_M.path.is_(None), _M.what == "", _M.problem != ""))
    return connection.scalar(select(func.count(missing.subquery().c.path.distinct()))) or 0


def wanted(connection: Connection, album: Album, path: str) -> str:
    """Return what stands for the picture at *path*; '' where no channel points at one."""
    rows = connection.execute(_shown().where(_P.path == path).order_by(*_ORDER)).all()
    return _wants(path, album, rows) if rows else ""


def document(connection: Connection, album: Album, gap: Gap) -> Replica | None:
    """Return the picture of a gap, None where it is another one by now. Raises `OutputError` where it is not here."""
    if gap.wants == _UNREAD:
        raise OutputError(gap.path, _ELSEWHERE)
    rows = connection.execute(_shown().where(_P.path == gap.path).order_by(*_ORDER)).all()
    if _wants(gap.path, album, rows) != gap.wants:
        return None
    hung = next((hung for row in rows if (hung := album.read(_picture(row)))), None)
    return Replica(path=gap.path, body=b"".join(hung.pieces), media_type=hung.media_type) if hung else None


_ORDER = (_P.path, _P.source_id, _P.beside, _P.place)


def _shown() -> Select[Any]:
    """Select pictures where nothing else is published, with what is noted of each; recordings stay out of buckets."""
    return (
        select(*_ORDER, _M.what, _M.tag)
        .outerjoin_from(pictures, mirrored, _M.path == _P.path)
        .where(~exists().where(t.renditions.c.path == _P.path))
        .where(*(~func.lower(_P.path).like(f"%.{suffix}") for suffix in RECORDINGS))
        .distinct()
    )


def _picture(row: "Row[Any]") -> Picture:
    return Picture(path=row.path, source_id=row.source_id, beside=row.beside, place=row.place)


def _wants(path: str, album: Album, rows: "Sequence[Row[Any]]") -> str:
    digest = next((digest for row in rows if (digest := album.digest(_picture(row)))), "")
    return f"{digest} {picture_type(path)}" if digest else _UNREAD
