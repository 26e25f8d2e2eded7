"""`/opml` leads to the list, wherever the configuration put it."""

from feeds.web.pages import lists
from feeds.web.wire.http import Asked


def test_opml_leads_to_the_list() -> None:
    (entrance,) = lists.entrances(lambda: "/news/opml.xml")
    answer = entrance.handler(Asked(path="/opml"))
    assert (entrance.path, answer.status, answer.headers["Location"]) == ("/opml", 302, "/news/opml.xml")


def test_without_a_list_there_is_none() -> None:
    (entrance,) = lists.entrances(lambda: "")
    assert entrance.handler(Asked(path="/opml")).status == 404
