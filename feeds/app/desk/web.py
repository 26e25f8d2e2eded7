"""The desk's pages put together: who answers what they ask."""

from collections.abc import Callable

from feeds.app.build import App
from feeds.app.desk.acts import DeskActs
from feeds.app.desk.staff import SignIn
from feeds.app.desk.views import DeskViews
from feeds.app.partners import partners
from feeds.ports.desk import Desk
from feeds.render.static import STYLE
from feeds.web.desk.entrances import entrances as ways_in
from feeds.web.desk.pages import PAGES
from feeds.web.wire.http import Entrance


def desk(app: App, wake: Callable[[], None]) -> Desk:
    """Return what the pages ask; *wake* has the engine look at once for what an action made due."""
    sign_in = SignIn(app.store.staff, app.clock)
    return Desk(
        sign_in=sign_in,
        views=DeskViews(app),
        acts=DeskActs(app, sign_in, wake=wake),
        clock=app.clock,
        site=lambda: app.settings.site,
        staffed=lambda: bool(app.store.staff.users()),
        partners=lambda: partners.views(app),
    )


def entrances(app: App, wake: Callable[[], None]) -> tuple[Entrance, ...]:
    """Return the ways to the desk."""
    return ways_in(desk(app, wake), PAGES, STYLE)
