"""What `quick` makes cannot be told from what the class makes."""

import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from feeds.model.entry import Enclosure, Image, Person, RawEntry, Text
from feeds.parse.xml.quick import quick


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
