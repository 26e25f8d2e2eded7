"""What pages say, in the languages that they speak: English stands in the templates, others in `locale/*.po`.

`scripts/words` collects what templates say into the catalogues, and compiles them.
"""

import io
from collections.abc import Mapping
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

SPOKEN = ("en", "ko")

_WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def speech(language: str) -> str:
    """The language of a channel's pages: Korean for Korean channels, English for all others."""
    spoken = language.lower().partition("-")[0]
    return spoken if spoken in SPOKEN else "en"


@cache
def speaker(spoken: str) -> NullTranslations:
    """Return what turns the English of the templates into *spoken*."""
    if spoken == "en":
        return NullTranslations()
    catalogue = files("feeds.render") / "locale" / spoken / "LC_MESSAGES" / "feeds.mo"
    return GNUTranslations(io.BytesIO(catalogue.read_bytes()))


def day(value: date, spoken: str) -> str:
    """`2026년 11월 20일 금요일` or `Friday 20 November 2026`: never by locale, which machines differ in."""
    weekday = _WEEKDAYS[spoken][value.weekday()]
    if spoken == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일 {weekday}"
    return f"{weekday} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date, spoken: str) -> str:
    """`2026년 11월 20일` or `20 November 2026`."""
    if spoken == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
