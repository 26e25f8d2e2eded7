"""Pages of single stories: which stories have one of ours, and where it lies.

A post of ours has it at its own address, where that is below the site's and no file of another kind; another site's
generator usually makes those, so that pages are made only where `site.pages` asks. With `all`, a story that others tell
and that has copies has one too, at an address made of its id: it is where all of them stand together.
"""

from datetime import timedelta
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from feeds.model.channel import FILES, Channel, Format
from feeds.model.names import ChannelName
from feeds.model.quick import replace
from feeds.model.settings import Site
from feeds.model.story import Story

FOLDER = "stories"
SOURCES = "@sources"  # the id of the channel of who is read; no configured one begins so
_INDEX = "index.html"
_LONGEST = 240  # bytes of a step: file systems take 255


def sources(river: Channel) -> Channel:
    """Return the channel that the page of who is read is, beside the front page."""
    return replace(
        river,
        id=SOURCES,
        path=river.sources,
        formats=("sources", "opml"),
        files={**FILES},
        description="",
        archives=None,
        tombstones=timedelta(0),
        hubs=(),
    )


def place(story: Story, site: Site) -> tuple[str, str] | None:
    """Return folder and file of a story's page below the output folder; None where it has none."""
    if site.pages == "none":
        return None
    lead = story.members[0]
    if lead.local:
        return _below(lead.entry.url, site.url)
    if site.pages == "all" and (len(story.members) > 1 or story.status != "shown"):  # of what is gone one may be left
        return f"/{FOLDER}/{sha256(story.id.encode()).hexdigest()[:16]}/", _INDEX
    return None


def address(story: Story, site: Site) -> str:
    """Return the path of a story's page as links name it, '' where it has none: a folder's without its index."""
    found = place(story, site)
    return "".join(found).removesuffix(_INDEX) if found else ""


def channel(story: Story, site: Site) -> Channel | None:
    """Return the channel that a story's page is; None where it has none. Its format says whether it is told or gone."""
    found = place(story, site)
    if found is None:
        return None
    return _page(story.id, *found, "page" if story.status == "shown" else "gone", site)


def left(story_id: str, path: str, site: Site) -> Channel:
    """Return the channel that says at *path*, where the story had its page, that it is gone."""
    folder, _, name = path.rpartition("/")
    return _page(story_id, f"{folder}/", name, "gone", site)


def _page(story_id: str, folder: str, name: str, format: Format, site: Site) -> Channel:
    return Channel(
        id=ChannelName(story=story_id).id,
        output_id="pages",
        path=folder,
        base_url=site.url.rstrip("/"),
        title=site.title,
        language=site.language,
        author=site.author,
        formats=(format,),
        files={"page": name, "gone": name},
        limit=1,
        timezone=site.timezone,
    )


def _below(url: str, site: str) -> tuple[str, str] | None:
    """Split an address below *site* into folder and file; None for others, and for what is no page."""
    parts, ground = urlsplit(url), urlsplit(site)
    prefix = ground.path.rstrip("/") + "/"
    if parts.netloc != ground.netloc or not parts.path.startswith(prefix) or parts.query:
        return None
    path = unquote(parts.path[len(prefix) - 1 :])
    folder, _, name = path.rpartition("/")
    if (
        any(step in ("", ".", "..") or _is_page(step) for step in folder.split("/")[1:])
        or not path.isprintable()
        or "\\" in path
    ):
        return None
    if max(len(step.encode()) for step in path.split("/")) > _LONGEST:
        return None
    if not name:
        return (folder + "/", _INDEX) if folder else None  # the front page is a channel's
    if "." not in name:
        return f"{folder}/{name}/", _INDEX
    return (folder + "/", name) if _is_page(name) else None


def _is_page(name: str) -> bool:
    """Whether a step of a path is named as the file of a page: as a folder it would be in the way of that page."""
    return name.lower().endswith((".html", ".htm", ".xhtml"))
