"""Addresses that were published lead on for ever, however often what is there moves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.jobs.regroup import regroup
from feeds.model.channel import Output
from feeds.model.settings import Subject
from feeds.web.pages.outputs import Outputs
from tests.core.made import settings, source
from tests.jobs.test_jobs import World, rss, world

TOPICS = Output(id="by", path="/{slug}/", each="category", archives="month")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    config = settings(
        source("one", categories=("기술",)),
        outputs=(Output(id="all", path="/"), TOPICS),
        categories=(Subject(name="기술"),),
    )
    with world(tmp_path, config) as made:
        made.says("one", rss(("a", "First"), ("b", "Second")))
        made.sync()
        regroup(made.work())
        made.pass_()
        yield made


def change(desk: World, **parts: object) -> None:
    desk.config = replace(desk.config, **parts)  # type: ignore[arg-type]  # fields of Settings
    desk.now += timedelta(hours=1)
    desk.sync()
    regroup(desk.work())
    desk.pass_()


def ask(desk: World, path: str) -> tuple[int, str]:
    answer = Outputs(desk.store.overview, prefix="/news").get(path, {"accept-encoding": "identity"})
    return (answer.status, answer.headers.get("Location", "")) if answer else (404, "")


def test_pub_04_a_category_that_gets_a_slug(desk: World) -> None:
    assert ask(desk, "/기술/atom.xml") == (200, "")
    change(desk, categories=(Subject(name="기술", slug="tech"),))
    for file in ("atom.xml", "rss.xml", "feed.json", ""):
        assert ask(desk, f"/기술/{file}") == (301, f"/news/tech/{file}")
        assert ask(desk, f"/tech/{file}") == (200, "")
    assert ask(desk, "/기술") == (301, "/news/tech/")


def test_pub_04_a_category_that_gets_another_name_keeps_the_old_one_as_alias(desk: World) -> None:
    change(desk, categories=(Subject(name="테크놀로지", slug="technology", aliases=("기술",)),))
    assert ask(desk, "/기술/rss.xml") == (301, "/news/technology/rss.xml")


def test_moves_on_moves_lead_straight_to_the_last_and_back_again(desk: World) -> None:
    for slug in ("tech", "it", "machines"):
        change(desk, categories=(Subject(name="기술", slug=slug),))
    for slug in ("기술", "tech", "it"):
        assert ask(desk, f"/{slug}/atom.xml") == (301, "/news/machines/atom.xml")
    change(desk, categories=(Subject(name="기술", slug="tech"),))
    assert ask(desk, "/tech/atom.xml") == (200, "")
    for slug in ("기술", "it", "machines"):
        assert ask(desk, f"/{slug}/atom.xml") == (301, "/news/tech/atom.xml")


def test_an_output_that_gets_another_path_or_file(desk: World) -> None:
    change(desk, outputs=(Output(id="all", path="/all/", files={"rss": "feed.xml"}), TOPICS))
    assert ask(desk, "/atom.xml") == (301, "/news/all/atom.xml")
    assert ask(desk, "/rss.xml") == (301, "/news/all/feed.xml")
    assert ask(desk, "/") == (301, "/news/all/")


def test_pub_04_what_ended_without_an_heir_is_not_there(desk: World) -> None:
    """404, where the catalogue also names 410: that makes readers unsubscribe for good, and a category that ends by a
    changed file, or because its last story grew too old, may be back tomorrow."""
    change(desk, outputs=(Output(id="all", path="/"),))
    assert ask(desk, "/기술/atom.xml") == (404, "")
    change(desk, outputs=(Output(id="all", path="/"), TOPICS), categories=(Subject(name="기술", slug="tech"),))
    assert ask(desk, "/기술/atom.xml") == (404, "")
