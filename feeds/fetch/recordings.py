"""Sound and video in a folder of posts, read piece by piece: neither a descriptor nor the whole is ever held."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from feeds.fetch.folder import Stamp, read_part
from feeds.model.picture import PIECE


@dataclass(frozen=True, slots=True)
class Pieces(Sequence[bytes]):
    """The file *name* below *root*, as long as it bears the stamp *as_of*; `OSError` afterwards."""

    root: str
    name: str
    as_of: Stamp

    def __len__(self) -> int:
        return (self.as_of[1] + PIECE - 1) // PIECE

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        begin = place * PIECE
        return read_part(self.root, self.name, self.as_of, begin, min(PIECE, self.as_of[1] - begin))
