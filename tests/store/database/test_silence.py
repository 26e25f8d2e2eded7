"""A network that is cut without a word: every connection to a server finds that out by itself, and soon.

Nobody cuts a network here: that the system does what it is told is taken from tcp(7), and what it is told is looked at.
"""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from feeds.store.database.postgres import ALIVE, enduring
from feeds.store.database.server import Lock, connected
from tests import servers

LEASE = 30  # seconds after which others run the jobs of whoever is not heard


def told(connection: object) -> dict[str, int]:
    assert isinstance(connection, psycopg.Connection)
    said = connection.info.get_parameters()
    return {name: int(said[name]) for name in ALIVE}


def test_who_is_cut_off_knows_it_before_others_run_its_jobs() -> None:
    waits = ALIVE["keepalives_idle"] + ALIVE["keepalives_interval"] * ALIVE["keepalives_count"]
    assert waits < LEASE, "nothing is on its way"
    assert ALIVE["tcp_user_timeout"] / 1000 < LEASE, "something is"


def test_each_connection_of_the_store_is_told() -> None:
    db = connected(servers.empty())
    lock = Lock(db, shared=True)
    for reach in (db.read, db.write):
        with reach() as connection:
            assert told(connection.connection.driver_connection) == ALIVE
    assert told(lock._connection) == ALIVE
    lock.release()
    db.close()


@pytest.mark.parametrize("query", ["", "?host=/run/postgresql&application_name=x", "?sslmode=require"])
def test_so_is_each_of_the_engine(query: str) -> None:
    address = f"postgresql://desk:p%40ss%2Fword@db.example:5433/feeds{query}"
    said = conninfo_to_dict(enduring(address))
    assert conninfo_to_dict(address).items() <= said.items(), "nothing of the address is lost"
    assert {name: int(str(said[name])) for name in ALIVE} == ALIVE
    assert int(str(said["connect_timeout"])) < LEASE


def test_what_an_address_says_itself_stands() -> None:
    url = f"{servers.empty()}&keepalives_idle=7"
    assert conninfo_to_dict(enduring(url))["keepalives_idle"] == "7"
    db = connected(url)
    with db.read() as connection:
        assert told(connection.connection.driver_connection) == {**ALIVE, "keepalives_idle": 7}
    db.close()
