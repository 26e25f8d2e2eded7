"""Which channels there are, and which of them want a story.

An output is one channel; with `each: category` it is one channel a category, `output:slug`, whether anything is in it
or not. A story is wanted while it is shown, by outputs whose `only` its lead meets, and there by its categories.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from feeds.core.sorting.categories import Catalogue
from feeds.core.sorting.rules import compile_rule
from feeds.core.sorting.slugs import fold, suffixed, tag
from feeds.model.channel import FILES, Channel, Format, Output
from feeds.model.names import ChannelName
from feeds.model.settings import Settings, Subject
from feeds.model.source import Source
from feeds.model.story import Category, Story

SEARCH = "/search"  # where pages send who looks for something
HEARD = "/sources/"  # where they tell who is read
NAMED = 40  # categories that name each other: a phone's head holds no more, and each new one changes all their pages


def channels(settings: Settings, categories: Mapping[str, Category]) -> tuple[Channel, ...]:
    """Return every channel: outputs in their order, each one's categories as configured, then the others by name.

    *categories* are those that the library holds, by slug; those of the configuration exist in any case. No two
    channels write the same file: where a category's path is taken, it gets a suffix; `clashes` tells of it.
    """
    subjects = _subjects(settings)
    every = _ordered(settings, categories)
    taken: set[str] = set()
    for output in settings.outputs:
        if not output.each:
            taken |= _places(output, folder(output))
    found: list[Channel] = []
    for output in settings.outputs:
        if not output.each:
            found.append(_plain(output, settings))
            continue
        for category in every:
            path = _free(output, category.slug, taken)
            taken |= _places(output, path)
            found.append(_categorised(output, category, path, subjects.get(category.slug), settings))
    return tuple(found)


def clashes(settings: Settings) -> tuple[str, ...]:
    """Return outputs that would write the same file, and categories whose place an output has, a sentence each."""
    said: list[str] = []
    owners: dict[str, str] = {}
    for output in settings.outputs:
        for place in sorted(_places(output, folder(output))):
            owner = owners.setdefault(place, output.id)
            if owner != output.id:
                said.append(f"outputs '{owner}' and '{output.id}' both write {place}")
    by_id = {channel.id: channel for channel in channels(settings, {})}
    for output in settings.outputs:
        for category in _ordered(settings, {}) if output.each else ():
            path = by_id[_id(output, category)].path
            if path != folder(output, category.slug):
                said.append(f"category '{category.name}' of output '{output.id}' is at {path}: its place is taken")
    return tuple(said)


def wanted(story: Story, settings: Settings, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Return the ids of the channels that want *story*, in the order of the outputs; none while it is not shown.

    *sources* by id; a story whose lead's source left is judged by what its entry says alone.
    """
    if story.status != "shown":
        return ()
    lead = story.lead
    source = sources.get(lead.source_id) or Source(id=lead.source_id, kind="feed", location="")
    found: list[str] = []
    for output in settings.outputs:
        if output.only and not compile_rule(output.only).meets(lead, source):
            continue
        found.extend([_id(output, category) for category in story.categories] if output.each else [output.id])
    return tuple(found)


