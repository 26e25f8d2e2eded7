"""Copies of documents to a bucket of S3, or of what speaks like it, through obstore.

A put names what it replaces (`If-Match`, `If-None-Match: *`: RFC 9110 §13.1), so that of two writers one is refused.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from feeds.errors import OutputError
from feeds.model.mirror import MirrorPlace, Replica

try:
    import obstore
    from obstore import exceptions
    from obstore.store import S3Store
except ImportError as error:  # pragma: no cover - it is there where tests run
    raise OutputError(
        "mirror", "it needs obstore: `scripts/setup s3` in a checkout, else `pip install 'feeds[s3]'`"
    ) from error

PATIENCE = "30s"  # for one request
CONNECT = "5s"
AGAIN: Mapping[str, Any] = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=20),
}  # what lasts is tried by the job
REASONS: Mapping[type[Exception], str] = {
    exceptions.PermissionDeniedError: "it is refused: check `mirror.access_key` and what it may do",
    exceptions.UnauthenticatedError: "the key does not count: check `mirror.access_key` and `mirror.secret_key`",
    FileNotFoundError: "the bucket is not there: make it, or check `mirror.bucket` and `mirror.endpoint`",
    exceptions.InvalidPathError: "no bucket takes an object of this name",
}


class Bucket:
    """The port `Bucket`."""

    def __init__(self, place: MirrorPlace) -> None:
        self.name = place.name
        plain = place.endpoint.startswith("http://")
        config = {
            "region": place.region,
            "endpoint": place.endpoint,
            "access_key_id": place.key,
            "secret_access_key": place.secret,
        }
        self._store = S3Store(
            place.bucket,
            prefix=place.prefix or None,
            config={name: value for name, value in config.items() if value},  # type: ignore[arg-type]  # by name
            client_options={"timeout": PATIENCE, "connect_timeout": CONNECT, "allow_http": plain},
            retry_config=AGAIN,  # type: ignore[arg-type]  # by name
        )
        self._cache = f"public, max-age={int(place.max_age.total_seconds())}"

    def put(self, replica: Replica, tag: str) -> str | None:
        coding = {"Content-Encoding": "gzip"} if replica.gzip else {}
        given = {"Content-Type": replica.media_type, "Cache-Control": self._cache, **coding}
        with self._told(replica.path):
            try:
                put = obstore.put(
                    self._store,
                    _key(replica.path),
                    replica.body,
                    attributes=given,
                    mode={"e_tag": tag} if tag else "create",
                    use_multipart=False,
                )
            except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
                return None
        return put["e_tag"] or ""

    def tag(self, path: str) -> str:
        with self._told(path):
            try:
                return obstore.head(self._store, _key(path))["e_tag"] or ""
            except FileNotFoundError:
                return ""

    def remove(self, path: str) -> None:
        with self._told(path):
            obstore.delete(self._store, _key(path))

    def tags(self) -> Iterator[tuple[str, str]]:
        with self._told(self.name):
            for some in obstore.list(self._store):
                yield from (("/" + found["path"], found["e_tag"] or "") for found in some)

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Turn what the bucket reports into errors of ours, in plain words."""
        try:
            yield
        except (exceptions.BaseError, OSError) as error:
            raise OutputError(path, _reason(error)) from error


def _reason(error: Exception) -> str:
    said = str(error)
    missing = FileNotFoundError if "NoSuchBucket" in said else type(error)  # a listing has no error of its own for it
    known = next((reason for kind, reason in REASONS.items() if issubclass(missing, kind)), "")
    return known or said.split("\n", 1)[0][:300]  # the first line is for people


def _key(path: str) -> str:
    return path.removeprefix("/")
