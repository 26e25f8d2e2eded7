"""Which known entry an arriving one is: so that a renamed post or a changed guid does not come back as new.

Posts (no id in the front matter): the known post at the same path; else a known post whose file vanished and that has
the same first version in git, the same text, or the same title and mostly the same words.
Feed items: the same guid, http and https alike; else a known item that left the document, with the same page and title:
sites that number their items anew at each request.

A guid may be used again for another item, most often where guids count the items. It is another where page, title and
words all differ from those of the item that bore the guid, and so does the date: it is recognised by page and title as
above, and is new under `guid|link` where nobody knows these. An item whose page or title or words stay is the same one,
edited. (miniflux and FreshRSS take the new item for an edit of the old one.)
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from feeds.core.duplicates import cluster
from feeds.core.entries import identity
from feeds.core.entries.outline import id_digest
from feeds.core.words import text
from feeds.model.changes import Known
from feeds.model.entry import Entry
from feeds.model.quick import replace


def recognise(
    entries: Sequence[Entry],
    known: Mapping[str, Known],
    listing: Sequence[str],
    unread: Collection[bytes] = (),
    *,
    local: bool,
    by_link: bool = False,
) -> tuple[Entry, ...]:
    """Return *entries* under the guids by which the library knows them.

    *unread* are `outline.id_digest` of items that are in the document too, but were not read again.
    *by_link*: the source's owner says that its links tell items apart (`ids: link`), so a page that one item has is
    that item, whatever its title.
    """
    if local:
        return _posts(entries, known, frozenset(listing))
    pages = Counter(map(identity.url_key, entries)) if by_link else Counter[str]()
    return _items(entries, known, unread, frozenset(page for page, items in pages.items() if page and items == 1))


def _posts(entries: Sequence[Entry], known: Mapping[str, Known], listing: frozenset[str]) -> tuple[Entry, ...]:
    by_path = {k.entry.path: k for k in known.values() if k.status != "withdrawn"}
    homeless = {g: k for g, k in known.items() if k.status == "withdrawn" or k.entry.path not in listing}
    taken = {e.guid for e in entries if not e.guid_made}
    found = []
    for entry in entries:
        match = None
        if entry.guid_made:
            match = by_path.get(entry.path) or _moved(entry, homeless.values())
        if match and match.entry.guid not in taken:
            entry = replace(entry, guid=match.entry.guid, guid_made=match.entry.guid_made)
            homeless.pop(match.entry.guid, None)
        elif entry.guid_made:
            entry = replace(entry, guid=_free(entry.guid, taken, known))
        taken.add(entry.guid)
        found.append(entry)
    return tuple(found)


def _free(guid: str, taken: set[str], known: Mapping[str, Known]) -> str:
    """Return *guid*, numbered where another post began as the same file (a copied template)."""
    number, free = 1, guid
    while free in taken or free in known:
        number += 1
        free = f"{guid}~{number}"
    return free


def _moved(entry: Entry, homeless: Iterable[Known]) -> Known | None:
    """Return the known post that now lies at *entry*'s path, from those whose file is gone."""
    candidates = sorted(homeless, key=lambda k: k.entry.path)
    body = identity.body_of(entry)
    tests = (
        lambda k: bool(entry.blob) and k.entry.blob == entry.blob,
        lambda k: bool(body) and identity.body_of(k.entry) == body,
        lambda k: text.fold(k.entry.title) == text.fold(entry.title) and cluster.overlap(entry, k.entry),
    )
    return next((k for test in tests for k in candidates if test(k)), None)


def _items(
    entries: Sequence[Entry], known: Mapping[str, Known], unread: Collection[bytes], sure: frozenset[str]
) -> tuple[Entry, ...]:
    """*sure* are pages that need no title beside them."""

    def place(entry: Entry) -> tuple[str, str]:
        page = identity.url_key(entry)
        return page, "" if page in sure else text.fold(entry.title)

    by_guid = {identity.guid_key(g): g for g in known}
    borne = [by_guid.get(identity.guid_key(e.guid)) for e in entries]
    reused = [g is not None and _is_another(e, known[g].entry) for e, g in zip(entries, borne, strict=True)]
    present = {g for g, again in zip(borne, reused, strict=True) if g is not None and not again}
    by_page: dict[tuple[str, str], list[str]] = {}
    for g, k in known.items():
        if g not in present and id_digest(g) not in unread and identity.url_key(k.entry):
            by_page.setdefault(place(k.entry), []).append(g)
    found = []
    for entry, guid, again in zip(entries, borne, reused, strict=True):
        if guid is None or again:
            guid = _likeliest(entry, by_page.get(place(entry), []), known)
        if guid is None and again:
            guid = f"{entry.guid}|{entry.url}"
        found.append(entry if guid in (None, entry.guid) else replace(entry, guid=guid))
    return tuple({e.guid: e for e in reversed(found)}.values())[::-1]


def _likeliest(entry: Entry, guids: list[str], known: Mapping[str, Known]) -> str | None:
    """Take from *guids*, which have the page and the title of *entry*, the one that says the same, else the last."""
    if not guids:
        return None
    mark = identity.fingerprint(entry) if len(guids) > 1 else ""
    guid = next((g for g in guids if known[g].fingerprint == mark), guids[-1])
    guids.remove(guid)
    return guid


def _is_another(entry: Entry, known: Entry) -> bool:
    """Tell whether a guid stands on another item than before; the cheap tests first, for nearly all end there."""
    if entry.url == known.url or entry.title == known.title or entry.published == known.published:
        return False
    if not entry.url or text.fold(entry.title) == text.fold(known.title) or cluster.overlap(entry, known):
        return False
    return "" not in (pages := {identity.url_key(entry), identity.url_key(known)}) and len(pages) == 2
