"""Which categories an entry belongs to.

1. Names: those of the source, then the entry's own. A name is a subject's when it equals the subject's name, slug or
   one of its aliases; letter case, composition, and the width of characters and of blanks aside.
2. Tags match subjects in the same way, but never make a category: a blog has hundreds of them.
3. `add` rules give a subject, `drop` rules take it away again.
4. A name that is no subject's is kept as a category of its own, dropped, or makes the entry one of 'other'.

A category's slug is `slug(name)`. Where another name has it already, the later one gets `-` and six hex digits of its
name's sha256. So a name leads to the same slug as long as the categories that exist
are the same, whatever the order within an entry. Categories that exist keep their slugs; one that a subject claims by
its slug is that subject's from then on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Literal

from feeds.core.sorting.rules import Rule, compile_rule
from feeds.core.sorting.slugs import slug, suffixed, tag
from feeds.core.words import text
from feeds.model.entry import Entry
from feeds.model.settings import Subject
from feeds.model.source import Source
from feeds.model.story import Category

__all__ = ["Catalogue", "Resolved", "slug"]

OTHER = "other"  # the slug of the category for unknown names


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """*categories* of one entry: subjects in the order of the configuration, then others by name.

    *new* are those of them that did not exist.
    """

    categories: tuple[Category, ...] = ()
    new: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A subject with its category and its rules read."""

    category: Category
    add: tuple[Rule, ...]
    drop: tuple[Rule, ...]


class Catalogue:
    """The subjects of the configuration, and what becomes of other names. Raises `RuleError` for a faulty rule."""

    def __init__(self, subjects: Sequence[Subject], unknown: Literal["keep", "drop", "other"] = "keep") -> None:
        self._unknown = unknown
        self._subjects: dict[str, _Known] = {}  # by slug, in order
        self._names: dict[str, str] = {}  # folded name, slug or alias -> slug
        self._collisions: list[str] = []
        for subject in subjects:
            self._admit(subject)
        self._order = {made: place for place, made in enumerate(self._subjects)}

    def configured(self) -> tuple[Category, ...]:
        """Return the subjects' categories, in the order of the configuration: they exist, whether filled or not."""
        return tuple(subject.category for subject in self._subjects.values())

    def heir(self, category: Category) -> Category:
        """Return the subject that *category*'s name means, itself where it means none: a subject may get a new slug."""
        subject = self._subjects.get(self._names.get(_key(category.name), ""))
        return subject.category if subject else category

    def collisions(self) -> tuple[str, ...]:
        """Return what of the subjects could not be had as written, a sentence each."""
        return tuple(self._collisions)

    def resolve(self, entry: Entry, source: Source, existing: Mapping[str, Category]) -> Resolved:
        """Return the categories of *entry*; *existing* are all that the library holds, by slug."""
        found = {self._names[name] for name in map(_key, entry.tags) if name in self._names}
        unknown: list[str] = []
        for name in (*source.categories, *entry.categories):
            made = self._names.get(_key(name))
            if made is not None:
                found.add(made)
            elif _key(name):
                unknown.append(text.one_line(name))
        categories = {made: self._subjects[made].category for made in self._ruled(found, entry, source)}
        for category in self._others(unknown, existing):
            categories[category.slug] = category
        last = len(self._order)
        ranked = sorted(categories.values(), key=lambda c: (self._order.get(c.slug, last), _key(c.name), c.slug))
        return Resolved(categories=tuple(ranked), new=tuple(c for c in ranked if c.slug not in existing))

    def _admit(self, subject: Subject) -> None:
        """Give *subject* its slug and its names; the earlier subject keeps what both want."""
        asked = subject.slug or subject.name
        wanted = slug(asked)
        made = next(free for free in _slugs(wanted, subject.name) if free not in self._subjects)
        name = text.one_line(subject.name)
        if made != wanted:
            holder = self._subjects[wanted].category.name
            self._collisions.append(
                f"categories '{holder}' and '{name}' share the slug '{wanted}': '{name}' has '{made}'"
            )
        elif subject.slug and made != subject.slug:
            self._collisions.append(
                f"the slug '{subject.slug}' of category '{name}' cannot stand in URLs: it is '{made}'"
            )
        self._subjects[made] = _Known(
            category=Category(slug=made, name=name),
            add=tuple(map(compile_rule, subject.add)),
            drop=tuple(map(compile_rule, subject.drop)),
        )
        self._claim(made, name, (subject.name, made, *subject.aliases))

    def _claim(self, made: str, subject: str, names: Iterable[str]) -> None:
        for name in filter(_key, names):
            holder = self._names.setdefault(_key(name), made)
            if holder != made:
                first = self._subjects[holder].category.name
                self._collisions.append(f"'{name}' means category '{first}', so it cannot mean '{subject}' too")

    def _ruled(self, found: set[str], entry: Entry, source: Source) -> set[str]:
        """*found* with what `add` gives and without what `drop` takes."""

        def met(rules: tuple[Rule, ...]) -> bool:
            return any(rule.meets(entry, source) for rule in rules)

        return {
            made
            for made, subject in self._subjects.items()
            if (made in found or met(subject.add)) and not met(subject.drop)
        }

    def _others(self, names: list[str], existing: Mapping[str, Category]) -> Iterator[Category]:
        """The categories of names that are no subject's. Spellings that fold alike are one: the first when sorted."""
        if not names or self._unknown == "drop":
            return
        if self._unknown == "other":
            yield self._other(existing)
            return
        spelt = {_key(name): name for name in sorted(names, reverse=True)}
        placed: dict[str, Category] = {}
        for key in sorted(spelt):
            category = self._place(spelt[key], placed, existing)
            placed[category.slug] = category
            yield category

    def _place(self, name: str, placed: Mapping[str, Category], existing: Mapping[str, Category]) -> Category:
        """The category that has *name*, or a new one at the first slug that is free."""
        for made in _slugs(slug(name), name):
            if made in self._subjects:
                continue
            holder = placed.get(made) or existing.get(made)
            if holder is None or _key(holder.name) == _key(name):
                return holder or Category(slug=made, name=name)
        raise AssertionError("slugs never end")

    def _other(self, existing: Mapping[str, Category]) -> Category:
        made = self._names.get(OTHER, OTHER)
        if made in self._subjects:
            return self._subjects[made].category
        return existing.get(OTHER) or Category(slug=OTHER, name=OTHER)


@lru_cache(maxsize=65_536)
def _key(name: str) -> str:
    """*name* as it is matched: '' where nothing is left."""
    return text.fold(name)


def _slugs(first: str, name: str) -> Iterator[str]:
    """The slugs that *name* may have, without end, in the order in which they are tried."""
    yield first
    for attempt in count():
        yield suffixed(first, tag(_key(name) + "+" * attempt))
