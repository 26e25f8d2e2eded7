"""The count of what was published: it only grows, whoever tells of news at the same time."""

from threading import Thread

from feeds.store.outgoing.news import News
from tests.store.conftest import BUSY


class Meddled(int):
    """The count of *news*, to which *thread* adds too while somebody does."""

    news: News
    thread: Thread

    def __add__(self, other: int) -> int:
        self.news.generation = before = int(self)
        self.thread.start()
        self.thread.join(BUSY)  # where it has to wait, it comes after us
        return before + other


def test_two_that_tell_at_once_are_two() -> None:
    news = News()
    news.generation = before = Meddled(1)
    before.news, before.thread = news, Thread(target=news.told)
    news.told()
    before.thread.join()
    assert news.generation == 3
