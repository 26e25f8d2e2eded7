"""The HTTP face: routes and errors. Only this file knows the framework; handlers are plain functions."""

import logging
from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feeds.ports import Shelf
from feeds.web.outputs import HEADERS, PAGE_POLICY, Outputs, decoded

logger = logging.getLogger(__name__)

NOT_FOUND = "Nothing is published here.\n"


def site(shelf: Shelf, assets: Mapping[str, tuple[str, bytes]], ready: Callable[[], bool]) -> Starlette:
    """Return the web application.

    *assets* are fixed files by path (media type, bytes); *ready* tells whether the first pass is over.
    """
    outputs = Outputs(shelf)

    def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=HEADERS)

    def readiness(_request: Request) -> Response:
        up = ready()
        return PlainTextResponse("ready\n" if up else "first pass is running\n", 200 if up else 503, HEADERS)

    def published(request: Request) -> Response:
        path = decoded(request.scope["raw_path"].decode("latin-1").partition("?")[0])
        if path in assets:
            media_type, body = assets[path]
            return Response(body, headers={**HEADERS, "Content-Type": media_type, "Cache-Control": "max-age=3600"})
        answer = outputs.get(path, {k.lower(): v for k, v in request.headers.items()}) if path else None
        if answer is None:
            return PlainTextResponse(NOT_FOUND, 404, {**HEADERS, "Content-Security-Policy": PAGE_POLICY})
        return Response(answer.body, answer.status, dict(answer.headers))

    return Starlette(
        routes=[
            Route("/healthz", health),
            Route("/readyz", readiness),
            Route("/{path:path}", published),
        ],
        exception_handlers={Exception: _failed},
    )


def _failed(_request: Request, error: Exception) -> Response:
    logger.error("request failed", exc_info=error)
    return PlainTextResponse("Something went wrong here; it was logged.\n", 500, HEADERS)