def siblings(channel: Channel, every: Sequence[Channel]) -> tuple[Channel, ...]:
    """Return the other channels that *channel* names: an output all of them, a category the outputs and its output's
    other categories.

    Where these are more than `NAMED`, a category names those of the configuration alone, at most so many, the ones
    around its own place: a thousand would make a million links, and each new one would change every page. How much
    is in a category no page says, for then each story would change them all.
    """
    if channel.category is None:
        return tuple(other for other in every if other.id != channel.id)
    beside = [c for c in every if c.category and c.output_id == channel.output_id]
    if len(beside) > NAMED:
        beside = [c for c in beside if c.configured or c.id == channel.id]
        place = next((n for n, c in enumerate(beside) if c.id == channel.id), 0)
        begin = max(0, min(place - NAMED // 2, len(beside) - NAMED))
        beside = beside[begin : begin + NAMED]
    return tuple(c for c in (*(o for o in every if o.category is None), *beside) if c.id != channel.id)


def naming(settings: Settings, catalogue: Catalogue, known: Mapping[str, Category]) -> Iterator[str]:
    """Give the ids of channels that name a category that comes up beside those *known*, or that cease to."""
    yield from (output.id for output in settings.outputs if not output.each)
    configured = {category.slug for category in catalogue.configured()}
    slugs = configured | {slug for slug, category in known.items() if catalogue.heir(category) is category}
    if len(slugs) <= NAMED:
        each = [output.id for output in settings.outputs if output.each]
        yield from (ChannelName(output=id, slug=slug).id for id in each for slug in sorted(slugs))


def heard(settings: Settings) -> bool:
    """Tell whether others are read."""
    return any(source.kind != "content" for source in settings.sources)


def _id(output: Output, category: Category) -> str:
    return ChannelName(output=output.id, slug=category.slug).id


def _subjects(settings: Settings) -> dict[str, Subject]:
    """The subjects by their slugs."""
    configured = Catalogue(settings.categories, settings.unknown_category).configured()
    return {category.slug: subject for category, subject in zip(configured, settings.categories, strict=True)}


def _ordered(settings: Settings, categories: Mapping[str, Category]) -> list[Category]:
    """All categories: those of the configuration first, under the name that it gives them.

    One whose name is a subject's has that subject's slug from now on, and is none of its own any more.
    """
    catalogue = Catalogue(settings.categories, settings.unknown_category)
    configured = catalogue.configured()
    known = {category.slug for category in configured}
    others = [c for slug, c in categories.items() if slug not in known and catalogue.heir(c) is c]
    return [*configured, *sorted(others, key=lambda c: (fold(c.name), c.slug))]


def folder(output: Output, slug: str = "{slug}") -> str:
    """The folder of a channel. An output by category has one a category, whether its path says so or not."""
    named = output.path if "{slug}" in output.path or not output.each else f"{output.path}/{{slug}}"
    parts = [part for part in named.split("/") if part]
    return "/".join(["", *parts, ""]).replace("{slug}", slug)


def _places(output: Output, path: str) -> set[str]:
    """The files that *output* writes at *path*, as a disk sees them that does not tell letter cases apart."""
    files = _files(output)
    return {fold(path + files[format]) for format in output.formats}


def _free(output: Output, slug: str, taken: Iterable[str]) -> str:
    """The path of a category that no other channel has."""
    path, attempt = folder(output, slug), output.id
    while not _places(output, path).isdisjoint(taken):
        path, attempt = folder(output, suffixed(slug, tag(attempt))), attempt + "+"
    return path


def _files(output: Output) -> dict[Format, str]:
    return {**FILES, **output.files}


def _plain(output: Output, settings: Settings) -> Channel:
    site = settings.site
    title = _filled(output.title, "", site.title) or site.title
    return _channel(
        output,
        settings,
        id=output.id,
        path=folder(output),
        title=title,
        description=_filled(output.description, "", site.title) or site.description or title,
        limit=output.limit,
    )


def _categorised(output: Output, category: Category, path: str, subject: Subject | None, settings: Settings) -> Channel:
    """A category's channel: what its subject says goes before the output's template."""
    site = settings.site
    configured = subject is not None
    subject = subject or Subject(name=category.name)
    title = subject.title or _filled(output.title or "{category} - {site}", category.name, site.title)
    return _channel(
        output,
        settings,
        id=_id(output, category),
        category=category,
        path=path,
        title=title,
        description=subject.description or _filled(output.description, category.name, site.title) or title,
        limit=subject.limit or output.limit,
        configured=configured,
    )


def _filled(template: str, category: str, site: str) -> str:
    return site.join(part.replace("{category}", category) for part in template.split("{site}"))


def _channel(
    output: Output,
    settings: Settings,
    *,
    id: str,
    path: str,
    title: str,
    description: str,
    limit: int,
    category: Category | None = None,
    configured: bool = False,
) -> Channel:
    site = settings.site
    return Channel(
        id=id,
        output_id=output.id,
        category=category,
        configured=configured,
        path=path,
        base_url=site.url.rstrip("/"),
        title=title,
        description=description,
        language=site.language,
        author=site.author,
        formats=output.formats,
        files=_files(output),
        limit=limit,
        days=output.days,
        tombstones=output.tombstones,
        archives=output.archives,
        hubs=settings.hubs,
        timezone=site.timezone,
        brand=site.brand,
        search=SEARCH if site.search else "",
        sources=HEARD if heard(settings) else "",
    )
