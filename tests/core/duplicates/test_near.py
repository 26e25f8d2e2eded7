"""Copies and traps, told apart by what both texts say: a table of each, and laws."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.duplicates import habits, near
from feeds.core.duplicates.opening import OTHERWISE
from feeds.core.duplicates.sketch import sketch
from feeds.model.entry import Entry

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
TITLE = "강변 도서관, 열네 달 만에 다시 문 열어"
TEXT = (
    "한빛시는 20일 큰물에 잠겼던 강변 도서관을 열네 달 만에 다시 열었다. 시는 방수문 세 곳을 더하고 서고를 2층으로 옮겼다. "
    "첫날에만 시민 1300명이 찾았고 어린이 열람실은 이른 아침부터 줄이 길었다. 관장은 “책 4만 권을 건졌지만 향토 자료 일부는 "
    "끝내 되살리지 못했다”고 말했다. 시는 내년 봄까지 제방 850미터를 높일 계획이다."
)
EN_TITLE = "Harbour library reopens fourteen months after the flood"
EN_TEXT = (
    "The harbour library opened its doors again on Friday, fourteen months after the flood that filled its reading room. "
    "The city moved the stacks to the second floor and added three gates. Some 1,300 people came on the first day and "
    "the queue for the children's room began before dawn. The director said 40,000 books had been saved but part of the "
    "local archive was lost for good. The city means to raise 850 metres of the river wall by next spring."
)
FOOTER = "Tidewater is read by people who care. Terms of service. Privacy policy. Contact the newsroom at any hour."


def side(
    title: str, text: str, source: str = "a", hours: float = 0, usual: Mapping[int, int] | None = None
) -> near.Side:
    entry = Entry(source_id=source, guid="g", title=title, content=text)
    return near.Side(sketch(entry), source, AT + timedelta(hours=hours), usual or {})


def likeness(one: near.Side, other: near.Side) -> near.Likeness:
    return near.likenesses(one, [other])[0]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(TITLE, TEXT, id="exact"),
        pytest.param(TITLE, TEXT.replace(" ", ""), id="other spacing"),
        pytest.param("물에 잠겼던 책들, 다시 빛을 보다", TEXT, id="other headline"),
        pytest.param(TITLE, "(한빛=연합뉴스) 박서연 기자 = " + TEXT, id="credit"),
        pytest.param(TITLE, TEXT[:120] + "…", id="excerpt"),
        pytest.param("(종합) " + TITLE, TEXT + " 시장은 22일 현장을 찾는다.", id="updated elsewhere"),
        pytest.param(
            TITLE, TEXT.replace("줄이 길었다", "길게 줄을 섰다").replace("계획이다", "방침이다"), id="light edit"
        ),
    ],
)
def test_copy_is_found(title: str, text: str) -> None:
    found = likeness(side(title, text, "b", hours=5), side(TITLE, TEXT))
    assert found.same(), (found.score, found.veto, found.facts)


@pytest.mark.parametrize(
    ("one", "other", "veto"),
    [
        pytest.param((TITLE, "", "b"), (TITLE, TEXT, "a"), "flash", id="flash and full story"),
        pytest.param(("사진", "", "b"), ("사진", "", "a"), "titles_alone", id="short titles alone"),
        pytest.param(
            ("Open thread tonight", "", "b"),
            ("Open thread tonight", "", "a"),
            "titles_alone",
            id="a usual title of two",
        ),
        pytest.param((TITLE, "", "a"), (TITLE, "", "a"), "titles_alone", id="one source, titles alone"),
        pytest.param(
            ("Moe", "All songs", "b"), ("Phish", "All songs", "a"), "titles_alone", id="a label below two titles"
        ),
        pytest.param(
            ("Build 7 is out", EN_TEXT, "a"), ("Build 8 is out", EN_TEXT, "a"), "source_number", id="release notes"
        ),
        pytest.param(
            ("In October", EN_TEXT, "a"), ("Last week", EN_TEXT, "a"), "source_title", id="one teaser, two titles"
        ),
    ],
)
def test_trap_is_told(one: tuple[str, str, str], other: tuple[str, str, str], veto: str) -> None:
    found = likeness(side(*one, hours=24), side(*other))
    assert found.veto == veto
    assert not found.same()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("시장, 제방 공사 현장 찾아", "시장은 22일 제방 공사 현장을 찾아 안전을 당부했다. 공사는 내년 봄에 끝난다.", id="same topic"),
        pytest.param(TITLE, "강변에 자전거길이 새로 났다. 길이는 12킬로미터로 다리 두 개를 건넌다. 주말마다 붐빈다.", id="same title, other text"),
    ],
)  # fmt: skip
def test_other_story_is_left_alone(title: str, text: str) -> None:
    assert not likeness(side(title, text, "b"), side(TITLE, TEXT)).same()


ANGER = "김하늘 시의회 부의장이 강변 도서관을 두 번이나 물에 잠기게 한 시장의 이름을 부르며 “제방도 못 쌓는 시장은 물러나라”고 비난"
REACTION = ANGER + "한 것과 관련해 시장실이 20일 “제방 공사는 내년 봄에 예정대로 끝난다”는 입장을 밝혔다."
VISITED = "두 나라는 지난해 가을 여객선 항로를 열두 해 만에 다시 열었고, 올해 들어 승객이 30만 명을 넘었다. 해양부 장관이 하늘나라를 찾는 것은 2019년 이후 처음이다."
TRIED = "오 전 시장은 2021년부터 2년 동안 제방 공사비 4억2000만 원을 빼돌려 별장을 산 혐의로 지난해 9월 재판에 넘겨졌다. 검찰은 지난달 결심공판에서 징역 5년과 벌금 1억 원을 구형했다."
KNOWN = "윤 관장은 한빛대에서 기록학을 공부하고 1998년 강변 도서관 서고에 들어와 스물여덟 해 동안 일했다. 2025년 큰물 때는 사흘 밤을 새워 책 4만 권을 건져 냈다. 어린이 열람실과 이동 도서관을 처음 연 것도 그다."
BACKGROUND = (
    "The river wall broke in two places last autumn, and the two towns have blamed each other for the flood ever since."
)
KO_BACKGROUND = "지난해 가을 강둑 두 곳이 무너진 뒤로 두 도시는 큰물의 책임을 서로에게 돌리며 대화를 끊었다."
ARRIVES = "{} arrived in Tidewater on Sunday to attend the meeting of harbour towns and the eightieth anniversary of the river treaty."
WARNING = "기상청은 20일 오전 6시를 기해 {}에 호우경보를 내렸다. 호우경보는 세 시간 동안 비가 90밀리미터 이상, 또는 열두 시간 동안 180밀리미터 이상 올 것으로 보일 때 내린다."
COLUMN = (
    "Our readers choose the swimmer who stood out in the harbour baths this week, and the coach says a word on each "
    "of them. This time it is {}. Vote for yours at the desk of the baths and win two tickets for the gala in spring. "
    "The jury is two pilots, a lifeguard and a teacher who has seen every race of the season from the steps below the "
    "mill. The prize can not be passed on to others, nor is it paid out in money, whatever the reason may be."
)
MARKET = (
    "Berths in the lower harbour cost more for a fifth week on Friday as pilots stayed ashore and the mills bid for every "
    "free quay. A berth by the old crane went for ninety crowns, the most since the spring tide of last year, and traders "
    "said the price could climb further before the autumn fair. Grain barges waited two nights at the bend below the mill, "
    "while coal and timber moved by road. The pilots want shorter watches in fog and a second lamp on the eastern mole. "
    "Their guild meets the harbour master again next week. Salt was steady and rope fell a little on thin trade. Weavers "
    "bought early for the winter. {} Flour closed unchanged after a quiet morning, and the exchange shuts on Monday."
)
GATES = "The town council shut the river wall to boats after two gates were found leaking near the bridge."
MAYOR = (
    "한도현 한빛시장은 20일 나루동 주민센터에서 물길 해설사 과정을 마친 시민 서른 명에게 수료증을 건넸다. 이 과정은 큰물의 기억을 "
    "이웃에게 들려줄 사람을 기르려고 지난봄에 문을 열었고, 석 달 동안 강의와 답사가 이어졌다. 수료생들은 다음 달부터 나루터와 옛 제방에서 "
    "손님을 맞는다. 한 시장은 “여러분이 도시의 얼굴”이라고 말했다. 시는 해마다 두 차례 과정을 열고 외국어 해설도 더할 계획이다. {} "
    "수강 신청은 시 누리집에서 한다."
)
MARKET_HALL = (
    "한빛시는 새벽시장 상인을 위한 공동 냉장 창고를 다음 달 강변에 연다고 20일 밝혔다. 창고는 생선과 채소를 나누어 보관하며 "
    "하루 이용료는 칸마다 오백 원이다. 시는 창고 옆에 작은 얼음 공장도 지어 여름에는 얼음을 그냥 나누어 준다."
)
APPOINTED = "◇한빛시 △물길과장 윤가람 △제방과장 오세나"
GAUGE_TITLE = "강변전기, 물문 오류 빨리 찾는 검증 장비 개발"
GAUGE = (
    "장비는 물문과 양수장이 주고받는 신호를 실시간으로 모아 어긋난 곳을 3분 안에 찾아낸다. 지금까지는 기술자 여섯 명이 물문을 하나씩 돌며 "
    "{} 살펴야 했다. 두 회사는 지난해 가을부터 강변 물문 열두 곳에서 시험했고, 오류를 찾는 시간을 20분의 1로 줄였다. 윤가람 강변전기 "
    "연구소장은 “큰물이 들기 전에 물문을 {}”고 말했다."
)
DEVISED = "강변전기는 한빛기계와 손잡고 물문의 오류를 빨리 찾아내는 검증 장비 ‘여울’을 개발했다고 20일 밝혔다. "
WATCHED = (
    "강변을 지키는 새 일꾼이 나온다. 사람 손으로 살피던 물문 안팎을 밤낮없이 지켜보는 검증 장비 ‘여울’을 강변전기와 한빛기계가 함께 "
    "만들어 내년 봄 선보일 예정이다. "
)
CALLED = (
    "소방 당국은 이날 오후 7시 34분 담당 소방서 인력을 모두 부르는 대응 1단계를 내렸다가 바람이 거세지자 20분 뒤 2단계로 올렸다. 불은 오후 "
    "7시 22분 나루동 뒤편 한빛산 자락에서 났다. 현장에는 소방차 마흔 대와 사람 백삼십 명이 나왔고, 나루동 주민 예순 명은 강변 도서관으로 몸을 "
    "피했다. 다친 사람은 아직 없다."
)
NOTICE_TITLE = "[알림] 가온뉴스 콘텐츠 저작권 고지"
NOTICE = "가온뉴스가 제공하는 기사, 사진, 그래픽, 영상 등 모든 콘텐츠는 관련 법의 보호를 받습니다. 사전 허가 없이 옮겨 싣지 마십시오."


@pytest.mark.parametrize(
    ("one", "other", "hours", "veto"),
    [
        pytest.param(
            ("시장실 “부의장 발언 유감”", REACTION, "b"), ("부의장 “제방도 못 쌓는 시장 물러나라”", ANGER + "했다.", "a"),
            1, "passing", id="an answer repeats what it answers",
        ),
        pytest.param(
            ("[프로필] 윤가람 강변 도서관장…서고 지킨 사서", "큰물에 잠긴 서고에서 책 4만 권을 건져 내고 강변 도서관의 새 관장으로 임명된 윤가람(51) 사서는…", "b"),
            ("윤가람 새 관장 “어깨 무겁다”", "큰물에 잠긴 서고에서 책 4만 권을 건져 내고 강변 도서관의 새 관장으로 임명된 윤가람(51) 사서가 “어깨가 무겁다”고 20일 밝혔다.", "a"),
            1, "other_kind", id="a profile opens as the news does",
        ),
        pytest.param(
            ("윤가람 장관 하늘나라 도착…“결실 기대”", "윤가람 해양부 장관이 22일 사흘 일정으로 동해 건너 하늘나라를 방문했다. 윤 장관은 공항에서 한도현 항만청장을 만나 새 항로 협정과 어선 안전 문제를 논의했다. " + VISITED, "b"),
            ("윤가람 장관, 22일 하늘나라 방문…항로 협정 논의", "윤가람 해양부 장관이 오는 22일부터 사흘 일정으로 동해 건너 하늘나라를 방문한다고 해양부가 20일 밝혔다. 윤 장관은 현지에서 한도현 항만청장을 만나 새 항로 협정과 어선 안전 문제를 논의할 예정이다. " + VISITED, "a"),
            44, "other_step", id="a visit made and the visit announced",
        ),
        pytest.param(
            ("오세나 전 강변시장 측 “정치 판결” 반발…항소", "오세나 전 강변시장 측이 20일 제방 공사비를 빼돌린 혐의로 징역 3년을 선고받자 즉각 항소하겠다고 밝혔다. 변호인은 “정치 판결”이라고 주장했다. " + TRIED, "b"),
            ("법원, 오세나 전 강변시장에 징역 3년 선고", "한빛지방법원 형사2부는 20일 제방 공사비를 빼돌린 혐의로 기소된 오세나 전 강변시장에게 징역 3년을 선고했다. 재판부는 “시민의 안전에 쓸 돈을 사적으로 썼다”고 밝혔다. " + TRIED, "a"),
            3, "other_step", id="a verdict and the answer to it",
        ),
        pytest.param(
            ("책 4만 권 건져 낸 사서, 윤가람 새 관장은 누구", "20일 강변 도서관의 새 관장에 오른 윤가람(51) 사서는 서고를 지켜 온 사람이다. " + KNOWN, "b"),
            ("강변 도서관장에 윤가람 사서 임명", "한빛시는 20일 강변 도서관의 새 관장에 윤가람(51) 사서를 임명했다. 임기는 3년이다. " + KNOWN, "a"),
            5, "other_step", id="a portrait and the news of the same person",
        ),
        pytest.param(
            ("나루동 뒷산 큰불 두 시간 만에 잡아", "밤사이 주민을 떨게 한 산불의 큰불이 두 시간 만에 꺼졌다고 소방서가 밝혔다. 남은 불씨를 살피고 있다. " + CALLED, "b"),
            ("한빛산 불 번져…소방 당국 대응 2단계", "강풍이 부는 한빛산에서 불이 나 능선을 타고 빠르게 번지고 있다. " + CALLED, "a"),
            2, "other_step", id="a fire that spreads and the fire put out",
        ),
        pytest.param(
            ("강변전기·한빛기계, 물문 검증 장비 ‘여울’ 개발", WATCHED + GAUGE.format("온종일", "믿게 만들겠다"), "b"),
            (GAUGE_TITLE, DEVISED + GAUGE.format("하루 종일", "믿을 수 있게 하겠다"), "a"),
            20, "other_step", id="a release told next day with another opening",
        ),
        pytest.param(
            (NOTICE_TITLE, NOTICE, "a"), (NOTICE_TITLE, NOTICE, "a"), 48, "source_again", id="a notice that recurs",
        ),
        pytest.param(
            ("Council meets on the ferry fares", BACKGROUND, "b"), ("Pilots' choir sings at the old mill", BACKGROUND, "a"),
            5, "short_titles", id="one background below two headlines",
        ),
        pytest.param(
            ("해상 교통비 지원안 시의회 통과", KO_BACKGROUND, "b"), ("물레방앗간서 도선사 합창단 공연", KO_BACKGROUND, "a"),
            5, "short_titles", id="one Korean background below two headlines",
        ),
        pytest.param(
            ("Council meets on the ferry fares", BACKGROUND, "b"),
            ("Pilots' choir sings at the old mill", "Forty pilots sang on Sunday. The mill was full to the roof. " + BACKGROUND, "a"),
            5, "short_titles", id="a background as teaser, and the report that ends in it",
        ),
        pytest.param(
            ("Berths dearer for a fifth week as pilots stay ashore", MARKET.format(GATES), "b"),
            ("Council shuts river wall to boats over leaking gates", GATES, "a"),
            3, "background", id="a brief, and the market report that names it near its end",
        ),
        pytest.param(
            ("한도현 시장, 물길 해설사 수료생 격려", MAYOR.format(MARKET_HALL), "b"),
            ("강변 공동 냉장 창고 다음 달 문 열어…하루 오백 원", MARKET_HALL, "a"),
            3, "background", id="one notice, and the page of notices that opens with another",
        ),
        pytest.param(
            ("Northgate fires a signal rocket over the bay, coastguards say", BACKGROUND + " Coastguards watched.", "b"),
            ("Two towns quarrel over the broken wall", BACKGROUND, "a"),
            27, "day_old", id="yesterday's line below today's headline",
        ),
        pytest.param(
            ("[인사] 한빛시 外", f"{APPOINTED} ◇가온시 △도서관장 정하늘 △기록과장 박서연 ◇나루대 △총장 김도선 △학장 이나루", "a"),
            ("[인사] 한빛시", APPOINTED, "a"),
            3, "collects", id="a list of appointments, and the first of them",
        ),
        pytest.param(
            ("<오늘의 인사>", f"◇가온시 △도서관장 정하늘 △기록과장 박서연 {APPOINTED} ◇나루대 △총장 김도선 △학장 이나루", "b"),
            ("[인사] 한빛시 물길과장 윤가람", APPOINTED, "a"),
            3, "collects", id="the day's list, and one of its appointments",
        ),
        pytest.param(
            ("The harbour bulletin | Friday – Evening", EN_TEXT, "a"),
            ("The harbour bulletin | Friday – Morning", EN_TEXT, "a"),
            9, "source_time", id="two bulletins of one day",
        ),
        pytest.param(
            ("[내일 물길] 강변 나루터 물때와 바람", TEXT, "a"), ("[오늘 물길] 강변 나루터 물때와 바람", TEXT, "a"),
            9, "source_time", id="a forecast for today and one for tomorrow",
        ),
        pytest.param(
            ("River flood LIVE: mayor says the mill is safe", EN_TEXT, "b"), (EN_TITLE, EN_TEXT, "a"),
            1, "live", id="a live page that tells the news for now",
        ),
        pytest.param(
            (f"River flood LIVE updates: {EN_TITLE}", EN_TEXT, "a"), (EN_TITLE, EN_TEXT, "a"),
            1, "live", id="a live page and the article of its headline",
        ),
        pytest.param(
            ("Minister of Northgate arrives in Tidewater", ARRIVES.format("Northgate's minister Ada Brook"), "b"),
            ("Minister of Quayside arrives in Tidewater", ARRIVES.format("Quayside's minister Joan Mill"), "a"),
            2, "other_name", id="two guests of one meeting",
        ),
        pytest.param(
            ("한빛시에 호우경보", WARNING.format("한빛시"), "b"), ("가온시에 호우경보", WARNING.format("가온시"), "a"),
            1, "other_name", id="one warning for two towns",
        ),
        pytest.param(
            ("Swimmer of the week", COLUMN.format("Ada Brook"), "a"), ("Swimmer of the week", COLUMN.format("Joan Mill"), "a"),
            168, "source_column", id="a weekly column",
        ),
        pytest.param(
            ("Sample feed 0.94 item one", "Sample feed 0.94 item one text", "b"),
            ("Sample feed 0.93 item one", "Sample feed 0.93 item one text", "a"),
            0, "short_number", id="short samples that a number tells apart",
        ),
        pytest.param(
            (
                "Ada Brook, engineer and twice a candidate for mayor, dies at 84",
                "Ada Brook, the engineer who twice ran for mayor, died on Tuesday at the age of 84, according to two "
                "networks. Brook was a patient surveyor raised by the lower harbour who drew its first flood maps. Over "
                "five decades she walked every street below the river wall and kept a diary of its leaks, which the "
                "town archive will open next year. Her family thanked the neighbours who had carried her maps around "
                "the world and asked for no flowers. Her last plan, a gate at the mill, is to be built in spring.",
                "b",
            ),
            (
                "Ada Brook, engineer and once hopeful for mayor, dies at 84",
                "Beloved harbour engineer Ada Brook, a patient surveyor raised by the lower harbour who became a close "
                "friend of the old pilots and then twice…",
                "a",
            ),
            2, "one_event", id="two obituaries by two papers",
        ),
    ],
)  # fmt: skip
def test_trap_of_a_real_feed_is_told(
    one: tuple[str, str, str], other: tuple[str, str, str], hours: float, veto: str
) -> None:
    """Each after a merge that was wrong in captured feeds: the shape is theirs, the words are not."""
    found = likeness(side(*one, hours=hours), side(*other))
    assert found.veto == veto, (found.score, found.facts)
    assert found.score > near.THRESHOLD, "no veto would be needed"


def test_teaser_of_a_film_and_the_film_of_one_source_are_two() -> None:
    """Under one title, at two addresses: most of the teaser stands in what is said of the film, but not all."""
    teaser = "The whole film: see the address below. " + EN_TEXT[:200]
    found = likeness(side(EN_TITLE, teaser, "a", hours=24), side(EN_TITLE, EN_TEXT + " Thanks to our readers.", "a"))
    assert found.score > near.THRESHOLD
    assert found.veto == "source_little"


@pytest.mark.parametrize(
    ("source", "link", "same"),
    [
        pytest.param("a", "https://youtu.be/flood14mnth", False, id="of one source: the teaser and the film"),
        pytest.param("a", "https://www.youtube.com/watch?v=bridge-4pnt", True, id="another page"),
        pytest.param("b", "https://youtu.be/flood14mnth", True, id="of another source: where the copy was taken from"),
    ],
)
def test_a_link_to_the_page_of_the_other_parts_two_of_one_source(source: str, link: str, same: bool) -> None:
    """Nearly all of a short film's words stand below the long one: found in a channel whose shorts all are so."""
    film = Entry(source_id="a", guid="f", url="https://www.youtube.com/watch?v=flood14mnth", title=EN_TITLE)
    short = Entry(source_id=source, guid="s", url="https://www.youtube.com/shorts/ferry-2grn8", title=EN_TITLE)
    whole = replace(film, summary=f"{EN_TEXT} {FOOTER}")
    brief = replace(short, summary=f"FULL FILM: {link} {EN_TEXT}")
    one, other = (near.Side(sketch(e), e.source_id, AT, {}, e) for e in (brief, whole))
    found = likeness(one, other)
    assert found.score > near.THRESHOLD
    assert found.same() == same, (found.veto, found.facts)
    assert found.veto == ("" if same else "source_points")
    assert likeness(other, one).veto == found.veto


