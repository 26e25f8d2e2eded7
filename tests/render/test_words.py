"""The catalogues know every word that pages say, and are compiled."""

from pathlib import Path

import pytest

from feeds.render.words import SPOKEN, speaker
from tests.render.catalogue import catalogues, compiled, known, said


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: file.parts[-3])
def test_a_catalogue_says_all_that_pages_say_and_no_more(file: Path) -> None:
    """Else run `scripts/words`, and translate what is empty."""
    catalogue = known(file)
    assert {message.id for message in catalogue if message.id} == set(said())
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms) or not message.id, f"{message.id!r} has no translation"
        assert not message.fuzzy or not message.id
        assert not list(message.check(catalogue)), f"{message.id!r} takes other values"


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: file.parts[-3])
def test_a_catalogue_is_compiled(file: Path) -> None:
    assert file.with_suffix(".mo").read_bytes() == compiled(known(file))


def test_every_language_has_a_catalogue() -> None:
    assert {file.parts[-3] for file in catalogues()} == set(SPOKEN) - {"en"}


def test_pages_speak_by_their_catalogue() -> None:
    assert speaker("ko").gettext("Subscribe") == "구독하기"
    assert speaker("en").gettext("Subscribe") == "Subscribe"
