"""A small web server over loopback for whole passes: bytes by path, ETags, and a record of what was asked."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """What is served now; tests change it between passes."""

    def __init__(self, pages: Mapping[str, tuple[str, bytes]]) -> None:
        self.pages = dict(pages)
        self.asked: list[tuple[str, int]] = []
        self.headers: list[Mapping[str, str]] = []
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def served(pages: Mapping[str, tuple[str, bytes]]) -> Iterator[Site]:
    """Serve *pages* (path: media type, body) on loopback until the block ends."""
    site = Site(pages)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            media_type, body = site.pages.get(self.path, ("", b""))
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            status = 404 if not media_type else 304 if self.headers.get("If-None-Match") == etag else 200
            site.asked.append((self.path, status))
            site.headers.append(dict(self.headers))
            self.send_response(status)
            if media_type:
                self.send_header("Content-Type", media_type)
                self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body) if status == 200 else 0))
            self.end_headers()
            if status == 200:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the record is `Site.asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
