"""The few files that documents and pages link to, for whoever serves or writes a site."""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files

_CSS = "text/css; charset=utf-8"


def _read(name: str) -> bytes:
    return (files("feeds.render") / "static" / name).read_bytes()


STATIC: Mapping[str, tuple[str, bytes]] = {
    "/favicon.ico": ("image/vnd.microsoft.icon", _read("favicon.ico")),  # asked for by whoever reads no page
    "/favicon.svg": ("image/svg+xml", _read("favicon.svg")),
    "/static/feed.css": (_CSS, _read("feed.css")),
    "/static/style.css": (_CSS, _read("style.css")),
}
"""Media type and bytes by path below the output folder."""

ICON = "/favicon.svg"

STYLE = f"/static/style.css?{sha256(STATIC['/static/style.css'][1]).hexdigest()[:8]}"
"""The pages' style with its content's mark, so that a browser never shows a new page in an old dress."""
