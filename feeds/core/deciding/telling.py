"""Decisions in sentences, in the reader's language: stored is a code, with facts; the words are found when asked for.

What was stored before codes were is an English sentence itself (codes hold no blank), and is shown as it stands.
"""

from collections.abc import Mapping

from feeds.model.decision import Decision

SPOKEN = ("en", "ko")

_SAME = ("same story as {with_title!r}: ", "같은 소식, ‘{with_title}’: ")
_OTHER = ("not the story {with_title!r}: ", "다른 소식, ‘{with_title}’: ")

WHYS: Mapping[str, tuple[str, str]] = {
    "same_title_text": ("title and text are the same words", "제목과 글의 낱말이 같습니다"),
    "same_text": ("same text", "글이 같습니다"),
    "same_agreeing": ("title or text agree as well", "제목이나 글도 맞습니다"),
    "same_page": ("the same page within a day", "하루 안에 나온 같은 페이지입니다"),
    "near_same": ("much the same in other words", "표현만 다르고 거의 같습니다"),
    "near_low": ("the score is too low", "점수가 너무 낮습니다"),
    "again": (
        "the same words again in one source, more than 20 hours apart",
        "한 출처가 20시간 넘게 지나 같은 글을 다시 냈습니다",
    ),
    "other_text": (
        "one source says something else about one page",
        "한 출처가 같은 페이지를 두고 다른 말을 합니다",
    ),
    "nothing_agrees": ("neither title nor text agree", "제목도 글도 맞지 않습니다"),
}
"""Why two entries are taken for one story, or are not, by code."""

_SENTENCES: Mapping[str, tuple[str, str]] = {
    **{code: (_SAME[0] + WHYS[code][0], _SAME[1] + WHYS[code][1]) for code in WHYS if code.startswith("same_")},
    "near_same": (
        _SAME[0] + WHYS["near_same"][0] + ", score {score}",
        _SAME[1] + WHYS["near_same"][1] + " (점수 {score})",
    ),
    "near_low": (_OTHER[0] + "score {score} is too low", _OTHER[1] + "점수 {score}, 너무 낮습니다"),
    "near_veto": (_OTHER[0] + "{veto}", _OTHER[1] + "{veto}"),
    "seen": ("first seen in {source}", "{source}에서 처음 보았습니다"),
    "file_gone": ("its file is gone from the folder", "파일이 폴더에서 사라졌습니다"),
    "told_gone": ("its feed says that it was taken back", "피드가 내렸다고 합니다"),
    "missing": (
        "its feed tells older ones, and not it for a day",
        "피드에 더 오래된 글은 있는데 이 글은 하루 동안 없습니다",
    ),
    "hold_draft": ("the post says that it is a draft", "초안이라고 적혀 있습니다"),
    "hold_unpublished": ("the post says that it is not to be published", "발행하지 말라고 적혀 있습니다"),
    "hold_expired": ("the post says that it is at its end", "기한이 끝났다고 적혀 있습니다"),
    "drop_rule": ("a `drop` rule of source {source}", "출처 {source}의 `drop` 규칙"),
    "only_rule": ("it meets no `only` rule of source {source}", "출처 {source}의 `only` 규칙에 맞지 않습니다"),
    "back": ("it is in {source} again", "{source}에 다시 있습니다"),
    "embargo_late": (
        "an embargo, or a date ahead, came after it was published: it stays out",
        "발행한 뒤에 엠바고나 앞날을 적었습니다. 그대로 실어 둡니다",
    ),
    "renamed": ("the post's file was renamed", "글의 파일 이름이 바뀌었습니다"),
    "changed_labels": ("its links, files or labels differ from before", "링크, 파일, 분류가 전과 다릅니다"),
    "changed_words": ("its words differ from before", "글이 전과 다릅니다"),
    "changed_little": ("its words differ a little from before", "글이 전과 조금 다릅니다"),
    "leads": (
        "leads its story now, before {with_title!r} of {with_source}",
        "이제 소식을 대표합니다. 전에는 {with_source}의 ‘{with_title}’",
    ),
    "desk_retracted": ("the desk took the story back", "데스크가 회수했습니다"),
    "desk_shown": ("the desk: shown again", "데스크가 다시 실었습니다"),
    "desk_held": (
        "the desk: not retracted any more, but its source has it held",
        "데스크가 회수를 거두었지만 출처가 보류하고 있습니다",
    ),
    "desk_withdrawn": (
        "the desk: not retracted any more, but its source has it withdrawn",
        "데스크가 회수를 거두었지만 출처가 내렸습니다",
    ),
    "desk_minor": ("the desk: the last change is no news", "데스크: 마지막 고침은 새 소식이 아닙니다"),
    "desk_news": ("the desk: the last change is news", "데스크: 마지막 고침은 새 소식입니다"),
    "desk_merged": ("the desk: same story as {with_title!r}", "데스크: ‘{with_title}’, 같은 소식입니다"),
    "desk_split": ("the desk: not the story {with_title!r}", "데스크: ‘{with_title}’, 다른 소식입니다"),
}

