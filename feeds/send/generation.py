"""Which files of a folder belong together: a number that grows with each set, and the digest of each file of it.

The files of one set (Atom, RSS, JSON and the page of a category) are renamed into place one after another, so for a
moment, or after a run that was killed until the next one, some are new and some are old. `generation.json` beside them
is written last: whoever copies the folder, or fills a cache from it, holds a whole set when each file has the digest
that stands there, and asks again when one has not. The files of several sets may lie in one folder (archives).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

GENERATION = "generation.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """*number* counts from 1; *files* are SHA-256 digests in hex by the name of the file."""

    number: int = 0
    files: Mapping[str, str] = field(default_factory=dict)

    def with_set(self, files: Mapping[str, str]) -> "Generation":
        """Return the generation that has *files* too: itself where it has them already."""
        return self._changed({**self.files, **files})

    def without(self, names: Sequence[str]) -> "Generation":
        """Return the generation after *names* left the folder."""
        return self._changed({name: digest for name, digest in self.files.items() if name not in names})

    def _changed(self, files: Mapping[str, str]) -> "Generation":
        return self if files == self.files else Generation(number=self.number + 1, files=files)

    def written(self) -> bytes:
        """Return it as a file: the same bytes for the same generation."""
        told = {"generation": self.number, "files": dict(sorted(self.files.items()))}
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def read(body: bytes) -> Generation:
    """Return what a file says; where somebody else wrote it, none: the next set starts anew."""
    try:
        told = json.loads(body)
        number, files = told["generation"], told["files"]
        if isinstance(number, int) and all(isinstance(each, str) for each in files.values()):
            return Generation(number=number, files=files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return Generation()


def digest(pieces: Sequence[bytes]) -> str:
    """Return what stands for a file's bytes, as `sha256sum` prints it."""
    made = sha256()
    for piece in pieces:
        made.update(piece)
    return made.hexdigest()
