"""What other rules would show: tried on a copy, held against what really comes of them, and led nowhere else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.looking import preview
from feeds.errors import ConfigError, FeedsError, UsageError
from feeds.model.desk import ChannelChange, Previewed
from tests.web.desk.site import ENVIRON, folder, opened_desk, text

OUTPUTS = 'outputs:\n  - {id: all, path: /}\n  - {id: by-category, each: category, path: "/{slug}/"}\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    found = folder(tmp_path)
    with opened(str(found / "feeds.yaml"), ENVIRON, lock=True) as app:
        passes.run_pass(app)
    return found


@pytest.fixture
def app(place: Path) -> Iterator[App]:
    with opened(str(place / "feeds.yaml"), ENVIRON, lock=True) as found:
        yield found


def tried(app: App, draft: str) -> Previewed:
    return preview.preview(app.settings.file, draft, ENVIRON)


def changed(found: Previewed) -> dict[str, ChannelChange]:
    return {c.channel_id: c for c in found.channels if c.state != "same"}


def titles(change: ChannelChange, side: str) -> list[str]:
    return [told.title for told in getattr(change, side)]


def test_the_draft_as_it_is_changes_nothing(app: App) -> None:
    found = tried(app, preview.draft(app.settings))
    assert {c.state for c in found.channels} == {"same"}
    assert (found.dropped, found.taken) == (0, 0)
    assert [c.channel_id for c in found.channels] == ["all", "by-category:tech"]


def test_a_draft_shows_rules_as_they_are_in_force(app: App) -> None:
    shown = preview.draft(app.settings)
    assert shown.startswith("categories:\n  - {name: Tech, slug: tech}\n")
    assert '- id: "two"' in shown
    assert "title ~ '^AD'" in shown


def test_a_category_that_takes_more(app: App) -> None:
    found = changed(tried(app, "categories:\n  - {name: Tech, slug: tech, add: [\"title ~ 'Third'\"]}\n"))
    assert list(found) == ["by-category:tech"]
    assert titles(found["by-category:tech"], "came") == ["Third"]
    assert titles(found["by-category:tech"], "went") == []
    assert (found["by-category:tech"].before, found["by-category:tech"].after) == (2, 3)


def test_a_category_that_is_new_and_one_that_ends(app: App) -> None:
    found = changed(tried(app, "categories:\n  - {name: News, slug: news, aliases: [Tech]}\n"))
    assert found["by-category:news"].state == "new"
    assert titles(found["by-category:news"], "came") == ["The river", "First of one"]


def test_an_output_with_another_limit(app: App) -> None:
    found = changed(tried(app, OUTPUTS.replace("path: /}", "path: /, limit: 1}")))
    assert (found["all"].before, found["all"].after) == (3, 1)
    assert len(found["all"].went) == 2


def test_an_output_that_is_new_and_one_that_is_gone(app: App) -> None:
    found = changed(tried(app, "outputs:\n  - {id: river, path: /, only: \"title ~ 'river'\"}\n"))
    assert {id: c.state for id, c in found.items()} == {"river": "new", "all": "ends", "by-category:tech": "ends"}
    assert titles(found["river"], "shows") == ["The river"]


def test_a_rule_that_keeps_more_out(app: App) -> None:
    found = tried(app, "sources:\n  - id: two\n    drop: [\"title ~ '^AD'\", \"title ~ 'Third'\"]\n")
    assert (found.dropped, found.taken) == (1, 0)
    assert titles(changed(found)["all"], "went") == ["Third"]


def test_a_rule_that_keeps_a_copy_out_leaves_its_story(app: App) -> None:
    found = tried(app, "sources:\n  - id: two\n    drop: [\"title ~ 'river'\", \"title ~ '^AD'\"]\n")
    assert found.dropped == 1
    assert changed(found) == {}


def test_a_rule_that_lets_more_in(app: App) -> None:
    found = tried(app, "sources:\n  - id: two\n    drop: []\n")
    assert (found.dropped, found.taken) == (0, 1)
    assert titles(changed(found)["all"], "came") == ["AD: buy it"]


def test_only_lets_in_what_meets_it(app: App) -> None:
    found = tried(app, "sources:\n  - id: one\n    only: [\"title ~ 'river'\"]\n")
    assert found.dropped == 1
    assert titles(changed(found)["all"], "went") == ["First of one"]


def test_a_preview_writes_nothing(app: App, place: Path) -> None:
    def everything() -> object:
        store = app.store
        files = {p: p.read_bytes() for p in place.rglob("*") if p.is_file() and "feeds.db" not in p.name}
        stories = list(store.overview.export())
        return stories, store.overview.totals(), store.looks.marks(100), store.overview.renditions(), files

    before = everything()
    tried(app, "sources:\n  - id: two\n    drop: [\"title ~ '.'\"]\n" + OUTPUTS.replace("path: /}", "path: /x/}"))
    assert everything() == before


DRAFTS = [
    "categories:\n  - {name: Tech, slug: tech, add: [\"title ~ 'Third'\"]}\n",
    "categories:\n  - {name: News, slug: news, aliases: [Tech]}\n",
    OUTPUTS.replace("path: /}", "path: /, limit: 1}"),
    "outputs:\n  - {id: river, path: /, only: \"title ~ 'river'\"}\n",
]


@pytest.mark.parametrize("draft", DRAFTS, ids=["add", "rename", "limit", "output"])
def test_what_is_foretold_comes(place: Path, draft: str) -> None:
    """The documents of a pass under the changed file hold the stories that the preview named, in its order."""
    file = place / "feeds.yaml"
    found = preview.preview(str(file), draft, ENVIRON)
    key = draft.partition(":")[0]
    lines = file.read_text().split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next((n for n, line in enumerate(lines) if n > start and line and not line.startswith(" ")), len(lines))
    file.write_text("\n".join([*lines[:start], *lines[end:], draft]))
    with opened(str(file), ENVIRON, lock=True) as app:
        passes.run_pass(app)
        for change in found.channels:
            paths = [r.path for r in app.store.overview.renditions() if r.channel_id == change.channel_id]
            path = next((p for p in paths if p.endswith("feed.json")), None)
            assert (path is None) == (change.state == "ends"), change
            if path:
                shown = app.store.overview.rendition(path)
                assert shown is not None
                told = [item["title"] for item in json.loads(shown.body)["items"] if "title" in item]
                assert told == titles(change, "shows")


REFUSED = [
    pytest.param("site: {title: x}\n", "'site' cannot be changed in a draft", id="another key"),
    pytest.param("store: sqlite:////etc/passwd\n", "'store' cannot be changed", id="the store"),
    pytest.param("outputs:\n  - {id: '${file:/etc/passwd}', path: /}\n", "cannot read files", id="a file"),
    pytest.param("categories:\n  - {name: '${env:HOME}'}\n", "cannot read files", id="the environment"),
    pytest.param("sources:\n  - {id: two, url: 'file:///etc/passwd'}\n", "an `id`, and `drop` or `only`", id="a url"),
    pytest.param("sources:\n  - {opml: /etc/passwd}\n", "an `id`, and `drop` or `only`", id="a list"),
    pytest.param("content:\n  - {id: posts, path: /etc}\n", "an `id`, and `drop` or `only`", id="a folder"),
    pytest.param("sources:\n  - {id: nobody, drop: []}\n", "no source is called 'nobody'", id="no such source"),
    pytest.param("sources:\n  - {id: two, drop: [\"title ~ '('\"]}\n", "draft:2:", id="a rule that cannot be read"),
    pytest.param("sources: two\n", "", id="no list"),
    pytest.param(
        "outputs:\n  - {id: all, path: /, limit: many}\n", "draft:2:", id="a wrong value, by the draft's line"
    ),
    pytest.param("\n\noutputs:\n  - {id: all, colour: red}\n", "draft:4:", id="an unknown key, by the draft's line"),
    pytest.param("", "empty", id="nothing"),
    pytest.param("- a\n- b\n", "no part of feeds.yaml", id="a list of its own"),
    pytest.param("{outputs: []}\n", "no part of feeds.yaml", id="brackets"),
    pytest.param("outputs: [\n", "", id="no YAML"),
    pytest.param("a: &a [x]\nb: *a\n", "", id="anchors"),
    pytest.param("[" * 5000, "", id="deep"),
    pytest.param("x" * 300_000, "longer than", id="long"),
    pytest.param("outputs: !!python/object/apply:os.system [x]\n", "", id="a tag"),
    pytest.param("---\noutputs: []\n---\nsite: {}\n", "", id="two documents"),
]


@pytest.mark.parametrize(("draft", "says"), REFUSED)
def test_a_draft_that_may_not_be_is_refused_in_words(app: App, draft: str, says: str) -> None:
    with pytest.raises(FeedsError) as caught:
        tried(app, draft)
    assert isinstance(caught.value, ConfigError | UsageError)
    assert says in str(caught.value)
    assert "/etc/passwd" not in str(caught.value).replace(draft, "") or "/etc/passwd" in draft


def test_another_file_is_tried_whole(place: Path, tmp_path: Path) -> None:
    other = place / "other.yaml"
    other.write_text((place / "feeds.yaml").read_text().replace("tombstones: 30d, archives: month", "limit: 1"))
    found = preview.preview_file(str(place / "feeds.yaml"), str(other), ENVIRON)
    assert {id: (c.before, c.after) for id, c in changed(found).items()} == {"all": (3, 1)}


def test_stories_of_a_window_are_those_of_the_channel(app: App) -> None:
    limited = replace(app.settings, outputs=tuple(replace(o, limit=2, archives=None) for o in app.settings.outputs))
    app.settings = limited
    assert [len(told) for _, told in preview.shows(app).values()] == [2, 2]


# on the page


def test_the_page_shows_the_draft_then_what_it_would_do(place: Path) -> None:
    with opened_desk(place) as browser:
        browser.login()
        page = browser.page("/desk/preview")
        assert "{name: Tech, slug: tech}" in text(page)
        draft = "categories:\r\n  - {name: Tech, slug: tech, add: [\"title ~ 'Third'\"]}\r\n"
        answer = browser.post("/desk/preview", {"token": browser.token(), "draft": draft})
        assert answer.status_code == 200
        said = text(answer.text)
        assert "by-category:tech" in said
        assert "would come (1) Third" in said
        assert "1 channel stays as it is" in said
        answer = browser.post("/desk/preview", {"token": browser.token(), "draft": "site: {}\n"})
        assert "This draft has faults." in text(answer.text)
        assert "cannot be changed in a draft" in text(answer.text)
        assert "site: {}" in answer.text


def test_one_preview_at_a_time(place: Path) -> None:
    from feeds.app.desk.acts import DeskActs
    from feeds.app.desk.staff import SignIn

    with opened_desk(place) as browser:
        acts = DeskActs(browser.app, SignIn(browser.app.store.staff, browser.app.clock))
        with acts._one, pytest.raises(UsageError, match="another preview is under way"):
            acts.preview(OUTPUTS)
        assert acts.preview(OUTPUTS).channels
