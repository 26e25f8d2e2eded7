"""Where a store is, by its address."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from feeds.errors import StoreError

SERVERS = ("postgresql", "postgres")


def is_server(url: str) -> bool:
    """Tell whether *url* names a database of a PostgreSQL server."""
    scheme, found, _ = url.partition("://")
    return bool(found) and scheme.partition("+")[0] in SERVERS


def file_of(url: str) -> Path:
    """Return the database file that *url* names. Raises `StoreError` for a url of another form."""
    path = url.removeprefix("sqlite:///")
    if path not in (url, "", ":memory:"):  # taken as it is: a path may hold any sign, and SQLAlchemy would decode some
        return Path(path)
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no store: give sqlite:///PATH or postgresql://…") from error
    raise StoreError(f"{parsed.render_as_string()!r} is no store that this version knows: give sqlite:///PATH")


def without_password(url: str) -> str:
    """Return *url* as it may be shown."""
    if not is_server(url):
        return url
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "postgresql://…"
