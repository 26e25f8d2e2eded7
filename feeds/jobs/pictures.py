"""Bring out the pictures of our own posts with the channel that shows them, and take them away with it.

What a channel points at is noted before its documents are recorded: after a stop in between, all of it is done again.
"""

import logging
from collections.abc import Sequence

from feeds.core.publishing.pictures import pointed_at
from feeds.errors import OutputError
from feeds.model.channel import Feed
from feeds.model.picture import Hung, Picture
from feeds.ports import Ports

logger = logging.getLogger(__name__)


def bring_out(feed: Feed, ports: Ports) -> tuple[str, ...]:
    """Put the pictures that *feed* shows into the output folder; return the paths of those that were written.

    A picture that is not there yet is no fault: its post may have come first, and it is served once it is there.
    """
    return _hang(feed.channel.id, () if feed.channel.private else pointed_at(feed), ports)


def take_down(channel_ids: Sequence[str], ports: Ports) -> None:
    """Take away the pictures that only these channels, which end, have shown."""
    for channel_id in channel_ids:
        _hang(channel_id, (), ports)


def _hang(channel_id: str, wanted: tuple[Picture, ...], ports: Ports) -> tuple[str, ...]:
    gallery = ports.gallery
    if gallery is None:
        return ()
    before = gallery.of(channel_id)
    left = {picture.path for picture in before} - {picture.path for picture in wanted}
    if alone := left - gallery.others(channel_id, sorted(left)) if left else left:
        ports.remove(sorted(alone))
    if before != wanted:
        gallery.hang(channel_id, wanted)
    files = [file for picture in wanted if (file := gallery.read(picture))]
    try:
        written = ports.write(files) if files else ()
    except OutputError:
        written = tuple(path for file in files for path in _put(file, ports))
    if written and before == wanted:
        gallery.hang(channel_id, wanted)  # a file is another one: who mirrors looks again
    return written


def _put(file: Hung, ports: Ports) -> tuple[str, ...]:
    """Put one picture in place; where something else is, the channel goes out without it."""
    try:
        return ports.write([file])
    except OutputError as error:
        logger.warning("picture not written path=%s error=%s", file.path, error)
        return ()
