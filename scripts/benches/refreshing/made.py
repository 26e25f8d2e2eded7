"""Feeds as the web has them, made from a seed: RSS and Atom by turns, English and Korean, 20 items, some 50 KB."""

import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape

ITEMS = 20
_FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)

_EN = (
    "council budget river bridge harvest engine market library student winter train signal "
    "garden museum teacher hospital election battery satellite orchard village festival "
    "coastline pension theatre compiler database measured opened delayed announced repaired "
    "discovered approved rejected published questioned planted counted the a its their every "
    "several nearly after before during without between because although quietly slowly"
)
_KO = (
    "시의회 예산 다리 수확 엔진 시장 도서관 학생 겨울 기차 신호 정원 박물관 교사 병원 선거 배터리 위성 "
    "과수원 마을 축제 해안 연금 극장 번역기 데이터 측정했다 열었다 미뤘다 발표했다 고쳤다 찾았다 승인했다 "
    "거절했다 펴냈다 물었다 심었다 그 모든 여러 거의 다음에 전에 동안 없이 사이에 때문에 비록 조용히 "
    "천천히 다시 올해 지난달 주민은 연구진은 정부는"
)
_ENGLISH, _KOREAN = _EN.split(), _KO.split()
_LABELS = {
    "en": ("Politics", "Science", "Culture", "Business", "Local", "Sport", "Technology", "Food"),
    "ko": ("정치", "과학", "문화", "경제", "지역", "스포츠", "기술", "음식"),
}


def feed(number: int, version: int) -> tuple[str, bytes]:
    """Return media type and bytes of feed *number* after *version* items were added to it; the oldest fall out."""
    form = _ATOM if number % 3 == 0 else _RSS
    language = "ko" if number % 2 else "en"
    items = [_item(number, n, language) for n in range(version + ITEMS - 1, version - 1, -1)]
    site = f"https://site{number}.example"
    head = form["head"].format(
        site=site, number=number, title=f"Site {number}", language=language, date=_date(items[0]["at"], form)
    )
    told = [form["item"].format(**item, site=site, date=_date(item["at"], form)) for item in items]
    return form["type"], "".join([head, *told, form["tail"]]).encode()


def _item(number: int, place: int, language: str) -> dict[str, object]:
    """The words of one item: the same for the same numbers, different for others."""
    chance = random.Random(number * 1_000_003 + place)
    words = _KOREAN if language == "ko" else _ENGLISH
    said = [" ".join(chance.choices(words, k=28 if language == "en" else 20)) + "." for _ in range(9)]
    page = f"https://site{number}.example/{2026}/{place:04}/{'-'.join(chance.choices(_ENGLISH, k=4))}"
    body = (
        f'<p>{said[0]}</p>\n<p><img src="/i/{place}.jpg" alt="{said[1][:20]}" width="640"/> {said[1]}</p>\n'
        f'<h2>{said[2][:30]}</h2>\n<p>{said[2]} <a href="{page}?utm_source=rss">{said[3][:24]}</a> <em>x</em></p>\n'
        f"<ul><li>{said[4]}</li><li>{said[5]}</li></ul>\n<blockquote><p>{said[6]}</p></blockquote>\n<p>{said[7]}</p>"
    )
    return {
        "title": escape(" ".join(chance.choices(words, k=7))),
        "page": page,
        "body": body,
        "escaped": escape(body),
        "summary": escape(said[8]),
        "author": f"{chance.choice(words)} {chance.choice(words)}",
        "label": chance.choice(_LABELS[language]),
        "place": place,
        "at": _FIRST + timedelta(hours=place * 5, minutes=number % 60),
    }


def _date(at: object, form: dict[str, str]) -> str:
    assert isinstance(at, datetime)
    return at.strftime(form["date"])


_RSS = {
    "type": "application/rss+xml; charset=utf-8",
    "date": "%a, %d %b %Y %H:%M:%S +0000",
    "head": """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>{title}</title><link>{site}/</link><description>News of site {number}</description>
<atom:link href="{site}/feed.xml" rel="self" type="application/rss+xml"/>
<lastBuildDate>{date}</lastBuildDate><language>{language}</language><generator>WordPress</generator>
""",
    "item": """<item><title>{title}</title><link>{page}</link><guid isPermaLink="false">{site}/?p={place}</guid>
<pubDate>{date}</pubDate><dc:creator><![CDATA[{author}]]></dc:creator><category><![CDATA[{label}]]></category>
<description><![CDATA[{summary}]]></description><content:encoded><![CDATA[{body}]]></content:encoded></item>
""",
    "tail": "</channel></rss>\n",
}
_ATOM = {
    "type": "application/atom+xml; charset=utf-8",
    "date": "%Y-%m-%dT%H:%M:%SZ",
    "head": """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">
<title>{title}</title><link href="{site}/" rel="alternate"/><link href="{site}/feed.xml" rel="self"/>
<id>{site}/</id><updated>{date}</updated><generator>Jekyll</generator>
""",
    "item": """<entry><title>{title}</title><link href="{page}" rel="alternate" type="text/html"/>
<id>{site}/p/{place}</id>
<published>{date}</published><updated>{date}</updated><author><name>{author}</name></author><category term="{label}"/>
<summary>{summary}</summary><content type="html">{escaped}</content></entry>
""",
    "tail": "</feed>\n",
}

cached = lru_cache(maxsize=4096)(feed)
