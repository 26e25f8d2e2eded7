"""Elements written straight down as text: a third of what it takes to build them as a tree and write that.

The text between tags and in attributes is escaped here and nowhere else (XML 1.0 §2.4, §3.3.3). Whether what comes
of it is well-formed XML, the publish gate asks of every story.
"""

from collections.abc import Mapping

_ATTRIBUTE = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
})  # fmt: skip


def escaped(text: str) -> str:
    """Return *text* as it stands between tags; a return that is not written as a reference is lost (XML 1.0 §2.11)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def in_words(written: str) -> str:
    """Return the element *written* with `&` and `<` as hexadecimal references: the same to XML, plainer to readers."""
    return written.replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;") if "&" in written else written


def attributes(found: Mapping[str, str]) -> str:
    """Return *found* as they stand in a tag, a blank before each; those that are '' are left out."""
    said = ""
    for name, text in found.items():
        if text:
            said += f' {name}="{text if text.isalnum() else text.translate(_ATTRIBUTE)}"'
    return said


def element(name: str, text: str = "", inner: str = "", **said: str) -> str:
    """Return an element; *inner* is what stands in it as elements, *said* its attributes."""
    start = f"{name}{attributes(said)}" if said else name
    within = escaped(text) + inner if text else inner
    return f"<{start}>{within}</{name}>" if within else f"<{start}/>"


def declared(prefix: str, space: str, name: str, text: str = "", **said: str) -> str:
    """Return an element of a namespace that few stories use: it is declared where it stands."""
    start = f'{prefix}:{name} xmlns:{prefix}="{space}"{attributes(said)}'
    return f"<{start}>{escaped(text)}</{prefix}:{name}>" if text else f"<{start}/>"
