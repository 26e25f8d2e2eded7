"""The ways in of push: a way that is shut for a while is otherwise the same."""

from dataclasses import replace

import pytest

from feeds.app.serving.push import _while
from feeds.web.wire.http import Asked, Entrance, text


@pytest.mark.parametrize("served", [True, False])
def test_a_way_in_keeps_its_limits(served: bool) -> None:
    way = Entrance(path="/hub", handler=lambda _: text("yes\n"), methods=("POST",), body_bytes=7, body_seconds=0.5)
    found = _while(lambda: served, way)
    assert replace(found, handler=way.handler) == way
    assert found.handler(Asked(method="POST", path="/hub")).status == (200 if served else 404)
