"""What the commands about the set-up need of the rooms below."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from feeds.config import schema
from feeds.model.settings import Settings
from feeds.store import migrate, partition
from feeds.store.database.moving import Moved, move


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of feeds.yaml."""
    return schema.json_schema()


def migrate_store(settings: Settings) -> str:
    """Bring the store to this version's schema and return its revision."""
    return migrate(settings.store)


def partition_store(settings: Settings, told: Callable[[str], None]) -> None:
    """Divide the store, which is on a server, into partitions, or go on with it; *told* hears of each step."""
    partition(settings.store, datetime.now(UTC), told)


def move_store(source: str, target: str) -> tuple[Moved, ...]:
    """Move a store on which nothing works to where nothing is; say what moved. Raises `StoreError`."""
    return move(source, target, alone=True)
