"""What other rules would show, tried on a copy of the store: nothing of it is written, asked for or published.

A draft is a part of feeds.yaml: `categories`, `unknown_category`, `outputs`, and of sources `drop` and `only` by their
ids. What it does not name stays as it is. It cannot lead to files or secrets, for it comes from a web page: `${…}` is
refused, and so is every other key.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory

from feeds.app.build import App, copied
from feeds.config import nodes
from feeds.config.faults import page
from feeds.config.nodes import Node
from feeds.config.read import read_text, read_with_warnings, text_of
from feeds.core.duplicates import cluster
from feeds.core.entries import identity
from feeds.core.publishing.compose import compose, window
from feeds.core.sorting import rules
from feeds.core.sorting.channels import channels
from feeds.core.sorting.standing import standing
from feeds.errors import ConfigError, Fault, RuleError, UsageError
from feeds.jobs.regroup import regroup
from feeds.model.changes import Edit, Known, Saved
from feeds.model.desk import ChannelChange, Previewed, Told
from feeds.model.settings import Settings
from feeds.model.source import Source
from feeds.model.story import Member, Story

NAME = "draft"  # what faults call the text
WHOLE = ("categories", "unknown_category", "outputs")  # keys that a draft may give anew
BY_SOURCE = ("content", "sources")  # lists of which it may give `RULES` by id
RULES = ("drop", "only")
LONGEST = 200_000  # characters
SHOWN = 10  # stories of a channel that stays as it is


@dataclass(slots=True)
class _Draft:
    """A draft as it was read: the text for whole keys, line by line as it was given, and rules by source."""

    text: str
    keys: tuple[str, ...] = ()
    rules: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)


def draft(settings: Settings) -> str:
    """Return what a draft may change: as the file has it, and rules of sources as they are in force.

    Raises `ConfigError`.
    """
    text = text_of(settings.file)
    root, _ = nodes.parse(text, page(settings.file, text))
    lines = text.split("\n")
    parts = []
    for key in WHOLE:
        if root and not root.flow and key in root.pairs:
            pair = root.pairs[key]
            parts.append("\n".join(lines[pair.key.line - 1 : nodes.last_line(pair.value)]))
    ruled = [s for s in settings.sources if s.options.drop or s.options.only]
    if ruled:
        parts.append("\n".join(["sources:", *(line for source in ruled for line in _ruled(source))]))
    return "\n\n".join(parts) + "\n"


def _ruled(source: Source) -> list[str]:
    lines = [f"  - id: {json.dumps(source.id, ensure_ascii=False)}"]
    for name in RULES:
        if given := getattr(source.options, name):
            lines.append(f"    {name}:")
            lines += [f"      - {json.dumps(rule, ensure_ascii=False)}" for rule in given]
    return lines


def preview(file: str, text: str, environ: Mapping[str, str]) -> Previewed:
    """Return what every channel would show under the draft *text*. Raises `ConfigError`, `UsageError`."""
    given = _read(text)
    with TemporaryDirectory(prefix="feeds-") as public, copied(file, environ, public) as copy:
        changed = _changed(file, given, environ, copy.settings)
        return tried(copy, changed)


def preview_file(file: str, changed: str, environ: Mapping[str, str]) -> Previewed:
    """Return what every channel would show under another configuration file. Raises `ConfigError`."""
    with TemporaryDirectory(prefix="feeds-") as public, copied(file, environ, public) as copy:
        settings, _ = read_with_warnings(changed, environ)
        return tried(copy, replace(settings, store=copy.settings.store, public=public))


def tried(copy: App, changed: Settings) -> Previewed:
    """Bring the copy under *changed* and tell what differs."""
    before = shows(copy)
    dropped, taken = _judged_anew(copy, changed)
    copy.adopt(changed)
    regroup(copy.work())
    after = shows(copy)
    ids = dict.fromkeys((*after, *before))
    return Previewed(
        channels=tuple(_change(id, before.get(id), after.get(id)) for id in ids), dropped=dropped, taken=taken
    )


def shows(app: App) -> dict[str, tuple[str, tuple[Told, ...]]]:
    """Return the title and the stories of every channel, in its order."""
    now, found = app.clock(), {}
    for channel in channels(app.settings, app.store.library.categories(now)):
        view = window(channel, now)
        feed = compose(channel, app.store.library.stories(view), (), {}, view)
        told = (Told(id=i.story.id, title=i.story.lead.title, published=i.story.published) for i in feed.items)
        found[channel.id] = (channel.title, tuple(told))
    return found


def _change(
    id: str, before: tuple[str, tuple[Told, ...]] | None, after: tuple[str, tuple[Told, ...]] | None
) -> ChannelChange:
    title = (after or before or ("", ()))[0]
    old, new = (before or ("", ()))[1], (after or ("", ()))[1]
    had, has = {t.id for t in old}, {t.id for t in new}
    came, went = tuple(t for t in new if t.id not in had), tuple(t for t in old if t.id not in has)
    same = before is not None and after is not None and before == after
    return ChannelChange(
        channel_id=id,
        title=title,
        state="new" if before is None else "ends" if after is None else "same" if same else "differs",
        before=len(old),
        after=len(new),
        came=came,
        went=went,
        shows=new[:SHOWN],
    )


# reading a draft


def _read(text: str) -> _Draft:
    if len(text) > LONGEST:
        raise UsageError(f"the draft is longer than {LONGEST} characters")
    text = text.replace("\r\n", "\n")
    sheet = page(NAME, text)
    if "${" in text:
        line = text[: text.index("${")].count("\n") + 1
        raise ConfigError((sheet.fault(line, 0, "a draft cannot read files or the environment", "leave ${…} out"),))
    root, faults = nodes.parse(text, sheet)
    if faults or root is None:
        raise ConfigError(tuple(faults) or (sheet.fault(1, 1, "the draft is empty", "give a part of feeds.yaml"),))
    if root.kind != "mapping" or root.flow:
        raise ConfigError((sheet.fault(1, 1, "this is no part of feeds.yaml", "write `categories:` and the like"),))
    found = _Draft(text=text)
    lines = text.split("\n")
    for key, pair in root.pairs.items():
        if key in BY_SOURCE:
            found.rules |= _rules(pair.value, sheet.fault)
            first, last = pair.key.line - 1, nodes.last_line(pair.value)
            lines[first:last] = [""] * (last - first)
        elif key not in WHOLE:
            said = f"'{key}' cannot be changed in a draft"
            raise ConfigError((sheet.fault(pair.key.line, pair.key.column, said, f"{', '.join(WHOLE)}, sources"),))
    found.text, found.keys = "\n".join(lines), tuple(key for key in root.pairs if key in WHOLE)
    return found


def _rules(listed: Node, fault: Callable[[int, int, str, str], Fault]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    if listed.kind != "list":
        raise ConfigError((fault(listed.line, listed.column, "sources are a list", "write `- id: …`"),))
    for item in listed.items:
        pairs = item.pairs
        if "id" not in pairs or not set(pairs) <= {"id", *RULES}:
            said = "a source in a draft has an `id`, and `drop` or `only`"
            raise ConfigError((fault(item.line, item.column, said, "leave the other keys out"),))
        found[pairs["id"].value.text] = {name: _texts(pairs[name].value) for name in RULES if name in pairs}
        for name in RULES:
            for rule in _nodes(pairs[name].value) if name in pairs else ():
                try:
                    rules.compile_rule(rule.text)
                except RuleError as error:
                    raise ConfigError((fault(rule.line, rule.column, error.message, ""),)) from error
    return found


def _nodes(value: Node) -> Sequence[Node]:
    return value.items if value.kind == "list" else (value,) if value.text else ()


def _texts(value: Node) -> tuple[str, ...]:
    return tuple(node.text for node in _nodes(value))


def _changed(file: str, given: _Draft, environ: Mapping[str, str], now: Settings) -> Settings:
    """Return the settings of the file with the draft in place; faults are told by the draft's own lines."""
    text = text_of(file)
    root, _ = nodes.parse(text, page(file, text))
    lines = text.rstrip("\n").split("\n")
    for key in given.keys:
        if root and key in root.pairs:
            first, last = root.pairs[key].key.line - 1, nodes.last_line(root.pairs[key].value)
            lines[first:last] = [""] * (last - first)
    try:
        settings, _ = read_text("\n".join([*lines, given.text]), file, environ)
    except ConfigError as error:
        raise ConfigError(tuple(_moved(fault, len(lines)) for fault in error.faults)) from error
    known = {source.id for source in settings.sources}
    if unknown := [id for id in given.rules if id not in known]:
        raise UsageError(f"no source is called {unknown[0]!r}")
    sources = tuple(_with_rules(source, given.rules.get(source.id, {})) for source in settings.sources)
    return replace(settings, sources=sources, store=now.store, public=now.public)