def test_brief_from_the_middle_of_a_report_whose_headline_it_tells_is_a_copy() -> None:
    report = side("Leaking gates shut the river wall to boats", MARKET.format(GATES), "b")
    found = likeness(report, side("Boats kept out", GATES, "a"))
    assert found.facts["far_down"] > 2
    assert found.same(), (found.score, found.veto, found.facts)


def test_release_that_opens_otherwise_is_a_copy_where_each_tells_the_headline_of_the_other() -> None:
    first = side(GAUGE_TITLE, DEVISED + GAUGE.format("하루 종일", "믿을 수 있게 하겠다"))
    rewritten = WATCHED + GAUGE.format("온종일", "믿게 만들겠다")
    found = likeness(side("강변전기·한빛기계, 물문 검증 장비 ‘여울’ 개발", rewritten, "b", hours=1), first)
    assert found.facts["opens_otherwise"] > OTHERWISE
    assert found.same(), (found.score, found.veto, found.facts)


def test_grown_text_of_one_source_is_found_next_day() -> None:
    """What the notice has not: something new."""
    grown = TEXT + " 시장은 22일 현장을 찾는다."
    assert likeness(side(TITLE, grown, "a", hours=26), side(TITLE, TEXT, "a")).same()


def test_footer_of_a_source_makes_no_copy() -> None:
    usual: dict[int, int] = {}
    for number in range(3):
        usual = habits.said(
            usual, sketch(Entry(source_id="a", guid="g", title="t", content=f"Boat {number}. {FOOTER}"))
        )
    one = side("Ferry late again", f"The ferry was late. {FOOTER}", "a", usual=usual)
    other = side("Bridge closed for paint", f"The bridge is closed. {FOOTER}", "a", usual=usual)
    assert not likeness(one, other).same()


