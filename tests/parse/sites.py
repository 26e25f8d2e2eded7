"""Small sites of each generator in one file each: `data/kinds/NAME.site`.

A line `=== PATH` begins a file of the site. What follows it up to a line `=> …` is the file; behind the arrow stands
what must be read of it: the entry's fields that are not empty as JSON, `none` where it is no post, or `fault` and
the words of the fault. A file without an arrow belongs to the site and is not asked about.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feeds.errors import PostError
from feeds.fetch.files import fetch_folder
from feeds.model.entry import Parsed, RawEntry
from feeds.model.source import Fetched, Options, Problem, SiteKind, Source, SourceState
from feeds.parse import parse
from feeds.parse.posts.links import linked
from tests.parse.test_data_files import shown

DATA = Path(__file__).parent / "data" / "kinds"
HOME = "https://site.example"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
# Of the rest only what a case names is compared.
COMPARED = ("guid", "url", "title", "summary", "published", "updated", "authors", "tags", "categories", "image", "hold",
            "release", "feed_id")  # fmt: skip


@dataclass(frozen=True)
class File:
    path: str
    text: str
    expected: str  # '' : not asked about


def files(name: str) -> tuple[File, ...]:
    text = (DATA / f"{name}.site").read_text("utf-8")
    return tuple(_file(part) for part in re.split(r'^=== (?!")', text, flags=re.MULTILINE)[1:])


def _file(part: str) -> File:
    path, _, rest = part.partition("\n")
    text, arrow, expected = f"\n{rest}".partition("\n=> ")
    return File(path.strip(), (text + "\n" if arrow else text)[1:], expected.strip())


def write(name: str, root: Path) -> None:
    for file in files(name):
        place = root / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.text, "utf-8")


def fetched(root: Path, kind: SiteKind, below: str = "") -> tuple[Source, Fetched]:
    """Return the folder as a source, and what asking it gives."""
    options = Options(kind=kind, timezone="Asia/Seoul")
    source = Source(id="s", kind="content", location=str(root / below), home=HOME, options=options)
    found = fetch_folder(source, SourceState(source_id="s", due=NOW))
    assert found.problem is None
    return source, found


def read(root: Path, kind: SiteKind, below: str = "") -> Mapping[str, Parsed | str]:
    """Return what is read of each file of the folder by its path, the words of its fault for one that has one."""
    source, asked = fetched(root, kind, below)
    found: dict[str, Parsed | str] = {}
    for document in asked.documents:
        try:
            found[document.path] = parse(document, source)
        except PostError as error:
            found[document.path] = error.fault.message
    entries = [entry for parsed in found.values() if isinstance(parsed, Parsed) for entry in parsed.entries]
    posts, lost = linked(entries)
    for post in posts:
        parsed = found[post.path]
        assert isinstance(parsed, Parsed)
        more = tuple(problem for problem in lost if problem.where == post.path)
        found[post.path] = replace(parsed, entries=(post,), problems=(*parsed.problems, *more))
    return found


def said(found: Parsed | str | None, more: tuple[str, ...] = ()) -> str:
    """Return what was read in the words of a case."""
    if isinstance(found, str):
        return f"fault {found}"
    if found is None or not found.entries:
        return "none"
    (entry,) = found.entries
    return json.dumps(_fields(entry, found.problems, more), ensure_ascii=False)


def _fields(entry: RawEntry, problems: tuple[Problem, ...], more: tuple[str, ...]) -> dict[str, Any]:
    held = shown(entry)
    if held.get("release") == held.get("published"):
        held.pop("release", None)
    fields = {name: _plain(held[name]) for name in (*COMPARED, *more) if name in held}
    notes = [problem.detail for problem in problems]
    return {**fields, **({"notes": notes} if notes else {})}


def _plain(value: Any) -> Any:
    """A text that is no HTML as itself, one with a single field as that field's."""
    if isinstance(value, dict):
        return value.get("value", value)
    return value.removeprefix(HOME) if isinstance(value, str) else value
