"""An index of threes of letters for searching on PostgreSQL, where its extension pg_trgm is there and knows letters."""

from alembic import op
from sqlalchemy.exc import DBAPIError

from feeds.store.incoming.threes import index_threes

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the index; without it the texts that came last are read, as before: no reason to stop."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    try:
        with connection.begin_nested():
            index_threes(connection)
    except DBAPIError:  # whoever owns this database may not add extensions to it
        return
