"""The desk: its entrances, and the walls before them.

Each handler asks for itself who is there, after routing: no spelling of a path leads round it (SRV-08). A page only
shows; all that changes anything is one POST, `/desk/do`, which passes the walls of `guard.py` and writes the audit
log.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode

from feeds.errors import ConfigError, UsageError
from feeds.model.staff import Session
from feeds.ports.desk import Desk, Entered
from feeds.web.desk import guard
from feeds.web.desk.guard import DEVICE, FORM, SESSION
from feeds.web.desk.look import UNDO, Page, Visit, drawn
from feeds.web.desk.words import counted, speech, words
from feeds.web.wire.http import HEADERS, Answer, Asked, Entrance, Handler
from feeds.web.wire.packing import packs

logger = logging.getLogger(__name__)

ROOT = "/desk"
DRAFT_BYTES = 256 * 1024  # of a draft to preview, percent-encoded
_SHEET = (files("feeds.web.desk") / "static" / "desk.css").read_bytes()
SHEET = f"desk.css?{sha256(_SHEET).hexdigest()[:8]}"


def entrances(desk: Desk, pages: Sequence[Page], style: str) -> tuple[Entrance, ...]:
    """Return the ways to the desk: *pages* in the order of its navigation; *style* is the public pages' sheet."""
    known = {page.name: page for page in pages}
    front = _Front(desk, tuple(pages), known, style)
    ways = (
        *(Entrance(path=_path(page), handler=front.shows(page)) for page in pages if not page.tries),
        *(
            Entrance(
                path=_path(page),
                handler=_either(front.shows(page), front.tries(page)),
                methods=("GET", "POST"),
                body_bytes=DRAFT_BYTES,
            )
            for page in pages
            if page.tries
        ),
        Entrance(path=f"{ROOT}/login", handler=_either(front.asks, front.enters), methods=("GET", "POST")),
        Entrance(path=f"{ROOT}/logout", handler=front.leaves, methods=("POST",)),
        Entrance(path=f"{ROOT}/do", handler=front.does, methods=("POST",)),
    )
    private = (replace(way, handler=packs(way.handler, private=True)) for way in ways)
    # what people type: relative, so that it holds behind any prefix; whoever is not signed in is led on from there
    typed = Entrance(path=f"{ROOT}/", handler=lambda _: guard.see("login"))
    return (*private, typed, Entrance(path=f"{ROOT}/desk.css", handler=packs(_sheet)))


def _path(page: Page) -> str:
    return f"{ROOT}/{page.name}" if page.name else ROOT


def _spoken(asked: Asked, language: str) -> str:
    return speech(language, asked.headers.get("accept-language", ""))


def _either(shows: Handler, takes: Handler) -> Handler:
    return lambda asked: takes(asked) if asked.method == "POST" else shows(asked)


def _sheet(_asked: Asked) -> Answer:
    headers = {**HEADERS, "Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=86400"}
    return Answer(headers=headers, body=_SHEET)