def test_footer_right_behind_a_text_that_was_cut_says_nothing() -> None:
    """An outlet that cuts texts anywhere puts its footer behind them without a stop: it is known all the same."""
    footer = "기사제보 및 보도자료는 지방뉴스 편집국으로 보내 주시기 바라며 24시간 여러분의 제보를 기다립니다."
    usual: dict[int, int] = {}
    for number in range(3):
        told = Entry(source_id="b", guid="g", title="t", content=f"배 {number}척이 들어왔다. {footer}")
        usual = habits.said(usual, sketch(told))
    cut = f"{TEXT[:76]} {footer}"
    with_habits, without = (side("책들, 빛을 보다", cut, "b", usual=known) for known in (usual, {}))
    found, blind = (likeness(one, side(TITLE, TEXT)) for one in (with_habits, without))
    assert found.facts["contained"] > 0.95 > blind.facts["contained"]
    assert found.facts["numbers_missing"] == 0 < blind.facts["numbers_missing"]


def test_all_words_of_a_teaser_under_one_title_are_a_copy() -> None:
    """However little of a long report it is; under another title so little may be another report of the event."""
    report = side(TITLE, TEXT + "".join(f" 이 도서관의 {n}번째 책 이야기는 따로 전한다." for n in range(200)))
    teaser = "시는 방수문을 더하고 서고를 2층으로 옮겼다. 시민 1300명이 찾았고 열람실은 이른 아침부터 줄이 길었다."
    same, other = (likeness(side(title, teaser, "b"), report) for title in (TITLE, "큰물 뒤의 한빛시"))
    assert same.facts["covered"] < 0.05
    assert same.same()
    assert other.veto == "one_event"


