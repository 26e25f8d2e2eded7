"""What a folder of posts is: which generator's site it belongs to, and where that site keeps its configuration.

The configuration is looked for in the folder, then in those above it. A folder that says its `kind` may lie three below
its site; of one that does not, the way down must be that generator's own (`content` of Hugo): a configuration
that happens to lie above says nothing.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feeds.fetch.folder import OUR_FOLDERS, read_at
from feeds.model.sites import SITES, SiteFiles
from feeds.model.source import Folder, SiteKind

LARGEST_CONFIG = 256 * 1024  # bytes
TABLE = re.compile(
    r"^([ \t]*\[\[?[ \t]*)([\w\"'. -]+\]\]?[ \t]*(?:#[^\n]*)?)$", re.MULTILINE
)  # the head of one in TOML
EDITORS: tuple[SiteKind, ...] = ("obsidian",)
HIGHEST = 3  # folders between a site's configuration and its posts: `src/content/blog`


@dataclass(frozen=True, slots=True)
class _Config:
    kind: SiteKind
    site: str  # the folder that it lies in
    name: str


def folder_of(root: str, kind: SiteKind) -> Folder:
    """Return what the folder at *root* is; *kind* is what its owner says. Raises `OSError` on what cannot be read."""
    found = next(_configs(root, kind), None)
    if found is None:
        jekyll = kind == "auto" and os.path.basename(root) in OUR_FOLDERS
        return Folder(kind="jekyll" if jekyll else kind)
    texts = [_text(os.path.join(found.site, name)) for name in (found.name, *_joined(found))]
    texts += _parts(found, texts[0])
    below = os.path.relpath(root, found.site).replace(os.sep, "/")
    config = "\n".join(texts)
    return Folder(kind=found.kind, config=config, name=found.name, below="" if below == "." else below)


def _configs(root: str, kind: SiteKind) -> Iterator[_Config]:
    """Give the configurations that *root* may belong to, the likeliest first: editors are used with any generator."""
    if kind == "auto":
        yield from _configs_of(root, kind, tuple(each for each in SITES if each not in EDITORS))
        yield from _configs_of(root, kind, EDITORS)
    else:
        yield from _configs_of(root, kind, (kind,))


def _configs_of(root: str, kind: SiteKind, kinds: Sequence[SiteKind]) -> Iterator[_Config]:
    place, below = root, ""
    for height in range(HIGHEST + 1):
        for each in kinds:
            files = SITES[each]
            if height and not _leads_down(files, below, kind):
                continue
            for name in files.configs:
                if os.path.lexists(os.path.join(place, name)) and (kind != "auto" or _is_sure(files, name, place)):
                    yield _Config(each, place, name)
        above = os.path.dirname(place)
        below = "/".join(filter(None, (os.path.basename(place), below)))
        if above == place:
            return
        place = above


def _leads_down(files: SiteFiles, below: str, kind: SiteKind) -> bool:
    if files is SITES["jekyll"]:  # as it always was: a `_posts` folder's configuration stands beside it
        return below in OUR_FOLDERS
    return kind != "auto" or any(
        below == each or below.startswith(f"{each}/") for each in (*files.content, *files.shelves)
    )


def _is_sure(files: SiteFiles, name: str, site: str) -> bool:
    """`config.toml` is many programs' name: it tells a generator only beside that one's folder of posts."""
    return not os.path.basename(name).startswith("config.") or any(
        os.path.isdir(os.path.join(site, each)) for each in files.content
    )


def _joined(found: _Config) -> Iterator[str]:
    for name in SITES[found.kind].joined:
        if os.path.lexists(os.path.join(found.site, name)):
            yield name


def _parts(found: _Config, config: str) -> Iterator[str]:
    """Give the sections that stand beside a configuration in `config/_default`, as if they stood in it."""
    folder, _, name = found.name.rpartition("/")
    suffix = name.rpartition(".")[2]
    for part in SITES[found.kind].parts if folder else ():
        path = os.path.join(found.site, folder, f"{part}.{suffix}")
        there = re.search(rf"^[ \t]*\[*[ \t]*{part}[ \t]*[\].:=]", config, re.MULTILINE)
        if there or not os.path.lexists(path):
            continue
        if suffix == "toml":
            yield f"[{part}]\n" + TABLE.sub(rf"\g<1>{part}.\g<2>", _text(path))
        elif suffix in ("yaml", "yml"):
            yield f"{part}:\n" + "".join(f"  {line}\n" for line in _text(path).splitlines())


def _text(path: str) -> str:
    if os.path.isdir(path):
        return ""
    body = read_at(path, LARGEST_CONFIG)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OSError(0, f"not UTF-8 at byte {error.start}", path) from error
