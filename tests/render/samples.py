"""Feeds to render: one that says everything, and small ones."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from feeds.model.channel import FILES, Channel, Feed, Format, Item
from feeds.model.entry import Enclosure, Entry, Image, Label, Origin, Person, Reply
from feeds.model.podcast import Podcast, Transcript, Voice
from feeds.model.source import Extent
from feeds.model.story import Category, Member, Story

ALL: tuple[Format, ...] = ("atom", "rss", "json", "html", "opml")
NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # noon in Seoul
TECH = Category(slug="기술", name="기술")
NEWS = Category(slug="breaking", name="속보")


def channel(
    *,
    id: str = "all",
    path: str = "/",
    title: str = "기술 뉴스",
    description: str = "반도체와 배터리, 그리고 그 밖의 것들",
    language: str = "ko",
    category: Category | None = None,
    formats: tuple[Format, ...] = ALL,
    author: Person | None = None,
    base_url: str = "https://news.example.kr",
    hubs: tuple[str, ...] = (),
    files: Mapping[Format, str] | None = None,
) -> Channel:
    return Channel(
        id=id,
        output_id="all",
        category=category,
        path=path,
        base_url=base_url,
        title=title,
        description=description,
        language=language,
        author=author if author is not None else Person(name="편집부", email="desk@example.kr"),
        formats=formats,
        files={**FILES, **(files or {})},
        hubs=hubs,
        timezone="Asia/Seoul",
    )


def entry(number: int = 1, **given: object) -> Entry:
    values: dict[str, object] = {
        "source_id": "posts",
        "guid": f"post-{number}",
        "url": f"https://news.example.kr/2026/post-{number}/",
        "title": f"글 {number}",
        "summary": f"요약 {number}",
        "content": f"<p>본문 {number}</p>",
        "published": NOON - timedelta(hours=number),
        "updated": NOON - timedelta(hours=number),
    }
    return Entry(**(values | given))  # type: ignore[arg-type]  # values of each field's own type


def member(found: Entry, origin: Origin | None = None) -> Member:
    return Member(entry=found, origin=origin, local=origin is None, first_seen=NOON)


def item(
    number: int = 1,
    *,
    terms: Extent = "full",
    origin: Origin | None = None,
    copies: tuple[Member, ...] = (),
    categories: tuple[Category, ...] = (TECH,),
    id: str = "",
    entry_origin: Origin | None = None,
    **given: object,
) -> Item:
    """A story of one lead and *copies*; *origin* is its source's feed, *entry_origin* the one that the entry names."""
    lead = entry(number, origin=entry_origin, **given)
    assert lead.published
    story = Story(
        id=id or f"tag:news.example.kr,2026:story/{number}",
        members=(member(lead, origin), *copies),
        categories=categories,
        published=lead.published,
        updated=lead.updated or lead.published,
        first_seen=lead.published,
    )
    return Item(story=story, content=terms)


def feed(*items: Item, of: Channel | None = None, others: tuple[Channel, ...] = ()) -> Feed:
    updated = max((i.story.updated for i in items), default=datetime(2026, 1, 1, tzinfo=UTC))
    return Feed(channel=of or channel(), items=items, updated=updated, others=others)


DAILY = Origin(
    id="https://daily.example.com/feed",
    title="The Daily",
    url="https://daily.example.com/",
    feed_url="https://daily.example.com/feed.xml?a=1&b=2",
    rights="© The Daily, CC BY 4.0",
    icon="https://daily.example.com/icon.png",
)
EPISODE = Podcast(
    title="배터리의 앞날",
    author="기술 뉴스 라디오",
    subtitle="건식 <전극> & 전고체",
    summary="한 시간 동안 나눈 이야기.",
    image="https://pod.example.kr/12.jpg",
    season=2,
    episode=12,
    kind="full",
    explicit=False,
    chapters="https://pod.example.kr/12.json",
    transcripts=(
        Transcript(url="https://pod.example.kr/12.vtt", media_type="text/vtt", language="ko"),
        Transcript(url="https://pod.example.kr/12.html", media_type="text/html"),
    ),
    voices=(
        Voice(name="김진행", role="host", url="https://kim.example.kr/", image="https://kim.example.kr/a.png"),
        Voice(name="이손님", role="guest", group="cast"),
    ),
)
PLANET = Origin(id="urn:uuid:60a76c80-d399-11d9-b91c-0003939e0af6", title="Planet", url="https://planet.example.org/")


