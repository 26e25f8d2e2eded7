"""Where the documents of a category went that has another address now: those who still ask are led there."""

from collections.abc import Mapping

from feeds.core.sorting.categories import Catalogue
from feeds.jobs.work import Work
from feeds.model.channel import Channel
from feeds.model.names import ChannelName


def moved(channel_id: str, channels: Mapping[str, Channel], work: Work) -> dict[str, str]:
    """Return the new path of each old one of a channel that ends, its archives too; {} where its category has no heir.

    The heir is the subject that now bears the category's name, as its own or as an alias.
    """
    name = ChannelName.of(channel_id)
    category = work.ports.archive.categories().get(name.slug) if name.slug else None
    if category is None:
        return {}
    heir = Catalogue(work.settings.categories, work.settings.unknown_category).heir(category)
    channel = channels.get(ChannelName(output=name.output, slug=heir.slug).id)
    if channel is None:
        return {}
    places = work.ports.outbox.places(channel_id)
    told = ((format, place) for format, place in places.items() if format in channel.formats)
    return {place.path: channel.placed(format, name.period) for format, place in told}
