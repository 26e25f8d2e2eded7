"""Every key of feeds.yaml as a list: for the reference in README and the test that keeps it whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from feeds.config.schema import Config

REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """*path* is `site.title`, `sources[].url`; *default* as it would be written, '' for none, or `REQUIRED`."""

    path: str
    description: str
    default: str = ""


def keys() -> tuple[Key, ...]:
    """Return every key, sections before what is in them."""
    return tuple(_below(Config, ""))


def _below(model: type[BaseModel], prefix: str) -> Iterator[Key]:
    for name, info in model.model_fields.items():
        yield Key(path=prefix + name, description=info.description or "", default=_default(info))
        for inner, many in _sections(info.annotation):
            yield from _below(inner, f"{prefix}{name}{'[]' if many else ''}.")


def _sections(annotation: object, many: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    """The models that *annotation* leads to; in a tuple they are items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, many
    for part in get_args(annotation):
        yield from _sections(part, many or getattr(annotation, "__origin__", None) is tuple)


def _default(info: FieldInfo) -> str:
    default = info.default
    if info.is_required():
        return REQUIRED
    if default is None or isinstance(default, BaseModel) or default in ((), {}):
        return ""
    if isinstance(default, tuple):
        return f"[{', '.join(map(str, default))}]"
    return str(default).lower() if isinstance(default, bool) else str(default)
