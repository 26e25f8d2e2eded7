"""DB-10: the server ends the connection of a job, at each of its writes in turn. It is done again, whole and once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from feeds.errors import StoreError
from feeds.store import open_store
from tests import servers
from tests.core.made import settings, source
from tests.jobs.test_jobs import World, rss


@contextmanager
def desk() -> Iterator[World]:
    """One that polls and publishes on a server, as the processes of a cluster do; *address* is its database's."""
    store = open_store(servers.ready(), lock=False, many=True)
    made = World(store, settings(source("one"), hubs=("https://hub.example/",)))
    made.says("one", rss(("a", "First"), ("b", "Second")))
    made.sync()
    yield made
    store.close()


@contextmanager
def cut_off(number: int) -> Iterator[list[int]]:
    """End the connection of the *number*th write just before it would be lasting; give how many there were."""
    seen = [0]

    def end(connection: Connection) -> None:
        if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
            return
        seen[0] += 1
        if seen[0] == number:
            mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with psycopg.connect(servers.server().url("postgres"), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", (mine,))

    event.listen(Engine, "commit", end)
    try:
        yield seen
    finally:
        event.remove(Engine, "commit", end)


def outcome(found: World) -> tuple[object, ...]:
    sent = sorted({delivery.id for delivery in found.sent})
    return found.store.overview.totals(), found.files, sent, list(found.store.overview.export())


def test_db_10_a_job_whose_connection_ended_is_done_again_whole() -> None:
    with desk() as whole, cut_off(0) as writes:
        whole.pass_()
        expected = outcome(whole)
    assert writes[0] > 4
    for number in range(1, writes[0] + 1):
        with desk() as found:
            with cut_off(number) as seen, suppress(StoreError):
                found.pass_()
            assert seen[0] >= number
            found.pass_()
            assert outcome(found) == expected, f"cut off at write {number}"
