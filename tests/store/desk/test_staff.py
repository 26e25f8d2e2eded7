"""The contract of users, sessions, failed sign-ins and the audit log, on every database."""

from datetime import timedelta

import pytest

from feeds.errors import UsageError
from feeds.model.staff import IDLE, LONGEST, AuditLine, Session, User
from feeds.store import Store
from feeds.store.desk.staff import AUDITED, FORGOTTEN, name_key
from tests.store.made import NOW

KIM = User(name="김편집", password="hash", made=NOW, changed=NOW)


def session(token: str = "t", user: str = KIM.name, **given: object) -> Session:
    values: dict[str, object] = {"token": token, "user": user, "started": NOW, "seen": NOW, "client": "192.0.2.1"}
    return Session(**{**values, **given})  # type: ignore[arg-type]  # fields by name


def line(number: int = 0, **given: object) -> AuditLine:
    values: dict[str, object] = {
        "at": NOW,
        "who": "kim",
        "client": "cli",
        "action": "retract",
        "what": f"story {number}",
    }
    return AuditLine(**{**values, **given})  # type: ignore[arg-type]  # fields by name


def test_users_come_and_go(store: Store) -> None:
    store.staff.add(KIM)
    assert store.staff.user(KIM.name) == KIM
    assert store.staff.users() == (KIM,)
    with pytest.raises(UsageError, match="already"):
        store.staff.add(KIM)
    store.staff.remove(KIM.name)
    assert store.staff.user(KIM.name) is None
    with pytest.raises(UsageError, match="no user 'x'"):
        store.staff.remove("x")
    with pytest.raises(UsageError, match="no user 'x'"):
        store.staff.set_password("x", "h", NOW)


def test_a_session_is_known_by_its_token_while_its_user_is(store: Store) -> None:
    store.staff.add(KIM)
    store.staff.begin(session())
    assert store.staff.session("t") == session()
    store.staff.seen("t", NOW + timedelta(minutes=5))
    assert store.staff.session("t") == session(seen=NOW + timedelta(minutes=5))
    assert store.staff.signed_in(NOW) == {KIM.name: 1}
    store.staff.end("t")
    assert store.staff.session("t") is None


@pytest.mark.parametrize("how", ["password", "remove"])
def test_sessions_end_with_the_password_and_the_user(store: Store, how: str) -> None:
    store.staff.add(KIM)
    store.staff.add(User(name="lee", password="h", made=NOW, changed=NOW))
    store.staff.begin(session())
    store.staff.begin(session("other", "lee"))
    store.staff.failed([name_key(KIM.name), name_key("lee")], NOW)
    if how == "password":
        store.staff.set_password(KIM.name, "other", NOW)
        assert store.staff.attempts([name_key(KIM.name)], NOW) == {}
    else:
        store.staff.remove(KIM.name)
    assert store.staff.session("t") is None
    assert store.staff.session("other") is not None
    assert name_key("lee") in store.staff.attempts([name_key("lee")], NOW)


def test_sessions_that_ended_are_forgotten_when_another_begins(store: Store) -> None:
    store.staff.add(KIM)
    store.staff.begin(session("idle", seen=NOW - IDLE - timedelta(minutes=1), started=NOW - timedelta(hours=2)))
    store.staff.begin(session("old", started=NOW - LONGEST - timedelta(minutes=1)))
    store.staff.begin(session("new"))
    assert [store.staff.session(token) is None for token in ("idle", "old", "new")] == [True, True, False]


def test_failures_add_up_by_key_and_are_forgiven(store: Store) -> None:
    for n in range(3):
        store.staff.failed(["a", "b"], NOW + timedelta(seconds=n))
    store.staff.failed(["b"], NOW + timedelta(seconds=9))
    found = store.staff.attempts(["a", "b", "c"], NOW)
    assert {key: (a.failures, a.last) for key, a in found.items()} == {
        "a": (3, NOW + timedelta(seconds=2)),
        "b": (4, NOW + timedelta(seconds=9)),
    }
    store.staff.forgive(["a"])
    assert set(store.staff.attempts(["a", "b"], NOW)) == {"b"}
    assert store.staff.attempts(["b"], NOW + FORGOTTEN + timedelta(minutes=1)) == {}
    store.staff.failed(["c"], NOW + FORGOTTEN + timedelta(minutes=1))
    assert store.staff.attempts(["b"], NOW) == {}


def test_the_log_is_read_from_its_end(store: Store) -> None:
    numbers = [store.staff.note(line(n, done=n != 2, detail=f"된 일 {n}")) for n in range(4)]
    assert numbers == sorted(set(numbers))
    assert [a.what for a in store.staff.audit(2)] == ["story 3", "story 2"]
    assert [a.what for a in store.staff.audit(2, after=2)] == ["story 1", "story 0"]
    assert store.staff.line(numbers[2]) == line(2, done=False, detail="된 일 2", id=numbers[2])
    assert store.staff.line(10**9) is None


def test_the_log_is_kept_four_hundred_days(store: Store) -> None:
    store.staff.note(line(1))
    store.staff.note(line(2, at=NOW + timedelta(days=1)))
    store.staff.note(line(3, at=NOW + AUDITED + timedelta(hours=1)))
    assert [a.what for a in store.staff.audit(9)] == ["story 3", "story 2"]
