"""When to ask again, and what an answer teaches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.polling.cadence import after, gone, healed, longest, planned, rested
from feeds.model.settings import Schedule
from feeds.model.source import FeedInfo, Fetched, Kind, Options, Problem, Source, SourceState, Validators

NOW = datetime(2026, 11, 20, 9, 7, 31, 123456, tzinfo=UTC)
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)
EXACT = Schedule(jitter=0)  # no grid: waits can be read off
SCHEDULE = Schedule()
SOURCE = Source(id="daily", kind="feed", location="https://daily.example/rss")
STATE = SourceState(source_id="daily", due=NOW, polled=NOW - 30 * MINUTE)
FRESH = Fetched(outcome="fresh", status=200)
UNCHANGED = Fetched(outcome="unchanged", status=304)
FAILED = Fetched(outcome="failed", status=500, problem=Problem(code="status"))
GONE = Fetched(outcome="gone", status=410)
TIMEOUT = Fetched(outcome="failed", problem=Problem(code="timeout"))
LIMITED = Fetched(outcome="failed", status=429, problem=Problem(code="rate_limited"))


def wait(
    fetched: Fetched, state: SourceState = STATE, source: Source = SOURCE, schedule: Schedule = EXACT
) -> timedelta:
    return after(state, source, fetched, schedule, NOW).due - NOW


@pytest.mark.parametrize(
    ("fetched", "expected"),
    [
        pytest.param(FRESH, 30 * MINUTE, id="every"),
        pytest.param(UNCHANGED, 30 * MINUTE, id="every, unchanged"),
        pytest.param(replace(FRESH, fresh_for=5 * MINUTE), 30 * MINUTE, id="fresh for less"),
        pytest.param(replace(FRESH, fresh_for=2 * HOUR), 2 * HOUR, id="fresh for longer"),
        pytest.param(replace(UNCHANGED, fresh_for=2 * HOUR), 2 * HOUR, id="unchanged and fresh for longer"),
        pytest.param(replace(FRESH, fresh_for=365 * DAY), DAY, id="fresh for a year: a day"),
        pytest.param(replace(FRESH, fresh_for=-HOUR), 30 * MINUTE, id="stale from the start"),
        pytest.param(replace(FRESH, retry_after=HOUR), HOUR, id="Retry-After with an answer"),
        pytest.param(FAILED, 30 * MINUTE, id="NET-01 first failure"),
        pytest.param(replace(FAILED, fresh_for=8 * HOUR), 30 * MINUTE, id="an error page's freshness"),
        pytest.param(replace(LIMITED, retry_after=2 * MINUTE), 30 * MINUTE, id="NET-36 shorter than every"),
        pytest.param(replace(LIMITED, retry_after=3 * HOUR), 3 * HOUR, id="NET-37 longer than every"),
        pytest.param(replace(LIMITED, retry_after=-5 * MINUTE), 30 * MINUTE, id="NET-38 in the past"),
        pytest.param(replace(LIMITED, retry_after=timedelta(seconds=999999999)), DAY, id="NET-38 thirty years"),
        pytest.param(replace(LIMITED, retry_after=timedelta(0)), 30 * MINUTE, id="NET-38 nothing"),
    ],
)
def test_wait(fetched: Fetched, expected: timedelta) -> None:
    assert wait(fetched) == expected


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(0, 30 * MINUTE), (1, HOUR), (2, 2 * HOUR), (3, 4 * HOUR), (4, 8 * HOUR), (5, 12 * HOUR), (9999, 12 * HOUR)],
)
def test_net_01_failures_double_the_wait(failures: int, expected: timedelta) -> None:
    state = replace(STATE, failures=failures)
    assert wait(TIMEOUT, state) == expected
    assert after(state, SOURCE, TIMEOUT, EXACT, NOW).failures == failures + 1
    assert planned(state, SOURCE, EXACT, NOW) == NOW + expected


def test_the_later_of_retry_after_and_back_off() -> None:
    assert wait(replace(LIMITED, retry_after=HOUR), replace(STATE, failures=3)) == 4 * HOUR
    assert wait(replace(LIMITED, retry_after=9 * HOUR), replace(STATE, failures=3)) == 9 * HOUR


def test_the_feed_s_own_ttl_counts() -> None:
    assert wait(FRESH, replace(STATE, info=FeedInfo(ttl=HOUR))) == HOUR
    assert wait(UNCHANGED, replace(STATE, info=FeedInfo(ttl=99 * DAY))) == DAY
    assert wait(FAILED, replace(STATE, info=FeedInfo(ttl=HOUR))) == 30 * MINUTE


def test_a_long_every_is_the_owner_s_word() -> None:
    monthly = replace(SOURCE, every=30 * DAY)
    assert wait(replace(FRESH, fresh_for=99 * DAY), source=monthly) == 30 * DAY
    assert wait(FAILED, replace(STATE, failures=8), monthly) == 30 * DAY


@pytest.mark.parametrize("status", [401, 403, 404])
def test_net_40_net_41_a_month_of_refusals_and_still_asked(status: int) -> None:
    refused = Fetched(outcome="failed", status=status, problem=Problem(code="missing"))
    state, now, asked = STATE, NOW, 0
    while now < NOW + 30 * DAY:
        state = after(state, SOURCE, refused, SCHEDULE, now)
        now, asked = state.due, asked + 1
    assert 55 < asked < 80
    state = after(state, SOURCE, FRESH, SCHEDULE, now)
    assert (state.failures, state.problem) == (0, None)


class TestLocal:
    @pytest.mark.parametrize("kind", ["content", "file"])
    def test_no_grid_and_short_back_off(self, kind: Kind) -> None:
        local = replace(SOURCE, kind=kind, location="/srv/posts", every=MINUTE)
        folder = Fetched(outcome="failed", problem=Problem(code="folder"))
        waits = [wait(folder, replace(STATE, failures=n), local, SCHEDULE) for n in range(7)]
        assert waits == [n * MINUTE for n in (1, 2, 4, 8, 10, 10, 10)]
        assert wait(FRESH, source=local, schedule=SCHEDULE) == MINUTE

    def test_a_slow_folder_is_not_hurried(self) -> None:
        local = replace(SOURCE, kind="content", every=HOUR)
        assert wait(FAILED, replace(STATE, failures=5), local) == HOUR


class TestGrid:
    def test_a_source_is_asked_every_every_however_late_each_answer(self) -> None:
        state = after(STATE, SOURCE, FRESH, SCHEDULE, NOW)
        for late in (1, 100, 7, 60, 179):
            following = after(state, SOURCE, FRESH, SCHEDULE, state.due + timedelta(seconds=late))
            assert following.due - state.due == 30 * MINUTE
            state = following

    def test_sch_02_after_three_days_asleep_one_poll(self) -> None:
        state = after(STATE, SOURCE, FRESH, SCHEDULE, NOW)
        following = after(state, SOURCE, FRESH, SCHEDULE, state.due + 3 * DAY + MINUTE)
        assert following.due - state.due == 3 * DAY + 30 * MINUTE

    def test_sch_08_sources_added_together_spread(self) -> None:
        new = replace(STATE, polled=None)
        dues = [after(new, replace(SOURCE, id=f"s{n}"), FRESH, SCHEDULE, NOW).due for n in range(1000)]
        assert NOW + 15 * MINUTE < min(dues) < NOW + 16 * MINUTE
        assert NOW + 29 * MINUTE < max(dues) <= NOW + 30 * MINUTE
        fullest = max(sum(d <= due < d + MINUTE for due in dues) for d in dues)
        assert fullest < 120  # of 1000 in 15 minutes: 67 on average

    def test_sch_08_sources_asked_together_drift_apart(self) -> None:
        dues = {after(STATE, replace(SOURCE, id=f"s{n}"), FRESH, SCHEDULE, NOW).due for n in range(100)}
        assert len(dues) > 60
        assert max(dues) - min(dues) < 3 * MINUTE

    def test_a_wish_is_rounded_up(self) -> None:
        for n in range(50):
            due = after(STATE, replace(SOURCE, id=f"s{n}"), replace(FRESH, fresh_for=HOUR), SCHEDULE, NOW).due
            assert NOW + HOUR <= due < NOW + HOUR + 3 * MINUTE

    def test_the_same_on_every_machine(self) -> None:
        assert after(STATE, SOURCE, FRESH, SCHEDULE, NOW).due == datetime(2026, 11, 20, 9, 35, 54, tzinfo=UTC)


class TestValidators:
    HAD = replace(STATE, validators=Validators(etag='W/"1"', last_modified="Mon"), body_hash="old")

    def after(self, fetched: Fetched) -> tuple[str, str, str]:
        state = after(self.HAD, SOURCE, fetched, SCHEDULE, NOW)
        return state.validators.etag, state.validators.last_modified, state.body_hash

    @pytest.mark.parametrize(
        ("fetched", "expected"),
        [
            pytest.param(
                replace(FRESH, validators=Validators(etag='"2"'), body_hash="new"), ('"2"', "", "new"), id="new answer"
            ),
            pytest.param(FRESH, ("", "", ""), id="new answer without any, or cut off"),
            pytest.param(
                replace(FRESH, status=226, partial=True, validators=Validators(etag='"2"')),
                ('"2"', "", ""),
                id="226: of the whole it leads to, whose hash nobody knows",
            ),
            pytest.param(replace(FRESH, status=226, partial=True), ("", "", ""), id="226 without any: next the whole"),
            pytest.param(UNCHANGED, ('W/"1"', "Mon", "old"), id="304 without any"),
            pytest.param(
                replace(UNCHANGED, validators=Validators(etag='"2"')), ('"2"', "Mon", "old"), id="304 with one of them"
            ),
            pytest.param(
                replace(UNCHANGED, status=200, validators=Validators(last_modified="Tue"), body_hash="old"),
                ("", "Tue", "old"),
                id="200 with the same bytes",
            ),
            pytest.param(replace(UNCHANGED, status=0, body_hash="old"), ("", "", "old"), id="a file"),
            pytest.param(
                replace(FAILED, validators=Validators(etag='"err"'), body_hash="err"),
                ('W/"1"', "Mon", "old"),
                id="an error page's are not ours",
            ),
            pytest.param(replace(GONE, validators=Validators(etag='"err"')), ('W/"1"', "Mon", "old"), id="410"),
        ],
    )
    def test_kept(self, fetched: Fetched, expected: tuple[str, str, str]) -> None:
        assert self.after(fetched) == expected


def answers(state: SourceState, *said: tuple[timedelta, Fetched]) -> SourceState:
    """The state after answers at these times since NOW."""
    for since, fetched in said:
        state = after(state, SOURCE, fetched, SCHEDULE, NOW + since)
    return state


NEW = "https://new.example/rss"
MOVED = replace(FRESH, moved_to=NEW)
ELSEWHERE = replace(FRESH, moved_to="https://portal.example/login")


class TestNet22Move:
    @pytest.mark.parametrize(
        ("said", "believed"),
        [
            pytest.param([(0 * HOUR, MOVED), (12 * HOUR, MOVED), (24 * HOUR, MOVED)], NEW, id="three in a day"),
            pytest.param([(0 * HOUR, MOVED), (24 * HOUR, MOVED)], "", id="two answers"),
            pytest.param([(n * HOUR, MOVED) for n in range(20)], "", id="many in one day"),
            pytest.param([(n * 12 * HOUR, MOVED if n != 1 else FRESH) for n in range(4)], "", id="not in a row"),
            pytest.param([(n * 12 * HOUR, MOVED if n != 2 else ELSEWHERE) for n in range(5)], "", id="not equal"),
            pytest.param(
                [(n * 12 * HOUR, MOVED if n != 1 else TIMEOUT) for n in range(4)], NEW, id="a failure between"
            ),
            pytest.param(
                [*[(n * MINUTE, MOVED) for n in range(3)], (2 * DAY, TIMEOUT)], "", id="a failure is no sighting"
            ),
            pytest.param(
                [(0 * HOUR, MOVED), (HOUR, MOVED), (3 * DAY, replace(UNCHANGED, moved_to=NEW))], NEW, id="304 counts"
            ),
        ],
    )
    def test_believed(self, said: list[tuple[timedelta, Fetched]], believed: str) -> None:
        assert answers(STATE, *said).lives_at == believed

    def test_stays_at_its_new_address_until_that_fails_three_times(self) -> None:
        moved = replace(STATE, lives_at=NEW)
        assert answers(moved, (0 * HOUR, FRESH), (HOUR, FAILED), (2 * HOUR, FAILED)).lives_at == NEW
        assert answers(moved, (0 * HOUR, FAILED), (HOUR, TIMEOUT), (2 * HOUR, GONE)).lives_at == ""

    def test_a_twin_stays_at_rest(self) -> None:
        twin = Fetched(outcome="failed", problem=Problem(code="twin"))
        assert answers(replace(STATE, lives_at=NEW), *((n * HOUR, twin) for n in range(5))).lives_at == NEW

    def test_a_failed_target_is_no_sighting(self) -> None:
        state = answers(STATE, (0 * DAY, replace(FAILED, moved_to=NEW)))
        assert (state.moved_to, state.moved_count) == ("", 0)

    def test_its_own_url_is_no_move(self) -> None:
        assert answers(STATE, (0 * DAY, replace(FRESH, moved_to=SOURCE.location))).moved_to == ""

    def test_sch_04_a_clock_that_ran_ahead_counts_for_nothing(self) -> None:
        ahead = replace(STATE, moved_to=NEW, moved_count=2, moved_since=NOW + 9 * DAY)
        state = answers(ahead, (0 * HOUR, MOVED), (HOUR, MOVED))
        assert state.moved_since == NOW
        assert state.lives_at == ""


class TestNet39Gone:
    @pytest.mark.parametrize(
        ("said", "believed"),
        [
            pytest.param([(0 * HOUR, GONE)], False, id="once"),
            pytest.param([(0 * HOUR, GONE), (23 * HOUR, GONE)], False, id="twice in a day"),
            pytest.param([(0 * HOUR, GONE), (24 * HOUR, GONE)], True, id="a day apart"),
            pytest.param([(0 * HOUR, GONE), (9 * HOUR, TIMEOUT), (24 * HOUR, GONE)], True, id="a timeout between"),
            pytest.param([(0 * HOUR, GONE), (9 * HOUR, FAILED), (24 * HOUR, GONE)], False, id="an error between"),
            pytest.param([(0 * HOUR, GONE), (9 * HOUR, FRESH), (24 * HOUR, GONE)], False, id="an answer between"),
            pytest.param([(0 * HOUR, GONE), (48 * HOUR, TIMEOUT)], False, id="the last word was another"),
        ],
    )
    def test_believed(self, said: list[tuple[timedelta, Fetched]], believed: bool) -> None:
        assert gone(answers(STATE, *said)) is believed

    def test_asked_as_after_a_failure_then_once_a_week(self) -> None:
        state, now, waits = STATE, NOW, []
        for _ in range(9):
            state = after(state, SOURCE, GONE, EXACT, now)
            waits.append(state.due - now)
            now = state.due
        hours = [each / HOUR for each in waits]
        assert hours == [0.5, 1, 2, 4, 8, 12, 168, 168, 168]
        assert state.problem == Problem(code="gone")

    def test_it_heals(self) -> None:
        state = answers(STATE, (0 * HOUR, GONE), (48 * HOUR, GONE), (9 * DAY, FRESH))
        assert (gone(state), state.gone_since, state.problem, state.failures) == (False, None, None, 0)


class TestSch06Strikes:
    CRASHED = Fetched(outcome="failed", problem=Problem(code="crashed"))

    @pytest.mark.parametrize(("strikes", "rests"), [(0, False), (1, False), (2, False), (3, True), (4, True)])
    def test_three_strikes(self, strikes: int, rests: bool) -> None:
        assert rested(replace(STATE, strikes=strikes)) is rests

    def test_rest_lasts(self) -> None:
        state = after(replace(STATE, strikes=3), SOURCE, self.CRASHED, SCHEDULE, NOW)
        assert rested(state)
        assert state.due == NOW + WEEK
        assert state.problem == Problem(code="crashed")

    @pytest.mark.parametrize("fetched", [FRESH, UNCHANGED, FAILED, GONE])
    def test_any_answer_that_was_read_ends_them(self, fetched: Fetched) -> None:
        assert after(replace(STATE, strikes=3), SOURCE, fetched, SCHEDULE, NOW).strikes == 0


def test_what_was_not_said_stays() -> None:
    had = replace(STATE, paused=True, changed=NOW - DAY, info=FeedInfo(title="매일"))
    state = after(had, SOURCE, FRESH, SCHEDULE, NOW)
    assert (state.paused, state.changed, state.info, state.polled) == (True, NOW - DAY, FeedInfo(title="매일"), NOW)


def test_problems_of_single_posts_are_the_source_s() -> None:
    faults = (Problem(code="post", detail="no title"), Problem(code="post", detail="no date"))
    state = after(STATE, SOURCE, replace(FRESH, problems=faults), SCHEDULE, NOW)
    assert (state.problem, state.failures) == (faults[0], 0)


def test_a_failure_without_a_reason_has_one() -> None:
    assert after(STATE, SOURCE, Fetched(outcome="failed"), SCHEDULE, NOW).problem == Problem(code="status")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        pytest.param(NOW + 6 * DAY, NOW + 6 * DAY, id="a rest"),
        pytest.param(NOW - 9 * DAY, NOW - 9 * DAY, id="long due"),
        pytest.param(NOW + 8 * DAY, NOW, id="SCH-04 beyond every rule"),
    ],
)
def test_sch_04_a_due_that_no_rule_gives_is_healed(due: datetime, expected: datetime) -> None:
    assert healed(replace(STATE, due=due), SOURCE, SCHEDULE, NOW) == expected


SPANS = st.timedeltas(timedelta(seconds=-99), timedelta(days=400))
TIMES = st.timedeltas(timedelta(0), timedelta(days=99 * 365)).map(lambda age: NOW - 30 * 365 * DAY + age)
SOURCES = st.builds(
    Source,
    id=st.text(max_size=5),
    kind=st.sampled_from(["feed", "file", "content"]),
    location=st.just("x"),
    every=SPANS,
)
STATES = st.builds(
    SourceState,
    source_id=st.just("x"),
    due=TIMES,
    polled=st.none() | TIMES,
    failures=st.integers(0, 5000),
    gone_since=st.none() | TIMES,
    moved_since=st.none() | TIMES,
    info=st.builds(FeedInfo, ttl=st.none() | SPANS),
)
FETCHED = st.builds(
    Fetched,
    outcome=st.sampled_from(["fresh", "unchanged", "failed", "gone"]),
    status=st.sampled_from([0, 200, 304, 410, 429, 500]),
    fresh_for=st.none() | SPANS,
    retry_after=st.none() | SPANS,
)
SCHEDULES = st.builds(Schedule, jitter=st.floats(0, 1), max_backoff=SPANS)
ANYTHING: dict[str, Any] = {
    "state": STATES, "source": SOURCES, "fetched": FETCHED, "schedule": SCHEDULES, "now": TIMES,
}  # fmt: skip


@given(**ANYTHING)
def test_due_lies_ahead_and_within_bounds(
    state: SourceState, source: Source, fetched: Fetched, schedule: Schedule, now: datetime
) -> None:
    told = after(state, source, fetched, schedule, now)
    most = longest(source, schedule)
    assert now < told.due <= now + (max(most, WEEK) if gone(told) else most)
    assert now < planned(state, source, schedule, now) <= now + max(most, WEEK)
    assert healed(told, source, schedule, now) == told.due


@given(**ANYTHING)
def test_a_wish_within_a_day_is_respected(
    state: SourceState, source: Source, fetched: Fetched, schedule: Schedule, now: datetime
) -> None:
    wish = min(fetched.retry_after or timedelta(0), DAY)
    if source.kind == "feed":
        assert after(state, source, fetched, schedule, now).due >= now + wish


@given(SOURCES, SCHEDULES, TIMES, st.integers(0, 40))
def test_one_more_failure_never_shortens_the_wait(
    source: Source, schedule: Schedule, now: datetime, failures: int
) -> None:
    fewer = planned(replace(STATE, failures=failures), source, schedule, now)
    assert planned(replace(STATE, failures=failures + 1), source, schedule, now) >= fewer


@given(**ANYTHING)
def test_the_same_answer_gives_the_same_due(
    state: SourceState, source: Source, fetched: Fetched, schedule: Schedule, now: datetime
) -> None:
    assert after(state, source, fetched, schedule, now) == after(state, source, fetched, schedule, now)


def test_rhythm_decides_between_every_and_up_to() -> None:
    """A source that publishes each hour is asked sooner than one that told nothing yet; both within the bounds."""
    source = replace(SOURCE, every=10 * MINUTE, options=Options(up_to=12 * HOUR))
    busy = FeedInfo(times=tuple(int(NOW.timestamp()) // 60 - 60 * n for n in range(40, 0, -1)))
    often, seldom = (wait(UNCHANGED, replace(STATE, info=info), source) for info in (busy, FeedInfo()))
    assert 10 * MINUTE <= often < HOUR < seldom <= 12 * HOUR


def test_rhythm_has_no_say_after_a_failure() -> None:
    source = replace(SOURCE, every=10 * MINUTE, options=Options(up_to=12 * HOUR))
    assert wait(FAILED, source=source) == 10 * MINUTE


@pytest.mark.parametrize(
    ("rests", "expected"),
    [
        pytest.param(
            FeedInfo(skip_hours=(9,)), NOW.replace(hour=10, minute=0, second=0, microsecond=0), id="this hour"
        ),
        pytest.param(FeedInfo(skip_hours=(10, 11)), NOW + 30 * MINUTE, id="other hours"),
        pytest.param(FeedInfo(skip_days=(4, 5)), datetime(2026, 11, 22, tzinfo=UTC), id="Friday and Saturday"),
        pytest.param(FeedInfo(skip_hours=tuple(range(24))), NOW + 30 * MINUTE, id="every hour: never meant"),
    ],
)
def test_feed_that_rests_is_asked_once_it_is_awake(rests: FeedInfo, expected: datetime) -> None:
    state = replace(STATE, info=rests)
    assert after(state, SOURCE, UNCHANGED, EXACT, NOW).due == expected


@pytest.mark.parametrize(
    ("ttl", "base", "expected"),
    [
        pytest.param(HOUR, "2000-01-01T12:00", NOW.replace(hour=10, minute=0, second=0, microsecond=0), id="next hour"),
        pytest.param(HOUR, "2026-11-20T09:20", NOW + 30 * MINUTE, id="sooner than every"),
        pytest.param(6 * HOUR, "2030-01-01T01:00", datetime(2026, 11, 20, 13, tzinfo=UTC), id="a base ahead"),
        pytest.param(30 * DAY, "1901-01-01T00:00", NOW + DAY, id="far ahead: a day"),
    ],
)
def test_feed_that_says_when_it_changes_is_asked_then(ttl: timedelta, base: str, expected: datetime) -> None:
    info = FeedInfo(ttl=ttl, base=datetime.fromisoformat(base).replace(tzinfo=UTC))
    assert after(replace(STATE, info=info), SOURCE, UNCHANGED, EXACT, NOW).due == expected


def test_sch_15_a_feed_that_was_silent_for_a_year_is_asked_within_a_day() -> None:
    day = timedelta(days=1)
    times = tuple(sorted(int((NOW - timedelta(days=400 + n)).timestamp()) // 60 for n in range(30)))
    silent = replace(STATE, info=FeedInfo(times=times))
    own = replace(SOURCE, options=Options(up_to=day))
    found = after(silent, own, Fetched(outcome="unchanged"), Schedule(), NOW)
    assert timedelta(0) < found.due - NOW <= day + Schedule().jitter * day


def test_sch_12_a_feed_that_fails_every_other_time_is_asked_as_usual() -> None:
    state, waits = STATE, []
    for answer in (FAILED, Fetched(outcome="unchanged")) * 20:
        now = state.due
        state = after(state, SOURCE, answer, EXACT, now)
        waits.append(state.due - now)
    assert max(waits) <= 2 * SOURCE.every
    assert state.failures == 0


@pytest.mark.parametrize("start", [datetime(2026, 3, 29, 0, 40, tzinfo=UTC), datetime(2026, 10, 25, 0, 10, tzinfo=UTC)])
def test_sch_03_hours_that_clocks_skip_or_repeat_are_like_any_other(start: datetime) -> None:
    """Central Europe's clocks change at 01:00 UTC of these days: times here know no zone but UTC."""
    state, asked = replace(STATE, due=start), 0
    while state.due < start + timedelta(hours=3):
        state = after(state, SOURCE, Fetched(outcome="unchanged"), EXACT, state.due)
        asked += 1
    assert asked == timedelta(hours=3) // SOURCE.every
