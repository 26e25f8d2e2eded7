"""A story's keys are told by the story."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Drop the index that told it too: keys come in no order, so that writing them twice costs pages."""
    op.drop_index("story_keys_story", "story_keys")
