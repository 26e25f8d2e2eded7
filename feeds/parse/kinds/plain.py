"""Posts in a folder of no known generator."""

import re
from datetime import datetime

from feeds.parse.kinds import usual
from feeds.parse.kinds.jekyll import defaults, file_name, read_config
from feeds.parse.kinds.kind import Kind, Post
from feeds.parse.posts import permalink

# Folders that say where posts lie, not what they are about.
SHELVES = frozenset({"posts", "post", "blog", "content", "articles", "article", "_posts", "_drafts", "news", "글"})


def place(post: Post, stated: datetime | None, categories: tuple[str, ...]) -> str:
    return usual.given(post, "permalink", "url") or permalink.plain(post.path, post.fields.text("slug"))


def categories(post: Post) -> tuple[str, ...]:
    return (*post.fields.names("categories", jekyll=False), *usual.single(post, "category")) or shelf(post)


def tags(post: Post) -> tuple[str, ...]:
    return (*post.fields.names("tags", jekyll=False), *usual.single(post, "tag"))


def shelf(post: Post) -> tuple[str, ...]:
    """Return the folder's name as category; folders for order alone do not count."""
    folders = [f for f in post.path.split("/")[:-1] if f.lower() not in SHELVES and not re.fullmatch(r"[\d._-]+", f)]
    is_bundle = post.name.slug.lower() == "index"
    folders = folders[:-1] if is_bundle else folders
    return (folders[-1],) if folders else ()


KIND = Kind(
    name="plain",
    shown="a plain folder",
    dates=("date", "pubdate", "publishdate", "publish_date", "published", "created", "created_at"),
    updated=usual.UPDATED,
    read_config=lambda text, name: read_config(text),
    file_name=lambda path, config: file_name(path),
    defaults=lambda document, path, config: defaults(config, path),
    moment=usual.moment,
    place=place,
    title=usual.title,
    categories=categories,
    tags=tags,
    hold=usual.hold,
)
