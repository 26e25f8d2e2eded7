"""The page of who is read goes out with the front page, and goes where nobody is read any more."""

from dataclasses import replace

from feeds.core.publishing import pages
from feeds.jobs.publish import publish
from feeds.jobs.regroup import regroup
from feeds.model.channel import Output
from tests.core.made import source
from tests.jobs.test_jobs import PUBLISH, World, desk, rss

__all__ = ["desk"]
PAGE, LIST = "/sources/index.html", "/sources/opml.xml"


def again(made: World) -> None:
    made.sync()
    regroup(made.work())
    publish(PUBLISH, made.work())


def test_it_goes_out_with_the_front_page(desk: World) -> None:
    desk.pass_()
    assert b"First" in desk.files[PAGE] or b"Second" in desk.files[PAGE]
    assert b"Third" in desk.files[PAGE]
    assert b'xmlUrl="https://' in desk.files[LIST]
    assert b'href="/sources/"' in desk.files["/index.html"]


def test_what_is_told_later_stands_there(desk: World) -> None:
    desk.pass_()
    desk.now += (desk.config.sources[0].every or desk.now - desk.now) * 2
    desk.says("one", rss(("d", "Fourth")))
    desk.pass_()
    assert b"Fourth" in desk.files[PAGE]


def test_the_same_stories_give_the_same_page(desk: World) -> None:
    desk.pass_()
    before = dict(desk.files)
    again(desk)
    assert desk.files == before


def test_it_goes_where_nobody_is_read(desk: World) -> None:
    desk.pass_()
    desk.config = replace(desk.config, sources=())
    again(desk)
    assert PAGE not in desk.files
    assert LIST not in desk.files
    assert b"/sources/" not in desk.files["/index.html"]
    assert pages.SOURCES not in desk.store.outbox.channels()


def test_an_output_that_is_there_stays_there(desk: World) -> None:
    desk.config = replace(
        desk.config, outputs=(*desk.config.outputs, Output(id="mine", path="/sources/", formats=("html",)))
    )
    again(desk)
    assert b"Who we read</h1>" not in desk.files[PAGE]


def test_without_a_front_page_there_is_none(desk: World) -> None:
    desk.config = replace(desk.config, outputs=(Output(id="all", path="/", formats=("atom",)),))
    again(desk)
    desk.pass_()
    assert {*desk.files} == {"/atom.xml"}


def test_it_names_who_is_read_and_not_for_partners_alone(desk: World) -> None:
    """`only` keeps all of one source out of the public channels."""
    desk.config = replace(
        desk.config, sources=(source("one"), source("two", order=1)),
        outputs=(Output(id="all", path="/", only="source = one"),),
    )  # fmt: skip
    desk.pass_()
    again(desk)
    assert b"Third" not in desk.files[PAGE]
