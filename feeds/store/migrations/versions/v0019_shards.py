"""Publishing and delivering are dealt to many workers; a source has one lease; rests of jobs are for all workers."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from feeds.model.buckets import bucket_of_channel, bucket_of_url
from feeds.store.database.db import DateTime, Words

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Give marks, deliveries and subscriptions their bucket; end all leases of a source but the one heard of last."""
    for table in ("marks", "deliveries", "subscriptions"):
        op.add_column(table, sa.Column("bucket", sa.Integer, nullable=False, server_default=sa.text("0")))
    _deal("marks", "channel_id", "channel_id, channel_id", bucket_of_channel)
    _deal("deliveries", "id", "id, CASE kind WHEN 'announce' THEN topic ELSE target END", bucket_of_url)
    _deal("subscriptions", "id", "id, callback", bucket_of_url)
    op.create_index("marks_bucket", "marks", ["bucket", "due"])
    op.create_index("deliveries_bucket", "deliveries", ["state", "bucket", "due"])
    _end_doubled_leases()
    live = sa.text("NOT ended")
    op.create_index("leases_live", "leases", ["source_id"], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_table("rests", sa.Column("lock", Words, primary_key=True), sa.Column("until", DateTime, nullable=False))


def _deal(table: str, key: str, columns: str, bucket: Callable[[str], int]) -> None:
    bind = op.get_bind()
    rows = bind.execute(sa.text(f"SELECT DISTINCT {columns} FROM {table}")).all()  # noqa: S608 - names of ours
    change = sa.text(f"UPDATE {table} SET bucket = :bucket WHERE {key} = :key")  # noqa: S608 - names of ours
    given: list[dict[str, Any]] = [{"key": row[0], "bucket": bucket(row[1])} for row in rows]
    if given:
        bind.execute(change, given)


def _end_doubled_leases() -> None:
    """What earlier versions could begin twice is given back, as a lease that is wished for no more is."""
    op.execute(
        "UPDATE leases SET ended = true, trusted = false, attempts = 0 WHERE NOT ended AND id NOT IN ("
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY source_id ORDER BY heard IS NULL, heard DESC,"
        " lease_until IS NULL, lease_until DESC, id) AS place FROM leases WHERE NOT ended) AS ranked WHERE place = 1)"
    )
