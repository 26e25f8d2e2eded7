"""Pictures in the bucket beside the documents that name them, whichever worker has their folder."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from feeds.model.mirror import Replica
from feeds.model.picture import Hung, Picture
from feeds.store import Store
from feeds.store.outgoing.mirroring import Mirroring
from tests.store.made import NOW, rendition
from tests.store.outgoing.test_mirroring import ASSETS, CSS, Site

QUAY = Picture("/img/quay.png", "posts", "img/quay.png", "/img/quay.png")


@dataclass
class Folder:
    """Files of pictures on one machine, by path."""

    files: dict[str, bytes] = field(default_factory=dict)

    def digest(self, picture: Picture) -> str:
        return self.files.get(picture.path, b"").hex()

    def read(self, picture: Picture) -> Hung | None:
        body = self.files.get(picture.path)
        return Hung(path=picture.path, media_type="image/png", pieces=(body[:1], body[1:])) if body else None


@dataclass
class Desk(Site):
    """A site with pictures, mirrored by a worker that has *folder*."""

    folder: Folder = field(default_factory=lambda: Folder({QUAY.path: b"quay"}))

    @property
    def notes(self) -> Mirroring:
        return self.store.outbox.mirroring(ASSETS, self.folder)

    def shows(self) -> dict[str, bytes]:
        return {path: body for path, body in self.bucket.bodies().items() if path not in ASSETS}


@pytest.fixture
def desk(store: Store) -> Desk:
    found = Desk(store)
    store.pictures.hang("all", [QUAY])
    store.pictures.hang("tech", [QUAY])
    return found


def test_a_picture_is_there_as_it_is_and_once(desk: Desk) -> None:
    assert desk.notes.standing().behind == 2, "the picture, and what stands beside all documents"
    assert desk.pass_().counts == {"mirrored": 2}
    assert desk.bucket.replicas[QUAY.path][0] == Replica(path=QUAY.path, body=b"quay", media_type="image/png")
    assert desk.pass_().counts == {}
    assert desk.notes.standing().behind == 0


def test_another_picture_in_its_place_is_put(desk: Desk) -> None:
    desk.pass_()
    desk.folder.files[QUAY.path] = b"pier"
    desk.store.pictures.hang("all", [QUAY])
    assert desk.notes.waits(NOW), "who brought it out has said so"
    assert desk.pass_().counts == {"mirrored": 1}
    assert desk.shows() == {QUAY.path: b"pier"}


def test_it_goes_with_the_last_document_that_names_it(desk: Desk) -> None:
    desk.pass_()
    desk.store.pictures.hang("all", [])
    assert desk.pass_().counts == {}
    desk.store.pictures.hang("tech", [])
    assert desk.notes.waits(NOW)
    assert desk.pass_().counts == {"removed": 1}
    assert desk.shows() == {}


def test_who_lacks_the_folder_takes_nothing_away(desk: Desk) -> None:
    desk.pass_()
    desk.folder = Folder()
    assert desk.pass_().counts == {}
    assert desk.notes.compared({CSS.path: desk.bucket.tag(CSS.path)}, NOW) == 1, "the copy was lost"
    assert desk.pass_().counts == {"unmirrored": 1}
    desk.store.pictures.hang("all", [])
    desk.store.pictures.hang("tech", [])
    desk.now += timedelta(hours=1)
    assert desk.pass_().counts == {"removed": 1}, "what nobody names goes, whoever takes it away"


def test_who_lacks_the_folder_leaves_it_to_another(desk: Desk) -> None:
    there, desk.folder = desk.folder, Folder()
    desk.publish(rendition())
    report = desk.pass_()
    assert report.counts == {"mirrored": 2, "unmirrored": 1}
    assert "cannot be read on this machine" in report.problems[QUAY.path].detail
    standing = desk.notes.standing()
    assert (standing.behind, QUAY.path in standing.problem) == (1, True)
    desk.folder = there
    assert desk.pass_().counts == {}, "not before its time"
    assert standing.until
    desk.now = standing.until
    assert desk.notes.waits(desk.now)
    assert desk.pass_().counts == {"mirrored": 1}
    assert desk.notes.standing().behind == 0


def test_a_document_and_what_is_ours_go_before_a_picture_of_the_same_path(desk: Desk) -> None:
    desk.publish(rendition(path=QUAY.path))
    desk.store.pictures.hang("all", [QUAY, QUAY._replace(path=CSS.path)])
    desk.pass_()
    assert desk.bucket.replicas[QUAY.path][0].gzip
    assert desk.bucket.replicas[CSS.path][0] == CSS
    assert desk.pass_().counts == {}
    desk.store.outbox.vacate([QUAY.path])
    assert desk.pass_().counts == {"mirrored": 1}
    assert desk.shows() == {QUAY.path: b"quay"}


def test_recordings_stay_out_of_the_bucket_and_are_not_missed(desk: Desk) -> None:
    """A bucket takes what is put as one piece of memory; what is heard and seen is served from here."""
    desk.folder.files["/talk.MP3"] = b"talk"
    desk.store.pictures.hang("all", [QUAY, QUAY._replace(path="/talk.MP3")])
    assert desk.notes.standing().behind == 2
    assert desk.pass_().counts == {"mirrored": 2}
    assert desk.shows() == {QUAY.path: b"quay"}
    assert desk.notes.standing().behind == 0
