"""The text of a configuration that may leave the machine: what is secret in it is left out, all else stands."""

import re

from feeds.config import nodes
from feeds.config.faults import page
from feeds.config.nodes import Node

SECRET = frozenset({"token", "password", "secret", "old_secret", "auth", "headers", "naver_key", "secret_key"})
"""Keys whose values are secret, with all that stands below them. References (`${file:…}`) hold none, and stay."""

LEFT_OUT = "${env:LEFT_OUT_OF_BACKUP}"
"""What stands in place of a secret: until someone writes it again, reading the file names the line."""

_REFERENCE = re.compile(r"\$\{[^}]*\}\Z")
_USER = re.compile(r"(?<=://)[^/\s@'\"]*:[^/\s@'\"]*@")  # https://name:password@host/


def redacted(text: str) -> tuple[str, int]:
    """Return *text* without its secrets, and how many there were. Of what is no YAML nothing is kept."""
    root, _ = nodes.parse(text, page("", text))
    if root is None:
        return "", 1
    places = sorted(_secrets(root, inside=False), key=lambda n: (n.line, n.column), reverse=True)
    lines = text.split("\n")
    for node in places:
        before = lines[node.line - 1][: node.column - 1]
        after = lines[node.end_line - 1][node.end_column - 1 :]
        block = node.end_line > node.line and node.end_column == 1  # a block of text ends where the next line begins
        lines[node.line - 1 : node.end_line] = (
            [f"{before}'{LEFT_OUT}'", after] if block else [f"{before}'{LEFT_OUT}'{after}"]
        )
    left, users = _USER.subn("", "\n".join(lines))
    return left, len(places) + users


def _secrets(node: Node, *, inside: bool) -> list[Node]:
    """Return the scalars of *node* that are secret, each a value, never a key."""
    if node.kind == "scalar":
        written = node.text and not _REFERENCE.match(node.text)
        return [node] if inside and written else []
    parts = [(inside, item) for item in node.items]
    parts += [(inside or key in SECRET, pair.value) for key, pair in node.pairs.items()]
    return [secret for within, part in parts for secret in _secrets(part, inside=within)]
