"""Makes a set of labelled duplicates from real texts: `scripts/bench dedupe_set --seed 7 --out set.jsonl`.

The same form as `../shared/data/dedup/dev.jsonl`, whose originals are its material, but with other outlets, other
footers and credits, other edits, and with `--mix heavy=3,excerpt=1` as much of each as one likes: what holds on one
file only is seen at once when `scripts/bench dedupe --data set.jsonl` reads another.
"""

import argparse
import html
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from timing import shared

Item = dict[str, Any]

OUTLETS = {
    "en": [
        ("tidewater.example", "", "More from Tidewater: weather, traffic, obituaries. Tips: tips@tidewater.example."),
        ("northgate.example", "Northgate subscribers read this first.", "© Northgate Press. Do not reproduce."),
        ("plainspeaker.example", "", ""),
        ("harborline.example", "", "Harborline Newsletters | Podcasts | Shop. Photos may be bought from our archive."),
        ("quayside.example", "Listen to this article (2 minutes).", "Related: five things to know today."),
    ],
    "ko": [
        ("mulgil.example", "", "물길신문 구독하기 ▶ 제보 jebo@mulgil.example 무단 복제 및 배포를 금합니다."),
        ("dalbit.example", "달빛일보가 전하는 아침 소식입니다.", "© 달빛일보 & dalbit.example"),
        ("neulpureun.example", "", ""),
        ("gaon.example", "", "가온뉴스 앱을 내려받으세요. 오늘의 운세 | 날씨 | 부고"),
        ("byeolha.example", "[별하경제 제휴]", "독자 여러분의 의견을 기다립니다. 이 기사는 별하경제가 제공합니다."),
    ],
}
CREDITS = {
    "en": ["LONDON (AP) — ", "SEOUL, Nov. 3 (Reuters) - ", "By Ann Lee ", "PARIS -- "],
    "ko": [
        "(부산=연합뉴스) 박서연 기자 = ",
        "[대전=뉴시스]이도윤 기자 = ",
        "【인천=뉴스1】 ",
        "[가온뉴스 최하린 기자] ",
    ],
}
NEW_HEADLINES = {"en": ["Explained: {}", "{}, officials say", "Why {} matters"], "ko": ["[종합] {}", "{}…왜?", "“{}”"]}
LATER = {
    "en": [
        "Officials said later that talks would resume on day {}.",
        "A spokesperson added {} details at night.",
    ],
    "ko": ["당국은 {}일 추가 설명을 내놓을 예정이다.", "이후 관계자는 {}건이 더 확인됐다고 덧붙였다."],
}
FORMS = {
    "en": (
        "River levels, {place}",
        "The gauge at {place} stood at {a} centimetres at {b} hours. Flow was {c} cubic metres a second. "
        "Boats over {d} tonnes need a permit. The next reading is due at {e} hours.",
    ),
    "ko": (
        "[수위 정보] {place}",
        "{place} 수위는 {b}시 현재 {a}센티미터로 관측됐다. 유량은 초당 {c}세제곱미터다. "
        "{d}톤이 넘는 배는 허가를 받아야 한다. 다음 관측은 {e}시에 발표된다.",
    ),
}
PLACES = {"en": ["Elm Bridge", "Old Lock", "Mill Bend"], "ko": ["한탄강", "남한강", "섬진강"]}
SERIES = {"en": ("Letters from the coast ({})", "Our writer walks the coast in twenty parts."),
          "ko": ("[연중기획] 바닷가 편지 <{}>", "본지는 스무 차례에 걸쳐 바닷가를 걷는다.")}  # fmt: skip
COLUMNS = {"en": "Morning briefing", "ko": "[아침 브리핑]"}
QUOTED = {"en": "As this paper wrote before:", "ko": "앞서 이 신문은 다음과 같이 전했다."}
HAN = dict(zip("한중미일영러국군당", "韓中美日英露國軍黨", strict=True))


PART = 1 / 3  # of a text's letters: more is not a quotation any more
USUAL = 3  # a sentence that more of the originals hold is their outlets' footer, not their story


