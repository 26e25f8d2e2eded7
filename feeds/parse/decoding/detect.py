"""What undeclared legacy bytes are, by what sets scripts and languages apart; charset_normalizer where nothing does.

Steps, the surest first:

Korean      high bytes pair up, and nearly all pairs are Hangul syllables
Japanese    kana: in Shift_JIS under 82 and 83, in EUC-JP under A4 and A5
alphabets   words of high bytes: read in each encoding of each alphabet, frequent letters and sound case win
Chinese     pairs of GB 2312's first level, which holds the common signs
languages   single high bytes among ASCII: the encoding in which all of them are letters of one language
Western     the same, of several languages
the rest    charset_normalizer, then windows-1252; last, for it gives up an encoding at one bad byte, takes a line of
            French for Baltic and two Russian words for Japanese
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import charset_normalizer

# What charset_normalizer may answer: the legacy encodings of the WHATWG standard, by their Python names.
_GUESSES = [
    "cp949", "cp932", "euc_jp", "gb18030", "big5", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "koi8_r", "cp874", "iso8859_2",
]  # fmt: skip
SAMPLE = 20_000  # bytes around legacy characters that are looked at

_FEW = 6  # high bytes: fewer show no script

ASCII = bytes(range(0x80))
HIGH = re.compile(rb"[\x80-\xff]+")
_IN_WORDS = re.compile(rb"(?<=[A-Za-z\x80-\xff])[\x80-\xff]|[\x80-\xff](?=[A-Za-z\x80-\xff])")
_PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
# A third of what Koreans write; the same bytes are rare signs of Chinese.
_COMMON_SYLLABLES = frozenset("이다는을의에고가지하기로사한도리은인그나아자시서")
_LAUGHTER = frozenset("ㄱㄷㅅㅇㅋㅎㅜㅠ")  # letters that stand alone where Koreans laugh and cry
_KANA = re.compile(rb"[\x82\x83][\x40-\xf1]")  # Shift_JIS; in windows-1252 two low quotes that hardly occur
_EUC_KANA = re.compile(rb"\xa4[\xa1-\xf3]|\xa5[\xa1-\xf6]")
_COMMON_HANZI = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")

# Signs that any language may set between its words.
_SIGNS = frozenset("“”„‘’‚‹›–—…•€£§©®°·«»´™¶†‡½¼¾×ªº²³±\u00a0\u00ad")
# Letters and signs that Western languages write, as bytes of windows-1252.
WESTERN = frozenset(("àáâãäåæçèéêëìíîïñòóôõöøùúûüßœÀÁÂÃÄÅÆÇÈÉÊËÍÎÑÓÔÕÖØÚÜŒ¿¡" + "".join(_SIGNS)).encode("cp1252"))


class _Alphabet(NamedTuple):
    codecs: tuple[str, ...]
    letters: str  # lower case, the most frequent first


_ALPHABETS = (
    _Alphabet(("cp1251", "koi8_r", "iso8859_5", "cp866"), "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґў"),
    _Alphabet(("cp1253", "iso8859_7"), "αοιετσνηυρπκμλςωδγάχθόίέφβήύώξζψϊϋΐΰ"),
    _Alphabet(("cp1255",), "יוהלאמרתבשנעםדקפחצטגכןסזךףץ"),
    _Alphabet(("cp1256",), "اليمنوترببدعسفهكةقحجشصىطخأضذئزغثإءؤظآپچژگ"),
    _Alphabet(("cp874",), "านรอกเงมยลวดทสต่้ะปบคหแจพชขใไโผศถัิีุูำ็ซณษธญฟภฐฎฏฬฒฮ๐๑๒๓๔๕๖๗๘๙์ฯๆึื"),
)
# Letters beyond ASCII by language and encoding; of those that explain as many bytes the first counts, Western ones so.
_LANGUAGES = tuple(
    (codec, letters)
    for codecs, languages in (
        (("cp1252",), (
            "éèêëàâæçîïôœùûü", "äöüß", "áéíóúüñ¿¡", "áâãàçéêíóôõú", "àèéìíòóù", "åäö", "æøåé", "áéíóúüàèòïç·ñ",
            "ëïéèöüáó", "áðéíóúýþæö", "äõöüšž",
        )),
        (("cp1250", "iso8859_2"), (
            "áéíóöőúüű", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "čćđšž", "ăâîşţ",
        )),
        (("cp1254",), ("çğıiöşüâîû",)),
        (("cp1257",), ("ąčęėįšųūž", "āčēģīķļņšūž")),
    )
    for codec in codecs
    for letters in languages
)  # fmt: skip


def guess(body: bytes) -> str:
    """Return the Python name of the encoding that *body* is most likely in: no UTF-8, and none that `script` tells."""
    part = _legacy_part(body)
    if found := _chinese(part) or _by_language(part):
        return found
    best = charset_normalizer.from_bytes(part, cp_isolation=_GUESSES).best()
    return best.encoding if best else "cp1252"


def script(body: bytes) -> str:
    """Return the encoding of *body* where its script leaves no doubt: Hangul, kana or an alphabet; else ''."""
    part = _legacy_part(body)
    runs = HIGH.findall(part)
    high = sum(map(len, runs))
    if looks_korean(part):
        return "cp949"
    if len(_KANA.findall(part)) * 5 > high:
        return "cp932"
    if _share_of_pairs(part, runs, _EUC_KANA) > 0.2:
        return "euc_jp"
    return _by_alphabet(b" ".join(runs)) if high > 1.5 * len(runs) and high >= _FEW else ""


def _chinese(part: bytes) -> str:
    return "gb18030" if _share_of_pairs(part, HIGH.findall(part), _COMMON_HANZI) > 0.75 else ""


def _share_of_pairs(part: bytes, runs: Sequence[bytes], kind: re.Pattern[bytes]) -> float:
    """How many of the pairs of high bytes, which stand in *runs*, are of a *kind*; 0 where they do not pair up."""
    if sum(len(run) % 2 for run in runs) > 0.1 * len(runs):
        return 0
    pairs = Counter(_PAIR.findall(part))
    return sum(count for pair, count in pairs.items() if kind.fullmatch(pair)) / (pairs.total() or 1)


def _legacy_part(body: bytes) -> bytes:
    """The lines around high bytes: markup and English would drown the few characters that tell."""
    lines = [line for line in body.splitlines(keepends=True) if not line.isascii()]
    return b"".join(lines)[:SAMPLE]


def looks_korean(part: bytes, least: int = 4) -> bool:
    """Whether *part* is windows-949 of at least so many syllables: nearly all of its letters are Hangul in it.

    Chinese in GB 2312 spreads over what is Hangul and what is Chinese there, Japanese in EUC-JP falls on single letters
    of Hangul, in Shift_JIS on syllables that are hardly used. Between Chinese characters, of which Korean texts have
    some, the commonest syllables tell.
    """
    found = Counter({s: count for s, count in Counter(part.decode("cp949", "replace")).items() if s > "\x7f"})
    syllables = {sign: count for sign, count in found.items() if "가" <= sign <= "힣"}
    hangul, usual = sum(syllables.values()), sum(count for sign, count in syllables.items() if _is_usual(sign))
    laughter = min(hangul, sum(found[sign] for sign in _LAUGHTER))
    letters = sum(count for sign, count in found.items() if sign.isalpha()) - laughter
    lost = found["\ufffd"]
    if hangul < least or lost > 0.1 * hangul + 1 or 2 * usual < hangul:
        return False
    common = sum(found[sign] for sign in _COMMON_SYLLABLES)
    return hangul >= 0.85 * letters or (hangul >= 0.6 * letters and common >= 0.15 * letters)


def _is_usual(syllable: str) -> bool:
    """Whether KS X 1001 has it; what windows-949 adds takes ASCII letters for second bytes, as in `’s`."""
    lead, trail = syllable.encode("cp949")
    return lead >= 0xB0 and trail >= 0xA1


def _by_alphabet(words: bytes) -> str:
    """The encoding in which *words*, of high bytes, read best; '' where they read well in none."""
    high = Counter(words)
    del high[0x20]
    scored = [(_reads(words, high, codec, a.letters), codec) for a in _ALPHABETS for codec in a.codecs]
    score, codec = max(scored)
    return codec if score >= _READS else ""


_READS = 0.55  # of 1: mean rank of the letters; the right reading of the texts measured has 0.6 to 0.8, a wrong one 0.5


def _reads(words: bytes, high: Counter[int], codec: str, letters: str) -> float:
    """How well *words* read in *codec*: the mean rank of its letters, less for odd signs and `uPPER` case.

    *words* are bytes beyond ASCII, and *high* counts them; the encodings of alphabets have a byte a letter.
    """
    signs = zip(bytes(high).decode(codec, "replace"), high.values(), strict=True)
    found = [(sign, count) for sign, count in signs if sign > "\x7f" and sign not in _SIGNS]
    total = sum(count for _, count in found)
    if not total:
        return 0
    rank = {letter: 1 - place / len(letters) for place, letter in enumerate(letters)}
    score = sum(count * rank.get(sign.lower(), -1) for sign, count in found)
    score -= sum(0.1 * count for sign, count in found if sign.isupper())
    return (score - len(_ODD_CASE.findall(words.decode(codec, "replace")))) / total


_ODD_CASE = re.compile(r"[а-яёα-ω][А-ЯЁΑ-Ω]")


def _by_language(part: bytes) -> str:
    """The encoding in which high bytes that stand alone are letters of one language, or Western; '' where none fits."""
    runs = HIGH.findall(part)
    high = b"".join(runs)
    if len(high) > 2 * len(runs) and len(high) >= _FEW:
        return ""
    counted = Counter(b"".join(_IN_WORDS.findall(part)))
    fits = [(_letters(counted, codec, letters), codec) for codec, letters in _LANGUAGES]
    most, found = max(fits, key=lambda fit: fit[0], default=(0, ""))
    western = sum(byte in WESTERN for byte in high)
    return found if most else "cp1252" if western >= 0.9 * len(high) else ""


def _letters(counted: Counter[int], codec: str, letters: str) -> int:
    """How many of the bytes are *letters* in *codec*; 0 where others that are no signs are more than one in thirty."""
    table = bytes(counted).decode(codec, "replace").lower()
    words = {sign: count for sign, count in zip(table, counted.values(), strict=False) if sign not in _SIGNS}
    within = sum(count for sign, count in words.items() if sign in letters)
    return within if within >= 0.97 * sum(words.values()) else 0