def _moved(fault: Fault, lines: int) -> Fault:
    return replace(fault, file=NAME, line=fault.line - lines) if fault.line > lines else fault


def _with_rules(source: Source, given: Mapping[str, tuple[str, ...]]) -> Source:
    options = replace(
        source.options, drop=given.get("drop", source.options.drop), only=given.get("only", source.options.only)
    )
    return replace(source, options=options)


# entries under other rules


def _judged_anew(copy: App, changed: Settings) -> tuple[int, int]:
    """Apply changed `drop` and `only` to the stored entries of the copy; return how many leave, and how many come."""
    before = {s.id: s for s in copy.settings.sources}
    dropped = taken = 0
    for source in changed.sources:
        old = before.get(source.id)
        if old is None or all(getattr(old.options, n) == getattr(source.options, n) for n in RULES):
            continue
        known = copy.store.overview.entries(source.id)
        leave = [k for k in known if k.status == "kept" and standing(k.entry, source, older=False).status == "dropped"]
        come = [k for k in known if k.status == "dropped" and standing(k.entry, source, older=False).status == "kept"]
        _take_out(copy, leave)
        _take_in(copy, source, come, changed)
        dropped, taken = dropped + len(leave), taken + len(come)
    return dropped, taken


def _take_out(copy: App, leave: Sequence[Known]) -> None:
    keys = {k.entry.key for k in leave}
    for story in copy.store.looks.stories_of({k.story_id for k in leave if k.story_id}).values():
        left = [m for m in story.members if m.key not in keys]
        gone = tuple(m.key for m in story.members if m.key in keys)
        if left:
            copy.store.library.edit(Edit(stories=(cluster.assemble(story, left),), left=gone), copy.clock())
        elif story.status == "shown":
            copy.store.library.edit(Edit(stories=(replace(story, status="withdrawn"),)), copy.clock())


