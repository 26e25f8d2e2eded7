"""What titles say of the piece itself: a table of each."""

import pytest

from feeds.core.duplicates import naming


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        pytest.param("bulletin – morning", "bulletin – evening", True, id="times of one day"),
        pytest.param("monday morning news", "monday evening news", True, id="one day, two times"),
        pytest.param("what moved on monday", "what moved on tuesday", True, id="days"),
        pytest.param("[오늘날씨] 전국 맑음", "[내일날씨] 전국 맑음", True, id="Korean days"),
        pytest.param("조간 브리핑", "석간 브리핑", True, id="editions of a paper"),
        pytest.param("bulletin – morning", "bulletin – morning", False, id="one"),
        pytest.param("library reopens on monday", "library reopens", False, id="only one names a day"),
        pytest.param(
            "monday: library reopens in the evening", "library reopens in the evening", False, id="one says more"
        ),
        pytest.param("fridays for future march", "mornings in the harbour", False, id="within other words"),
    ],
)
def test_other_time(one: str, other: str, told: bool) -> None:
    assert naming.other_time(one, other) == naming.other_time(other, one) == told


@pytest.mark.parametrize(
    ("title", "told"),
    [
        pytest.param("[인사] 한빛시 외", True, id="and others"),
        pytest.param("[부음] 윤가람씨 별세 외", True, id="of the dead"),
        pytest.param("<오늘의 인사>", True, id="the day's list"),
        pytest.param("[인사] 한빛시", False, id="one office"),
        pytest.param("한빛시, 물길과 예외", False, id="a word that ends so"),
        pytest.param("외 다리 위의 도시", False, id="at the beginning"),
        pytest.param("[오늘의 인사이트] 한빛시의 물길", False, id="an insight"),
    ],
)
def test_collects(title: str, told: bool) -> None:
    assert naming.collects(title) == told


@pytest.mark.parametrize(
    ("title", "told"),
    [
        pytest.param("harbour strike live: pickets at the gate", True, id="live and a colon"),
        pytest.param("harbour strike live updates: pickets at the gate", True, id="live updates"),
        pytest.param("live: pickets at the gate", True, id="at the beginning"),
        pytest.param("live blog - pickets at the gate", True, id="a blog"),
        pytest.param("pickets at the gate - live updates | harbour news", True, id="at the end"),
        pytest.param("[실시간] 항구 파업, 정문 봉쇄", True, id="Korean"),
        pytest.param("<생중계> 항구 파업", True, id="broadcast"),
        pytest.param("항구 파업 협상, 내일 생중계", False, id="a broadcast that is spoken of"),
        pytest.param("실시간 물때 알림 시작", False, id="a service in real time"),
        pytest.param("live and let die returns", False, id="a verb"),
        pytest.param("where seals live: a map", True, id="a verb before a colon, which is taken for one"),
        pytest.param("ten places to live: a list", False, id="to live"),
        pytest.param("a live wire - how it burned", False, id="an adjective"),
        pytest.param("olive: a history", False, id="within a word"),
    ],
)
def test_is_live(title: str, told: bool) -> None:
    assert naming.is_live(title) == told
