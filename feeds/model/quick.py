"""Frozen values made at a fraction of their usual cost, where thousands are made at a time.

A frozen class sets each field through `object.__setattr__`, ten times slower than an assignment. So a twin with the
same slots that is not frozen takes the fields, and what it made becomes one of the class itself: the layouts are the
same.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, field, fields, make_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, cast

T = TypeVar("T")


def quick(kind: type[T]) -> type[T]:
    """Return what makes values of *kind*, a frozen dataclass with slots and keywords alone, as *kind* itself would."""
    described: Any = fields(kind)  # type: ignore[arg-type] # no type says "a class of data"
    told = [(f.name, f.type, field() if f.default is MISSING else field(default=f.default)) for f in described]
    return cast("type[T]", _twin(kind, told, kw_only=True))


def replace(value: T, /, **changes: object) -> T:
    """Return *value*, of a dataclass, with *changes*: `dataclasses.replace` at a quarter of its cost (1.6 µs for 6.5).

    A dataclass without slots, or one that does something of its own when it is made, is left to that.
    """
    kind: Any = type(value)
    parts = _parts(kind)
    if parts is None:
        return cast("T", dataclasses.replace(cast("Any", value), **changes))
    found = list(parts.read(value))
    for name, changed in changes.items():
        if name not in parts.places:
            raise TypeError(f"{kind.__name__} has no field {name}")
        found[parts.places[name]] = changed
    return cast("T", parts.make(*found))


class _Parts(NamedTuple):
    """What takes a value of one dataclass apart, where each field stands then, and what puts it together."""

    read: Callable[[object], tuple[object, ...]]
    places: Mapping[str, int]
    make: Callable[..., object]


@cache
def _parts(kind: type) -> _Parts | None:
    names = [f.name for f in fields(kind) if f.init]
    plain = "__slots__" in vars(kind) and not hasattr(kind, "__post_init__") and len(names) == len(fields(kind))
    if not plain or len(names) < 2:
        return None
    places = {name: place for place, name in enumerate(names)}
    return _Parts(attrgetter(*names), places, _twin(kind, [(name, object) for name in names]))


def _twin(kind: type, told: list[Any], *, kw_only: bool = False) -> type:
    def freeze(self: Any) -> None:
        self.__class__ = kind

    return make_dataclass(kind.__name__, told, namespace={"__post_init__": freeze}, slots=True, kw_only=kw_only)
