"""A category is known with the first of its stories that may be seen, and stays known."""

from dataclasses import replace

from feeds.model.story import Category
from feeds.store import Store
from tests.store.made import DAY, MINUTE, NOW, TECH, changes, entry, ready, tell

SLUG = TECH.slug


def test_a_story_that_waits_makes_no_category_known_before_its_time(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), release=NOW + DAY)
    assert library.categories() == {SLUG: TECH}
    assert library.categories(NOW + DAY - MINUTE) == {}
    assert library.categories(NOW + DAY) == {SLUG: TECH}


def test_another_that_is_seen_sooner_does(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), release=NOW + DAY)
    tell(library, entry("2"), at=NOW + MINUTE, release=NOW + 2 * DAY)
    assert library.categories(NOW + DAY - MINUTE) == {}
    tell(library, entry("3"), at=NOW + 2 * MINUTE)
    assert library.categories(NOW + 2 * MINUTE) == {SLUG: TECH}


def test_one_that_waits_longer_or_is_taken_back_before_does_not(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), release=NOW + DAY)
    view = library.poll_view("a", ["1"], ())
    later = replace(view.stories["id:story:1"], release=NOW + 2 * DAY)
    library.apply(changes(view, stories=(later,)))
    assert library.categories(NOW + DAY) == {}
    view = library.poll_view("a", ["1"], ())
    library.apply(changes(view, stories=(replace(view.stories["id:story:1"], status="retracted"),)))
    assert library.categories(NOW + 9 * DAY) == {}


def test_what_was_known_stays_so(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), release=NOW - DAY)
    view = library.poll_view("a", ["1"], ())
    library.apply(changes(view, NOW + MINUTE, stories=(replace(view.stories["id:story:1"], status="retracted"),)))
    tell(library, entry("2"), at=NOW + 2 * MINUTE, release=NOW + DAY)
    assert library.categories(NOW + 2 * MINUTE) == {SLUG: TECH}


def test_a_category_that_settings_give_is_known_where_its_stories_are(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    (old,) = library.every_story("", 9)
    news = Category(slug="news", name="속보")
    library.restate((), (Category(slug="none", name="none"),), ())
    library.restate((replace(old, categories=(news,)),), (news,), ())
    assert {*library.categories(NOW)} == {SLUG, "news"}
