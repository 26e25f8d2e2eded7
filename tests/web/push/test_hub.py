"""The way in to the hub: what is taken, what is refused, and that nothing else happens there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from feeds.log import Lines
from feeds.model.delivery import Delivery, Intent, Subscription
from feeds.web.push import hub
from feeds.web.wire.http import Answer, Asked
from tests.core.made import NOW

TOPIC = "https://desk.example/atom.xml"
FORM = f"hub.mode=subscribe&hub.topic={TOPIC}&hub.callback=https://reader.example/in"


@dataclass
class Shelf:
    """A `Hub` that only notes what it is asked."""

    room: bool = True
    asked: list[tuple[Intent, Delivery]] = field(default_factory=list)
    woken: int = 0
    wait: timedelta = timedelta(0)

    def ask(self, intent: Intent, question: Delivery, between: timedelta) -> datetime | None:
        if self.room:
            self.asked.append((intent, question))
        return question.due + self.wait if self.room else None

    def intent(self, id: str) -> Intent | None:
        raise AssertionError

    def confirm(self, intent: Intent, subscription: Subscription | None) -> None:
        raise AssertionError

    def forget(self, intent: Intent) -> None:
        raise AssertionError

    def subscription(self, id: str, now: datetime) -> Subscription | None:
        raise AssertionError

    def announce(self, news: Delivery, now: datetime) -> int:
        raise AssertionError

    def wake(self) -> None:
        self.woken += 1

    def post(self, form: str, times: int = 1) -> Answer:
        (entrance,) = hub.entrances(self, lambda url: url == TOPIC, lambda: NOW, self.wake)
        asked = Asked(path="/hub", method="POST", body=form.encode(), client="192.0.2.1")
        return [entrance.handler(asked) for _ in range(times)][-1]


def test_who_must_wait_is_told_how_long_and_so_is_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert Shelf().post(FORM).body == b"Your callback will be asked whether it means this.\n"
    assert caplog.messages[-1].endswith("host=reader.example wait=0")
    again = Shelf(wait=timedelta(seconds=41.2)).post(FORM)
    assert (again.status, b"asked in 42 seconds, for it was asked a moment ago" in again.body) == (202, True)
    assert Lines().format(caplog.records[-1]).endswith('wait=42 why="asked within the last minute"')


def test_a_request_is_stored_and_its_callback_asked() -> None:
    shelf = Shelf()
    assert shelf.post(FORM).status == 202
    ((intent, question),) = shelf.asked
    assert (intent.mode, intent.topic, intent.callback) == ("subscribe", TOPIC, "https://reader.example/in")
    assert (question.kind, question.target, question.about) == ("verify", "https://reader.example/in", intent.id)
    assert len(intent.challenge) >= 32
    assert shelf.woken == 1


def test_challenges_cannot_be_guessed() -> None:
    shelf = Shelf()
    shelf.post(FORM, times=5)
    assert len({intent.challenge for intent, _ in shelf.asked}) == 5


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param("", 400, id="nothing"),
        pytest.param("hub.mode=subscribe", 400, id="no topic"),
        pytest.param(FORM.replace(TOPIC, "https://other.example/atom.xml"), 404, id="not our topic"),
        pytest.param(FORM + "&hub.secret=" + "x" * 200, 400, id="WS-18 secret too long"),
        pytest.param(f"hub.mode=publish&hub.topic={TOPIC}", 202, id="WS-22 known already"),
        pytest.param(f"hub.mode=publish&hub.url={TOPIC}", 202, id="WS-22 by the old name"),
        pytest.param("hub.mode=publish&hub.topic=https://other.example/", 404, id="WS-22 not ours"),
    ],
)
def test_nothing_happens(form: str, status: int) -> None:
    shelf = Shelf()
    assert shelf.post(form).status == status
    assert (shelf.asked, shelf.woken) == ([], 0)


def test_ws_22_a_flood_is_told_to_wait() -> None:
    shelf = Shelf()
    answer = shelf.post(f"hub.mode=publish&hub.topic={TOPIC}", times=hub.REQUESTS + 1)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")


def test_ws_15_where_too_many_wait_no_more_are_taken() -> None:
    assert Shelf(room=False).post(FORM).status == 503