def _take_in(copy: App, source: Source, come: Sequence[Known], changed: Settings) -> None:
    """Begin a story for each entry that no key leads to one: the others would be copies."""
    for known in come:
        keys = identity.match_keys(known.entry, changed.dedupe)
        if copy.store.library.poll_view(source.id, (), keys).stories:
            continue
        story = _alone(known, source, changed, keys)
        saved = Saved(
            entry=known.entry,
            fingerprint=known.fingerprint,
            status="kept",
            story_id=story.id,
            first_seen=known.first_seen,
            url_key=identity.url_key(known.entry),
        )
        copy.store.library.edit(Edit(stories=(story,), entries=(saved,)), copy.clock())


def _alone(known: Known, source: Source, settings: Settings, keys: Sequence[str]) -> Story:
    entry, local = known.entry, source.kind == "content"
    member = Member(entry=entry, prefer=source.prefer, local=local, order=source.order, first_seen=known.first_seen)
    made = identity.story_id(entry, settings.site, local=local, free=False)
    begun = Story(
        id=f"{made}.{identity.digest(*entry.key)[:8]}",
        members=(member,),
        keys=tuple(keys),
        published=entry.published or known.first_seen,
        updated=entry.updated or entry.published or known.first_seen,
        first_seen=known.first_seen,
    )
    return cluster.assemble(begun, [member])
