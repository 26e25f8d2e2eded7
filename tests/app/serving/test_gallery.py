"""Pictures by what the store knows of them."""

from pathlib import Path

from feeds.app.build import opened
from feeds.app.serving.gallery import Gallery
from feeds.model.picture import Picture

QUAY = Picture("/quay.png", "posts", "quay.png", "/quay.png")


def test_a_picture_is_looked_for_in_the_folder_of_its_post_alone(tmp_path: Path) -> None:
    for name in ("site", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "quay.png").write_bytes(name.encode())
    (tmp_path / "feeds.yaml").write_text(
        "version: 1\nsite: {title: Desk, url: 'https://desk.example'}\n"
        "content: [{id: posts, path: site}, {id: others, path: other}]\n"
    )
    with opened(str(tmp_path / "feeds.yaml"), {}, lock=True) as app:
        gallery = Gallery(lambda: app.settings, app.store.pictures)
        assert gallery.look("/quay.png") is None, "no post points at it"
        gallery.hang("all", [QUAY])
        gallery.hang("tech", [QUAY, QUAY._replace(path="/b.png", source_id="gone")])
        assert gallery.others("all", ["/quay.png", "/b.png"]) == {"/quay.png", "/b.png"}
        assert app.store.pictures.channels(["posts"]) == ("all", "tech")
        found = gallery.look("/quay.png")
        assert found
        facts = (tmp_path / "site/quay.png").stat()
        assert (found.media_type, found.stamp) == ("image/png", (facts.st_mtime_ns, 4))
        assert found.read() == (b"site", found.stamp)
        digest = gallery.digest(QUAY)
        (tmp_path / "site/quay.png").write_bytes(b"another")
        assert gallery.digest(QUAY) not in ("", digest)
        (tmp_path / "site/quay.png").unlink()
        assert gallery.digest(QUAY) == "", "what cannot be read has none"
        assert gallery.look("/b.png") is None, "its source is not configured any more"
        assert Gallery(lambda: app.settings, app.store.pictures, reads=False).look("/quay.png") is None
        app.store.outbox.rename({"all": "every"})
        assert gallery.of("every") == (QUAY,), "it goes along with the channel"
