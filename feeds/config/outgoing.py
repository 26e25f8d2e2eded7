"""The keys of what goes out: outputs, push, the web server and the gate."""

from datetime import timedelta
from typing import Annotated, Literal

from feeds.config import values
from feeds.config.kinds import DAY, AnyRule, FileName, Flag, FormatKey, HostName, Id, Keys, Limit, Text, key
from feeds.model.channel import Rhythm
from feeds.model.lease import Algorithm
from feeds.model.settings import Form

AlgorithmKey = Annotated[Algorithm, values.choice("sha1", "sha256", "sha384", "sha512")]


class OutputKeys(Keys):
    """Feeds that we publish."""

    id: Id = key("short name, unique", example="all")
    path: Annotated[str, values.place] = key("where it lies below the site's address", example="/")
    each: Annotated[Literal["category"], values.choice("category")] | None = key(
        "category: one feed for each category; the path holds {slug}", None
    )
    formats: tuple[FormatKey, ...] = key(
        "which documents are written, dialects of partners among them", ("atom", "rss", "json", "html")
    )
    files: dict[FormatKey, FileName] = key("file names by format, where others than the usual ones are wanted", {})
    limit: Limit = key("number of stories", 50)
    days: Annotated[int, values.number(0, 3660)] = key("also every story of so many days; 0: the number alone", 0)
    tombstones: Annotated[timedelta, values.duration(timedelta(0), 365 * DAY)] = key(
        "how long Atom, JSON and dialects of partners say of a story that it was taken back; 0s: never", "30d"
    )
    archives: Annotated[Rhythm, values.choice("day", "month", "year")] | None = key(
        "day, month or year: what is older stays readable in documents of that length, one linked to the next", None
    )
    title: Text | None = key("title; made from site and category if missing", None)
    description: Text | None = key("one sentence about it", None)
    only: AnyRule | None = key("a rule, or several; stories that meet none stay out", None)


class PushKeys(Keys):
    """Telling subscribers at once (WebSub)."""

    hub: Annotated[tuple[str, ...], values.hubs] = key(
        "who tells subscribers: builtin (`feeds serve` does, at /hub), addresses of hubs, or both", ()
    )
    subscribe: Flag | None = key(
        "whether sources are asked to tell us at once; left out: where hub is builtin or callback is given", None
    )
    callback: Annotated[str, values.site_url] | None = key(
        "public address of this server for hubs, which call below it at /websub/; left out: site.url", None
    )
    trust: Annotated[Literal["refetch", "signed"], values.choice("refetch", "signed")] = key(
        "what a push is worth: refetch asks the source at once, signed also reads what came with a good signature",
        "refetch",
    )
    signatures: tuple[AlgorithmKey, ...] = key(
        "which signatures of pushes count", ("sha256", "sha384", "sha512", "sha1")
    )
    unsigned: Annotated[Literal["drop", "refuse"], values.choice("drop", "refuse")] = key(
        "what the sender of a push without a good signature hears: drop says yes and forgets it, refuse says 403",
        "drop",
    )
    lease: Annotated[timedelta, values.duration(timedelta(hours=1), 30 * DAY)] = key(
        "for how long hubs are asked to tell us before we ask again", "10d"
    )
    naver_key: Annotated[str, values.matching(r"[A-Za-z0-9._~+/=-]+", "give the key alone")] | None = key(
        "key of Naver Syndication, with which Naver is told of new `naver` documents; best given as ${file:…}", None
    )


class GateKeys(Keys):
    """What a build may lose before it is held."""

    drop: Annotated[float, values.share] = key(
        "share of a channel's stories that one build may lose; more is held until `feeds allow`", "50%"
    )
    least: Annotated[int, values.number(1, 100_000)] = key("a channel that showed fewer stories is never held", 10)


class ServerKeys(Keys):
    """The web server of `feeds serve`."""

    listen: Annotated[str, values.host_and_port] = key("host and port of the web server", "127.0.0.1:8080")
    allow_private: tuple[Annotated[str, values.host_and_port], ...] = key(
        "hosts with port that may be fetched in spite of a private address", ()
    )
    metrics: Annotated[str, values.host_and_port] | None = key(
        "host and port of `/metrics` and of the reasons behind `/readyz`, for the operator alone; left out: nowhere",
        None,
    )
    hosts: tuple[HostName, ...] = key("names that requests may call us by, beside the site's; others get 400", ())
    trusted_proxies: tuple[Annotated[str, values.network], ...] = key(
        "addresses or networks of proxies whose X-Forwarded-For, -Proto and -Host are believed", ()
    )
    requests_per_minute: Annotated[int, values.number(0, 1_000_000)] = key(
        "how many requests one client may make, half of them at once; 0: no limit", 1200
    )
    connections: Annotated[int, values.number(10, 100_000)] = key("how many connections are kept at a time", 1000)
    connections_per_client: Annotated[int, values.number(1, 100_000)] = key("how many of them one client may hold", 64)


class MirrorKeys(Keys):
    """A bucket of S3, or of what speaks like it, that gets a copy of each document."""

    bucket: Annotated[str, values.matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "give the bucket's name alone")] = key(
        "name of the bucket", example="feeds-example"
    )
    prefix: Annotated[str, values.matching(r"[\w.~-]+(/[\w.~-]+)*", "give a folder, as in news/feeds")] | None = key(
        "folder within the bucket; left out: its root", None
    )
    endpoint: Annotated[str, values.address("https://s3.example.com")] | None = key(
        "address of the server; left out: Amazon's own", None
    )
    region: Annotated[str, values.matching(r"[A-Za-z0-9-]+", "give a region, as in ap-northeast-2")] = key(
        "region of the bucket", "us-east-1"
    )
    access_key: Annotated[str, values.matching(r"[!-~]+", "give the key alone")] | None = key(
        "key id; left out: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of the machine", None
    )
    secret_key: Annotated[str, values.matching(r"[!-~]+", "give the secret alone")] | None = key(
        "its secret; best given as ${file:…} or ${env:…}", None
    )
    max_age: Annotated[timedelta, values.duration(timedelta(0), 30 * DAY)] = key(
        "how long caches may answer for the bucket (`Cache-Control`)", "5m"
    )


class LogKeys(Keys):
    """What the service writes to stderr."""

    format: Annotated[Form, values.choice("text", "json")] = key("text: key=value; json: one object a line", "text")
