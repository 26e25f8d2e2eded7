"""What is counted, for Prometheus: bounded sets of labels, and never an address, a title or a token among them.

Counters follow the reports of jobs and the answers of the web server; what is a state of the store is asked at each
scrape. The handlers are for an address of the operator's own (`server.metrics`), for numbers are nobody else's
(SRV-31, CVE-2023-27591).
"""

import secrets
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from feeds.log import about
from feeds.model.job import JobName, Report
from feeds.model.overview import Levels
from feeds.ports.api import WhoShows
from feeds.web.api.answers import bearer
from feeds.web.wire.http import HEADERS, Answer, Asked, Entrance, Handler, text

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
"""An ASGI application (asgi.readthedocs.io, version 3), of which no framework needs to be known here."""

POLLED = ("fresh", "unchanged", "gone", "failed")
ENTRIES = ("new", "changed", "merged", "apart", "dropped", "held", "renamed", "withdrawn", "returned")
DELIVERED = ("announced", "delivered", "undelivered", "skipped")
SUBSCRIBED = ("asked", "unasked")
MIRRORED = ("mirrored", "removed", "unmirrored", "outrun", "astray")
OUTCOMES = ("done", "more", "failed", "crashed")
JOBS: tuple[JobName, ...] = get_args(JobName)
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 150, 300)  # seconds; a job's budget is 300


class Meters:
    """The counters of one process. *levels* tells how full everything is; None where the store cannot say."""

    def __init__(self, levels: Callable[[], Levels | None], version: str = "") -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(_Levels(levels))
        Info("feeds_build", "What runs", registry=self.registry).info({"version": version})
        self._polls = self._counter("feeds_polls", "Answers of sources", "outcome", POLLED)
        self._entries = self._counter("feeds_entry_events", "What happened to entries", "kind", ENTRIES)
        self._sent = self._counter("feeds_deliveries", "Attempts to deliver", "outcome", DELIVERED)
        self._asked = self._counter("feeds_subscription_requests", "Requests to hubs elsewhere", "outcome", SUBSCRIBED)
        self._mirrored = self._counter("feeds_mirrored", "Documents put into the bucket", "outcome", MIRRORED)
        self._web = self._counter("feeds_web_requests", "Answered requests", "status", CLASSES)
        self._written = Counter("feeds_documents_written", "Documents that changed", registry=self.registry)
        self._bytes = Counter("feeds_documents_written_bytes", "Their bytes", registry=self.registry)
        self._rested = Counter("feeds_channels_rested", "Changes that were put off", registry=self.registry)
        self._indexed = Counter("feeds_stories_indexed", "Stories read for the search", registry=self.registry)
        names = ("job", "outcome")
        self._jobs = Counter("feeds_jobs", "Jobs that ended", names, registry=self.registry)
        self._took = Histogram(
            "feeds_job_seconds", "Wall clock of jobs", ("job",), registry=self.registry, buckets=BUCKETS
        )
        self._cpu = Counter("feeds_cpu_seconds", "CPU seconds of jobs by step", ("step",), registry=self.registry)
        for name in JOBS:
            self._took.labels(name)
            for outcome in OUTCOMES:
                self._jobs.labels(name, outcome)

    def _counter(self, name: str, says: str, label: str, values: tuple[str, ...]) -> dict[str, Counter]:
        """A counter with one label, whose values are all there from the start: a rate needs a zero to rise from."""
        counter = Counter(name, says, (label,), registry=self.registry)
        return {value: counter.labels(value) for value in values}

    def reported(self, report: Report) -> None:
        """Count what a job did."""
        name, counts = report.job.name, report.counts
        self._jobs.labels(name, report.outcome).inc()
        self._took.labels(name).observe(report.took.total_seconds())
        for step, seconds in report.steps.items():
            self._cpu.labels(step).inc(max(seconds, 0.0))
        match name:
            case "poll":
                _add(self._polls, counts)
                _add(self._entries, counts)
            case "publish":
                self._written.inc(counts.get("written", 0))
                self._bytes.inc(counts.get("bytes", 0))
                self._rested.inc(counts.get("rested", 0))
            case "deliver":
                _add(self._sent, counts)
            case "subscribe":
                _add(self._asked, counts)
            case "mirror":
                _add(self._mirrored, counts)
            case "index":
                self._indexed.inc(counts.get("indexed", 0))

    def crashed(self, name: str) -> None:
        """Count a job that ended by an exception."""
        self._jobs.labels(name, "crashed").inc()

    def answered(self, status: int, times: int = 1) -> None:
        """Count answers of the web server."""
        if counter := self._web.get(f"{status // 100}xx"):
            counter.inc(times)

    def answer(self, asked: Asked) -> Answer:
        """Return all numbers in the form that the scraper prefers."""
        encode, media_type = choose_encoder(asked.headers.get("accept", ""))
        given = {**HEADERS, "Content-Type": media_type, "Cache-Control": "no-store"}
        return Answer(headers=given, body=encode(self.registry))


