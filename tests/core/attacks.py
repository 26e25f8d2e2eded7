"""The collected attacks on HTML cleaners: a browser is to run none of them once they are cleaned."""

import json
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "corpus" / "xss"


def attacks() -> dict[str, str]:
    """Every attack by its name, and what it does to Korean text around it; {} where the collections are missing."""
    return {f"{name}{where}": frame.format(attack) for name, attack in _bare().items() for where, frame in _FRAMES}


# A feed puts them into paragraphs, tables and attributes of others.
_FRAMES = (("", "{}"), (" in a paragraph", "<p>앞 문장 {} 뒤 문장</p>"), (" in a table", "<table><tr><td>{}</table>"))
_INPUT = re.compile(r'"input": ("(?:[^"\\]|\\.)*")')


def _bare() -> dict[str, str]:
    if not FOLDER.is_dir():
        return {}
    purify = json.loads((FOLDER / "dompurify_expect.json").read_text(encoding="utf-8"))
    # That collection is JSON with notes between its lines: the inputs alone are taken, a JSON string each.
    loofah = _INPUT.findall((FOLDER / "loofah_sanitizer_tests1.json").read_text(encoding="utf-8"))
    return (
        {f"dompurify {i}": one["payload"] for i, one in enumerate(purify)}
        | {f"loofah {i}": json.loads(one) for i, one in enumerate(loofah)}
        | {f"bleach {p.stem}": p.read_text(encoding="utf-8").split("\n--\n")[0] for p in FOLDER.glob("bleach/*.test")}
    )
