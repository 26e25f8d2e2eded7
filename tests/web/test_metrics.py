"""What is counted, under which labels, and who may see it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from feeds.model.job import Job, JobName, Report
from feeds.model.overview import Levels
from feeds.model.source import Problem
from feeds.web.metrics import JOBS, Meters, small, watched
from feeds.web.site import site
from feeds.web.wire.http import Answer, Asked, Entrance, text

LEVELS = Levels(
    sources={"asked": 3, "paused": 1, "off": 0},
    problems={"dns": 2},
    due=2,
    lag=timedelta(minutes=3),
    marked=4,
    resting=8,
    owed=5,
    given_up=6,
    entries=70,
    stories={"shown": 60, "held": 1},
    copies=9,
    set_aside=1,
    held=2,
    documents=12,
)


class Empty:
    generation = 1

    def moved(self, path: str) -> None:
        return None

    def stamp(self, path: str) -> None:
        return None

    def rendition(self, path: str) -> None:
        return None


def told(meters: Meters) -> dict[tuple[str, ...], float]:
    """Every number, by name and label values."""
    body = meters.answer(Asked(path="/metrics")).body.decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_reports_of_jobs_are_counted() -> None:
    meters = Meters(lambda: LEVELS)
    before = told(meters)
    poll = Report(
        job=Job(name="poll"),
        counts={"sources": 5, "fresh": 2, "failed": 1, "unchanged": 2, "new": 7, "merged": 3, "gave_way": 1},
        problems={"https://secret.example/?token=x": Problem(code="dns", detail="x", where="y")},
        steps={"fetch": 0.5, "parse": 0.25},
        took=timedelta(seconds=2),
    )
    meters.reported(poll)
    meters.reported(Report(job=Job(name="publish"), counts={"written": 4, "bytes": 1000, "channels": 2, "rested": 6}))
    meters.reported(Report(job=Job(name="deliver"), counts={"delivered": 3, "undelivered": 1}))
    meters.reported(Report(job=Job(name="subscribe"), counts={"asked": 2}))
    meters.reported(Report(job=Job(name="index"), counts={"indexed": 5}))
    meters.crashed("poll")
    found = told(meters)
    risen = {key: value - before.get(key, 0) for key, value in found.items() if key[0].startswith("feeds_")}
    for key, number in {
        ("feeds_polls_total", "fresh"): 2,
        ("feeds_polls_total", "failed"): 1,
        ("feeds_polls_total", "unchanged"): 2,
        ("feeds_entry_events_total", "new"): 7,
        ("feeds_entry_events_total", "merged"): 3,
        ("feeds_entry_events_total", "held"): 0,  # of a build: that is another thing
        ("feeds_documents_written_total",): 4,
        ("feeds_documents_written_bytes_total",): 1000,
        ("feeds_channels_rested_total",): 6,
        ("feeds_deliveries_total", "delivered"): 3,
        ("feeds_deliveries_total", "undelivered"): 1,
        ("feeds_subscription_requests_total", "asked"): 2,
        ("feeds_stories_indexed_total",): 5,
        ("feeds_jobs_total", "poll", "done"): 1,
        ("feeds_jobs_total", "poll", "crashed"): 1,
        ("feeds_job_seconds_sum", "poll"): 2,
        ("feeds_job_seconds_count", "publish"): 1,
        ("feeds_cpu_seconds_total", "parse"): 0.25,
    }.items():
        assert risen[key] == number, key


def test_states_of_the_store_are_asked_at_each_scrape() -> None:
    found = told(Meters(lambda: LEVELS))
    for key, number in {
        ("feeds_store_up",): 1,
        ("feeds_sources", "paused"): 1,
        ("feeds_sources_with_problem", "dns"): 2,
        ("feeds_sources_due",): 2,
        ("feeds_poll_lag_seconds",): 180,
        ("feeds_poll_pressure",): 1,
        ("feeds_channels_marked",): 4,
        ("feeds_channels_resting",): 8,
        ("feeds_deliveries_owed",): 5,
        ("feeds_entries",): 70,
        ("feeds_stories", "shown"): 60,
        ("feeds_documents",): 12,
    }.items():
        assert found[key] == number, key


def test_a_store_that_does_not_answer_is_said_so() -> None:
    found = told(Meters(lambda: None))
    assert found[("feeds_store_up",)] == 0
    assert ("feeds_entries",) not in found


@pytest.mark.parametrize("job", JOBS)
def test_a_rate_has_a_zero_to_rise_from(job: JobName) -> None:
    found = told(Meters(lambda: None))
    assert found[("feeds_jobs_total", job, "failed")] == 0
    assert found[("feeds_polls_total", "failed")] == 0
    assert found[("feeds_web_requests_total", "5xx")] == 0


def hostile(asked: Asked) -> Answer:
    raise ValueError(f"no {asked.path} {asked.headers}")


def test_srv_27_a_failure_is_answered_without_what_failed(caplog: pytest.LogCaptureFixture) -> None:
    meters = Meters(lambda: LEVELS)
    web = site(Empty(), {}, lambda: True, [Entrance(path="/x/{secret}", handler=hostile)])
    client = TestClient(watched(web, meters), raise_server_exceptions=True)
    answer = client.get("/x/token-1?key=token-2", headers={"authorization": "Bearer token-3", "accept": "*/*"})
    assert answer.status_code == 500
    assert not [
        word for word in ("token", "Traceback", "/x/", "ValueError") if word in answer.text + str(answer.headers)
    ]
    assert answer.headers["request-id"]
    assert "request failed" in caplog.text
    assert told(meters)[("feeds_web_requests_total", "5xx")] == 1


@pytest.mark.parametrize(
    ("path", "label"),
    [pytest.param("/healthz", "2xx", id="fine"), pytest.param("/no/such/token-4", "4xx", id="missing")],
)
def test_answers_are_counted_by_class_and_nothing_else(path: str, label: str) -> None:
    meters = Meters(lambda: LEVELS)
    client = TestClient(watched(site(Empty(), {}, lambda: True), meters))
    client.get(path)
    body = meters.answer(Asked(path="/metrics")).body
    assert told(meters)[("feeds_web_requests_total", label)] == 1
    assert b"token" not in body
    assert path.encode() not in body


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/readyz", "/healthz"])
def test_srv_31_no_number_and_no_reason_is_told_at_the_public_address(path: str) -> None:
    client = TestClient(watched(site(Empty(), {}, lambda: False), Meters(lambda: LEVELS)))
    answer = client.get(path, headers={"x-forwarded-for": "127.0.0.1"})
    assert "feeds_" not in answer.text
    assert answer.text in ("ok\n", "not ready\n", "Nothing is published here.\n")


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        pytest.param("GET", "/a", 200, "here\n", id="get"),
        pytest.param("HEAD", "/a", 200, "", id="head"),
        pytest.param("GET", "/b", 404, "Nothing is here.\n", id="elsewhere"),
        pytest.param("POST", "/a", 405, "Only GET and HEAD.\n", id="another method"),
        pytest.param("GET", "/a/../a", 200, "here\n", id="the client puts it right"),
        pytest.param("GET", "//a", 404, "Nothing is here.\n", id="two slashes"),
    ],
)
def test_small(method: str, path: str, status: int, body: str) -> None:
    handlers: dict[str, Callable[[Asked], Answer]] = {"/a": lambda _: text("here\n")}
    answer = TestClient(small(handlers), base_url="http://x").request(method, f"http://x{path}")
    assert (answer.status_code, answer.text) == (status, body)
