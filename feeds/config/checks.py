"""What several keys must agree on: outputs and their places, names of categories, partners, hubs."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from feeds.config import outgoing, partners, schema
from feeds.config.faults import did_you_mean, either
from feeds.config.nodes import Node
from feeds.config.parts import Item, Parts
from feeds.config.sheet import shown
from feeds.core.sorting.slugs import fold, slug
from feeds.model.channel import FILES, TAKEN, Output
from feeds.model.source import Source

DEFAULT_OUTPUTS = (
    Output(id="all", path="/", formats=("atom", "rss", "json", "html", "opml")),
    Output(id="by-category", path="/{slug}/", each="category"),
)


SHORTEST = 32  # of a token that people give: 128 bits of hex digits


def check(parts: Parts) -> None:
    """Note in the sheet of *parts* what does not agree."""
    _names(parts)
    _outputs(parts)
    _partners(parts)
    _mirror(parts)


def check_partners(parts: Parts, sources: Sequence[Source]) -> None:
    """Note partners that name sources which are not there; ids of sources are known once all of them are read."""
    known = [source.id for source in sources]
    for item in parts.partners:
        for node, id in zip(item.at("only_sources").items, item.keys.only_sources, strict=False):
            if id not in known:
                message = f"only_sources has {shown(node)}; give ids of sources, as `feeds list` shows them"
                parts.sheet.fault(node, message, did_you_mean(id, known))


def _mirror(parts: Parts) -> None:
    keys = parts.mirror.keys
    for given, missing in (("access_key", "secret_key"), ("secret_key", "access_key")):
        if getattr(keys, given) and not getattr(keys, missing):
            parts.sheet.fault(parts.mirror.at(given), f"mirror has {given} without {missing}; give both, or neither")
    if parts.given("mirror") and parts.site.keys.rest_after:
        said = "site has rest_after, but nothing rests beside a mirror: a bucket cannot tell what is asked for"
        parts.sheet.fault(parts.site.at("rest_after"), said, level="warning")


def slug_of(category: schema.CategoryKeys) -> str:
    return category.slug or slug(category.name)


def _names(parts: Parts) -> None:
    """Names, slugs and aliases lead to one category each, letter case and width aside."""
    taken: dict[str, tuple[int, Node]] = {}
    for number, item in enumerate(parts.categories):
        for key, text, node in _labels(item):
            holder, first = taken.setdefault(" ".join(fold(text).split()), (number, node))
            if holder != number:
                what = f"slug '{text}'" if key == "name" and text != item.keys.name else f"{key} {shown(node)}"
                message = f"{what} means another category already, in line {first.line}; one name means one category"
                parts.sheet.fault(node, message)
                break


def _labels(item: Item[schema.CategoryKeys]) -> Iterator[tuple[str, str, Node]]:
    yield "name", item.keys.name, item.at("name")
    yield ("slug" if item.keys.slug else "name"), slug_of(item.keys), item.at("slug" if item.keys.slug else "name")
    nodes = item.at("aliases").items
    for place, alias in enumerate(item.keys.aliases):
        yield "alias", alias, nodes[place] if place < len(nodes) else item.node


def _outputs(parts: Parts) -> None:
    ids: dict[str, Node] = {}
    places: dict[str, Node] = {}
    for item in parts.outputs:
        first = ids.setdefault(item.keys.id, item.at("id"))
        if first is not item.at("id"):
            message = f"id {shown(item.at('id'))} is given twice; line {first.line} has it already: ids must differ"
            parts.sheet.fault(item.at("id"), message)
        _each(parts, item)
        _files(parts, item)
        for place, category in _places(parts, item):
            first = places.setdefault(place, item.at("path"))
            if first is not item.at("path"):
                what = f"path {shown(item.at('path'))}" + (f" of category '{category}'" if category else "")
                message = f"{what} is taken already, in line {first.line}; paths must differ"
                parts.sheet.fault(item.at("path"), message)
                break


def _places(parts: Parts, item: Item[outgoing.OutputKeys]) -> Iterator[tuple[str, str]]:
    """The places of an output as far as they are known now, each with its category."""
    yield item.keys.path, ""
    if item.keys.each:
        yield from ((item.keys.path.replace("{slug}", slug_of(c.keys)), c.keys.name) for c in parts.categories)


def _each(parts: Parts, item: Item[outgoing.OutputKeys]) -> None:
    node, named = item.at("path"), "{slug}" in item.keys.path
    if item.keys.each and not named:
        meant = f"did you mean '{item.keys.path}{{slug}}/'?" if shown(node) == f"'{item.keys.path}'" else ""
        parts.sheet.fault(
            node, f"path is {shown(node)}; with each: category it needs {{slug}}, as in /{{slug}}/", meant
        )
    elif named and "each" not in item.node.pairs:
        parts.sheet.fault(
            node, f"path is {shown(node)}, but each is missing; add each: category, or leave {{slug}} out"
        )


def _files(parts: Parts, item: Item[outgoing.OutputKeys]) -> None:
    """Two formats of one output must not write one file."""
    names = {format: item.keys.files.get(format, FILES[format]) for format in item.keys.formats}
    for format, name in names.items():
        twin = next((f for f, n in names.items() if f != format and n == name and format in item.keys.files), None)
        if twin:
            node = item.at("files", format)
            parts.sheet.fault(node, f"{format} is {shown(node)}, which is the file of {twin} too; names must differ")
            return


def _partners(parts: Parts) -> None:
    """Partners have names that differ, channels and sources that exist, and tokens that nobody guesses."""
    outputs = [item.keys.id for item in parts.outputs] or [output.id for output in DEFAULT_OUTPUTS]
    lists = not parts.outputs or any(item.keys.each for item in parts.outputs)
    ids: dict[str, Node] = {}
    for item in parts.partners:
        if ids.setdefault(item.keys.id, item.at("id")) is not item.at("id"):
            message = f"id {shown(item.at('id'))} is given twice; ids must differ"
            parts.sheet.fault(item.at("id"), message)
        for node, channel in zip(item.at("channels").items, item.keys.channels, strict=False):
            if channel not in outputs and not channel.startswith("category:"):
                right = "give ids of outputs, or category:NAME"
                parts.sheet.fault(node, f"channels has {shown(node)}; {right}", did_you_mean(channel, outputs))
            if channel.startswith("category:") and not lists:
                message = f"channels has {shown(node)}, but no output is a list by category; give one each: category"
                parts.sheet.fault(node, message)
        _pushed(parts, item)
        _told(parts, item)
        if item.keys.token and len(item.keys.token) < SHORTEST:
            message = f"token is shorter than {SHORTEST} characters; leave it out, and `feeds partner rotate` makes one"
            parts.sheet.fault(item.at("token"), message)


def _told(parts: Parts, item: Item[partners.PartnerKeys]) -> None:
    """A dialect that takes no stories cut so short would tell none at all."""
    content, dialect = item.keys.content, item.keys.dialect
    taken = TAKEN.get(dialect)
    if taken and content not in taken:
        right = f"give content: {either(taken)}, or another dialect"
        message = f"content is '{content}', of which {dialect} takes no story: every one would be set aside; {right}"
        parts.sheet.fault(item.at("content"), message)


def _pushed(parts: Parts, item: Item[partners.PartnerKeys]) -> None:
    """What is private goes out signed, and not in the clear, but for hosts that the operator names."""
    push = item.keys.push
    if push is None:
        return
    given = item.at("push").pairs
    if push.url and "secret" not in given:
        right = "give it, as whsec_ and 24 to 64 bytes in base64, as of `openssl rand -base64 32`"
        parts.sheet.fault(item.at("push"), f"push has a url but no secret; {right}")
    if push.secret and "url" not in given:
        parts.sheet.fault(item.at("push"), "push has a secret but no url; give the address that is pushed to")
    address = urlsplit(push.url or "")
    if address.scheme == "http" and address.netloc not in parts.server.keys.allow_private:
        node = item.at("push", "url")
        right = "give an https address: what is private does not go in the clear"
        tried = f"to try it out, name {address.netloc} in server.allow_private"
        parts.sheet.fault(node, f"url is {shown(node)}; {right} ({tried})")
