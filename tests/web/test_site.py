"""The way from the framework to a handler and back."""

import asyncio

from starlette.testclient import TestClient
from starlette.types import Message, Scope

from feeds.errors import StoreError
from feeds.web.site import site
from feeds.web.wire.http import Answer, Asked, Entrance, text


class Empty:
    generation = 1

    def moved(self, path: str) -> None:
        return None

    def stamp(self, path: str) -> None:
        return None

    def rendition(self, path: str) -> None:
        return None


def echo(asked: Asked) -> Answer:
    return text(f"{asked.method} {asked.names} {asked.parameters} {asked.form}")


def client(*entrances: Entrance) -> TestClient:
    return TestClient(site(Empty(), {}, lambda: True, entrances), headers={"accept": "*/*"})


def test_a_handler_gets_what_was_asked() -> None:
    entrance = Entrance(path="/echo/{name}", handler=echo, methods=("GET", "POST"))
    answer = client(entrance).post("/echo/나무?a=1&a=2", data={"b": "기술"})
    assert answer.text == "POST {'name': '나무'} {'a': '2'} {'b': '기술'}"


def test_a_body_beyond_its_bound_is_refused_unread() -> None:
    def never(asked: Asked) -> Answer:
        raise AssertionError(asked)

    entrance = Entrance(path="/small", handler=never, methods=("POST",), body_bytes=10)
    assert client(entrance).post("/small", content=b"x" * 11).status_code == 413


def test_what_cannot_be_read_from_the_store_just_now_is_no_fault_of_ours() -> None:
    def away(asked: Asked) -> Answer:
        raise StoreError("the server went away")

    answer = client(Entrance(path="/search", handler=away)).get("/search")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "went away" not in answer.text


def test_other_methods_are_refused() -> None:
    assert client(Entrance(path="/echo/{name}", handler=echo)).post("/echo/a").status_code == 405


def test_ws_09_a_body_that_does_not_come_is_not_waited_for() -> None:
    entrance = Entrance(path="/in", handler=echo, methods=("POST",), body_seconds=0.01)
    said: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        said.append(message)

    scope: Scope = {
        "type": "http", "method": "POST", "path": "/in", "raw_path": b"/in", "query_string": b"", "headers": [(b"host", b"desk.example")],
        "client": ("192.0.2.1", 1), "http_version": "1.1", "scheme": "http", "root_path": "", "app": None,
    }  # fmt: skip
    asyncio.run(site(Empty(), {}, lambda: True, (entrance,))(scope, receive, send))
    assert [m["status"] for m in said if m["type"] == "http.response.start"] == [408]


def test_ws_08_who_is_not_admitted_sends_its_body_in_vain() -> None:
    def never(asked: Asked) -> Answer:
        raise AssertionError(asked)

    def admits(asked: Asked) -> Answer | None:
        return text("no\n", 404) if asked.names["id"] != "known" and not asked.body else None

    entrance = Entrance(path="/in/{id}", handler=never, methods=("POST",), body_bytes=100, admits=admits)
    assert client(entrance).post("/in/other", content=b"x" * 1000).status_code == 404
    assert client(entrance).post("/in/known", content=b"x" * 1000).status_code == 413
