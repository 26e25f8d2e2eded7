"""Did the file change? Asked on every tick, answered by one look at the folder."""

import os
from typing import NamedTuple


class Stamp(NamedTuple):
    """What changes when a file is written or replaced, also within one second and at equal size."""

    modified: int  # nanoseconds
    size: int  # bytes
    inode: int


def changed(path: str, stamp: Stamp | None) -> Stamp | None:
    """Return the new stamp of *path* where it differs from *stamp*, None where nothing changed.

    A file that is away for a moment, as while an editor saves it, counts as unchanged.
    """
    try:
        facts = os.stat(path)
    except OSError:
        return None
    found = Stamp(facts.st_mtime_ns, facts.st_size, facts.st_ino)
    return None if found == stamp else found
