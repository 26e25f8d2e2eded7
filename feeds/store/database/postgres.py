"""A database on a PostgreSQL server (14 or newer), through psycopg 3.

Many processes write at once, so what SQLite gives by being alone is asked for where it matters: reads are REPEATABLE
READ, stories that are to be written are locked while they are checked (`writing.check`), and marks of a channel are
made in one order (`marking.put`). A transaction that waits too long, or for one that waits for it, ends with an error
that tells to try again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from feeds.errors import StaleView, StoreError, StoreLocked
from feeds.store.database.db import BUSY_SECONDS, LOCKS, Database

OLDEST = 14  # the oldest version that its makers still maintain
CONNECT = 10  # seconds until a server counts as unreachable
IDLE = 60  # seconds a transaction may rest: a process that stalls inside one holds up the others, and vacuum
ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
"""What libpq is told, so that a network that was cut without a word is found out within 25 seconds; else two hours."""
WORKING, MIGRATING = 1000, 1001  # advisory locks of a database, beside the buckets of `db.hold`


class Postgres(Database):
    """Connections to one database of a server. *readonly* refuses every write."""

    alone = False

    def __init__(self, url: str, *, readonly: bool = False, busy: float = BUSY_SECONDS) -> None:
        self.url = address_of(url)
        self.name, self.readonly = self.url.set(drivername="postgresql").render_as_string(hide_password=True), readonly
        self._engine = _engine(self.url, readonly, busy)
        self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.writable()
        with self.translated(), self._engine.begin() as connection:
            yield connection

    def raw(self) -> tuple[type[BaseException], ...]:
        return (psycopg.Error,)

    def ours(self, error: BaseException | None) -> StoreError:
        return ours(self.name, error)


def address_of(url: str) -> URL:
    """Return the parts of *url*. Raises `StoreError` where it names no database; a password is never shown."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("the store's address cannot be read: give postgresql://USER@HOST/DATABASE") from error
    if not found.database:
        shown = found.render_as_string(hide_password=True)
        raise StoreError(f"{shown} names no database: give postgresql://USER@HOST/DATABASE")
    return found.set(drivername="postgresql+psycopg")


def ours(name: str, error: BaseException | None) -> StoreError:
    """Return the error of ours for one of psycopg's. https://www.postgresql.org/docs/current/errcodes-appendix.html"""
    said = " ".join(str(error).split())
    match error:
        case errors.DeadlockDetected() | errors.SerializationFailure():
            return StaleView(f"{name}: another writer was faster ({said})")
        case errors.LockNotAvailable():
            return StoreLocked(f"{name} is held by another program ({said}): end what works on it, then try again")
        case errors.DiskFull():
            return StoreError(f"{name} cannot grow: the server's disk is full ({said})")
        case errors.ReadOnlySqlTransaction() | errors.InsufficientPrivilege():
            return StoreError(f"{name} cannot be written: check the rights of its user ({said})")
        case errors.InvalidCatalogName():
            return StoreError(f"{name} does not exist: make the database with `createdb` ({said})")
        case psycopg.OperationalError():
            return StoreError(f"{name} cannot be reached, or went away: check the server ({said})")
    return StoreError(f"{name}: {said}")


def _engine(url: URL, readonly: bool, busy: float) -> Engine:
    options = {
        "timezone": "UTC",
        "lock_timeout": f"{max(int(busy * 1000), 1)}ms",
        "idle_in_transaction_session_timeout": f"{IDLE}s",
        **({"default_transaction_read_only": "on"} if readonly else {}),
    }
    given = str(url.query.get("options", ""))
    return create_engine(
        url,
        paramstyle="format",  # statements of `prepared.py` give their parameters in order
        pool_size=8,
        max_overflow=-1,
        pool_pre_ping=True,  # a server that was restarted costs no job
        connect_args={
            **{name: value for name, value in ALIVE.items() if name not in url.query},
            "connect_timeout": CONNECT,
            "application_name": here(),
            "options": " ".join([given, *(f"-c {name}={value}" for name, value in options.items())]).strip(),
        },
    )


def enduring(address: str) -> str:
    """Return *address* (a URI of libpq) with what finds out a silent network, where it does not say so itself."""
    return make_conninfo(**{"connect_timeout": CONNECT, **ALIVE, **conninfo_to_dict(address)})  # type: ignore[arg-type]


def here() -> str:
    """Return how this process is called at the server."""
    return f"feeds {os.getpid()}@{os.uname().nodename[:40]}"  # PostgreSQL keeps 63 bytes; the engine adds a word


def inspect(db: Postgres) -> str:
    """Return the schema's revision, '' where there is none yet.

    Raises `StoreError` for a server that is too old, has another encoding, or whose database is another program's.
    """
    with db.read() as connection:
        version, encoding = connection.exec_driver_sql(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')"
        ).one()
        if version < OLDEST:
            raise StoreError(f"{db.name} is PostgreSQL {version}: {OLDEST} or newer is needed")
        if encoding != "UTF8":
            raise StoreError(f"{db.name} has the encoding {encoding}: make it with ENCODING 'UTF8'")
        tables = set(
            connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").scalars()
        )
        if "alembic_version" not in tables:
            if tables:
                raise StoreError(f"{db.name} holds tables of another program: give `store` a database of its own")
            return ""
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or ""


def bytewise(connection: Connection) -> None:
    """Order all text by its bytes, as SQLite does, whatever the database's own collation: outputs are the same then."""
    found = connection.exec_driver_sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND left(table_name, 13) <> 'procrastinate'"
        " AND NOT (SELECT relispartition FROM pg_class WHERE oid = to_regclass(quote_ident(table_name)))"
        " ORDER BY 1, 2"
    ).all()
    for table, column in found:
        names = sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE text COLLATE {}")
        said = names.format(sql.Identifier(table), sql.Identifier(column), sql.Identifier("C"))
        connection.exec_driver_sql(said.as_string(None))


def in_turn(connection: Connection) -> None:
    """Wait until no other process migrates; the lock ends with the transaction."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (LOCKS, MIGRATING))


class Lock:
    """The right to work on a database: of one process, or of many that share it. It ends with its connection.

    Where the server restarts it is lost while the process goes on; each write is fenced by itself, so nothing is.
    """

    def __init__(self, db: Postgres, *, shared: bool) -> None:
        options = {"application_name": here(), "connect_timeout": CONNECT}
        given = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            self._connection = psycopg.connect(enduring(given), autocommit=True, **options)  # type: ignore[arg-type]  # libpq's words
        except psycopg.Error as error:
            raise ours(db.name, error) from error
        try:
            self._take(db, shared)
        except BaseException:
            self._connection.close()
            raise

    def _take(self, db: Postgres, shared: bool) -> None:
        word = sql.SQL("pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock")
        query = sql.SQL("SELECT {}(%s, %s)").format(word)
        found = self._connection.execute(query, (LOCKS, WORKING)).fetchone()
        if found and found[0]:
            return
        owners = self._connection.execute(
            "SELECT DISTINCT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted"
            " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1",
            (LOCKS, WORKING),
        ).fetchall()
        names = ", ".join(name.removeprefix("feeds ") for (name,) in owners) or "unknown"
        raise StoreLocked(
            f"{db.name} is in use by process {names}: one process at a time works on a store, or workers of a cluster; "
            "wait for it, or stop it"
        )

    def release(self) -> None:
        """Give it back at once: a server may take a while to notice that a connection was closed."""
        with suppress(psycopg.Error):
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._connection.close()
