"""Words that stand in dates, as data: month names, zone abbreviations, halves of the day, and filler.

Names are keyed by their folded form: lower case, without accents and dots (`fold`).
"""

import unicodedata
from datetime import timedelta


def fold(word: str) -> str:
    """Return *word* in lower case, without accents and dots: `Févr.` and `fevr` are one."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(c for c in parts if not unicodedata.combining(c) and c != ".")
    return unicodedata.normalize("NFC", bare)  # Hangul stays in syllables


# One line a language, January first; alternatives by a stroke. Where two languages disagree on a word, the one whose
# feeds are more common stands (`lis`: Polish and Czech November, not Croatian October).
# Source: CLDR's wide and abbreviated month names, nominative and genitive; short forms as found in feeds.
_MONTHS = """
jan|january feb|february mar|march apr|april may jun|june jul|july aug|august sep|sept|september oct|october nov|november dec|december
janner|januar febr|februar marz|mrz april mai juni juli august september okt|oktober november dez|dezember
janv|janvier fevr|fev|fevrier mars avr|avril mai juin juil|juillet aout|aou septembre octobre novembre decembre
ene|enero febrero marzo abr|abril mayo junio julio ago|agosto set|septiembre|setiembre octubre noviembre dic|diciembre
gen|gennaio febbraio marzo aprile mag|maggio giu|giugno lug|luglio agosto sett|settembre ott|ottobre novembre dicembre
janeiro fevereiro marco abril maio junho julho agosto setembro out|outubro novembro dez|dezembro
januari februari mrt|maart april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november des|desember
tammi|tammikuuta|tammikuu helmi|helmikuuta|helmikuu maalis|maaliskuuta|maaliskuu huhti|huhtikuuta|huhtikuu touko|toukokuuta|toukokuu kesa|kesakuuta|kesakuu heina|heinakuuta|heinakuu elo|elokuuta|elokuu syys|syyskuuta|syyskuu loka|lokakuuta|lokakuu marras|marraskuuta|marraskuu joulu|joulukuuta|joulukuu
sty|stycznia|styczen lut|lutego|luty marca|marzec kwi|kwietnia|kwiecien maja|maj cze|czerwca|czerwiec lip|lipca|lipiec sie|sierpnia|sierpien wrz|wrzesnia|wrzesien paz|pazdziernika|pazdziernik lis|listopada|listopad gru|grudnia|grudzien
led|ledna|leden uno|unora|unor bre|brezna|brezen dub|dubna|duben kve|kvetna|kveten cvn|cervna|cerven cvc|cervence|cervenec srp|srpna|srpen zar|zari rij|rijna|rijen listopadu pro|prosince|prosinec
oca|ocak sub|subat mart nis|nisan mayıs|mayis haz|haziran tem|temmuz agu|agustos eyl|eylul eki|ekim kas|kasım|kasim ara|aralık|aralik
янв|января|январь фев|февр|февраля|февраль мар|марта|март апр|апреля|апрель мая|маи|май июн|июня|июнь|июнь июл|июля|июль авг|августа|август сен|сент|сентября|сентябрь окт|октября|октябрь ноя|нояб|ноября|ноябрь дек|декабря|декабрь
січ|січ|січня|січень лют|лютого|лютии бер|березня|березень квіт|квітня|квітень трав|травня|травень черв|червня|червень лип|липня|липень серп|серпня|серпень вер|вересня|вересень жовт|жовтня|жовтень лист|листопада|листопад груд|грудня|грудень
ιαν|ιανουαριου|ιανουαριος φεβ|φεβρουαριου|φεβρουαριος μαρ|μαρτιου|μαρτιος απρ|απριλιου|απριλιος μαι|μαιου|μαιος ιουν|ιουνιου|ιουνιος ιουλ|ιουλιου|ιουλιος αυγ|αυγουστου|αυγουστος σεπ|σεπτ|σεπτεμβριου|σεπτεμβριος οκτ|οκτωβριου|οκτωβριος νοε|νοεμβριου|νοεμβριος δεκ|δεκεμβριου|δεκεμβριος
januar febr|februar marc|marcius apr|aprilis maj|majus jun|junius jul|julius aug|augusztus szept|szeptember okt|oktober november december
ian|ianuarie februarie martie aprilie mai iunie|iun iulie|iul august septembrie octombrie noiembrie|noi decembrie
januari februari maret april mei juni juli agustus|agt september oktober november desember
ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
يناير فبراير مارس ابريل|أبريل مايو يونيو يوليو أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر
"""  # noqa: E501 one language a line reads best

MONTHS: dict[str, int] = {}
for _line in _MONTHS.strip().splitlines():
    for _number, _names in enumerate(_line.split(), 1):
        for _name in _names.split("|"):
            MONTHS.setdefault(fold(_name), _number)

# Monday is 0. Used only to tell 09/11 from 11/09.
WEEKDAYS = {name: day for day, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])}


def _zones(table: dict[str, float]) -> dict[str, timedelta]:
    return {name: timedelta(hours=hours) for name, hours in table.items()}


WEEKDAY_SIGNS = ("요일", "曜日")  # 금요일, 金曜日

# Hours east of Greenwich. The first line is RFC 822 §5.1 (its military letters count as unknown: RFC 5322 §4.3);
# the rest are the abbreviations of the IANA time zone database that feeds use; of ambiguous ones the most frequent in
# feeds stands, unless the source's own zone uses the abbreviation (`CST` in Asia/Shanghai, `IST` in Asia/Jerusalem).
# feedparser 6.0.14 knows the RFC's and reads the others, KST among them, as UTC.
ZONES = _zones(
    {"ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6}
    | {"pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5}
    | {"et": -5, "ct": -6, "mt": -7, "pt": -8, "brt": -3, "brst": -2, "art": -3, "clt": -4, "clst": -3, "cot": -5}
    | {"wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "mez": 1, "mesz": 2, "eet": 2}
    | {"eest": 3, "msk": 3, "msd": 4, "trt": 3, "sast": 2, "cat": 2, "eat": 3, "wat": 1, "gst": 4, "pkt": 5}
    | {"ist": 5.5, "npt": 5.75, "ict": 7, "wib": 7, "wita": 8, "wit": 9, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8}
    | {"awst": 8, "kst": 9, "jst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13}
)
# `ET` and its kin name a place, not an offset: read in the place's own zone.
PLACES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
PLACES |= {"eastern": PLACES["et"], "central": PLACES["ct"], "mountain": PLACES["mt"], "pacific": PLACES["pt"]}

# Zones whose people write 11/09/2026 for the eleventh of September (CLDR's short dates); elsewhere it is November.
DAY_FIRST = (
    "Europe/", "Africa/", "Atlantic/", "Australia/", "Pacific/Auckland", "America/Argentina/", "America/Bogota",
    "America/Lima", "America/Mexico_City", "America/Montevideo", "America/Santiago", "America/Sao_Paulo",
    "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi",
    "Asia/Kolkata", "Asia/Singapore",
)  # fmt: skip

HALVES = {
    **dict.fromkeys(["am", "오전", "午前", "上午", "πμ"], 0),
    **dict.fromkeys(["pm", "오후", "午後", "下午", "μμ"], 12),
}

# Zones whose people write 26.11.20 for the twentieth of November 2026.
YEAR_FIRST = ("Asia/Seoul", "Asia/Pyongyang", "Asia/Tokyo", "Asia/Shanghai", "Asia/Taipei", "Asia/Ulaanbaatar")

# Words between the parts of a date that carry no meaning. Source: dates found in feeds.
FILLER = {
    "at", "on", "the", "of", "st", "nd", "rd", "th", "t", "um", "uhr", "h", "hrs", "hr", "o", "clock", "kl", "klo",
    "le", "la", "de", "del", "do", "a", "as", "om", "den", "dne", "les", "ore", "alle", "alla", "г", "года", "в",
    "гг", "р", "року", "στισ", "thang", "thg", "ngay", "luc", "το", "time", "standard", "daylight", "y", "e",
    "입력", "등록", "작성", "수정", "기사입력", "최종수정", "승인",
}  # fmt: skip
