"""reStructuredText to title, fields and HTML, by docutils: no file is read, nothing raw is taken, nothing is run."""

from collections.abc import Mapping
from dataclasses import dataclass

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.utils import SystemMessage

from feeds.parse.posts.yaml_tree import Flaw

# Source: docutils, "Deploying Docutils Securely".
SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "report_level": 5,  # nothing is written to stderr
    "halt_level": 5,
    "doctitle_xform": True,
    "initial_header_level": 2,
    "syntax_highlight": "none",
    "input_encoding": "unicode",
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "line_length_limit": 10_000,  # docutils' own: inline markup takes time by the square of a line
    "smart_quotes": False,
    "math_output": "LaTeX",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rst:
    """A document: *fields* are those of its first list, keys in lower case; *html* is what stands below them."""

    title: str
    fields: Mapping[str, str]
    html: str


def read(text: str) -> Rst:
    """Return what *text* says. Raises `Flaw`."""
    try:
        tree = publish_doctree(text, settings_overrides={**SETTINGS, "docinfo_xform": False})
        title = tree.next_node(nodes.title)
        words = title.astext() if title is not None and title.parent is tree else ""
        fields: dict[str, str] = {}
        listed = next((child for child in tree.children if isinstance(child, nodes.field_list)), None)
        if listed is not None:
            for field in listed.findall(nodes.field):
                name, body = field.children
                fields.setdefault(name.astext().lower(), body.astext())
            tree.remove(listed)
        html = publish_from_doctree(tree, writer="html5", settings_overrides={**SETTINGS, "output_encoding": "unicode"})
    except (SystemMessage, ValueError, RecursionError, AssertionError, AttributeError) as error:
        raise Flaw(f"this is not reStructuredText: {error}", 1, 1) from error
    return Rst(title=words, fields=fields, html=_main(str(html)))


def _main(page: str) -> str:
    """Return what stands in the page's `<main>`, without the document's own title."""
    inside = page.partition("<main")[2].partition(">")[2].rpartition("</main>")[0]
    head, found, rest = inside.partition("</h1>")
    return rest.strip() if found and head.strip().startswith("<h1") else inside.strip()