def test_form_with_other_numbers_is_another_report() -> None:
    def report(a: int, b: int, c: int, d: int) -> str:
        return f"The gauge stood at {a} centimetres at {b} hours with a flow of {c} cubic metres and {d} boats passed."

    found = likeness(
        side("River levels", report(120, 6, 880, 14), "b", 12), side("River levels", report(95, 18, 412, 3))
    )
    assert found.veto == "numbers"


def test_what_many_hold_counts_less() -> None:
    mine, theirs = side(EN_TITLE, EN_TEXT, "b"), side("Library opens", EN_TEXT, "c")
    alone = likeness(mine, theirs)
    crowd = near.likenesses(mine, [theirs, *(side(f"Other {n}", EN_TEXT, f"d{n}") for n in range(5))])[0]
    assert crowd.facts["common"] == 5
    assert crowd.score < alone.score


TEXTS = [EN_TEXT, TEXT, EN_TEXT[:200], TEXT[:90], "", "All songs", "In 2019, 3 of 14 boats sank at 06:40."]
SIDES = st.builds(
    side, st.sampled_from([TITLE, EN_TITLE, "x"]), st.sampled_from(TEXTS), st.sampled_from("ab"), st.floats(0, 100)
)


@given(SIDES, SIDES)
def test_likeness_goes_both_ways(one: near.Side, other: near.Side) -> None:
    """Whoever comes first, the verdict is the same; each time with the other one as the only candidate."""
    there, back = likeness(one, other), likeness(other, one)
    assert there.score == pytest.approx(back.score)
    assert there.veto == back.veto


def test_candidates_are_those_that_share_rare_hints_or_the_title() -> None:
    full = sketch(Entry(source_id="a", guid="g", title=EN_TITLE, content=EN_TEXT))
    posted = {hint: ["story"] for hint in full.hints()}
    excerpt = sketch(Entry(source_id="b", guid="g", title="Reopened", content=EN_TEXT[:300]))
    other = sketch(Entry(source_id="b", guid="g", title="Reopened", content=FOOTER))
    titled = sketch(Entry(source_id="b", guid="g", title=EN_TITLE))
    assert near.candidates(excerpt, posted) == ("story",)
    assert near.candidates(other, posted) == ()
    assert near.candidates(titled, posted) == ("story",)


def test_hint_of_a_crowd_leads_to_nobody() -> None:
    full = sketch(Entry(source_id="a", guid="g", title="Unlike the others", content=EN_TEXT))
    crowd = {shingle: list(range(near.COMMON)) for shingle in full.shingles}
    assert near.candidates(full, crowd) == ()
