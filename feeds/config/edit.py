"""Items added to and removed from feeds.yaml, with all else left as it stands: every comment, blank and quote.

The tree of `nodes.py` says where things are; lines are put in and taken out there. Writing the file anew through
ruamel.yaml keeps comments too, but changed 29 lines of our 65-line example (indentation, blanks in brackets).
"""

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from feeds.config import names, nodes
from feeds.config.faults import page
from feeds.config.listed import Listed, same
from feeds.config.nodes import Node
from feeds.config.parts import Parts
from feeds.config.read import read_text, text_of
from feeds.config.sheet import Sheet
from feeds.config.sources import items
from feeds.errors import ConfigError, UsageError

# Text that YAML reads back as the same string, in brackets too; anything else goes into quotes.
_PLAIN = re.compile(r"[^\W\d_](?:[\w./?=&%+~-]|:(?=\S)|(?<=\w) (?=\w))*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What `add_sources` did: ids that it added, and addresses that were there already."""

    added: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def add_source(
    path: str, url: str, environ: Mapping[str, str], *, id: str = "", title: str = "", categories: Sequence[str] = ()
) -> str:
    """Add a feed to the file and return its id. Raises `UsageError` where it is there already, and `ConfigError`."""
    feed = Listed(url=url, title=title, categories=tuple(categories))
    imported = _add(path, [feed], environ, id)
    if imported.known:
        raise UsageError(f"{url} is a source already; `feeds list` shows it")
    return imported.added[0]


def add_sources(path: str, feeds: Sequence[Listed], environ: Mapping[str, str]) -> Imported:
    """Add the feeds of a list that are not there yet, all or none. Raises `ConfigError`."""
    return _add(path, feeds, environ, "")


def remove_source(path: str, id: str, environ: Mapping[str, str]) -> None:
    """Take the item of source *id* out of the file. Raises `UsageError` where it has none of its own."""
    text = text_of(path)
    read_text(text, path, environ)
    root, parts = _tree(text, path, environ)
    item = items(parts).get(id)
    if item is None:
        raise UsageError(f"no source has the id '{id}'; `feeds list` shows all")
    if "opml" in item.pairs:
        file = item.pairs["opml"].value.text
        raise UsageError(f"'{id}' comes from the list {file}; take it out there, or remove the list by hand")
    section = next(name for name in ("content", "sources") if name in root.pairs and item in _items(root, name))
    _replace(path, text, without_item(text, root, section, item), environ)


def add_partner(
    path: str, id: str, said: Sequence[tuple[str, str | Sequence[str]]], environ: Mapping[str, str]
) -> None:
    """Add a partner to the file: *said* are keys and values, texts or lists. Raises `UsageError`, `ConfigError`."""
    text = text_of(path)
    settings, _ = read_text(text, path, environ)
    if any(partner.id == id for partner in settings.partners):
        raise UsageError(f"there is a partner '{id}' already; `feeds partner list` shows them")
    root, _ = _tree(text, path, environ)
    row = [("id", quoted(id))]
    for key, value in said:
        row.append((key, quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"))
    try:
        _replace(path, text, with_items(text, root, [row], "partners"), environ)
    except ConfigError as error:  # its lines are those of a file that was not written
        faults = "".join(f"\n  {f.message}{f'; {f.suggestion}' if f.suggestion else ''}" for f in error.faults)
        raise UsageError(f"{id} cannot be added, and {path} stays as it is:{faults}") from error


def with_items(text: str, root: Node, rows: Sequence[Sequence[tuple[str, str]]], section: str = "sources") -> str:
    """Return *text* with *rows* as new items at the end of a list; each row has keys and values ready to write."""
    lines = text.split("\n")
    pair = root.pairs.get(section)
    if root.flow:
        raise UsageError("the file is written in brackets; write it in lines, or add the item by hand")
    if pair is None:
        end = len(lines) - 1 if not lines[-1] else len(lines)
        return _inserted(lines, end, ["", f"{section}:", *_written(rows, 2, 2)])
    found = pair.value
    if found.kind == "list" and found.items and found.flow:
        before, after = _around(lines, found.end_line, found.end_column - 1)
        comma = "" if before.rstrip().endswith(",") else ","
        return f"{before.rstrip()}{comma} {', '.join(_in_brackets(row) for row in rows)}{after}"
    if found.kind == "list" and found.items:
        inner = found.items[-1].column - found.column
        end = _end_of_item(lines, found.items[-1], found.column)
        return _inserted(lines, end, _written(rows, found.column - 1, inner))
    if found.kind == "list":  # `[]`
        before, after = _around(lines, found.line, found.column)[0], _around(lines, found.end_line, found.end_column)[1]
        return _inserted((before.rstrip() + after).split("\n"), found.line, _written(rows, 2, 2))
    return _inserted(lines, pair.key.line, _written(rows, 2, 2))


def without_item(text: str, root: Node, section: str, item: Node) -> str:
    """Return *text* without *item* of the list *section*; a list that is left empty becomes `[]`."""
    pair, lines = root.pairs[section], text.split("\n")
    found = pair.value
    if found.flow:
        at = found.items.index(item)
        first = found.items[at - 1].end_line, found.items[at - 1].end_column
        start = first if at else (item.line, item.column)
        end = (item.end_line, item.end_column)
        if not at and len(found.items) > 1:
            end = found.items[1].line, found.items[1].column
        return _around(lines, *start)[0] + _around(lines, *end)[1]
    first_line = next(n for n in range(item.line, 0, -1) if lines[n - 1][found.column - 1 : found.column] == "-")
    del lines[first_line - 1 : _end_of_item(lines, item, found.column)]
    if len(found.items) == 1:
        head, tail = _around(lines, pair.key.end_line, pair.key.end_column)
        return f"{head}: []{tail.lstrip().removeprefix(':')}" if tail.lstrip().startswith(":") else head + tail
    return "\n".join(lines)


def quoted(text: str) -> str:
    """Return *text* as YAML reads it back: bare where that is safe, else in quotes."""
    if _PLAIN.match(text) and text.casefold() not in {"true", "false", "null", "yes", "no", "on", "off"}:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(sign: str) -> str:
    if sign in {'"', "\\"}:
        return "\\" + sign
    return sign if sign.isprintable() else f"\\U{ord(sign):08X}"


def write(path: str, text: str) -> None:
    """Put *text* in place of the file, whole or not at all; a link stays a link, permissions stay."""
    target = os.path.realpath(path)
    descriptor, beside = tempfile.mkstemp(prefix=".feeds-", suffix=".yaml", dir=os.path.dirname(target))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & 0o7777)
        else:
            os.chmod(beside, 0o644)
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise
    folder = os.open(os.path.dirname(target), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _add(path: str, feeds: Sequence[Listed], environ: Mapping[str, str], id: str) -> Imported:
    text = text_of(path)
    settings, _ = read_text(text, path, environ)
    root, _ = _tree(text, path, environ)
    ids = {source.id for source in settings.sources}
    places = {same(source.location) for source in settings.sources if source.kind == "feed"}
    rows: list[list[tuple[str, str]]] = []
    added: list[str] = []
    known: list[str] = []
    for feed in feeds:
        if same(feed.url) in places:
            known.append(feed.url)
            continue
        added.append(id or names.unique(names.from_url(feed.url), feed.url, ids))
        ids.add(added[-1])
        places.add(same(feed.url))
        rows.append(_row(added[-1], feed))
    if rows:
        _replace(path, text, with_items(text, root, rows), environ)
    return Imported(added=tuple(added), known=tuple(known))


def _row(id: str, feed: Listed) -> list[tuple[str, str]]:
    row = [("id", quoted(id)), ("url", quoted(feed.url))]
    if feed.title:
        row.append(("title", quoted(feed.title)))
    if feed.categories:
        row.append(("categories", f"[{', '.join(map(quoted, feed.categories))}]"))
    if not feed.enabled:
        row.append(("enabled", "false"))
    if feed.user_agent:
        row.append(("user_agent", quoted(feed.user_agent)))
    return row


def _tree(text: str, path: str, environ: Mapping[str, str]) -> tuple[Node, Parts]:
    """Return the tree of a text that was read without a fault."""
    sheet = Sheet(page=page(path, text), folder=Path(os.path.abspath(path)).parent, environ=environ)
    root, faults = nodes.parse(text, sheet.page)
    if root is None:
        raise ConfigError(tuple(faults))
    return root, Parts(sheet, root)


def _items(root: Node, section: str) -> tuple[Node, ...]:
    return root.pairs[section].value.items


def _replace(path: str, before: str, after: str, environ: Mapping[str, str]) -> None:
    """Write *after*, when it reads without a fault and nobody else wrote meanwhile."""
    read_text(after, path, environ)
    if text_of(path) != before:
        raise UsageError(f"{path} was changed meanwhile; try again")
    write(path, after)


def _written(rows: Sequence[Sequence[tuple[str, str]]], indent: int, inner: int) -> list[str]:
    lines = []
    for row in rows:
        for number, (key, value) in enumerate(row):
            lead = f"-{' ' * (inner - 1)}" if number == 0 else " " * inner
            lines.append(f"{' ' * indent}{lead}{key}: {value}")
    return lines


def _in_brackets(row: Sequence[tuple[str, str]]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in row)}}}"


def _inserted(lines: list[str], at: int, new: Sequence[str]) -> str:
    """Put *new* behind line *at*, with the line ends of the file."""
    end = "\r" if lines[0].endswith("\r") else ""
    if at == len(lines) and lines[-1]:  # no line break at the end of the file
        return "\n".join([*lines[:-1], lines[-1] + end, *(line + end for line in new), ""])
    return "\n".join([*lines[:at], *(line + end for line in new), *lines[at:]])


def _around(lines: Sequence[str], line: int, column: int) -> tuple[str, str]:
    """Cut the text before the sign at *line* and *column*, which count from 1."""
    row = lines[line - 1]
    return "\n".join([*lines[: line - 1], row[: column - 1]]), "\n".join([row[column - 1 :], *lines[line:]])


def _end_of_item(lines: Sequence[str], item: Node, column: int) -> int:
    """Return the last line of an item, with comments behind it that are indented as its own."""
    end = nodes.last_line(item)
    while end < len(lines) and re.match(rf"[ ]{{{column},}}#", lines[end]):
        end += 1
    return end
