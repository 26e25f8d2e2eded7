"""A folder of posts, or a feed document on disk, as `Fetched`.

Which files of a folder are posts (`model/sites.py` has what each generator adds to it):

* `.md .markdown .html .htm` are, and `.txt` that begins with front matter.
* Names that start with `.`, `_`, `#` or `~`, and folders of that kind, `node_modules` and `vendor` are not; `_posts`
  and `_drafts` are.
* Where there is a `_posts` or `_drafts`, and `kind` is not `plain`, only files below one are: the other files of a
  Jekyll site are pages.
* In a Jekyll folder files without front matter are when their names begin with a date.
* Else `README`, `LICENSE`, `CHANGELOG` and their like, and `index` and `404` at the top, are not, unless they begin
  with front matter.

* Of a site whose generator keeps posts in one folder (`content` of Hugo), only files below that one are.

A folder counts as unchanged while paths, bytes, configuration and the source's options are the same: times of files
play no part, for a fresh clone or `touch` changes them all. Where a post says when it ends, that moment counts: it is
read anew when it has come.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from feeds.fetch.folder import OUR_FOLDERS, Place, TooBig, read, read_at, walk
from feeds.fetch.git import Version, blob_hash, first_versions
from feeds.fetch.sites import folder_of
from feeds.model.sites import SITES, SiteFiles
from feeds.model.source import Document, Fetched, Folder, Problem, SiteKind, Source, SourceState

LARGEST_POST = 2 * 1024 * 1024
LARGEST_DATA = 256 * 1024
LARGEST_FEED = 15 * 1024 * 1024
MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdown": "text/markdown",
    ".mkd": "text/markdown",
    ".mdx": "text/mdx",
    ".html": "text/html",
    ".htm": "text/html",
    ".rst": "text/x-rst",
    ".txt": "text/plain",
}
PAPERS = frozenset({
    "readme", "license", "licence", "changelog", "changes", "contributing", "code_of_conduct", "security", "authors",
    "todo",
})  # fmt: skip
# `---`, also `---yaml`; `+++`; JSON. Blank lines and a byte order mark before it are accepted, as they are in reading.
FRONT_MATTER = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:-{3,}[ \t]*(?:ya?ml|json|toml)?[ \t]*\r?\n|\+{3,}[ \t]*\r?\n|\{\s*\n)"
)


ENDS = re.compile(
    rb"(?:^|[{,])[ \t]*[\"']?(?:expirydate|unpublishdate)[\"']?[ \t]*[:=][ \t]*[\"']?([^\"'\r\n#]*)",
    re.IGNORECASE | re.MULTILINE,
)
QUARTER = timedelta(minutes=15)  # zones differ by whole ones
FARTHEST = timedelta(hours=15)  # how far a wall time may be from the same of UTC: -12 to +14
DATED = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-")
PERMALINK = re.compile(rb"^permalink:[ \t]*[\"']?([^\r\n\"'#]+)", re.MULTILINE)
HEAD = 8192  # bytes in which front matter says what is looked for here


@dataclass(slots=True)
class _Reading:
    """What came of reading a folder, so far."""

    bodies: dict[Place, bytes] = field(default_factory=dict)
    listing: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def skip(self, place: Place, code: str, detail: str) -> None:
        self.problems.append(Problem(code=code, detail=detail, where=place.path))


def fetch_folder(source: Source, state: SourceState) -> Fetched:
    """Return a document for every post of a content folder, or `unchanged`.

    *listing* holds the paths of all posts that exist, read or not; *problems* those that could not be read.
    *state.due* is the time as of which the folder is read: posts may end.
    Fails as a whole when any folder cannot be listed, or `_config.yml` cannot be read: what is in them would seem
    to be gone, or to have moved.
    """
    root = os.path.realpath(source.location)
    try:
        folder = folder_of(root, source.options.kind)
        places = walk(root)
        reading = _read_posts(root, places, folder)
        folder = _told(root, folder, places, reading)
    except OSError as error:
        return _failed(_plain(error), error.filename or source.location)
    ends = tuple(_ends(reading.bodies, state.due)) if SITES[_shape(folder)].ends else ()
    asked = state.due if ends else None
    body_hash = _hash(source, folder, reading, ends)
    result = Fetched(
        outcome="unchanged",
        body_hash=body_hash,
        size=sum(map(len, reading.bodies.values())),
        problems=tuple(reading.problems),
        listing=tuple(reading.listing),
    )
    if body_hash == state.body_hash:
        return result
    versions = first_versions(root)
    documents = tuple(_document(root, place, body, versions, folder, asked) for place, body in reading.bodies.items())
    return _fresh(result, documents)


def fetch_file(source: Source, state: SourceState) -> Fetched:
    """Return the feed document at the source's location, or `unchanged`. At most 15 MB are read."""
    try:
        body = read_at(source.location, LARGEST_FEED)
    except TooBig as error:
        return _failed(str(error), source.location, "too_big")
    except (OSError, ValueError) as error:
        return _failed(_plain(error), source.location)
    body_hash = sha256(body).hexdigest()
    result = Fetched(outcome="unchanged", body_hash=body_hash, size=len(body))
    if body_hash == state.body_hash:
        return result
    return _fresh(result, (Document(url=source.location, body=body),))