class Maker:
    """Makes one set; all chance comes from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.items: list[Item] = []
        self.start = datetime.fromisoformat("2025-09-01T06:00:00+00:00")

    def text_of(self, material: Item) -> list[str]:
        plain = html.unescape(re.sub(r"<[^>]+>", "\n", material["html"]))
        return [line.strip() for line in plain.split("\n") if line.strip()]

    def put(self, lang: str, outlet: int, title: str, lines: list[str], at: datetime, **facts: Any) -> Item:
        host, head, foot = OUTLETS[lang][outlet]
        number = len(self.items)
        url = facts.pop("url", "") or f"https://{host}/articles/{number * 7919 % 999983}"
        body = "".join(f"<p>{html.escape(line)}</p>" for line in filter(None, [head, *lines, foot]))
        item = {
            "id": f"m{number:06}", "feed": host, "guid": facts.pop("guid", "") or url, "url": url, "title": title,
            "html": body, "author": "", "published": at.isoformat(), "lang": lang, **facts,
        }  # fmt: skip
        self.items.append(item)
        return item

    def later(self, at: datetime, hours: float) -> datetime:
        return at + timedelta(hours=self.random.uniform(0.1, hours))

    def outlet(self, lang: str, other_than: str = "") -> int:
        return self.random.choice([n for n, o in enumerate(OUTLETS[lang]) if o[0] != other_than])

    # copies

    def copy(self, original: Item, lines: list[str], kind: str, at: datetime) -> None:
        lang, title = original["lang"], original["title"]
        facts: Item = {"cluster": original["cluster"], "role": "dup", "cls": kind, "anchor": original["id"]}
        outlet = self.outlet(lang, original["feed"])
        own = next(n for n, o in enumerate(OUTLETS[lang]) if o[0] == original["feed"])
        if kind == "url_track":
            facts["url"] = original["url"] + self.random.choice(["?utm_source=app", "?fbclid=Iw1", "#comments"])
            outlet = own
        elif kind == "update_url":
            lines = [*lines[:2], self.random.choice(LATER[lang]).format(self.random.randint(2, 28)), *lines[2:]]
            title = f"(종합) {title}" if lang == "ko" else f"UPDATE 1-{title}"
            outlet = own
        elif kind == "headline":
            title = self.random.choice(NEW_HEADLINES[lang]).format(title)
        elif kind == "heavy":
            kept = lines[1 : max(2, len(lines) * 2 // 3)]
            lines = [self.random.choice(CREDITS[lang]) + lines[0], *map(self.edited, kept)]
            title = lines[-1][:50]
        else:
            lines, title = EDITS[kind](self, lines, title, lang)
        self.put(lang, outlet, title, lines, at, **facts)

    def edited(self, line: str) -> str:
        words = line.split(" ")
        if len(words) > 8:
            at = self.random.randrange(1, len(words) - 2)
            words[at], words[at + 1] = words[at + 1], words[at]
            if self.random.random() < 0.5:
                del words[self.random.randrange(1, len(words) - 1)]
        return " ".join(words)

    # traps

    def trap(self, kind: str, lang: str, original: Item, fresh: tuple[str, list[str]], at: datetime) -> None:
        """Put what looks like a copy and is none; *fresh* is a title and a text that nothing else is made of."""
        alone = {"role": "neg", "cls": kind, "anchor": original["id"]}
        own = next(n for n, o in enumerate(OUTLETS[lang]) if o[0] == original["feed"])
        cluster = f"{original['cluster']}#{kind}{len(self.items)}"
        number, (title, lines) = self.random.randint, fresh
        if kind == "tmpl":
            form_title, form = FORMS[lang]
            place = self.random.choice(PLACES[lang])
            figures = {"a": number(10, 900), "b": number(1, 24), "c": number(5, 4000), "d": number(2, 90)}
            said = form.format(place=place, e=number(1, 24), **figures)
            self.put(lang, own, form_title.format(place=place), [said], at, cluster=cluster, **alone)
        elif kind == "series":
            series, intro = SERIES[lang]
            self.put(lang, own, series.format(len(self.items)), [intro, *lines[:3]], at, cluster=cluster, **alone)
        elif kind == "same_title":
            self.put(lang, own, COLUMNS[lang], lines[:2], at, cluster=cluster, **alone)
        elif kind == "flash_full":
            self.put(lang, self.outlet(lang), original["title"], [], at, **{**alone, "cluster": cluster})
        elif kind == "footer_short":
            self.put(lang, own, lines[-1][:40], [lines[-1][:30]], at, cluster=cluster, **alone)
        elif kind == "quote":
            parts = [part for i in self.items[-200:] if i["lang"] == lang and (part := self.part_of(i))]
            quoted = [self.random.choice(parts)] if parts else []
            self.put(lang, own, title, [*lines[:2], QUOTED[lang], *quoted, *lines[2:]], at, cluster=cluster, **alone)

    def part_of(self, item: Item) -> str:
        """Return what a quotation of *item* holds: its second sentence, '' where that is more than `PART` of its text.

        Some texts are one sentence of hundreds of letters and little else: who holds it holds a copy.
        """
        outlets = {line for _, *lines in OUTLETS[item["lang"]] for line in lines}
        said = sentences([line for line in self.text_of(item) if line not in outlets])
        return said[1] if len(said) > 1 and len(said[1]) <= PART * sum(map(len, said)) else ""


def _excerpt(maker: Maker, lines: list[str], title: str, lang: str) -> tuple[list[str], str]:
    whole = " ".join(lines)
    return [whole[: max(80, len(whole) // 3)].rsplit(" ", 1)[0] + maker.random.choice(["…", " [...]", "..."])], title


def _restyled(maker: Maker, lines: list[str], title: str, lang: str) -> tuple[list[str], str]:
    return [" ".join(lines)], title.swapcase() if lang == "en" else title


def _punctuated(maker: Maker, lines: list[str], title: str, lang: str) -> tuple[list[str], str]:
    table = str.maketrans({'"': "“", "'": "’", "-": "–", "(": "（", ")": "）", ",": "，"})
    return [line.translate(table).replace(" ", "\u00a0 ", 1) for line in lines], title.translate(table)


def _spaced(maker: Maker, lines: list[str], title: str, lang: str) -> tuple[list[str], str]:
    lost = [re.sub(" ", lambda _: "" if maker.random.random() < 0.4 else " ", line) for line in lines]
    return lost, title.replace(" ", "", 1)


def _han(maker: Maker, lines: list[str], title: str, lang: str) -> tuple[list[str], str]:
    return lines, "".join(HAN.get(c, c) if maker.random.random() < 0.5 else c for c in title)


EDITS: dict[str, Callable[[Maker, list[str], str, str], tuple[list[str], str]]] = {
    "exact": lambda maker, lines, title, lang: (lines, title),
    "html_restyle": _restyled,
    "unicode_punct": _punctuated,
    "credit": lambda maker, lines, title, lang: ([maker.random.choice(CREDITS[lang]) + lines[0], *lines[1:]], title),
    "excerpt": _excerpt,
    "light_edit": lambda maker, lines, title, lang: ([maker.edited(line) for line in lines], title),
    "spacing": _spaced,
    "hanja": _han,
}
COPIES = {
    "en": [*(k for k in EDITS if k not in ("spacing", "hanja")), "url_track", "update_url", "headline", "heavy"],
    "ko": [*EDITS, "url_track", "update_url", "headline", "heavy"],
}
TRAPS = ["tmpl", "series", "same_title", "flash_full", "footer_short", "quote"]


def sentences(lines: list[str]) -> list[str]:
    return [part for line in lines for part in re.split(r"(?<=[.다])\s+", line) if part]


def mixed(mix: str) -> dict[str, list[str]]:
    """Return the kinds of copies of each language as often as *mix* says, to choose from."""
    parts = dict(part.split("=") for part in mix.split(","))
    if unknown := parts.keys() - {kind for kinds in COPIES.values() for kind in kinds}:
        raise SystemExit(f"--mix names {', '.join(sorted(unknown))}; kinds are {', '.join(sorted(COPIES['ko']))}")
    return {lang: [k for k in kinds for _ in range(int(parts.get(k, 0)))] for lang, kinds in COPIES.items()}


def make(seed: int, most: int) -> list[Item]:
    """Return a set of at most some 3 × *most* entries in order of arrival.

    Every trap is made of a text of its own: one that holds the original's sentences would be a copy, whatever it is
    called. So the material ends where originals and traps meet.
    """
    with (shared("dedup") / "dev.jsonl").open(encoding="utf-8") as file:
        material = [item for item in map(json.loads, file) if item["role"] in ("orig", "distractor")]
    maker = Maker(seed)
    texts = {item["id"]: sentences(maker.text_of(item)) for item in material}
    often = Counter(line for lines in texts.values() for line in lines)
    maker.random.shuffle(material)
    found = {i["id"]: [line for line in texts[i["id"]] if often[line] <= USUAL] for i in material}
    material = [i for i in material if len(" ".join(found[i["id"]])) >= 200]
    spare = {lang: [i for i in material[::-1] if i["lang"] == lang] for lang in OUTLETS}  # from the end: for traps
    taken: set[str] = set()
    for n, item in enumerate(material[:most]):
        if item["id"] in taken:
            break
        taken.add(item["id"])
        lang, lines = item["lang"], found[item["id"]]
        at = maker.start + timedelta(minutes=9 * n)
        title = html.unescape(item["title"])
        facts = {"cluster": f"c{n}", "role": "orig", "cls": "orig", "anchor": None}
        original = maker.put(lang, maker.outlet(lang), title, lines, at, **facts)
        for _ in range(maker.random.choice([0, 1, 1, 2])):
            maker.copy(original, lines, maker.random.choice(COPIES[lang]), maker.later(at, 40))
        if maker.random.random() < 0.6:
            other = spare[lang].pop(0) if spare[lang] else item
            if other["id"] in taken:
                break
            taken.add(other["id"])
            fresh = html.unescape(other["title"]), found[other["id"]]
            maker.trap(maker.random.choice(TRAPS), lang, original, fresh, maker.later(at, 60))
    return sorted(maker.items, key=lambda item: (item["published"], item["id"]))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, required=True)
    arguments.add_argument("--most", type=int, default=3000, help="originals")
    arguments.add_argument("--mix", default="", help="copies by kind, such as heavy=3,excerpt=1; all alike if left out")
    arguments.add_argument("--out", type=Path, required=True)
    given = arguments.parse_args()
    if given.mix:
        COPIES.update(mixed(given.mix))
    found = make(given.seed, given.most)
    given.out.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in found), encoding="utf-8")
    print(f"{len(found)} entries in {given.out}")
