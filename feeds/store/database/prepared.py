"""Statements that are compiled once, for those that run at every poll.

SQLAlchemy builds, keys and wraps a statement anew at each use, which costs 100 µs where SQLite needs 5. What runs here
is the same text with the same conversions, on the same connection and within its transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Select, Table
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import CompilerElement

from feeds.store.database.db import INSERT, one_of

__all__ = ["Prepared", "changing", "inserting", "listed", "one_of", "selecting", "upserting"]

Convert = Callable[[Any], Any]


def listed(values: Sequence[object]) -> Sequence[object]:
    """Give a list as one parameter for `one_of`."""
    return values


@dataclass(frozen=True, slots=True)
class _Compiled:
    """*pick* gives the parameters in their order, some *fixed*; *there* and *back*, by place, convert what needs it."""

    text: str
    pick: Callable[[Mapping[str, object]], Sequence[object]]
    fixed: Mapping[str, object]
    there: tuple[tuple[int, Convert], ...]
    back: tuple[tuple[int, Convert], ...]
    row: Any

    def values(self, given: Mapping[str, object]) -> list[object]:
        if self.fixed:
            given = {**self.fixed, **given}
        found = list(self.pick(given))
        for place, convert in self.there:
            found[place] = convert(found[place])
        return found

    def rows(self, found: list[tuple[Any, ...]]) -> list[Any]:
        if not self.back:
            return [self.row(row) for row in found]
        rows = []
        for row in found:
            values = list(row)
            for place, convert in self.back:
                values[place] = convert(values[place])
            rows.append(self.row(values))
        return rows


class Prepared:
    """One statement, made for a dialect by *build* at its first use; *columns* are those that an INSERT gives."""

    def __init__(self, build: Callable[[str], Executable], columns: Sequence[str] | None = None) -> None:
        self._build, self._columns = build, columns
        self._made: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **given: object) -> list[Any]:
        """Return what a SELECT finds: tuples whose fields bear the names of the columns."""
        made = self._compiled(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(made.text, made.values(given))
        return made.rows(cast("list[tuple[Any, ...]]", cursor.fetchall()))

    def plain(self, connection: Connection, **given: object) -> list[tuple[Any, ...]]:
        """Return what a SELECT finds as the database gives it: for many rows, of columns that need no conversion."""
        made = self._compiled(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(made.text, made.values(given))
        return cast("list[tuple[Any, ...]]", cursor.fetchall())

    def run(self, connection: Connection, **given: object) -> int:
        """Run a statement that changes rows; return how many."""
        made = self._compiled(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(made.text, made.values(given))
        return cursor.rowcount

    def each(self, connection: Connection, given: Sequence[Mapping[str, object]]) -> int:
        """Run it once for each of *given*; return how many rows were changed in all."""
        if not given:
            return 0
        made = self._compiled(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.executemany(made.text, [made.values(values) for values in given])
        return cursor.rowcount

    def each_plain(self, connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
        """Run it once for each of *rows*: values in the order of the columns, which need no conversion."""
        if rows:
            connection.connection.cursor().executemany(self._compiled(connection.dialect).text, rows)

    def _compiled(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._made:
            self._made[dialect.name] = _compile(self._build(dialect.name), dialect, self._columns)
        return self._made[dialect.name]


def selecting(query: Select[Any]) -> Prepared:
    return Prepared(lambda _dialect: query)


def changing(statement: Executable) -> Prepared:
    return Prepared(lambda _dialect: statement)


def inserting(table: Table, without: Sequence[str] = ()) -> Prepared:
    """Add rows, given whole but for the columns *without*, which the database fills."""
    return Prepared(lambda _dialect: table.insert(), [name for name in table.c.keys() if name not in without])  # noqa: SIM118 - a collection of columns


def upserting(table: Table, fixed: Sequence[str] = ()) -> Prepared:
    """Add rows, given whole; where a row with the same primary key is, all but what is *fixed* is written over."""
    key = [column.name for column in table.primary_key]

    def build(dialect: str) -> Executable:
        statement = INSERT[dialect](table)
        fields = {c.name: statement.excluded[c.name] for c in table.c if c.name not in {*key, *fixed}}  # type: ignore[attr-defined]  # both have it
        made: Executable = statement.on_conflict_do_update(index_elements=key, set_=fields)  # type: ignore[attr-defined]  # both have it
        return made

    return Prepared(build, table.c.keys())


def _compile(statement: Executable, dialect: Dialect, columns: Sequence[str] | None) -> _Compiled:
    compiled = cast("Any", cast("CompilerElement", statement).compile(dialect=dialect, column_keys=columns))
    names = tuple(compiled.positiontup)
    found = statement.selected_columns if isinstance(statement, Select) else ()
    there = [compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    back = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in found]
    row = namedtuple("row", [column.name for column in found])  # type: ignore[misc]
    return _Compiled(
        str(compiled),
        _picking(names),
        {name: value for name, value in compiled.params.items() if value is not None},
        tuple((place, convert) for place, convert in enumerate(there) if convert),
        tuple((place, convert) for place, convert in enumerate(back) if convert),
        row._make,
    )


def _picking(names: Sequence[str]) -> Callable[[Mapping[str, object]], Sequence[object]]:
    """Return what takes the values of *names* out of a mapping: in C where there are several."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: [given[name] for name in names]
