"""Signing in: who gets in, who waits, and who is told nothing."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from feeds.app.desk import staff
from feeds.app.desk.staff import FREE, FREE_ADDRESS, LONGEST_WAIT, SignIn
from feeds.errors import UsageError
from feeds.model.staff import IDLE, LONGEST
from feeds.ports.desk import Entered, Refused
from feeds.store import Store, open_store
from feeds.store.desk.staff import name_key

GOOD = "네 낱말 짜리 긴 암호"
OWN, FAR = "192.0.2.1", "203.0.113.9"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/feeds.db")
    staff.add(found.staff, "kim", GOOD, NOW)
    found.staff.rehash("kim", CHEAP.hash(GOOD))
    yield found
    found.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sign_in(store: Store, clock: Clock) -> SignIn:
    return SignIn(store.staff, clock, CHEAP)


def entered(answer: Entered | Refused) -> Entered:
    assert isinstance(answer, Entered), answer
    return answer


def refused(answer: Entered | Refused) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


def test_who_knows_the_password_gets_in_and_is_known_by_a_token(sign_in: SignIn, store: Store) -> None:
    found = entered(sign_in.enter("kim", GOOD, OWN, ""))
    session = sign_in.session(found.token)
    assert session is not None
    assert (session.user, session.client) == ("kim", OWN)
    assert [(a.who, a.action, a.done) for a in store.staff.audit(5)] == [("kim", "login", True)]


def test_the_store_holds_no_token_and_no_password(sign_in: SignIn, tmp_path: Path) -> None:
    found = entered(sign_in.enter("kim", GOOD, OWN, ""))
    stored = b"".join(p.read_bytes() for p in tmp_path.glob("feeds.db*"))
    assert found.token.encode() not in stored
    assert GOOD.encode() not in stored
    assert b"$argon2id$" in stored


def test_srv_12_each_login_has_a_new_token(sign_in: SignIn) -> None:
    assert len({entered(sign_in.enter("kim", GOOD, OWN, "")).token for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("step", "steps", "ends"),
    [
        pytest.param(IDLE, 1, True, id="an hour without a request"),
        pytest.param(IDLE - timedelta(minutes=1), 5, False, id="used every 59 minutes"),
        pytest.param(IDLE / 2, int(LONGEST / (IDLE / 2)), True, id="a day, however much it is used"),
    ],
)
def test_srv_12_a_session_ends(sign_in: SignIn, clock: Clock, step: timedelta, steps: int, ends: bool) -> None:
    token = entered(sign_in.enter("kim", GOOD, OWN, "")).token
    for _ in range(steps - 1):
        clock.pass_(step)
        assert sign_in.session(token)
    clock.pass_(step)
    assert (sign_in.session(token) is None) == ends


def test_leaving_ends_the_session_at_once(sign_in: SignIn) -> None:
    token = entered(sign_in.enter("kim", GOOD, OWN, "")).token
    sign_in.leave(token, OWN)
    assert sign_in.session(token) is None


@pytest.mark.parametrize("end", ["password", "remove"])
def test_another_password_ends_every_session(sign_in: SignIn, store: Store, end: str) -> None:
    token = entered(sign_in.enter("kim", GOOD, OWN, "")).token
    if end == "password":
        staff.set_password(store.staff, "kim", "something quite other", NOW)
    else:
        store.staff.remove("kim")
    assert sign_in.session(token) is None
    assert refused(sign_in.enter("kim", GOOD, OWN, "")).why == "wrong"


@pytest.mark.parametrize("name", ["kim", "nobody", "", "x" * 500, "kim\x00", "KIM"])
def test_srv_13_a_wrong_name_and_a_wrong_password_are_told_alike(sign_in: SignIn, name: str) -> None:
    """The answers are equal, one by one, until the wait and beyond it."""
    answers = [sign_in.enter(name, "wrong wrong wrong", OWN, "") for _ in range(FREE + 2)]
    assert [refused(a).why for a in answers] == ["wrong"] * FREE + ["wait", "wait"]


def test_srv_13_a_hash_is_made_for_a_name_that_does_not_exist(store: Store, clock: Clock) -> None:
    """What takes the time is done in any case: the same calls for both."""
    calls: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            calls.append(str(hash))
            return CHEAP.verify(hash, password)

    sign_in = SignIn(store.staff, clock, Counting(time_cost=1, memory_cost=8, parallelism=1))
    sign_in.enter("kim", "wrong wrong wrong", OWN, "")
    sign_in.enter("nobody", "wrong wrong wrong", OWN, "")
    assert len(calls) == 2


def test_what_was_typed_for_a_name_is_kept_nowhere(sign_in: SignIn, store: Store, tmp_path: Path) -> None:
    """It may be a password in the wrong place."""
    sign_in.enter("hunter2-my-real-password", "kim", OWN, "")
    sign_in.enter("kim", "wrong wrong wrong", OWN, "")
    assert [(a.who, a.done) for a in store.staff.audit(5)] == [("kim", False), ("", False)]
    assert b"hunter2" not in b"".join(p.read_bytes() for p in tmp_path.glob("feeds.db*"))


def test_srv_13_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(sign_in: SignIn, clock: Clock) -> None:
    waits = []
    for _ in range(40):
        answer = refused(sign_in.enter("kim", "wrong wrong wrong", OWN, ""))
        if answer.why == "wait":
            waits.append(answer.wait)
            clock.pass_(answer.wait)
    assert waits[:4] == [timedelta(seconds=s) for s in (1, 2, 4, 8)]
    assert max(waits) == LONGEST_WAIT


def test_srv_13_the_right_password_waits_too(sign_in: SignIn, clock: Clock) -> None:
    for _ in range(FREE):
        sign_in.enter("kim", "wrong wrong wrong", FAR, "")
    assert refused(sign_in.enter("kim", GOOD, FAR, "")).why == "wait"
    clock.pass_(timedelta(seconds=2))
    assert entered(sign_in.enter("kim", GOOD, FAR, ""))


def test_srv_13_who_waited_for_a_turn_is_judged_by_what_happened_meanwhile(store: Store, clock: Clock) -> None:
    """Forty at once, all let past the first look: no more are looked at than one after another would be."""
    looked: list[str] = []
    gate = threading.Barrier(40)

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            looked.append(str(password))
            raise VerifyMismatchError

    class Gated(SignIn):
        def _turn(self) -> Any:
            gate.wait(20)
            return super()._turn()

    sign_in = Gated(store.staff, clock, Slow(time_cost=1, memory_cost=8, parallelism=1))
    threads = [threading.Thread(target=sign_in.enter, args=("kim", f"guess {n}", OWN, "")) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert 1 <= len(looked) <= staff.FREE + staff.HASHES


def test_srv_13_nobody_locks_the_owner_out(sign_in: SignIn, clock: Clock) -> None:
    """A browser that signed in before counts for itself, whatever others do, and from wherever it comes now."""
    own = entered(sign_in.enter("kim", GOOD, OWN, "")).device
    for number in range(300):
        clock.pass_(timedelta(seconds=1))
        sign_in.enter("kim", "wrong wrong wrong", f"198.51.100.{number % 250}", "")
    assert refused(sign_in.enter("kim", GOOD, OWN, "")).why == "wait"
    assert entered(sign_in.enter("kim", GOOD, OWN, own))


def test_srv_13_a_known_browser_may_not_guess_either(sign_in: SignIn) -> None:
    own = entered(sign_in.enter("kim", GOOD, OWN, "")).device
    answers = [refused(sign_in.enter("kim", "wrong wrong wrong", OWN, own)).why for _ in range(FREE + 1)]
    assert answers == ["wrong"] * FREE + ["wait"]


@pytest.mark.parametrize("device", ["made-up", "", "eyJhIjoxfQ.forged", "x" * 5000])
def test_srv_13_a_forged_browser_is_not_known(sign_in: SignIn, device: str) -> None:
    answers = [refused(sign_in.enter("kim", "wrong wrong wrong", OWN, device)).why for _ in range(FREE + 1)]
    assert answers[-1] == "wait"


def test_srv_13_a_browser_known_for_one_is_not_for_another(sign_in: SignIn, store: Store) -> None:
    staff.add(store.staff, "lee", GOOD, NOW)
    own = entered(sign_in.enter("kim", GOOD, OWN, "")).device
    answers = [refused(sign_in.enter("lee", "wrong wrong wrong", FAR, own)).why for _ in range(FREE + 1)]
    assert answers[-1] == "wait"
    staff.set_password(store.staff, "kim", "something quite other", NOW)
    for _ in range(FREE):
        sign_in.enter("kim", "wrong wrong wrong", FAR, "")
    assert refused(sign_in.enter("kim", "something quite other", OWN, own)).why == "wait"


def test_srv_13_one_address_that_tries_many_names_waits(sign_in: SignIn) -> None:
    answers = [refused(sign_in.enter(f"name{n}", "wrong wrong wrong", FAR, "")).why for n in range(FREE_ADDRESS + 1)]
    assert answers == ["wrong"] * FREE_ADDRESS + ["wait"]
    assert entered(sign_in.enter("kim", GOOD, OWN, ""))


def test_srv_13_another_password_from_the_machine_ends_the_wait(sign_in: SignIn, store: Store) -> None:
    for _ in range(FREE + 3):
        sign_in.enter("kim", "wrong wrong wrong", FAR, "")
    staff.set_password(store.staff, "kim", "something quite other", NOW)
    assert entered(sign_in.enter("kim", "something quite other", OWN, ""))


def test_a_day_forgives(sign_in: SignIn, clock: Clock, store: Store) -> None:
    for _ in range(FREE):
        sign_in.enter("kim", "wrong wrong wrong", FAR, "")
    clock.pass_(timedelta(days=1))
    assert store.staff.attempts([name_key("kim")], clock()) == {}


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_addresses_of_one_customer_count_as_one(client: str, counted: str) -> None:
    assert staff.network(client) == counted


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("a\r\n2026-03-01 root did it", id="line break"),
        pytest.param("\x1b[2J\x1b[31mred", id="terminal"),
        pytest.param("\u202eevil", id="direction"),
        pytest.param("x" * 1_000_000, id="a megabyte"),
        pytest.param("\x00\x7f\x85\u2028", id="controls"),
    ],
)
def test_srv_29_what_was_typed_is_one_short_line_of_the_log(sign_in: SignIn, store: Store, typed: str) -> None:
    sign_in.note(typed, typed, "retract", typed, detail=typed)
    line = store.staff.audit(1)[0]
    for text in (line.who, line.client, line.what, line.detail):
        assert text.isprintable()
        assert len(text) <= 500


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        pytest.param("lee", "short", "12 to 200 characters", id="short"),
        pytest.param("lee", "x" * 201, "12 to 200 characters", id="long"),
        pytest.param("lee", "aaaaaaaaaaaaaaa", "easily guessed", id="one letter"),
        pytest.param("lee", "leeleeleeleelee", "easily guessed", id="the name"),
        pytest.param("", GOOD, "no name", id="no name"),
        pytest.param("l\nee", GOOD, "no name", id="line break"),
        pytest.param("l" * 65, GOOD, "no name", id="long name"),
        pytest.param("kim", GOOD, "already", id="taken"),
    ],
)
def test_a_user_that_cannot_be(store: Store, name: str, password: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        staff.add(store.staff, name, password, NOW)


def test_passwords_are_hashed_as_rfc_9106_says(store: Store) -> None:
    staff.add(store.staff, "lee", GOOD, NOW)
    user = store.staff.user("lee")
    assert user is not None
    assert user.password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_under_old_parameters_is_renewed_at_login(store: Store, clock: Clock) -> None:
    better = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    assert entered(SignIn(store.staff, clock, better).enter("kim", GOOD, OWN, ""))
    user = store.staff.user("kim")
    assert user is not None
    assert "m=16,t=2" in user.password
