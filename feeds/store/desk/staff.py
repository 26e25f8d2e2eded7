"""Users of the desk, their sessions, sign-ins that failed, and the audit log."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, or_, select, update

from feeds.errors import UsageError
from feeds.model.staff import IDLE, LONGEST, Attempts, AuditLine, Session, User
from feeds.store import tables as t
from feeds.store.database.db import Database, among

AUDITED = timedelta(days=400)  # how long the log is kept: as long as decisions
FORGOTTEN = timedelta(days=1)  # after which sign-ins that failed do not count any more


class Staff:
    """Who may sign in, who is, and what was done."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # users

    def users(self) -> tuple[User, ...]:
        """Return all users by name."""
        with self._db.read() as connection:
            rows = connection.execute(select(t.users).order_by(t.users.c.name))
            return tuple(User(**row._mapping) for row in rows)

    def user(self, name: str) -> User | None:
        with self._db.read() as connection:
            row = connection.execute(select(t.users).where(t.users.c.name == name)).one_or_none()
        return User(**row._mapping) if row else None

    def add(self, user: User) -> None:
        """Raises `UsageError` where there is one of that name."""
        row = {"name": user.name, "password": user.password, "made": user.made, "changed": user.changed}
        with self._db.write() as connection:
            added = self._db.insert(t.users).values(row).on_conflict_do_nothing().returning(t.users.c.name)
            if connection.execute(added).first() is None:  # PostgreSQL counts no rows here
                raise UsageError(f"there is a user {user.name!r} already; `feeds user password` sets another password")

    def set_password(self, name: str, password: str, now: datetime) -> None:
        """Give a user another password: who is signed in under the name is not any more, and failures are forgotten.

        Raises `UsageError` where there is none of that name.
        """
        mine = t.users.c.name == name
        with self._db.write() as connection:
            values = {"password": password, "changed": now}
            if not connection.execute(update(t.users).where(mine).values(values)).rowcount:
                raise UsageError(f"there is no user {name!r}; `feeds user list` shows them")
            connection.execute(delete(t.sessions).where(t.sessions.c.user_name == name))
            connection.execute(delete(t.attempts).where(t.attempts.c.key == name_key(name)))

    def rehash(self, name: str, password: str) -> None:
        """Write the hash of the same password under other parameters."""
        with self._db.write() as connection:
            connection.execute(update(t.users).where(t.users.c.name == name).values(password=password))

    def remove(self, name: str) -> None:
        """Raises `UsageError` where there is none of that name."""
        with self._db.write() as connection:
            if not connection.execute(delete(t.users).where(t.users.c.name == name)).rowcount:
                raise UsageError(f"there is no user {name!r}; `feeds user list` shows them")
            connection.execute(delete(t.sessions).where(t.sessions.c.user_name == name))

    # sessions

    def begin(self, session: Session) -> None:
        """Remember a session, and forget those that ended by themselves."""
        s = t.sessions.c
        row = {name: getattr(session, name) for name in ("token", "started", "seen", "client")}
        with self._db.write() as connection:
            over = or_(s.seen < session.started - IDLE, s.started < session.started - LONGEST)
            connection.execute(delete(t.sessions).where(over))
            connection.execute(t.sessions.insert().values({**row, "user_name": session.user}))

    def session(self, token: str) -> Session | None:
        """Return the session of a token's hash, alive or not, of a user that still is."""
        s = t.sessions.c
        query = select(t.sessions).join(t.users, t.users.c.name == s.user_name).where(s.token == token)
        with self._db.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Session(token=row.token, user=row.user_name, started=row.started, seen=row.seen, client=row.client)

    def seen(self, token: str, now: datetime) -> None:
        with self._db.write() as connection:
            connection.execute(update(t.sessions).where(t.sessions.c.token == token).values(seen=now))

    def end(self, token: str) -> None:
        with self._db.write() as connection:
            connection.execute(delete(t.sessions).where(t.sessions.c.token == token))

    # sign-ins that failed

    def attempts(self, keys: Collection[str], now: datetime) -> Mapping[str, Attempts]:
        """Return what failed in a row under each of *keys* of which anything is remembered."""
        a = t.attempts.c
        query = select(t.attempts).where(among(a.key, keys), a.last > now - FORGOTTEN)
        with self._db.read() as connection:
            return {row.key: Attempts(**row._mapping) for row in connection.execute(query)}

    def failed(self, keys: Collection[str], now: datetime) -> None:
        """Count one more under each of *keys*."""
        a = t.attempts.c
        statement = self._db.insert(t.attempts)
        more = {"failures": a.failures + 1, "last": statement.excluded.last}
        with self._db.write() as connection:
            connection.execute(delete(t.attempts).where(a.last <= now - FORGOTTEN))
            connection.execute(
                statement.on_conflict_do_update(index_elements=["key"], set_=more),
                [{"key": key, "failures": 1, "last": now} for key in keys],
            )

    def forgive(self, keys: Collection[str]) -> None:
        with self._db.write() as connection:
            connection.execute(delete(t.attempts).where(among(t.attempts.c.key, keys)))

    # the audit log

    def note(self, line: AuditLine) -> int:
        """Write a line, and return its number."""
        fields = ("at", "who", "client", "action", "what", "done", "detail")
        with self._db.write() as connection:
            connection.execute(delete(t.audit).where(t.audit.c.at < line.at - AUDITED))
            made = connection.execute(t.audit.insert().values({name: getattr(line, name) for name in fields}))
            key = made.inserted_primary_key
        return int(key[0]) if key else 0

    def line(self, id: int) -> AuditLine | None:
        with self._db.read() as connection:
            row = connection.execute(select(t.audit).where(t.audit.c.id == id)).one_or_none()
        return AuditLine(**row._mapping) if row else None

    def audit(self, limit: int, *, after: int = 0) -> tuple[AuditLine, ...]:
        """Return the last lines, the newest first, leaving out the first *after*."""
        query = select(t.audit).order_by(t.audit.c.id.desc()).limit(limit).offset(after)
        with self._db.read() as connection:
            rows = connection.execute(query)
            return tuple(AuditLine(**row._mapping) for row in rows)

    def signed_in(self, now: datetime) -> Mapping[str, int]:
        """Return how many sessions each user has."""
        s = t.sessions.c
        alive = (s.seen > now - IDLE, s.started > now - LONGEST)
        query = select(s.user_name, func.count()).where(*alive).group_by(s.user_name)
        with self._db.read() as connection:
            return {row.user_name: int(row[1]) for row in connection.execute(query)}


def name_key(name: str) -> str:
    """The key under which failures of a name are counted: its hash, for what is typed there may be a password."""
    return f"name:{sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"
