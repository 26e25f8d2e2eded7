"""What the words of stories are found by: FTS5 in SQLite, pg_trgm in PostgreSQL where that is there.

Both know threes of letters, so that Korean, which joins particles to words, is found within them.
"""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Select, Text, literal_column, select, text

PAD = "  "  # after each indexed text: its last letters begin a three too
TERMS = 1000  # threes of letters that begin with two given ones, and are looked for


def reindex(connection: Connection, number: int, before: str, after: str) -> None:
    """Tell the index of words, where there is one, that row *number* has another text: '' where it has none."""
    if connection.dialect.name != "sqlite":  # an index of PostgreSQL keeps itself
        return
    if before:  # the index has no text of its own: what it is to forget must be said
        forget = "INSERT INTO story_index (story_index, rowid, text) VALUES ('delete', ?, ?)"
        connection.exec_driver_sql(forget, (number, before + PAD))
    if after:
        connection.exec_driver_sql("INSERT INTO story_index (rowid, text) VALUES (?, ?)", (number, after + PAD))


def candidates(connection: Connection, words: Sequence[str]) -> Select[int] | None:
    """Return the numbers of rows that may have all of *words*, the last first; None where the index cannot tell.

    A word of two letters is looked for as all threes that begin so; of one letter there would be too many.
    """
    if connection.dialect.name != "sqlite":
        return _by_threes(connection, words)
    asked = []
    for word in words:
        threes = [word[place : place + 3] for place in range(len(word) - 2)]
        if len(word) == 2:
            listed = "SELECT term FROM story_index_terms WHERE term >= ? AND term < ? LIMIT ?"
            rows = connection.exec_driver_sql(listed, (word, word + "\U0010ffff", TERMS + 1))
            begun = [row.term for row in rows]
            if len(begun) <= TERMS:
                asked.append(" OR ".join(map(_quoted, begun or [word + "\x01"])))
        elif threes:
            asked.append(" AND ".join(map(_quoted, dict.fromkeys(threes))))
    if not asked:
        return None
    match = " AND ".join(f"({part})" for part in asked)
    rowid: ColumnElement[int] = literal_column("rowid", Integer)
    found = literal_column("story_index", Text).op("MATCH")(match)
    return select(rowid).select_from(text("story_index")).where(found).order_by(rowid.desc())


def index_threes(connection: Connection) -> bool:
    """Make PostgreSQL's index of threes of letters, where `pg_trgm` is there; tell whether it was made.

    Under a database's locale C, pg_trgm takes Hangul for no letters at all (measured with 18.6): an index of such
    would find nothing and cost all the same.
    """
    there = text("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
    if not connection.scalar(there):
        return False
    with connection.begin_nested() as attempt:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        if not connection.scalar(text("SELECT cardinality(show_trgm('반도체'))")):
            attempt.rollback()
            return False
    connection.execute(text("CREATE INDEX searched_threes ON searched USING gin (text gin_trgm_ops)"))
    return True


def reaches_back(connection: Connection) -> bool:
    """Tell whether there is an index of threes."""
    return connection.dialect.name == "sqlite" or bool(
        connection.scalar(text("SELECT to_regclass('searched_threes') IS NOT NULL"))
    )


def _by_threes(connection: Connection, words: Sequence[str]) -> Select[int] | None:
    """The rows that have those of *words* of which an index of threes can tell."""
    told = [word for word in words if len(word) >= 3]
    if not told or not reaches_back(connection):
        return None
    number: ColumnElement[int] = literal_column("number", BigInteger)
    words_of: ColumnElement[str] = literal_column("text", Text)
    has = (words_of.contains(word, autoescape=True) for word in told)
    return select(number).select_from(text("searched")).where(*has).order_by(number.desc())


def _quoted(word: str) -> str:
    """A string of FTS5's query language, https://sqlite.org/fts5.html#fts5_strings."""
    return '"' + word.replace('"', '""') + '"'
