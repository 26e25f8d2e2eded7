"""The HTTP face: what all requests pass, the table of entrances, and errors. Only this file knows the framework."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feeds.errors import StoreError
from feeds.ports.resting import Woken
from feeds.ports.showing import Shelf, Turned
from feeds.web.front import Front
from feeds.web.pages.copies import HEADER_NAMES, Asking, lasting
from feeds.web.pages.onward import BEFORE, nowhere, older
from feeds.web.pages.outputs import Outputs, decoded, file_at
from feeds.web.pages.pictures import Look, Pictures, nothing
from feeds.web.pages.refusals import Draw, dressed, wants_page
from feeds.web.wire.http import HEADERS, NOT_FOUND, WRITTEN, Answer, Asked, BadRequest, Entrance, Handler, Pieces, text

logger = logging.getLogger(__name__)

PATHS = 4096  # request targets whose paths are remembered

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
RawHeaders = Sequence[tuple[bytes, bytes]]
Seen = Callable[[tuple[str, str, RawHeaders, int, int]], None]
"""Told of each answer to a request for what is published, and to return at once: path, who asked, headers (names in
lower case), status, bytes sent."""


class Site:
    """The web application. What is in memory it answers by itself, in `at_hand`; the framework leads all else."""

    def __init__(
        self, app: Starlette, outputs: Outputs, front: Front, taken: frozenset[str], seen: Seen, draw: Draw
    ) -> None:
        self.front, self._seen, self._draw = front, seen, draw
        self._app, self._outputs, self._taken = app, outputs, taken
        self._paths: dict[bytes, str] = {}

    def adopt(self, front: Front) -> None:
        """Let requests in by *front* from now on, whoever was let in before; its prefix is that of the one before."""
        self.front = front
        self._outputs.forget()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, hosts = _named(scope["headers"])
        refused = self._enter(scope, headers, hosts)
        if refused is None or refused.status == 429:  # who asks for a host that is not ours gets no page of ours
            send = dressed(send, self._draw, page=wants_page(headers))
        await (_response(refused) if refused else self._app)(scope, receive, send)

    def _enter(self, scope: Scope, headers: Mapping[str, str], hosts: list[str]) -> Answer | None:
        """Let a request in: its scope says then who asks, how, and for which path below the prefix."""
        peer = scope["client"][0] if scope.get("client") else ""
        client = self.front.enter(peer, headers, hosts, old=scope.get("http_version") == "1.0")
        if isinstance(client, Answer):
            return client
        scope["client"] = (client.address, 0)
        scope["scheme"] = client.scheme or scope.get("scheme", "http")
        raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        below = self.front.below(raw)
        if isinstance(below, Answer):
            return below
        scope["raw_path"] = below.encode("latin-1")
        if below != raw:
            scope["path"] = decoded(below) or "/.."  # what cannot be published matches no entrance
        return None

    def at_hand(self, target: bytes, raw: RawHeaders, peer: str) -> Answer | None:
        """Answer a GET from memory alone; None where it takes more, or must not be: `__call__` says why then.

        *target* is the path of an HTTP/1.1 request with its query, *raw* its headers with names in lower case.
        """
        path = self._paths.get(target) or self._path(target)
        copy = self._outputs.held_at(path) if path else None
        if copy is None or path is None:
            return None
        key = (peer, *raw)  # who asks the same again gets the same again
        known = copy.memo.get(key)
        if known is not None:
            if not self.front.allows(known[0]):
                return None
            self._seen((path, known[0] or peer, raw, known[1].status, len(known[1].body)))
            return known[1]
        headers, hosts = _named(raw)
        asked = Asking(*map(headers.get, HEADER_NAMES))
        answer = self._outputs.at_hand(path, copy, asked)
        client = self.front.enter(peer, headers, hosts) if answer else None
        if answer is None or client is None or isinstance(client, Answer):
            return None
        if lasting(copy, asked, answer):
            size = sum(len(name) + len(value) + 100 for name, value in raw)
            self._outputs.remember(path, copy, key, size, (self.front.counted(client), answer))
        self._seen((path, self.front.counted(client) or client.address, raw, answer.status, len(answer.body)))
        return answer

    def _path(self, target: bytes) -> str | None:
        raw, _, query = target.decode("latin-1").partition("?")
        below = self.front.below(raw)
        path = decoded(below) if isinstance(below, str) and BEFORE not in query else ""
        if not path or path in self._taken or not self._outputs.has(path):
            return None
        if len(self._paths) >= PATHS:
            self._paths.clear()
        if len(target) <= 512:
            self._paths[target] = path
        return path


def _named(raw: RawHeaders) -> tuple[dict[str, str], list[str]]:
    """The headers by name, repeated ones as one list (RFC 9110 §5.3), and each value of Host."""
    headers: dict[str, str] = {}
    hosts: list[str] = []
    for name, value in raw:
        key, said = name.decode("latin-1"), value.decode("latin-1")
        if key == "host":
            hosts.append(said)
        headers[key] = f"{headers[key]}, {said}" if key in headers else said
    return headers, hosts


def site(
    shelf: Shelf,
    assets: Mapping[str, tuple[str, bytes]],
    ready: Callable[[], bool],
    entrances: Sequence[Entrance] = (),
    front: Front | None = None,
    seen: Seen = lambda _: None,
    draw: Draw = lambda _: b"",
    look: Look = nothing,
    turned: Turned = nowhere,
    woken: Woken = lambda _: True,
) -> Site:
    """Return the web application: *entrances* first, then what is published.

    *assets* are fixed files by path (media type, bytes); *ready* tells whether requests may come, its reasons are
    told to the operator alone (SRV-31); *front* decides who is let in, everyone without it;
    *draw* gives the page of a refusal by its status, b'' for none; *look* finds pictures that posts point at,
    *turned* what lies behind the pages of channels; *woken* has brought out what rests until somebody asks for it.
    """
    front = front or Front()
    packer = ThreadPoolExecutor(1, thread_name_prefix="packer")
    outputs = Outputs(shelf, assets, prefix=front.prefix, beside=packer, woken=woken)
    own = (
        Entrance(path="/healthz", handler=lambda _: text("ok\n")),
        Entrance(path="/readyz", handler=_readiness(ready)),
        *entrances,
    )
    last = Entrance(path="/{path:path}", handler=partial(_published, outputs, seen, Pictures(look), turned))
    app = Starlette(
        routes=[Route(e.path, _endpoint(e), methods=list(e.methods)) for e in (*own, last)],
        exception_handlers={Exception: _failed, BadRequest: _bad, StoreError: _away},
    )
    return Site(app, outputs, front, frozenset(e.path for e in own), seen, draw)


def _readiness(ready: Callable[[], bool]) -> Handler:
    return lambda _: text("ready\n") if ready() else text("not ready\n", 503)


def _published(outputs: Outputs, seen: Seen, pictures: Pictures, turned: Turned, asked: Asked) -> Answer:
    if asked.path and (behind := older(turned, file_at(asked.path), asked)):
        return behind
    answer = outputs.get(asked.path, asked.headers) if asked.path else None
    if answer and answer.status == 301 and asked.query.isascii() and asked.query:
        led = f"{answer.headers['Location']}?{asked.query}"
        answer = Answer(status=301, headers={**answer.headers, "Location": led})
    if answer and asked.method == "GET":
        raw = [(b"user-agent", asked.headers.get("user-agent", "").encode("latin-1", "replace"))]
        seen((asked.path, asked.client, raw, answer.status, len(answer.body)))
    return answer or pictures.get(asked) or text(NOT_FOUND, 404)


def _endpoint(entrance: Entrance) -> Callable[[Request], object]:
    """Return the framework's handler: the body is read within its bound, the work is done in a thread."""

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        refused = await run_in_threadpool(entrance.admits, _asked(request, b"")) if entrance.admits else None
        if refused:
            return _response(refused)
        try:
            length = request.headers.get("content-length", "")
            if length.isascii() and length.isdigit() and int(length[:18]) > entrance.body_bytes:
                return _response(text("The body of this request is too large.\n", 413))
            async with asyncio.timeout(entrance.body_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > entrance.body_bytes:
                        return _response(text("The body of this request is too large.\n", 413))
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return _response(text("The body of this request did not come in time.\n", 408, Connection="close"))
        return _response(await run_in_threadpool(entrance.handler, _asked(request, bytes(body))))

    return endpoint


def _asked(request: Request, body: bytes) -> Asked:
    return Asked(
        path=decoded(request.scope["raw_path"].decode("latin-1").partition("?")[0]),
        method=request.method,
        headers=_named(request.scope["headers"])[0],
        query=request.scope["query_string"].decode("latin-1"),
        body=body,
        names={name: str(value) for name, value in request.path_params.items()},
        client=request.client.host if request.client else "",
        scheme=request.scope.get("scheme", "http"),
    )


class _Followed(Response):
    """A response after which somebody is told whether all of it went out."""

    after: Callable[[bool], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = False
        try:
            await super().__call__(scope, receive, send)
            written = scope.get(WRITTEN)  # a server that cannot tell has taken it whole
            whole = await written() if written else True
        finally:
            await run_in_threadpool(self.after, whole)


class _Piecemeal(Response):
    """A body that is read while it is sent, no faster than it is taken. Where the rest is not to be had any more the
    connection ends where its length tells."""

    pieces: Pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        left = asyncio.create_task(_left(receive))
        try:
            pieces = iter(self.pieces if scope["method"] != "HEAD" else ())
            while (piece := await run_in_threadpool(next, pieces, None)) is not None:
                if left.done():
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except OSError as error:
            logger.warning("not sent whole path=%.200r error=%s", scope["path"], error)
        finally:
            left.cancel()


async def _left(receive: Receive) -> None:
    """Wait until whoever asked has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _response(answer: Answer) -> Response:
    if answer.pieces is not None:
        piecemeal = _Piecemeal(None, answer.status, {**answer.headers, "Content-Length": str(len(answer.pieces))})
        piecemeal.pieces = answer.pieces
        return piecemeal
    response = (_Followed if answer.after else Response)(answer.body, answer.status, dict(answer.headers))
    if isinstance(response, _Followed) and answer.after:
        response.after = answer.after
    for cookie in answer.cookies:
        response.headers.append("Set-Cookie", cookie)
    return response


def _bad(_request: Request, error: Exception) -> Response:
    return _response(text(f"This request has {error}.\n", 400))


def _away(request: Request, error: Exception) -> Response:
    """Tell that the store cannot be asked: who asks again later gets it."""
    logger.warning("not answered path=%.200r error=%s", request.url.path, error)
    return _response(text("This cannot be read just now. Try again in a minute.\n", 503, Retry_After="60"))


def _failed(_request: Request, error: Exception) -> Response:
    logger.error("request failed", exc_info=error)
    return PlainTextResponse("Something went wrong here; it was logged.\n", 500, HEADERS)
