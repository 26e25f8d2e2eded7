"""Values as JSON text and back, field by field, as their types say.

Fields that hold their default are left out, and names that are not known are passed over: a field that is added to a
value with a default needs no migration. Times are ISO 8601, durations whole microseconds.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import orjson

T = TypeVar("T")
Step = Callable[..., Any]
Pair = tuple[Step | None, Step | None]  # to JSON and back; None: the value itself

NONE: frozenset[str] = frozenset()
_MICROSECOND = timedelta(microseconds=1)
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Give *text* as every database takes it: PostgreSQL refuses NUL, and no UTF-8 has lone surrogates."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = _SURROGATE.sub("\ufffd", text)
    return text.replace("\x00", "") if "\x00" in text else text


def dumps(value: object, without: frozenset[str] = NONE) -> str:
    """Give *value*, a dataclass, as JSON text, but for the fields *without*."""
    return text_of(_writer(type(value), without)(value))


def text_of(data: object) -> str:
    """Give plain data as compact JSON text that every database takes."""
    try:
        text = orjson.dumps(data).decode()
    except orjson.JSONEncodeError:  # a lone surrogate
        return orjson.dumps(_cleaned(data)).decode()
    if "\\u0000" in text:  # JSON writes NUL so, whoever wrote it: take the longer way to be sure
        text = orjson.dumps(_cleaned(data)).decode()
    return text


def loads(cls: type[T], text: str, **known: object) -> T:
    """Give the *cls* that `dumps` wrote; the fields that are *known* already win over what it wrote of them."""
    value: T = _reader(cls)(orjson.loads(text), known)
    return value


def _cleaned(data: object) -> object:
    match data:
        case str():
            return clean(data)
        case dict():
            return {clean(k): _cleaned(v) for k, v in data.items()}
        case list() | tuple():
            return [_cleaned(v) for v in data]
    return data


def _pair(kind: Any) -> Pair:
    """The two steps for one type."""
    if is_dataclass(kind):
        return _writer(kind), _reader(kind)
    if kind is datetime:
        return datetime.isoformat, datetime.fromisoformat
    if kind is timedelta:
        return _microseconds, _duration
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple(*_pair(args[0]))
    if origin is UnionType or NoneType in args:
        return _optional(*_pair(next(a for a in args if a is not NoneType)))
    if origin is Mapping:
        return dict, dict
    if origin is Literal or kind in {str, int, float, bool, bytes}:
        return None, None
    raise TypeError(f"no way to store {kind!r}")


def _microseconds(duration: timedelta) -> int | None:
    """Whole microseconds; None, which is for ever, for more than 64 bits hold."""
    number = duration // _MICROSECOND
    return number if abs(number) < 1 << 63 else None


def _duration(number: int | None) -> timedelta:
    return timedelta.max if number is None or abs(number) >= 1 << 63 else timedelta(microseconds=number)


def _tuple(there: Step | None, back: Step | None) -> Pair:
    return (
        list if there is None else lambda values: [there(v) for v in values],
        tuple if back is None else lambda values: tuple(back(v) for v in values),
    )


def _optional(there: Step | None, back: Step | None) -> Pair:
    return (
        None if there is None else lambda v: None if v is None else there(v),
        None if back is None else lambda v: None if v is None else back(v),
    )


def _writing(cls: Any, without: frozenset[str] = NONE) -> Step:
    """The step from one dataclass to JSON."""
    hints = get_type_hints(cls)
    told = [(f.name, _default(f), _pair(hints[f.name])[0]) for f in fields(cls) if f.name not in without]
    names = [name for name, _, _ in told]
    values = attrgetter(*names) if len(names) > 1 else lambda value: [getattr(value, name) for name in names]

    def there(value: Any) -> dict[str, Any]:
        data = {}
        for v, (name, default, step) in zip(values(value), told, strict=True):
            if v is not default and v != default:
                data[name] = v if step is None else step(v)
        return data

    return there


def _reading(cls: Any) -> Step:
    """The step from JSON to one dataclass."""
    hints = get_type_hints(cls)
    steps = {f.name: _pair(hints[f.name])[1] for f in fields(cls)}

    def back(data: dict[str, Any], known: Mapping[str, object] = MappingProxyType({})) -> Any:
        found = {}
        for name, v in data.items():
            if name in steps and name not in known:
                step = steps[name]
                found[name] = v if step is None else step(v)
        return cls(**found, **known)

    return back


_writer: Callable[..., Step] = cache(_writing)
_reader: Callable[..., Step] = cache(_reading)


def _default(field: "Field[Any]") -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default
