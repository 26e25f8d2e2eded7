"""What pages say, in the languages that they speak."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

_KOREAN = {
    "subscribe": "구독하기",
    "subscribe_hint": "주소를 눌러 선택하고 복사한 뒤, 쓰는 피드 리더에 붙여 넣으세요.",
    "open": "열기",
    "channels": "분류",
    "all": "전체",
    "skip": "본문으로 건너뛰기",
    "copies": "같은 소식 {n}곳 더",
    "empty": "아직 글이 없습니다.",
    "empty_hint": "새 글이 들어오면 여기에 나타납니다. 미리 구독해 둘 수 있습니다.",
    "updated": "마지막 글",
    "corrected": "고침",
    "original": "원문 보기",
    "licence": "이용 조건",
    "together": "한데 모아 보기",
    "gone": "내린 글입니다",
    "gone_hint": "이 글은 더 이상 제공되지 않습니다.",
    "files": "첨부",
    "comments": "댓글",
    "atom": "대부분의 피드 리더",
    "rss": "모든 피드 리더, 팟캐스트 앱",
    "json": "프로그램, 새 피드 리더",
    "opml": "모든 분류를 한 번에 가져오기",
}
_ENGLISH = {
    "subscribe": "Subscribe",
    "subscribe_hint": "Click an address to select it, copy it, and paste it into your feed reader.",
    "open": "Open",
    "channels": "Sections",
    "all": "All",
    "skip": "Skip to stories",
    "copies": "{n} more on this story",
    "empty": "No stories yet.",
    "empty_hint": "New ones appear here as they come in. You can subscribe already.",
    "updated": "Latest story",
    "corrected": "corrected",
    "original": "Read it at its source",
    "licence": "Terms of use",
    "together": "All of it together",
    "gone": "This story was withdrawn",
    "gone_hint": "It is no longer available here.",
    "files": "Attached",
    "comments": "Comments",
    "atom": "most feed readers",
    "rss": "all readers, podcasts",
    "json": "programs, newer readers",
    "opml": "all sections at once",
}
_WEEKDAYS = {
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def speech(language: str) -> str:
    """The language of a channel's pages: Korean for Korean channels, English for all others."""
    return "ko" if language.lower().partition("-")[0] == "ko" else "en"


def words(spoken: str) -> Mapping[str, str]:
    """Return the words of *spoken*, by key."""
    return MappingProxyType(_KOREAN if spoken == "ko" else _ENGLISH)


def day(value: date, spoken: str) -> str:
    """`2026년 11월 20일 금요일` or `Friday 20 November 2026`: never by locale, which machines differ in."""
    weekday = _WEEKDAYS[spoken][value.weekday()]
    if spoken == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일 {weekday}"
    return f"{weekday} {value.day} {_MONTHS[value.month - 1]} {value.year}"