def _fresh(result: Fetched, documents: tuple[Document, ...]) -> Fetched:
    return Fetched(
        outcome="fresh",
        documents=documents,
        body_hash=result.body_hash,
        size=result.size,
        problems=result.problems,
        listing=result.listing,
    )


def _failed(detail: str, where: str, code: str = "folder") -> Fetched:
    return Fetched(outcome="failed", problem=Problem(code=code, detail=detail, where=where))


def _plain(error: Exception) -> str:
    """What went wrong, in the system's words, without numbers and paths."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _shape(folder: Folder) -> SiteKind:
    return "plain" if folder.kind == "auto" else folder.kind


def _read_posts(root: str, places: list[Place], folder: Folder) -> _Reading:
    """Read those of *places* that are posts."""
    reading = _Reading()
    files = SITES[_shape(folder)]
    places = [p for p in places if _suffix(p) in files.suffixes]
    if folder.kind in ("auto", "jekyll") and any(_in_posts(p) for p in places):
        places, files = [p for p in places if _in_posts(p)], SITES["jekyll"]
    places = list(_shelved(places, folder, files))
    before = ""
    for place in places:
        if not _is_text(place.name):
            shown = place.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            reading.problems.append(Problem(code="folder", detail="the file's name is not UTF-8", where=shown))
        elif place.path == before:
            reading.skip(place, "folder", "two files have this name, one in NFC and one in NFD; one of them is read")
        else:
            _read_post(root, place, reading, files)
        before = place.path
    return reading


def _suffix(place: Place) -> str:
    return os.path.splitext(place.path)[1].lower()


def _in_posts(place: Place) -> bool:
    return not OUR_FOLDERS.isdisjoint(place.path.split("/")[:-1])


def _shelved(places: list[Place], folder: Folder, files: SiteFiles) -> Iterator[Place]:
    """Give the files that lie where posts do, without lists and what belongs to another post."""
    shelves = tuple(f"{each}/" for each in files.content)
    if folder.below or not any(p.path.startswith(shelves) for p in places):
        shelves = ("",)
    bundles = {p.path.rpartition("/")[0] for p in places if _is_index(p)} - {""} if files.bundles else set()
    for place in places:
        above = place.path.split("/")[:-1]
        held = any("/".join(above[:n]) in bundles for n in range(1, len(above) + 1))
        owned = held and not (_is_index(place) and _outermost(above, bundles))
        skipped = not files.skipped.isdisjoint(each.lower() for each in above) or _stem(place).startswith("_")
        if place.path.startswith(shelves) and not owned and not skipped:
            yield place


def _is_index(place: Place) -> bool:
    """Whether a file is a bundle's own, in whatever language: `index.md`, `index.ko.md`."""
    return _stem(place).partition(".")[0] == "index"