@dataclass(frozen=True, slots=True)
class _Front:
    desk: Desk
    pages: tuple[Page, ...]
    known: Mapping[str, Page]
    style: str

    # pages

    def shows(self, page: Page) -> Handler:
        def handler(asked: Asked) -> Answer:
            session = self._who(asked)
            if session is None:
                return guard.see(f"{guard.base(asked.path)}/login?{urlencode({'next': _shown(page, asked)})}")
            return self._shown(page, self._visit(page, asked, session))

        return handler

    def tries(self, page: Page) -> Handler:
        """A POST that changes nothing, such as a preview: its fields are too long for an address."""

        def handler(asked: Asked) -> Answer:
            passed = self._passed(asked)
            if isinstance(passed, Answer):
                return passed
            session, fields = passed
            return self._shown(page, self._visit(page, asked, session, fields))

        return handler

    def _shown(self, page: Page, visit: Visit) -> Answer:
        try:
            body = drawn(page.template, visit, page.show(self.desk, visit))
        except (UsageError, ConfigError) as error:
            return guard.page(drawn("error.html", visit, {"title": visit.say["not_found"], "text": str(error)}), 404)
        return guard.page(body)

    def _visit(
        self, page: Page | None, asked: Asked, session: Session | None, fields: Mapping[str, str] | None = None
    ) -> Visit:
        parameters, site = asked.parameters, self.desk.site()
        spoken = _spoken(asked, site.language)
        secret = guard.cookie(asked, SESSION) if session else guard.cookie(asked, FORM)
        line = self.desk.acts.line(guard.number(parameters.get("done", ""), 10**9)) if session else None
        return Visit(
            page=page,
            pages=self.pages,
            user=session.user if session else "",
            parameters=parameters,
            fields=fields or {},
            base=guard.base(asked.path),
            style=guard.base(asked.path).removesuffix("desk") + self.style.removeprefix("/"),
            sheet=SHEET,
            token=guard.sealed(secret) if secret else "",
            here=_shown(page, asked) if page else "",
            site=site,
            spoken=spoken,
            say=words(spoken),
            now=self.desk.clock(),
            done=line if line and session and line.who == session.user else None,
            undo=UNDO.get(line.action) if line and line.done else None,
        )

    # who is there

    def _who(self, asked: Asked) -> Session | None:
        token = guard.cookie(asked, SESSION)
        return self.desk.sign_in.session(token) if token else None

    def _passed(self, asked: Asked) -> tuple[Session, dict[str, str]] | Answer:
        """Return who sent a form, and its fields, where it passes every wall; else the refusal."""
        if not guard.own_origin(asked, self.desk.site().url):
            return self._refused(asked, "refused_origin")
        session = self._who(asked)
        if session is None:
            return self._refused(asked, "refused_session")
        fields = guard.form(asked)
        if fields is None:
            return self._refused(asked, "refused_form", 415)
        if not guard.fits(guard.cookie(asked, SESSION), fields.get("token", "")):
            return self._refused(asked, "refused_token")
        return session, fields

    def _refused(self, asked: Asked, why: str, status: int = 403) -> Answer:
        logger.warning("desk refused path=%.100r client=%.64r why=%s", asked.path, asked.client, why)
        visit = self._visit(None, asked, None)
        body = drawn("error.html", visit, {"title": visit.say["refused"], "text": visit.say[why]})
        return guard.page(body, status)

    # signing in and out

    def asks(self, asked: Asked) -> Answer:
        """The form to sign in; the browser gets a secret, if it has none, for the form's token to fit."""
        if self._who(asked):
            return guard.see(f"{guard.base(asked.path)}{self._inside(asked.parameters.get('next', ''))}")
        secret = guard.cookie(asked, FORM) or secrets.token_urlsafe(24)
        secure = not guard.is_loopback(asked.headers.get("host", ""))
        return self._form(asked, secret, (guard.set_cookie(FORM, secret, secure=secure),))

    def _form(
        self,
        asked: Asked,
        secret: str,
        cookies: tuple[str, ...] = (),
        *,
        problem: str = "",
        name: str = "",
        next: str = "",
    ) -> Answer:
        visit = self._visit(None, asked, None)
        told = {
            "token": guard.sealed(secret),
            "problem": problem,
            "name": name,
            "next": next or visit.parameters.get("next", ""),
            "staffed": self.desk.staffed(),
        }
        return guard.page(drawn("login.html", visit, told), 403 if problem else 200, cookies=cookies)

    def enters(self, asked: Asked) -> Answer:
        origin = guard.own_origin(asked, self.desk.site().url)
        if not origin:
            return self._refused(asked, "refused_origin")
        fields, secret = guard.form(asked), guard.cookie(asked, FORM)
        if fields is None:
            return self._refused(asked, "refused_form", 415)
        if not guard.fits(secret, fields.get("token", "")):
            return self._refused(asked, "refused_token")
        name, next = fields.get("name", ""), fields.get("next", "")
        found = self.desk.sign_in.enter(name, fields.get("password", ""), asked.client, guard.cookie(asked, DEVICE))
        if isinstance(found, Entered):
            return guard.see(f"{guard.base(asked.path)}{self._inside(next)}", cookies=_welcomed(origin, found))
        say = words(_spoken(asked, self.desk.site().language))
        problem = counted(say, f"login_{found.why}", max(round(found.wait.total_seconds()), 1))
        answer = self._form(asked, secret, problem=problem, name=name[:64], next=next)
        if found.why == "wrong":
            return answer
        seconds = str(max(round(found.wait.total_seconds()), 1))
        return Answer(status=429, headers={**answer.headers, "Retry-After": seconds}, body=answer.body)

    def leaves(self, asked: Asked) -> Answer:
        passed = self._passed(asked)
        if isinstance(passed, Answer):
            return passed
        self.desk.sign_in.leave(guard.cookie(asked, SESSION), asked.client)
        gone = (guard.drop_cookie(SESSION, secure=True), guard.drop_cookie(SESSION, secure=False))
        return guard.see(f"{guard.base(asked.path)}/login", cookies=gone)

    # doing

    def does(self, asked: Asked) -> Answer:
        passed = self._passed(asked)
        if isinstance(passed, Answer):
            return passed
        session, fields = passed
        try:
            done = self.desk.acts.do(fields.get("action", ""), fields, session.user, asked.client)
        except KeyError:
            return self._refused(asked, "refused_action", 404)
        logger.info("desk action=%s who=%.64r ok=%s line=%d", fields["action"], session.user, done.ok, done.line)
        return guard.see(f"{guard.base(asked.path)}{self._inside(fields.get('back', ''), done=str(done.line))}")

    def _inside(self, given: str, **more: str) -> str:
        """Return where to go next: a page of the desk, whatever was *given* (SRV-30), as what follows `/desk`."""
        name, _, query = given.partition("?")
        try:
            pairs = parse_qsl(query, max_num_fields=20) if name in self.known else []
        except ValueError:
            pairs = []
        kept = [(key, value) for key, value in pairs if key not in {"done", *more}]
        asked = urlencode([*kept, *more.items()])
        return f"/{name if name in self.known else ''}".rstrip("/") + (f"?{asked}" if asked else "")


def _shown(page: Page, asked: Asked) -> str:
    """The page with its query, as forms name where they come back to."""
    pairs = [(key, value) for key, value in asked.parameters.items() if key != "done"]
    return page.name + (f"?{urlencode(pairs)}" if pairs else "")


def _welcomed(origin: str, found: Entered) -> tuple[str, ...]:
    """The session under a new name each time (SRV-12), what tells this browser later, and an end to the form's secret.

    The session goes along with links from elsewhere (Lax): pages only show; forms need more than that.
    """
    secure = origin.startswith("https://")
    return (
        guard.set_cookie(SESSION, found.token, secure=secure, same_site="Lax"),
        guard.set_cookie(DEVICE, found.device, secure=secure, days=guard.DEVICE_DAYS),
        guard.drop_cookie(FORM, secure=secure),
    )
