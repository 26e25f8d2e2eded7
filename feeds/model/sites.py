"""What a generator's site looks like on disk: its configuration, and which of its files may be posts.

Only names are here; what the files say is read in `parse/kinds/`, a file for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from feeds.model.source import SiteKind

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
HTML = frozenset({".html", ".htm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFiles:
    """The files of one kind of site. Suffixes and names are in lower case; paths are from the site's folder."""

    configs: tuple[str, ...] = ()  # first that exists; a folder counts as an empty file
    joined: tuple[str, ...] = ()  # read behind it where they exist, as one text: they say more, or otherwise
    parts: tuple[str, ...] = ()  # sections that may stand in files of their names beside a configuration in a folder
    content: tuple[str, ...] = ()  # where posts lie unless the configuration says otherwise, and nowhere else
    shelves: tuple[str, ...] = ()  # where they often lie: a folder that a configuration above may be of
    suffixes: frozenset[str] = MARKDOWN | HTML
    bare: frozenset[str] = MARKDOWN  # suffixes of those that are posts without front matter too
    dated: bool = False  # without front matter they need a date in their name
    skipped: frozenset[str] = frozenset()  # folders that hold no posts
    bundles: bool = False  # what lies beside and below an `index` belongs to it
    named: str = ""  # expression of the paths of files that say something of other posts, by being there
    data: str = ""  # expression of the paths of files whose values posts near them start from
    ends: bool = False  # posts may say when they end
    static: tuple[str, ...] = ()  # folders whose files it publishes as they are, under their paths
    links: bool = False  # posts link to each other by file: they are told what each one states of its place


SITES: Mapping[SiteKind, SiteFiles] = {
    "jekyll": SiteFiles(
        static=("",),
        configs=("_config.yml", "_config.yaml"),
        suffixes=frozenset({".md", ".markdown", ".html", ".htm", ".txt"}),
        bare=frozenset({".md", ".markdown", ".html", ".htm", ".txt"}),
        dated=True,
    ),
    # Source: gohugo.io, "Configure Hugo" and "Page bundles"; run with 0.111.3.
    "hugo": SiteFiles(
        static=("static", "content"),
        configs=tuple(
            f"{folder}{name}.{suffix}"
            for name in ("hugo", "config")
            for folder in ("", "config/_default/")
            for suffix in ("toml", "yaml", "yml", "json")
        ),
        parts=("permalinks", "taxonomies", "languages"),
        content=("content",),
        bundles=True,
        ends=True,
        data=r"(?:.*/)?_index(?:\.[\w-]+)?\.(?:md|markdown|mdown|html)",  # sections, `cascade`, names of terms
    ),
    # Source: docs.getpelican.com, "Settings"; run with 4.8.0.
    "pelican": SiteFiles(
        static=("content",),
        configs=("pelicanconf.py",),
        joined=("publishconf.py",),
        content=("content",),
        suffixes=MARKDOWN | HTML | {".rst"},
        bare=MARKDOWN | HTML | {".rst"},
    ),
    # Source: 11ty.dev, "Configuration"; run with 3.1.8.
    "eleventy": SiteFiles(
        static=("", "public", "static"),
        configs=(
            ".eleventy.js",
            "eleventy.config.js",
            "eleventy.config.mjs",
            "eleventy.config.cjs",
            "eleventy.config.ts",
        ),
        shelves=("src", "content"),
        suffixes=frozenset({".md", ".html"}),
        skipped=frozenset({"_site", "node_modules", "public"}),
        data=r"(?:.*/)?(?:([^/]+)/\1\.json|[^/]+\.11tydata\.(?:json|js|cjs|mjs))",
    ),
    # Source: docs.astro.build, "Configuration reference" and "Project structure".
    "astro": SiteFiles(
        static=("public",),
        configs=tuple(f"astro.config.{suffix}" for suffix in ("mjs", "js", "ts", "mts", "cjs")),
        content=("src/content", "src/pages", "src/data", "content", "data"),
        suffixes=frozenset({".md", ".mdx"}),
        bare=frozenset(),
    ),
    # Source: mkdocs.org, "Configuration"; run with 1.6.1 and Material 9.
    "mkdocs": SiteFiles(
        static=("docs",),
        configs=("mkdocs.yml", "mkdocs.yaml"),
        content=("docs",),
        suffixes=frozenset({".md", ".markdown"}),
        data=r"(?:.*/)?\.authors\.yml",
    ),
    # Source: help.obsidian.md, "Configuration folder".
    "obsidian": SiteFiles(
        static=("",),
        configs=(".obsidian/templates.json", ".obsidian/app.json", ".obsidian"),
        suffixes=frozenset({".md"}),
        named=r".*",
        links=True,
    ),
    "plain": SiteFiles(
        configs=("_config.yml", "_config.yaml"),
        suffixes=frozenset({".md", ".markdown", ".html", ".htm", ".txt"}),
        bare=frozenset({".md", ".markdown", ".html", ".htm"}),
    ),
}
