"""A site made to break a publisher: every field, every script, every sign that formats trip over, in every kind of source.

`write(folder)` makes it, the same bytes each time: `feeds.yaml`, a folder of posts, and feed documents in RSS, Atom and
JSON, each telling the same samples in its own way. By hand: `python -m tests.end_to_end.torture FOLDER`.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

NOW = 1795000000  # seconds since 1970, for SOURCE_DATE_EPOCH: 2026-11-18
HOME = "https://torture.example.kr"
MEGABYTE = 1 << 20

TEXTS: Mapping[str, str] = {
    # scripts
    "hangul": "다람쥐 헌 쳇바퀴에 타고파, 속보: LG엔솔 “투트랙” 전략",
    "jamo": "ᄒ\u1161\u11ab글 ㅋㅋㅋ 똠방각하",
    "han": "天地玄黃 宇宙洪荒，日月盈昃。",
    "kana": "いろはにほへと ちりぬるを ｶﾀｶﾅ",
    "latin": "Příliš žluťoučký kůň úpěl ďábelské ódy, ﬁ ﬂ ß",
    "greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
    "cyrillic": "Съешь же ещё этих мягких французских булок",
    "arabic": "نص حكيم له سر قاطع وذو شأن عظيم",
    "hebrew": "דג סקרן שט בים מאוכזב ולפתע מצא חברה",
    "persian": "می\u200cخواهم نیم\u200cفاصله بماند",
    "devanagari": "क्षत्रिय ज्ञानी ऋषियों ने कहा",
    "tamil": "யாமறிந்த மொழிகளிலே",
    "thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า",
    "khmer": "ខ្ញុំអាចញ៉ាំកញ្ចក់បាន",
    "tibetan": "ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ།",
    "myanmar": "သီဟိုဠ်မှ ဉာဏ်ကြီးရှင်သည်",
    "georgian": "საქართველო Ⴀⴀ",
    "armenian": "Կրնամ ապակի ուտել",
    "ethiopic": "ሰማይ አይታረስ ንጉሥ አይከሰስ።",
    "cherokee": "ᎣᏍᏓ ᏑᎾᎴᎢ",
    "mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ",
    # beyond the basic plane: four bytes each
    "emoji": "🔋 👩‍👩‍👧‍👦 🏳️‍🌈 🇰🇷 1️⃣ 👍🏽 🫠",
    "gothic": "𐌼𐌰𐌲 𐌲𐌻𐌴𐍃 𝔉𝔯𝔞𝔨𝔱𝔲𝔯 𝟙𝟚𝟛",
    "ideographs": "𠮷野家 𪚥 𰻝𰻝麵",
    "music": "𝄞 𝆺𝅥𝅮 🀄 🂡",
    "private use": "\ue000 \uf8ff \U000f0000 marks of nobody",
    # directions, joiners, marks
    "override": "a \u202egnp.exe\u202c b \u2066c\u2069 \u200f\u200e d",
    "zalgo": "Z" + "\u0301\u0335\u0489" * 30 + "algo",
    "invisible": "zero\u200bwidth\u2060 soft\u00adhyphen \ufeffmark ㅤfiller",
    "breaks": "one\u2028two\u2029three\x85four\x0bfive\x0csix\r\nseven\ttab",
    "controls": "nul\x00bel\x07esc\x1b[31mred\x7f c1\x80\x9f",
    "noncharacters": "fffe\ufffe ffff\uffff fdd0\ufdd0 last\U0010ffff",
    # what markup trips over
    "cdata": "]]> <![CDATA[ x ]]]]><![CDATA[> y ]]>",
    "comment": "<!-- -- --> <!--> --!> <!DOCTYPE x [<!ENTITY e 'y'>]> &e;",
    "instruction": "<?xml version='1.0'?> <?php echo 1 ?> ?>",
    "entities": "AT&T &amp; &amp;amp; &lt;b&gt; &copy; &nbsp; &#0; &#x1F50B; &#xD800; &nosuch; &",
    "comparison": "1 < 2 > 0 && a<b, if (x<y) { z>w } 3 <= 4",
    "generics": "vector<T> map<string, list<int>> <T> </T>",
    "quotes": "\"double\" 'single' `tick` \\ back\\\\slash \\u0000 \\n",
    "script": "<script>alert('x')</script><img src=x onerror=alert(1)> javascript:alert(1)",
    "templates": "{{ 7*7 }} {% raw %} ${x} #{y} <%= z %> %s %(a)s %00 %ZZ",
    "json": '{"a": [1, null], "b": "</script>"} \\" \\/ \u2028',
    "addresses": "kim@example.kr <kim@example.kr> http://a.example/?a=1&b=2 [link](javascript:x)",
    "long": "가" * 3000,
    "word": "x" * 5000,
    "blank": " \u00a0\u3000\u2003 ",
    "dot": ".",
}  # fmt: skip

BODIES: Mapping[str, str] = {
    "megabyte of Hangul": "<p>" + "가나다라 마바사. " * (MEGABYTE // 25) + "</p>",
    "megabyte in one word": "<p>" + "x" * MEGABYTE + "</p>",
    "megabyte of tags": "<p><b>a</b> " * (MEGABYTE // 13),
    "deep": "<div>" * 3000 + "deep" + "</div>" * 3000,
    "unclosed": "<p><a href='/x'><b>bold <i>both <table><tr><td>cell <ul><li>one<li>two",
    "relative": "<a href='../up?a=1&b=2#c'>up</a> <img src='/img/사진 1.png' alt='\"x\" & <y>'> <a href='//h.example/'>h</a>",
    "media": "<video src='/v.mp4' controls></video><audio src='/a.mp3'></audio><iframe src='https://www.youtube.com/embed/abcdefghijk'></iframe>",
    "tables": "<table><thead><tr><th scope=col>a</th></tr></thead><tbody><tr><td colspan=2>b</td></tr></tbody></table>",
    "code": "<pre><code>if (a &lt; b &amp;&amp; c &gt; d) {\n\treturn ']]&gt;';\n}</code></pre>",
    "styles": "<style>p{color:red}</style><p style='color:red' onclick='x()' class='y'>p</p><form><input></form>",
    "svg and math": "<svg><path d='M0 0'/><script>1</script></svg><math><mi>x</mi><mo>&lt;</mo></math>",
    "ruby and details": "<ruby>漢<rt>한</rt></ruby><details><summary>s</summary>d</details><bdi>שלום</bdi><bdo dir=rtl>x</bdo>",
}
IDS = (
    "tag:torture.example,2026:1", "tag:torture.example,2026-13-45:x", "urn:uuid:60a76c80-d399-11d9-b91c-0003939e0af6",
    "urn:uuid:not-one", "urn:x:", "urn:isbn:0451450523", "HTTP://Torture.Example/UPPER", "http://", "https://a.example/한글 빈칸",
    "https://a.example/[brackets]", "https://a.example/a%zz", "https://a.example/#a#b", "plain words", "123", "-", "x" * 3000,
    "javascript:alert(1)", "data:text/plain,x", "mailto:kim@example.kr", "https://xn--bj0bj06e.example/1", "https://한글.example/1",
    "https://u:p@a.example:8443/p;q?r=s&t=u#v", "https://[2001:db8::1]/x", "ftp://a.example/x", "//a.example/x", "?q", "\u202eabc",
)  # fmt: skip
LINKS = (
    "https://a.example/p/%d?a=1&b=2#c", "/rel/%d", "../up/%d", "?page=%d", "https://한글.example/길/%d", "https://a.example/빈칸 %d",
    "https://a.example:443/%d", "HTTPS://A.EXAMPLE/%d", "https://a.example/\"q'<>`{}|\\^/%d", "https://a.example/%%zz/%d", "",
    "javascript:alert(%d)", "https://a.example/" + "x" * 1900 + "/%d",
)  # fmt: skip
DATES = (
    "Fri, 20 Nov 2026 15:05:10 +0900", "2026-11-17T23:59:60Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
    "2099-01-01T00:00:00Z", "2026-02-30", "Thu, 01 Jan 1970 00:00:00 GMT", "2026년 11월 17일 오후 3시", "", "yesterday", "0", "1794900000",
    "2026-11-17T10:00:00.123456789+05:45", "Tue, 17 Nov 26 10:00:00 EST",
)  # fmt: skip
PEOPLE = (
    ("Kim", "kim@example.kr", "https://kim.example/?a&b"), ("", "lee@example.kr", ""), ("", "", "https://park.example/"),
    ("김 <b>기자</b> & “Co”", "not a mail", "javascript:x"), ("A" * 900, "@", "/rel"), ("", "", ""), ("x@y", "", ""),
    ("이 (편집장), 최", "choi@한글.example", "https://한글.example/"),
)  # fmt: skip
LANGUAGES = ("ko", "en-US", "zh-Hant-TW", "ar", "xx", "Korean", "ko_KR", "x-klingon", "", "de-CH-1996", "i-navajo", "e")
CATEGORIES = (
    "기술", "C++", "AT&T", "a/b", "..", "%41", "?x=1", "#tag", "<b>bold</b>", "🔋", "שלום", "con", "index.html", " ", "-",
    "x" * 300, "static", "İstanbul", "ﬁ", "a\u202eb",
)  # fmt: skip
FILES = (
    ("https://a.example/%d.mp3", "audio/mpeg", "1234567"), ("https://a.example/음성 %d.mp3?a=1&b=2", "", ""),
    ("/files/%d.pdf", "application/pdf; charset=x", "-5"), ("https://localhost/%d.mp4", "video/mp4", "99999999999999999999"),
    ("https://a.example/%d", "nonsense", "12 MB"), ("https://u:p@a.example/%d.ogg", "AUDIO/OGG", "0"),
    ("data:audio/mpeg;base64,AAAA%d", "audio/mpeg", "3"), ("https://a.example/%d.jpg", "image/jpeg", "5"),
)  # fmt: skip


def write(folder: Path) -> None:
    """Write the site into *folder*."""
    posts = folder / "posts/_posts"
    posts.mkdir(parents=True, exist_ok=True)
    (folder / "saved").mkdir(exist_ok=True)
    files = {
        "feeds.yaml": _config(),
        "saved/rss.xml": _rss(),
        "saved/atom.xml": _atom(),
        "saved/feed.json": _json(),
        "saved/broken.xml": _rss().replace("</item>", "", 3).replace("&amp;", "&", 9).replace("&lt;", "<", 5),
        **{f"posts/_posts/{name}": text for name, text in _posts()},
    }
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def _config() -> str:
    return "\n".join(
        [
            "version: 1",
            "site:",
            "  title: '고문 <틀> & “Torture” ]]> 🔋'",
            f"  url: {HOME}",
            "  description: 'every field, \"every\" <script>, & every sign'",
            "  language: ko",
            "  timezone: Asia/Seoul",
            "  author: {name: '편집 & <부>', email: desk@torture.example.kr}",
            "defaults: {keep: 36500d, first: 1000}",
            "dedupe: {same_url: false, same_text: false}",
            "push: {hub: 'http://127.0.0.1:9/hub?a=1&b=2'}",
            "content: [{id: posts, path: ./posts, kind: jekyll}]",
            "sources:",
            "  - {id: rss, file: ./saved/rss.xml, title: 'R & <S> ]]>', categories: [기술]}",
            "  - {id: atom, file: ./saved/atom.xml}",
            "  - {id: json, file: ./saved/feed.json, content: summary}",
            "  - {id: broken, file: ./saved/broken.xml, content: title}",
            "outputs:",
            "  - {id: all, path: /, formats: [atom, rss, json, html, opml], limit: 1000}",
            "  - {id: by-category, each: category, path: '/분류/{slug}/', formats: [atom, rss, json, html], limit: 1000}",
            "",
        ]
    )


def _cases() -> Iterator[tuple[int, str, str]]:
    """Number, words and body of each item."""
    for number, (name, text) in enumerate(TEXTS.items()):
        yield number, text, f"<p>{escape(text)}</p><p>Said of {name}.</p>"
    for number, (name, body) in enumerate(BODIES.items(), len(TEXTS)):
        yield number, name, body


def _of(values: tuple[str, ...], number: int) -> str:
    value = values[number % len(values)]
    return value % number if "%d" in value else value


def _rss() -> str:
    spaces = {
        "atom": "http://www.w3.org/2005/Atom", "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/", "media": "http://search.yahoo.com/mrss/",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd", "podcast": "https://podcastindex.org/namespace/1.0",
        "thr": "http://purl.org/syndication/thread/1.0", "slash": "http://purl.org/rss/1.0/modules/slash/",
        "cc": "http://backend.userland.com/creativeCommonsRssModule", "wfw": "http://wellformedweb.org/CommentAPI/",
        "georss": "http://www.georss.org/georss", "x": "urn:nobody:knows",
    }  # fmt: skip
    declared = " ".join(f"xmlns:{name}={quoteattr(uri)}" for name, uri in spaces.items())
    head = (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {declared}><channel><title>R &amp; &lt;S&gt; ]]&gt;</title>'
        "<link>https://rss.example/?a=1&amp;b=2</link><description>all of it</description><language>ko-KR</language>"
        "<copyright>© &lt;us&gt;</copyright><cc:license>https://creativecommons.org/licenses/by/4.0/</cc:license>"
        '<atom:link rel="self" href="https://rss.example/feed?x=1&amp;y=2"/><image><url>/logo 1.png</url></image>'
    )
    return head + "".join(_rss_item(*case) for case in _cases()) + "</channel></rss>"


def _xml(text: str) -> str:
    """*text* as XML holds it; what it cannot hold is left in, for such feeds exist."""
    return escape(text)


def _rss_item(number: int, text: str, body: str) -> str:
    name, mail, page = PEOPLE[number % len(PEOPLE)]
    url, kind, length = FILES[number % len(FILES)]
    url = quoteattr(url % number)
    inner = body.replace("]]>", "]]]]><![CDATA[>")
    return "".join(
        (
            f"<item><title>{_xml(text)}</title><link>{_xml(_of(LINKS, number))}</link>",
            f'<guid isPermaLink="{"true" if number % 3 else "false"}">{_xml(_of(IDS, number))}</guid>'
            if number % 5
            else "",
            f"<description>{_xml(text)}</description><content:encoded><![CDATA[{inner}]]></content:encoded>",
            f"<pubDate>{_of(DATES, number)}</pubDate><author>{_xml(f'{mail} ({name})')}</author>",
            f"<dc:creator>{_xml(name)}</dc:creator><dc:contributor>{_xml(text[:40])}</dc:contributor>",
            f"<dc:language>{_of(LANGUAGES, number)}</dc:language><dc:rights>{_xml(text[:200])}</dc:rights>",
            f'<category domain="https://s.example/가?a&amp;b">{_xml(_of(CATEGORIES, number))}</category>',
            f"<category>{_xml(text[:60])}</category><enclosure url={url} type={quoteattr(kind)} length={quoteattr(length)}/>",
            f"<media:content url={url} type={quoteattr(kind)} duration='65'><media:title>{_xml(text[:80])}</media:title>"
            f"<media:credit>{_xml(name)}</media:credit></media:content>",
            f'<media:group><media:content url="/g/{number} a.jpg" medium="image" width="640" height="480px">'
            f"<media:description>{_xml(text[:300])}</media:description><media:credit>{_xml(text[:60])}</media:credit>"
            f'</media:content><media:content url="/g/{number}-b.jpg" type="image/jpeg" width="320"/></media:group>',
            f"<itunes:title>{_xml(text[:100])}</itunes:title><itunes:author>{_xml(text[:300])}</itunes:author>"
            f"<itunes:subtitle>{_xml(text)}</itunes:subtitle><itunes:summary>{_xml(text * 3)} s</itunes:summary>"
            f"<itunes:season>{number % 4}</itunes:season><itunes:episode>{number}</itunes:episode>"
            f"<itunes:episodeType>{['full', 'trailer', 'bonus', 'odd'][number % 4]}</itunes:episodeType>"
            f"<itunes:explicit>{['yes', 'no', 'clean', 'true', 'false', 'odd'][number % 6]}</itunes:explicit>"
            f"<itunes:duration>{['1:02:03', '65', '99:99', '1.5', '-1', 'odd'][number % 6]}</itunes:duration>"
            f'<itunes:image href="/c/{number} a.jpg?x=1&amp;y=2"/>',
            f'<podcast:transcript url="/t/{number}.vtt" type="text/vtt" language="{_of(LANGUAGES, number)}"/>'
            f'<podcast:chapters url="/c/{number}.json" type="application/json+chapters"/>'
            f'<podcast:person role="guest" group="cast" img="/p.png" href={quoteattr(page)}>{_xml(text[:60])}</podcast:person>',
            f'<thr:in-reply-to ref={quoteattr(_of(IDS, number + 1)[:200])} href="/r/{number}"/>',
            f'<source url="https://o.example/{number}?a=1&amp;b=2">{_xml(text[:200])}</source>',
            f"<comments>/c/{number}#답글</comments><wfw:commentRss>/c/{number}.xml</wfw:commentRss>",
            "<slash:comments>3</slash:comments><georss:point>37.5 127</georss:point><x:y z='1'>?</x:y></item>",
        )
    )


def _atom() -> str:
    head = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ko"'
        ' xml:base="https://atom.example/base/" xmlns:media="http://search.yahoo.com/mrss/"><id>urn:x:atom</id>'
        "<title type='html'>&lt;b&gt;A&lt;/b&gt; &amp;amp; B</title><updated>2026-11-17T00:00:00Z</updated>"
        "<author><name>Desk</name><uri>/desk</uri></author><rights type='html'>&lt;i&gt;CC BY&lt;/i&gt;</rights>"
        '<link rel="license" href="https://creativecommons.org/licenses/by-nc/4.0/"/><link href="/"/><icon>/i.png</icon>'
    )
    return head + "".join(_atom_entry(*case) for case in _cases()) + "</feed>"


def _atom_entry(number: int, text: str, body: str) -> str:
    safe = "".join(c for c in text if c in "\t\n\r" or ord(c) >= 32)  # else all of it is for the tolerant reader
    kind = ("text", "html", "xhtml")[number % 3]
    xhtml = '<div xmlns="http://www.w3.org/1999/xhtml">%s</div>'
    title = {"text": _xml(safe), "html": _xml(_xml(safe)), "xhtml": xhtml % _xml(safe)}[kind]
    name, mail, page = PEOPLE[number % len(PEOPLE)]
    url, media_type, length = FILES[number % len(FILES)]
    files = (
        f"<link rel='enclosure' href={quoteattr(url % number)} type={quoteattr(media_type)} length={quoteattr(length)}"
    )
    return "".join(
        (
            f"<entry xml:lang='{_of(LANGUAGES, number)}'><id>{_xml(_of(IDS, number))}/{number}</id><title type='{kind}'>{title}</title>",
            f"<updated>{_of(DATES, number + 1)}</updated><published>{_of(DATES, number)}</published>",
            f"<link href={quoteattr(_of(LINKS, number))}/><link rel='related' href='/r'/><link rel='via' href='/v'/>",
            f"{files} title={quoteattr(safe[:80])}/><link rel='replies' type='application/atom+xml' href='/c/{number}.xml'/>",
            f"<author><name>{_xml(name)}</name><email>{_xml(mail)}</email><uri>{_xml(page)}</uri></author>",
            f"<contributor><name>{_xml(safe[:40])}</name></contributor><rights>{_xml(safe[:200])}</rights>",
            f"<category term={quoteattr(_of(CATEGORIES, number))} scheme='urn:x:s' label={quoteattr(safe[:60])}/>",
            f"<summary type='text'>{_xml(safe)}</summary><content type='html'>{_xml(body)}</content>",
            f"<source><id>urn:x:{number}</id><title>{_xml(safe[:100])}</title><updated>2026-11-17T00:00:00Z</updated>"
            "<link rel='self' href='/s.xml'/></source></entry>",
        )
    )


def _json() -> str:
    items = [
        {
            "id": _of(IDS, number) + f"?{number}",
            "url": _of(LINKS, number),
            "title": text,
            "summary": text,
            "content_html": body if number % 2 else None,
            "content_text": None if number % 2 else text * 2,
            "image": f"https://a.example/사진 {number}.jpg",
            "date_published": _of(DATES, number),
            "date_modified": _of(DATES, number + 1),
            "authors": [dict(zip(("name", "email", "url"), PEOPLE[number % len(PEOPLE)], strict=True))],
            "tags": [_of(CATEGORIES, number), text[:60], 7, None],
            "language": _of(LANGUAGES, number),
            "attachments": [
                {
                    "url": u % number,
                    "mime_type": kind,
                    "size_in_bytes": size,
                    "title": text[:80],
                    "duration_in_seconds": 65.4,
                }
                for u, kind, size in FILES
            ],
            "_feeds": {
                "rights": text[:200],
                "podcast": {"episode": number, "summary": text},
                "answers": [{"id": "urn:x:1"}],
            },
        }
        for number, text, body in _cases()
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J & <S>", "home_page_url": "/", "items": items}
    return json.dumps(feed)


def _posts() -> Iterator[tuple[str, str]]:
    start = datetime.fromtimestamp(NOW, UTC) - timedelta(days=40)
    for number, text, body in _cases():
        day = start + timedelta(hours=7 * number)
        said = json.dumps("".join(c for c in text if c >= " " or c in "\t\n")[:900])
        matter = [
            f"title: {said}",
            f"excerpt: {said}",
            f"tags: [{json.dumps(_of(CATEGORIES, number))}]",
            f"author: {{name: {json.dumps(PEOPLE[number % len(PEOPLE)][0][:200] or '기자')}}}",
            f"image: {{path: {json.dumps(quote(f'/img/사진 {number}.png'))}, alt: {said}, credit: {said}}}",
            "license: CC BY-ND 4.0",
            f"rights: {said}",
            f"lang: {json.dumps(_of(LANGUAGES, number))}",
            f"last_modified_at: {day + timedelta(hours=3):%Y-%m-%d %H:%M:%S} +0900",
        ]
        text = "\n".join(("---", *matter, "---", body.replace("\x00", ""), ""))
        yield f"{day:%Y-%m-%d}-post-{number}.html", text


if __name__ == "__main__":
    write(Path(sys.argv[1]))
