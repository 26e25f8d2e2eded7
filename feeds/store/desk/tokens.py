"""Tokens of the programs' interface, by their hashes."""

from datetime import datetime

from sqlalchemy import Column, Table, Text, UniqueConstraint, delete, select, update

from feeds.errors import UsageError
from feeds.model.access import Token
from feeds.store.database.db import Database, DateTime, Words
from feeds.store.rows import AnyRow
from feeds.store.tables import metadata

tokens = Table(
    "tokens",
    metadata,
    Column("name", Words, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # with blanks between
    Column("made", DateTime, nullable=False),
    Column("used", DateTime),
    UniqueConstraint("hash", name="tokens_hash"),
)


class Tokens:
    """Who may ask."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def lines(self) -> tuple[Token, ...]:
        """Return all tokens by name."""
        with self._db.read() as connection:
            return tuple(_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.name)))

    def of(self, hash: str) -> Token | None:
        """Return the token with this hash."""
        with self._db.read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.hash == hash)).one_or_none()
        return _token(row) if row else None

    def add(self, token: Token) -> None:
        """Raises `UsageError` where there is one of that name."""
        row = {"name": token.name, "hash": token.hash, "scopes": " ".join(token.scopes), "made": token.made}
        with self._db.write() as connection:
            added = self._db.insert(tokens).values(row).on_conflict_do_nothing().returning(tokens.c.name)
            if connection.execute(added).first() is None:  # PostgreSQL counts no rows here
                raise UsageError(f"there is a token {token.name!r} already: remove it first, or give another name")

    def remove(self, name: str) -> None:
        """Raises `UsageError` where there is none of that name."""
        with self._db.write() as connection:
            if not connection.execute(delete(tokens).where(tokens.c.name == name)).rowcount:
                raise UsageError(f"there is no token {name!r}; `feeds token list` shows them")

    def used(self, name: str, at: datetime) -> None:
        """Note that a token was shown."""
        with self._db.write() as connection:
            connection.execute(update(tokens).where(tokens.c.name == name).values(used=at))


def _token(row: AnyRow) -> Token:
    return Token(name=row.name, hash=row.hash, scopes=tuple(row.scopes.split()), made=row.made, used=row.used)
