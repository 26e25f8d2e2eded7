"""What `quick` and `replace` make cannot be told from what the class and `dataclasses.replace` make."""

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.model.entry import Enclosure, Image, Person, RawEntry, Text
from feeds.model.quick import quick, replace
from feeds.model.source import Fetched, SourceState


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        pytest.param(RawEntry, {"guid": "g", "title": Text(value="t"), "minor": True}, id="entry"),
        pytest.param(RawEntry, {}, id="entry, all defaults"),
        pytest.param(Text, {"value": "v"}, id="text"),
        pytest.param(Person, {"name": "n"}, id="person"),
        pytest.param(Image, {"url": "u", "width": 3}, id="image"),
        pytest.param(Enclosure, {"url": "u"}, id="enclosure"),
    ],
)
def test_as_the_class_makes_it(kind: type[Any], told: dict[str, Any]) -> None:
    made = quick(kind)(**told)
    assert type(made) is kind
    assert made == kind(**told)
    assert hash(made) == hash(kind(**told))
    assert repr(made) == repr(kind(**told))
    assert pickle.loads(pickle.dumps(made)) == made


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        quick(Text)(value="v").value = "w"  # type: ignore[misc] # that is what is tested


@pytest.mark.parametrize("told", [{}, {"value": "v", "other": 1}], ids=["one lacks", "one too many"])
def test_fields_are_checked(told: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        quick(Text)(**told)


@dataclass(frozen=True)
class Unslotted:
    one: int
    other: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    one: int
    other: int = 0

    def __post_init__(self) -> None:
        if self.one < 0:
            raise ValueError("one")


@dataclass(slots=True)
class Loose:
    one: int
    gathered: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Single:
    one: int


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        pytest.param(Text(value="v"), {"value": "w"}, id="a field that is called value"),
        pytest.param(Text(value="v"), {}, id="nothing"),
        pytest.param(Fetched(outcome="fresh", size=7), {"status": 200, "size": 8}, id="fetched"),
        pytest.param(SourceState(source_id="s", due=datetime(2026, 1, 1, tzinfo=UTC)), {"failures": 3}, id="state"),
        pytest.param(Unslotted(1), {"other": (2,)}, id="without slots"),
        pytest.param(Checked(1), {"one": 2}, id="with a check of its own"),
        pytest.param(Loose(1, [1, 2]), {"one": 2}, id="not frozen"),
        pytest.param(Single(1), {"one": 2}, id="one field"),
    ],
)
def test_replaced_as_dataclasses_would(value: Any, changes: dict[str, Any]) -> None:
    made, told = replace(value, **changes), dataclasses.replace(value, **changes)
    assert type(made) is type(value)
    assert made == told
    assert repr(made) == repr(told)
    assert made is not value


def test_a_check_of_its_own_is_made() -> None:
    with pytest.raises(ValueError, match="one"):
        replace(Checked(1), one=-1)


@pytest.mark.parametrize("value", [Text(value="v"), Unslotted(1)], ids=["with slots", "without"])
def test_a_field_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="nothing"):
        replace(value, nothing=1)