VETOES: Mapping[str, tuple[str, str]] = {
    "flash": ("a flash or a bare title is not the full story", "속보나 제목뿐인 글은 전체 기사가 아닙니다"),
    "titles_alone": (
        "neither says anything below its title, and the titles are not one, or too short, or of one source",
        "둘 다 제목뿐인데 제목이 다르거나, 너무 짧거나, 한 출처의 것입니다",
    ),
    "short_titles": ("too little text for titles that differ", "제목이 다른데 글이 너무 짧습니다"),
    "short_number": ("another number in so little text", "글이 짧은데 숫자가 다릅니다"),
    "one_event": (
        "little in common, as reports of one event have",
        "겹치는 부분이 적습니다. 같은 일을 저마다 다룬 기사일 수 있습니다",
    ),
    "passing": (
        "one says in passing, before its own news, what the other tells",
        "한쪽이 제 소식에 앞서 지나가며 한 말이 다른 쪽의 소식입니다",
    ),
    "background": (
        "what both say stands far down in the longer text, whose headline tells of something else",
        "둘이 함께 말하는 것은 긴 글의 한참 아래에 있고, 그 제목은 다른 일을 말합니다",
    ),
    "day_old": (
        "a few lines of another day under a headline of its own: background by now",
        "다른 날의 몇 줄이 다른 제목 아래 있습니다. 이제는 배경일 수 있습니다",
    ),
    "collects": (
        "one collects several notices, the other is one of them",
        "한쪽은 여러 알림을 모은 글이고, 다른 쪽은 그 가운데 하나입니다",
    ),
    "live": (
        "one is a live page, which is written on and on",
        "한쪽은 일이 벌어지는 동안 고쳐 쓰는 실시간 글입니다",
    ),
    "other_step": (
        "they open otherwise and share the background: two steps of one affair",
        "첫머리가 다르고 배경만 겹칩니다. 한 일의 다른 단계입니다",
    ),
    "other_name": (
        "each headline and its text name what the other text does not",
        "제목마다 다른 쪽 글에 없는 이름이 있습니다",
    ),
    "other_kind": (
        "a profile, an interview or the like is not the news",
        "인물 소개나 인터뷰 같은 글은 그 소식이 아닙니다",
    ),
    "numbers": ("most numbers differ", "숫자가 대부분 다릅니다"),
    "source_title": ("one source tells it again with another title", "한 출처가 다른 제목으로 다시 냈습니다"),
    "source_number": (
        "one source tells it again with another number in the title",
        "한 출처가 제목의 숫자만 바꾸어 다시 냈습니다",
    ),
    "source_time": (
        "one source tells it again for another day or time of day",
        "한 출처가 제목의 요일이나 때만 바꾸어 다시 냈습니다",
    ),
    "source_again": (
        "the same words again in one source, more than 20 hours apart",
        "한 출처가 스무 시간이 넘어 같은 말을 다시 냈습니다",
    ),
    "source_column": (
        "the same title again in one source, five days apart or more, as of a column",
        "한 출처가 닷새 넘게 지나 같은 제목으로 다시 냈습니다. 다음 회차일 수 있습니다",
    ),
    "source_little": ("one source tells little of it in common", "한 출처의 글인데 겹치는 내용이 적습니다"),
    "source_points": (
        "of one source, and one links to the page of the other",
        "한 출처의 글인데 한쪽이 다른 쪽 페이지를 가리킵니다",
    ),
}
"""What speaks against two entries being one story, by the code that is stored with the score."""

