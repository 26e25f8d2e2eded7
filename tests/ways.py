"""One client for each way to the wire, so that the same tests hold both to the same promises.

A module that says `pytestmark = pytest.mark.usefixtures("way")` runs once for each of them; its `Client` is the one
below.
"""

from collections.abc import Generator
from typing import Any, TypeVar

from feeds import net
from feeds.errors import FetchError
from feeds.net import Journey, Limits
from feeds.net.body import Said
from feeds.net.guard import Hop
from feeds.net.multi import Multi

T = TypeVar("T")


class Curl(net.Client):
    """The same client, whose journeys are carried by libcurl, one at a time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.multi: Multi[Any] = Multi(self.guard)

    def carry(self, journey: Journey[T], limits: Limits | None = None) -> T:
        self.multi.begin(0, settled(journey))
        while True:
            for _, found in self.multi.step(1.0):
                if isinstance(found, FetchError):
                    raise found
                result: T = found
                return result

    def close(self) -> None:
        super().close()
        self.multi.close()
        self.multi = Multi(self.guard)


def settled(journey: Journey[T]) -> Generator[Hop, Said, T | FetchError]:
    """The same journey, whose errors are values."""
    try:
        return (yield from journey)
    except FetchError as error:
        return error


WAYS = {"requests": net.Client, "curl": Curl}
chosen = ["requests"]


def Client(*args: Any, **kwargs: Any) -> net.Client:  # noqa: N802  # stands for the class of that name
    return WAYS[chosen[0]](*args, **kwargs)