def _outermost(above: list[str], bundles: set[str]) -> bool:
    return not any("/".join(above[:n]) in bundles for n in range(1, len(above)))


def _stem(place: Place) -> str:
    return os.path.splitext(os.path.basename(place.path))[0].lower()


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _read_post(root: str, place: Place, reading: _Reading, files: SiteFiles) -> None:
    try:
        body = read(root, place.name, LARGEST_POST)
    except TooBig as error:
        reading.skip(place, "post", str(error))
    except OSError as error:
        reading.skip(place, "folder", _plain(error))
    else:
        if not (FRONT_MATTER.match(body) or _stands_without(place.path, files)):
            return
        reading.bodies[place] = body
    reading.listing.append(place.path)


def _stands_without(path: str, files: SiteFiles) -> bool:
    """Whether a file without front matter is a post all the same."""
    stem, suffix = os.path.splitext(path.lower())
    paper = os.path.basename(stem) in PAPERS or stem in ("index", "404")
    named = not files.dated or DATED.match(os.path.basename(stem))
    return suffix in files.bare and not paper and bool(named)


def _told(root: str, folder: Folder, places: list[Place], reading: _Reading) -> Folder:
    """Return *folder* with what its posts need to know of its other files."""
    shape = SITES[_shape(folder)]
    named = [p.path for p in places if re.fullmatch(shape.named, p.path)] if shape.named else []
    above = f"{os.path.basename(root)}/"  # the folder's own name may make a file of it one of data
    data = [p for p in places if re.fullmatch(shape.data, above + p.path)] if shape.data else []
    return replace(
        folder,
        files=tuple(named),
        stated=tuple(_stated(reading.bodies)) if shape.links else (),
        data=tuple((p.path, read(root, p.name, LARGEST_DATA).decode("utf-8", "replace")) for p in data),
    )


def _stated(bodies: Mapping[Place, bytes]) -> Iterator[tuple[str, str]]:
    for place, body in bodies.items():
        if FRONT_MATTER.match(body) and (found := PERMALINK.search(body[:HEAD])):
            yield place.path, found[1].decode("utf-8", "replace").strip()


def _ends(bodies: Mapping[Place, bytes], asked: datetime) -> Iterator[str]:
    """Give of each post that ends a mark that changes when its end may have come."""
    for body in bodies.values():
        if found := ENDS.search(body[:HEAD]):
            yield _mark(found[1].decode("utf-8", "replace"), asked)


def _mark(text: str, asked: datetime) -> str:
    """Return whether the end named by *text* has come; a wall time's zone is not known here: any quarter may be it."""
    try:
        end = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d)", "", text.strip()))
    except ValueError:
        return str((asked - datetime(1970, 1, 1, tzinfo=UTC)) // QUARTER)
    distance = asked - (end if end.tzinfo else end.replace(tzinfo=UTC))
    if end.tzinfo or abs(distance) > FARTHEST:
        return str(distance >= timedelta())
    return str(distance // QUARTER)


def _hash(source: Source, folder: Folder, reading: _Reading, ends: tuple[str, ...]) -> str:
    """Return what stays the same while nothing happened. Options count: with others, the same bytes read otherwise."""
    digest = sha256(f"{source.options!r}\0{source.home}\0{folder!r}\0{reading.listing!r}\0{ends!r}".encode())
    for place, body in reading.bodies.items():
        digest.update(f"\0{place.path}\0{len(body)}\0".encode())
        digest.update(body)
    return digest.hexdigest()


def _document(
    root: str, place: Place, body: bytes, versions: Mapping[str, Version], folder: Folder, asked: datetime | None
) -> Document:
    first = versions.get(place.path)
    return Document(
        url=os.path.join(root, place.name),
        body=body,
        media_type=MEDIA_TYPES[_suffix(place)],
        path=place.path,
        created=first.created if first else None,
        origin=first.blob if first else blob_hash(body),
        folder=folder,
        asked=asked,
    )
