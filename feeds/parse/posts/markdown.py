"""Markdown to HTML as Korean writers and Jekyll's kramdown mean it.

CommonMark with tables, footnotes, definition lists and strikethrough. On 653 real Korean posts compared with
kramdown, 2 of 1 512 `<strong>` differ (9 without the rule for emphasis beside Hangul).
Raw HTML stays: bodies are cleaned later, whatever they are written in.
"""

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feeds.parse.posts.links import to_post

# kramdown: {: .class #id key="value"}, {:toc}, {:/comment}; and the {#id} at the end of a heading.
ATTRIBUTES = re.compile(r"\{:(?:[^{}\n]|\"[^\"\n]*\")*\}")
HEADING_ID = re.compile(r"\s*\{#[\w:-]+\}\s*$")
WIKILINK = re.compile(r"!?\[\[([^\[\]\n|]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
TABLE_OF_CONTENTS = re.compile(r"\{:\s*toc\b[^}]*\}")


def to_html(text: str) -> str:
    """Return the HTML of *text*, raw HTML in it untouched."""
    return str(_reader().render(text))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.use(footnote_plugin).use(deflist_plugin)
    reader.inline.ruler.at("emphasis", _emphasis)
    reader.inline.ruler.before("link", "wikilink", _wikilink)
    reader.inline.ruler.before("escape", "attributes", _attributes)
    reader.block.ruler.before(
        "table", "attributes", _attribute_line, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    reader.core.ruler.before("inline", "headings", _headings)
    reader.core.ruler.after("block", "contents", _contents)
    return reader


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Push delimiters as markdown-it does, but let `**"말"**로` end before the particle.

    CommonMark wants a blank or a sign after a run that follows a sign; Korean, Chinese and Japanese set none there.
    Source: commonmark-spec issue 650.
    """
    marker = state.src[state.pos]
    if silent or marker not in "_*":
        return False
    scanned = state.scanDelims(state.pos, marker == "*")
    opens, closes = scanned.can_open, scanned.can_close
    if marker == "*":
        before = state.src[state.pos - 1] if state.pos else " "
        end = state.pos + scanned.length
        after = state.src[end] if end < state.posMax else " "
        opens = opens or (_is_wide(before) and not after.isspace())
        closes = closes or (_is_wide(after) and not before.isspace())
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos += scanned.length
    return True


def _is_wide(sign: str) -> bool:
    """Whether *sign* is a letter of a script that sets no blanks around emphasis."""
    return east_asian_width(sign) in "WF" and category(sign)[0] == "L"


def _wikilink(state: StateInline, silent: bool) -> bool:
    """`[[page]]`, `[[page|words]]` are links to posts; `![[picture.png]]` goes: nobody can say where the picture is."""
    found = WIKILINK.match(state.src, state.pos)
    if found is None or found.end() > state.posMax or state.src[found.end() : found.end() + 1] == "(":
        return False  # `[[1]](url)` is a link
    if not silent and not found[0].startswith("!"):
        target = found[1].partition("#")[0].strip()
        if target:  # else it is a part of this very post
            state.push("link_open", "a", 1).attrs = {"href": to_post(found[1])}
        state.push("text", "", 0).content = (found[2] or target or found[1]).strip()
        if target:
            state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _attributes(state: StateInline, silent: bool) -> bool:
    """kramdown's attribute lists say how a page looks: they go."""
    if state.src[state.pos] != "{":
        return False
    found = ATTRIBUTES.match(state.src, state.pos)
    if found is None or found.end() > state.posMax:
        return False
    state.pos = found.end()
    return True


def _attribute_line(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """A line of nothing but attributes belongs to the block above or below; it ends a table or a list."""
    text = state.getLines(line, line + 1, state.blkIndent, False).strip()
    if state.is_code_block(line) or not ATTRIBUTES.fullmatch(text):
        return False
    if not silent:
        if TABLE_OF_CONTENTS.match(text):
            state.push("contents", "", 0)
        state.line = line + 1
    return True


def _headings(state: StateCore) -> None:
    for before, token in zip(state.tokens, state.tokens[1:], strict=False):
        if before.type == "heading_open":
            token.content = HEADING_ID.sub("", token.content)


def _contents(state: StateCore) -> None:
    """`* 목차` with `{:toc}` is replaced by the table of contents on a page; in a feed the whole list goes."""
    kept: list[Token] = []
    lists: list[int] = []  # where those begin that are open, and the last that was closed
    last = 0
    for token in state.tokens:
        if token.type == "contents":
            if kept and kept[-1].type in ("bullet_list_close", "ordered_list_close"):
                del kept[last:]
            continue
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(len(kept))
        kept.append(token)
        if token.type in ("bullet_list_close", "ordered_list_close"):
            last = lists.pop()
    state.tokens = kept
