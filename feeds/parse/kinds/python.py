"""A configuration in Python, read and never run: names that are given plain values.

Texts may be put together of texts and names that came before (`SITEURL + '/x'`, f-strings without formats); whatever
else a value is made of says nothing here.
"""

import ast
from collections.abc import Mapping

from feeds.parse.posts.front_matter import fail, placed
from feeds.parse.posts.yaml_tree import Flaw, Node


def read_python(text: str, name: str) -> Mapping[str, Node]:
    """Return the values of the file *name* by their names in lower case. Raises `PostError` with its place."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
            raise Flaw(f"this is not Python: {getattr(error, 'msg', error)}", line, column) from error
        return placed(_values(tree), text)
    except Flaw as flaw:
        fail(flaw, text, name)


def _values(tree: ast.Module) -> dict[str, object]:
    found: dict[str, object] = {}
    for statement in tree.body:
        targets: list[ast.expr]
        if isinstance(statement, ast.AnnAssign) and statement.value:
            targets, value = [statement.target], statement.value
        elif isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                try:
                    found[target.id.lower()] = _value(value, found)
                except (ValueError, RecursionError):
                    found.pop(target.id.lower(), None)  # what it is now, only running it would tell
    return found


def _value(node: ast.expr, known: Mapping[str, object]) -> object:
    """Return the value of *node*. Raises `ValueError` where it is not plain."""
    match node:
        case ast.Constant(value=str() | int() | float() | bool() | None):
            return node.value
        case ast.Name(id=name) if name.lower() in known:
            return known[name.lower()]
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [_value(each, known) for each in items]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(_value(key, known)): _value(value, known) for key, value in pairs if key}
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _text(_value(left, known)) + _text(_value(right, known))
        case ast.JoinedStr(values=parts):
            return "".join(_text(_value(_bare(part), known)) for part in parts)
    raise ValueError("not a plain value")


def _bare(part: ast.expr) -> ast.expr:
    """Return what stands in braces of an f-string; one that is to be formatted is no plain value."""
    if isinstance(part, ast.FormattedValue):
        if part.conversion != -1 or part.format_spec:
            raise ValueError("formatted")
        return part.value
    return part


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
