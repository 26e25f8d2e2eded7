"""A generator's configuration in TOML, YAML or JSON as nodes; nothing in it is run."""

import json
import tomllib
from collections.abc import Mapping

from feeds.parse.posts.front_matter import fail, placed
from feeds.parse.posts.yaml_tree import Flaw, Node, Table, load

LARGEST = 512 * 1024  # bytes
EVENTS = 100_000


def read_settings(text: str, name: str) -> Mapping[str, Node]:
    """Return what the file *name* says; keys are in lower case, in tables too. Raises `PostError` with its place.

    A configuration that cannot be read is a fault of every post: without it every URL would move.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return _lowered(_read(text, name.rpartition(".")[2].lower()))
    except Flaw as flaw:
        fail(flaw, text, name)


def _read(text: str, form: str) -> Table:
    if form in ("yaml", "yml"):
        node = load(text, strict=False, largest=LARGEST, events=EVENTS)
        if node is not None and not isinstance(node, Table):
            raise Flaw("the configuration must consist of `key: value` lines", node.line, node.column)
        return node or Table(fields={})
    try:
        values = json.loads(text or "{}") if form == "json" else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise Flaw(f"this is not JSON: {error.msg}", error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise Flaw(f"this is not {form.upper()}: {error}", 1, 1) from error
    return Table(fields=placed(values, text))


def _lowered(table: Table) -> dict[str, Node]:
    return {
        key.lower(): Table(fields=_lowered(node), line=node.line, column=node.column)
        if isinstance(node, Table)
        else node
        for key, node in table.fields.items()
    }
