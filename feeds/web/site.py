"""The HTTP face: the table of entrances, and errors. Only this file knows the framework."""

import logging
from collections.abc import Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feeds.ports import Shelf
from feeds.web.http import HEADERS, Answer, Asked, Entrance, Handler, text
from feeds.web.outputs import Outputs, decoded

logger = logging.getLogger(__name__)

NOT_FOUND = "Nothing is published here.\n"


def site(
    shelf: Shelf,
    assets: Mapping[str, tuple[str, bytes]],
    ready: Callable[[], bool],
    entrances: Sequence[Entrance] = (),
) -> Starlette:
    """Return the web application: *entrances* first, then what is published.

    *assets* are fixed files by path (media type, bytes); *ready* tells whether requests may come, its reasons are
    told to the operator alone (SRV-31).
    """
    own = (
        Entrance(path="/healthz", handler=lambda _: text("ok\n")),
        Entrance(path="/readyz", handler=_readiness(ready)),
        *entrances,
        Entrance(path="/{path:path}", handler=_published(Outputs(shelf), assets)),
    )
    return Starlette(
        routes=[Route(e.path, _endpoint(e), methods=list(e.methods)) for e in own],
        exception_handlers={Exception: _failed},
    )


def _readiness(ready: Callable[[], bool]) -> Handler:
    return lambda _: text("ready\n") if ready() else text("not ready\n", 503)


def _published(outputs: Outputs, assets: Mapping[str, tuple[str, bytes]]) -> Handler:
    def answer(asked: Asked) -> Answer:
        if asked.path in assets:
            media_type, body = assets[asked.path]
            return Answer(headers={**HEADERS, "Content-Type": media_type, "Cache-Control": "max-age=3600"}, body=body)
        return (outputs.get(asked.path, asked.headers) if asked.path else None) or text(NOT_FOUND, 404)

    return answer


def _endpoint(entrance: Entrance) -> Callable[[Request], object]:
    """Return the framework's handler: the body is read within its bound, the work is done in a thread."""

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > entrance.body_bytes:
                    return _response(text("The body of this request is too large.\n", 413))
        except ClientDisconnect:
            return Response(status_code=400)
        return _response(await run_in_threadpool(entrance.handler, _asked(request, bytes(body))))

    return endpoint


def _asked(request: Request, body: bytes) -> Asked:
    return Asked(
        path=decoded(request.scope["raw_path"].decode("latin-1").partition("?")[0]),
        method=request.method,
        headers={k.lower(): v for k, v in request.headers.items()},
        query=request.scope["query_string"].decode("latin-1"),
        body=body,
        names={name: str(value) for name, value in request.path_params.items()},
        client=request.client.host if request.client else "",
    )


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, dict(answer.headers))
    for cookie in answer.cookies:
        response.headers.append("Set-Cookie", cookie)
    return response


def _failed(_request: Request, error: Exception) -> Response:
    logger.error("request failed", exc_info=error)
    return PlainTextResponse("Something went wrong here; it was logged.\n", 500, HEADERS)