def public(meters: Meters, who: WhoShows) -> Entrance:
    """Return the way to the numbers at the public address: for a token of that scope, and for nobody else anything."""

    def answer(asked: Asked) -> Answer:
        shown = bearer(asked.headers.get("authorization", ""))
        token = who(shown) if shown else None
        return (
            meters.answer(asked) if token and "metrics" in token.scopes else text("Nothing is published here.\n", 404)
        )

    return Entrance(path="/metrics", handler=answer)


def _add(counters: dict[str, Counter], counts: Any) -> None:
    for name, counter in counters.items():
        if number := counts.get(name):
            counter.inc(number)


class _Levels(Collector):
    def __init__(self, levels: Callable[[], Levels | None]) -> None:
        self._levels = levels

    def collect(self) -> Iterator[Metric]:
        found = self._levels()
        yield GaugeMetricFamily("feeds_store_up", "Whether the store answers", value=float(found is not None))
        if found is None:
            return
        yield _by("feeds_sources", "Sources by standing", "standing", found.sources)
        yield _by("feeds_sources_with_problem", "Sources by the code of their problem", "code", found.problems)
        yield _by("feeds_stories", "Stories by status", "status", found.stories)
        for name, says, value in (
            ("feeds_sources_due", "Sources that wait to be asked", found.due),
            ("feeds_poll_lag_seconds", "How long the source that waits longest is due", found.lag.total_seconds()),
            (
                "feeds_poll_pressure",
                "How many times more seldom what tells little is asked",
                found.pressure,
            ),
            ("feeds_channels_marked", "Channels that wait to be published", found.marked),
            ("feeds_channels_resting", "Channels that are put off until somebody asks for them", found.resting),
            ("feeds_deliveries_owed", "Deliveries that are owed", found.owed),
            ("feeds_deliveries_given_up", "Deliveries that were given up", found.given_up),
            ("feeds_subscribers", "Subscriptions to our hub that hold", found.subscribers),
            (
                "feeds_partner_corrections_owed",
                "Corrections and retractions that partners are owed",
                found.partners_owed,
            ),
            (
                "feeds_partner_corrections_overdue",
                "Corrections and retractions that partners were to pick up by now",
                found.partners_overdue,
            ),
            ("feeds_entries", "Entries that are kept", found.entries),
            ("feeds_copies", "Entries that tell another's story", found.copies),
            ("feeds_stories_set_aside", "Stories that some document goes out without", found.set_aside),
            ("feeds_holds", "Builds and documents that are not brought out", found.held),
            ("feeds_documents", "Documents that are published", found.documents),
        ):
            yield GaugeMetricFamily(name, says, value=float(value))


def _by(name: str, says: str, label: str, values: Any) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=(label,))
    for value, number in sorted(values.items()):
        family.add_metric((value,), number)
    return family


def watched(application: Application, meters: Meters) -> Application:
    """Return *application* with its answers counted, each request under an id in the log.

    A failure is answered with that id in `Request-Id`, so that who met it can be told what was logged.
    """

    async def watch(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        id, begun = secrets.token_hex(4), False

        async def counted(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                meters.answered(message["status"])
                if message["status"] >= 500:
                    message["headers"] = [*message.get("headers", ()), (b"request-id", id.encode())]
            await send(message)

        with about(request=id):
            try:
                await application(scope, receive, counted)
            except Exception:
                if not begun:  # the application logged it and answered, else the server does
                    raise

    return watch


def small(handlers: dict[str, Handler]) -> Application:
    """Return an application that answers GET and HEAD at a few paths, without a framework."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        del receive  # a body is not read, and the server closes what was not
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        handler = handlers.get(scope["path"])
        if scope["method"] not in ("GET", "HEAD"):
            found = text("Only GET and HEAD.\n", 405, Allow="GET, HEAD")
        else:
            found = handler(Asked(path=scope["path"], headers=headers)) if handler else text("Nothing is here.\n", 404)
        given = [(name.lower().encode(), value.encode()) for name, value in found.headers.items()]
        given.append((b"content-length", str(len(found.body)).encode()))
        await send({"type": "http.response.start", "status": found.status, "headers": given})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else found.body})

    return answer
