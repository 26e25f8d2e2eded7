"""How the posts of each generator are read: the table {name: kind}."""

from collections.abc import Mapping

from feeds.model.source import SiteKind
from feeds.parse.kinds import astro, eleventy, hugo, jekyll, mkdocs, obsidian, pelican, plain
from feeds.parse.kinds.kind import Kind

KINDS: Mapping[SiteKind, Kind] = {
    kind.name: kind
    for kind in (
        jekyll.KIND,
        hugo.KIND,
        pelican.KIND,
        eleventy.KIND,
        astro.KIND,
        mkdocs.KIND,
        obsidian.KIND,
        plain.KIND,
    )
}
