"""What a carrier of many journeys leaves behind."""

import gc
import weakref
from typing import Any

from feeds.net import Guard
from feeds.net.multi import Multi


def test_who_is_forgotten_goes_at_once() -> None:
    """A reload leaves a fetcher behind: its four descriptors must not wait for the collector."""
    gc.disable()
    try:
        multi: Multi[Any] = Multi(Guard((), "feeds"))
        seen = weakref.ref(multi)
        del multi
        assert seen() is None
    finally:
        gc.enable()