def rich() -> Feed:
    """A Korean and English feed with everything that a story can say."""
    return feed(
        item(
            1,
            title="속보: LG엔솔 <투트랙> 전략 & 기술 “공개” 🔋",
            summary="건식 전극 & 전고체: 3 < 5. 내년부터 양산을 준비한다.",
            content=(
                '<p>가나다 <a href="https://news.example.kr/a?b=1&amp;c=2">링크</a> ]]&gt; 🔋</p>\n<pre>if (a &lt; b)</pre>'
            ),
            updated=NOON,
            authors=(Person(name="김기자", email="kim@example.kr"), Person(name="Lee", url="https://lee.example.com/")),
            tags=("배터리", "Battery", "battery", "기술"),
            categories=(NEWS, TECH),
            enclosures=(
                Enclosure(
                    url="https://news.example.kr/a/음성 1.mp3",
                    media_type="audio/mpeg",
                    length=1234567,
                    title="듣기",
                    duration=timedelta(minutes=3, seconds=5),
                ),
                Enclosure(url="https://news.example.kr/a/2.pdf"),
            ),
            image=Image(url="https://news.example.kr/img/배터리.jpg", alt="배터리 <셀>", width=1200, height=800),
            comments="https://news.example.kr/2026/post-1/#comments",
            rights="© 기술 뉴스",
            licence="https://creativecommons.org/licenses/by/4.0/",
            contributors=(Person(name="박편집", url="https://park.example.kr/"),),
            comments_feed="https://news.example.kr/2026/post-1/comments.xml",
            copies=(
                member(
                    entry(11, source_id="daily", url="https://daily.example.com/lg", title="LG’s two tracks"), DAILY
                ),
                member(entry(12, source_id="plain", url="https://b.example.com/lg", title="A copy")),
            ),
        ),
        item(
            2,
            source_id="daily",
            url="https://daily.example.com/2?utm=1&x=가",
            title="Chips: what’s next?",
            summary="A short look ahead.",
            content="<p>Full text.</p>",
            language="en",
            origin=DAILY,
        ),
        item(
            3,
            terms="summary",
            source_id="planet",
            url="https://c.example.com/3",
            title="Through a planet",
            entry_origin=DAILY,
            origin=PLANET,
        ),
        item(
            5,
            source_id="pod",
            url="https://pod.example.kr/12",
            title="12화: 배터리의 앞날",
            tags=("라디오", "Energy", "Climate"),
            labels=(
                Label(name="Energy", term="energy", scheme="https://pod.example.kr/topics/"),
                Label(name="Climate", scheme="urn:example:topics"),
            ),
            enclosures=(
                Enclosure(
                    url="https://pod.example.kr/1.jpg",
                    media_type="image/jpeg",
                    title="공장",
                    description="오창 <공장>",
                    credit="박사진 & 동료",
                    width=800,
                    height=600,
                ),
                Enclosure(
                    url="https://pod.example.kr/12.mp3",
                    media_type="audio/mpeg",
                    length=48_000_000,
                    title="12화",
                    duration=timedelta(hours=1, minutes=2, seconds=3),
                ),
                Enclosure(url="https://pod.example.kr/2.jpg", media_type="image/jpeg"),
            ),
            image=Image(url="https://pod.example.kr/0.jpg", alt="전극", credit="박사진", width=1600, height=900),
            answers=(Reply(id="tag:news.example.kr,2026:story/1", url="https://news.example.kr/2026/post-1/"),),
            podcast=EPISODE,
            origin=Origin(
                title="기술 라디오",
                feed_url="https://pod.example.kr/rss",
                licence="https://creativecommons.org/licenses/by-sa/4.0/",
            ),
        ),
        item(4, terms="title", url="https://d.example.com/4", image=Image(url="https://d.example.com/4.png")),
        item(
            25,
            url="",
            summary="",
            content="<p>링크 없는 글</p>",
            authors=(Person(name="홍길동", email="h@example.kr"),),
        ),
        of=channel(hubs=("https://hub.example.com/",)),
        others=(
            channel(id="by-category:기술", path="/기술/", title="기술", category=TECH),
            channel(id="by-category:breaking", path="/breaking/", title="속보", category=NEWS, formats=("rss", "html")),
        ),
    )