_RANKED: Mapping[str, tuple[str, str]] = {
    "less": ("less like it", "덜 비슷합니다"),
    "low": ("score too low", "점수가 낮습니다"),
}
"""Why a story further down was not taken, where nothing else speaks against it."""

_BEFORE = dict((*VETOES.values(), *_RANKED.values()))  # stored before codes were

_NAMES: Mapping[str, str] = {
    "title": "제목",
    "summary": "요약",
    "text": "글",
    "link": "링크",
    "files": "파일",
    "picture": "사진",
    "authors": "지은이",
    "labels": "분류",
}
_MINOR = ("its front matter says so", "글머리에 그렇게 적혀 있습니다")


def spoken(language: str) -> str:
    """Return which of `SPOKEN` suits *language*, a tag of RFC 5646 or a locale (`ko_KR.UTF-8`); English at last."""
    return "ko" if language.lower().replace("_", "-").partition("-")[0].partition(".")[0] == "ko" else "en"


def preferred(accepted: str) -> str:
    """Return which of `SPOKEN` an `Accept-Language` likes best; English where it likes none (RFC 9110 §12.5.4)."""
    best, most = "en", 0.0
    for item in accepted[:500].split(","):
        tag, _, weight = item.partition(";")
        try:
            weighs = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weighs > most and tag.strip().lower().partition("-")[0] in SPOKEN:
            best, most = spoken(tag.strip()), weighs
    return best


def sentence(decision: Decision, speech: str = "en") -> str:
    """Return why *decision* was taken, in one sentence of *speech* (`en`, `ko`)."""
    said = _SENTENCES.get(decision.says)
    if said is None:
        return decision.says
    facts = {"source": decision.source_id, "with_title": "", "with_source": "", **decision.facts}
    facts["score"] = _short(facts.get("score", ""))
    facts["veto"] = veto(facts.get("veto", ""), speech)
    return said[SPOKEN.index(speech)].format(**facts)


def why(code: str, speech: str = "en") -> str:
    """Return the reason *code* of `WHYS` in words; what is none is words already."""
    return WHYS[code][SPOKEN.index(speech)] if code in WHYS else code


def veto(code: str, speech: str) -> str:
    """Return what speaks against a likeness in words, from the code that is stored, or the words of before."""
    known = VETOES.get(code) or _RANKED.get(code)
    return known[SPOKEN.index(speech)] if known else _BEFORE.get(code, code) if speech == "ko" else code


def fact(name: str, value: str, speech: str) -> str:
    """Return a fact's value for people; most are names, titles and figures, and stay what they are."""
    if name == "veto":
        return veto(value, speech)
    if name.startswith("other_"):
        candidate, _, why_not = value.removesuffix(")").rpartition(" (")
        return f"{candidate} ({veto(why_not, speech)})" if candidate else value
    if speech == "en":
        return value
    match name:
        case "differs":
            return ", ".join(_NAMES.get(part, part) for part in value.split(", "))
        case "minor":
            return _MINOR[1] if value == _MINOR[0] else "예" if value == "yes" else value
    return value


def _short(score: str) -> str:
    try:
        return f"{float(score):.2f}"
    except ValueError:
        return score
