"""What keeps others out of the desk: sessions, origins, tokens, cookies, paths, methods, floods."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.web.desk import guard
from feeds.web.desk.pages import PAGES
from feeds.web.front import Front
from feeds.web.wire.http import Asked
from tests.web.desk.site import HOME, NAME, PASSWORD, Browser, folder, opened_desk, text

PATHS = [f"/desk/{page.name}".rstrip("/") for page in PAGES]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def browser(place: Path) -> Iterator[Browser]:
    """A browser that is signed in."""
    with opened_desk(place) as found:
        assert found.login().status_code == 303
        yield found


@pytest.fixture
def stranger(place: Path) -> Iterator[Browser]:
    with opened_desk(place) as found:
        yield found


def audited(browser: Browser) -> list[tuple[str, bool]]:
    return [(line.action, line.done) for line in browser.app.store.staff.audit(1000)]


def standing(browser: Browser) -> object:
    """All that an action could change."""
    stories = [(s.id, s.status, s.version, len(s.members)) for s in browser.app.store.overview.export()]
    states = [(line.source.id, line.state.paused, line.state.due) for line in browser.app.store.overview.sources()]
    return stories, states, audited(browser)


# without a session


@pytest.mark.parametrize("path", PATHS)
def test_without_a_session_no_page_is_shown(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0].endswith("desk/login")
    assert answer.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "//desk", "/desk/", "/%64esk", "/desk;x", "/desk%2f", "/x/../desk", "/./desk", "/desk/%2e%2e/desk", "/DESK",
        "/desk//audit", "/desk/audit/", "/desk/audit;a=b", "/desk%00", "/desk\\audit", "/desk/audit%20", "/desk.html",
        "/desk/%61udit", "/feeds/desk", "/desk?x=/desk/login", "/desk/login/../audit", "/desk/do",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "BREW"])
def test_srv_08_no_spelling_and_no_method_leads_round_the_door(stranger: Browser, path: str, method: str) -> None:
    before = standing(stranger)
    answer = stranger.client.request(method, f"{HOME}{path}")
    assert answer.status_code in (303, 400, 403, 404, 405), answer.text
    if answer.status_code == 303:
        assert "login" in answer.headers["location"]
    assert "dead" not in answer.text
    assert "First of one" not in answer.text
    assert standing(stranger) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"x-original-url": "/desk/login"},
        {"x-rewrite-url": "/desk/login"},
        {"x-forwarded-prefix": "/desk/login"},
        {"x-http-method-override": "GET"},
        {"x-forwarded-user": NAME},
        {"remote-user": NAME},
        {"authorization": "Basic a2ltOmtpbQ=="},
        {"cookie": "feeds-desk=; __Host-feeds-desk="},
        {"cookie": "feeds-desk=null; __Host-feeds-desk=undefined"},
        {"cookie": "feeds-desk=" + "a" * 5000},
    ],
    ids=" ".join,
)
def test_srv_08_no_header_opens_the_door(stranger: Browser, headers: dict[str, str]) -> None:
    assert stranger.client.get("/desk/audit", headers=headers).status_code == 303


def test_srv_08_an_absolute_target_is_asked_for_like_any_other(stranger: Browser) -> None:
    """Whatever a proxy makes of it, the handler itself asks who is there."""
    for target in ("http://desk.example/desk", "http://evil.example/desk/audit"):
        assert stranger.client.get(target).status_code == 303


def test_an_ended_session_is_none(browser: Browser) -> None:
    kept = dict(browser.client.cookies)
    assert browser.post("/desk/logout", {"token": browser.token()}).status_code == 303
    browser.client.cookies.update(kept)
    assert browser.get("/desk").status_code == 303


# cookies


def test_srv_12_over_loopback_cookies_have_names_of_their_own(stranger: Browser) -> None:
    answer = stranger.login()
    given = {c.partition("=")[0]: c for c in answer.headers.get_list("set-cookie")}
    assert set(given) == {"feeds-desk", "feeds-device", "feeds-form"}
    for cookie in given.values():
        assert "; HttpOnly" in cookie
        assert "; Path=/" in cookie
        assert "; Secure" not in cookie
    assert "SameSite=Lax" in given["feeds-desk"]
    assert "SameSite=Strict" in given["feeds-device"]
    assert "Max-Age" not in given["feeds-desk"]


def test_srv_12_over_https_cookies_are_secure_and_of_this_host_alone(place: Path) -> None:
    with opened_desk(place, origin="https://desk.example") as browser:
        asked = browser.get("/desk/login").headers.get_list("set-cookie")
        given = browser.login().headers.get_list("set-cookie")
        assert browser.get("/desk").status_code == 200
    for cookie in (*asked, *given):
        assert cookie.startswith("__Host-feeds-")
        for flag in ("; Path=/", "; HttpOnly", "; SameSite=", "; Secure"):
            assert flag in cookie
        assert "Domain" not in cookie


def test_srv_12_a_plain_cookie_is_read_on_this_machine_alone(place: Path) -> None:
    with opened_desk(place) as browser:
        browser.login()
        plain = browser.client.cookies["feeds-desk"]
        away = {"cookie": f"feeds-desk={plain}", "host": "desk.example"}
        assert browser.client.get("https://desk.example/desk", headers=away).status_code == 303
        safe = {"cookie": f"__Host-feeds-desk={plain}", "host": "desk.example"}
        assert browser.client.get("https://desk.example/desk", headers=safe).status_code == 200


def test_srv_12_the_session_is_new_at_login(browser: Browser) -> None:
    """Whatever the browser brought along is not what it has afterwards."""
    first = browser.client.cookies["feeds-desk"]
    browser.client.cookies.set("feeds-desk", first, domain="127.0.0.1")
    browser.post("/desk/logout", {"token": browser.token()})
    browser.client.cookies.clear()
    browser.client.cookies.set("feeds-desk", "chosen-by-somebody")
    assert browser.login().status_code == 303
    second = [c.value for c in browser.client.cookies.jar if c.name == "feeds-desk" and c.value != "chosen-by-somebody"]
    assert second
    assert first not in second


# forms of others

FORMS = ["/desk/do", "/desk/login", "/desk/logout", "/desk/preview"]
CROSS = [
    pytest.param({"origin": "https://evil.example"}, id="another site"),
    pytest.param({"origin": "null"}, id="a sandbox"),
    pytest.param({"origin": ""}, id="not told"),
    pytest.param({"origin": "https://127.0.0.1"}, id="another port"),
    pytest.param({"origin": "http://desk.example"}, id="our site without https"),
    pytest.param({"origin": "https://desk.example.evil.example"}, id="a longer name"),
    pytest.param({"sec_fetch_site": "cross-site"}, id="cross-site"),
    pytest.param({"sec_fetch_site": "same-site"}, id="a sister site"),
    pytest.param({"sec_fetch_site": "none"}, id="typed"),
]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("headers", CROSS)
def test_srv_11_a_form_from_elsewhere_is_refused_though_its_token_fits(
    browser: Browser, path: str, headers: dict[str, str]
) -> None:
    fields = {"token": browser.token(), "action": "pause", "source": "one", "name": NAME, "password": PASSWORD}
    before = standing(browser)
    answer = browser.post(path, fields, **headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert standing(browser) == before


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", ["", "x", "made.up", "eyJhIjoxfQ.", None])
def test_srv_11_a_form_without_a_fitting_token_is_refused(browser: Browser, path: str, token: str | None) -> None:
    fields = {"action": "pause", "source": "one", "name": NAME, "password": PASSWORD}
    fields |= {} if token is None else {"token": token}
    before = standing(browser)
    assert browser.post(path, fields).status_code == 403
    assert standing(browser) == before


def test_srv_11_a_token_fits_its_own_session_alone(browser: Browser, place: Path) -> None:
    token = browser.token()
    browser.client.cookies.clear()
    browser.login()
    assert browser.post("/desk/do", {"token": token, "action": "pause", "source": "one"}).status_code == 403
    assert browser.post("/desk/do", {"token": browser.token(), "action": "poll", "source": "one"}).status_code == 303


def test_srv_11_signing_in_needs_the_secret_of_this_browser(stranger: Browser) -> None:
    """A form that an attacker filled with a token of their own does not sign a victim in."""
    token = stranger.token("/desk/login")
    stranger.client.cookies.clear()
    answer = stranger.post("/desk/login", {"token": token, "name": NAME, "password": PASSWORD})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/desk/do?action=pause&source=one",
        "/desk/do?action=retract&what=https://one.example/1",
        "/desk/logout",
        "/desk?action=pause&source=one",
        "/desk/source?id=one&action=pause",
        "/desk/story?what=https://one.example/1&action=retract",
        "/desk/preview?draft=outputs:",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_srv_11_nothing_changes_by_looking(browser: Browser, path: str, method: str) -> None:
    before = standing(browser)
    answer = browser.client.request(method, path)
    assert answer.status_code in (200, 404, 405)
    assert standing(browser) == before


def test_an_action_that_is_none_is_refused(browser: Browser) -> None:
    assert browser.do("format-disk", source="one").status_code == 404
    assert browser.post("/desk/do", {"token": browser.token()}).status_code == 404


# where it leads


@pytest.mark.parametrize(
    "given",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "%2f%2fevil.example", "../../evil", "source/../../evil", "login", "do", "logout", "http:evil", " //evil.example",
        "source\r\nset-cookie: a=b", "audit#@evil.example", "//evil.example/desk",
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["next", "back"])
def test_srv_30_where_it_leads_is_a_page_of_the_desk(stranger: Browser, given: str, way: str) -> None:
    if way == "back":
        stranger.login()
        location = stranger.do("poll", source="one", back=given).headers["location"]
    else:
        location = stranger.login(next=given).headers["location"]
    assert urlsplit(location).scheme == urlsplit(location).netloc == ""
    assert location.partition("?")[0] == "../desk"


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Where a form leads that names *given* as the page to come back to."""
    with opened_desk(folder(tmp_path_factory.mktemp("desk"))) as browser:
        browser.login()
        fields = {"token": browser.token(), "action": "poll", "source": "one"}

        yield lambda given: str(browser.post("/desk/do", {**fields, "back": given}).headers["location"])


@settings(max_examples=60)
@given(
    st.one_of(
        st.text(max_size=80), st.from_regex(r"(|source|audit|//|http:)[?&#/;=.a-z%0-9\\\r\n]{0,40}", fullmatch=True)
    )
)
def test_srv_30_nothing_that_is_named_leads_out(inside: Callable[[str], str], named: str) -> None:
    location = inside(named)
    assert location.isascii()
    assert location.isprintable()
    place = urlsplit(urljoin(f"{HOME}/desk/do", location))
    assert f"{place.scheme}://{place.netloc}" == HOME
    assert place.path in PATHS


def test_it_leads_back_to_the_page_with_its_query(stranger: Browser) -> None:
    asked = stranger.get("/desk/story?what=https://one.example/1")
    shown = stranger.get("/desk/" + asked.headers["location"].partition("desk/")[2])
    assert 'name="next" value="story?what=https%3A%2F%2Fone.example%2F1"' in shown.text
    answer = stranger.login(next="story?what=https%3A%2F%2Fone.example%2F1")
    assert answer.headers["location"] == "../desk/story?what=https%3A%2F%2Fone.example%2F1"


@pytest.mark.parametrize("kept", [True, False], ids=["a proxy that keeps the prefix", "a proxy that takes it off"])
def test_the_desk_stands_below_a_prefix(place: Path, kept: bool) -> None:
    """Every address within it is relative: sheets, forms, links and where actions lead."""
    front = Front("https://desk.example/news" if kept else "https://desk.example")
    before = "/news" if kept else ""
    with opened_desk(place, origin="https://desk.example", front=front) as browser:
        page = browser.get(f"{before}/desk/login").text
        token = re.search(r'name="token" value="([^"]+)"', page)
        assert token
        fields = {"token": token[1], "name": NAME, "password": PASSWORD}
        assert browser.post(f"{before}/desk/login", fields).headers["location"] == "../desk"
        for path in ("/desk", "/desk/queue", "/desk/source?id=one"):
            shown = browser.page(f"{before}{path}")
            for address in re.findall(r'(?:href|action)="([^"#]+)"', shown):
                assert not address.startswith("/"), address
            sheets = re.findall(r'stylesheet" href="([^"]+)"', shown)
            assert len(sheets) == 2
            for sheet in sheets:
                assert browser.get(urljoin(f"{before}{path}", sheet)).status_code == 200


# what pages carry


@pytest.mark.parametrize("path", [*PATHS[1:], "/desk", "/desk/login"])
def test_srv_14_every_page_has_the_strict_headers(browser: Browser, path: str) -> None:
    query = {"/desk/source": "?id=one", "/desk/story": "?what=https://one.example/1"}.get(path, "")
    answer = browser.get(path + query)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "unsafe" not in policy
    for part in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    for forbidden in ("<script", " style=", " onclick", "javascript:"):
        assert forbidden not in answer.text


ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>"


def test_xss_33_srv_14_what_feeds_say_is_shown_as_text(tmp_path: Path) -> None:
    """Titles, reasons, addresses and errors with HTML in them come out escaped, on every page."""
    escaped = ATTACK.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    place = folder(tmp_path, first=escaped)
    attack = ATTACK.replace("'", "''")
    config = (place / "feeds.yaml").read_text()
    (place / "feeds.yaml").write_text(config.replace("nowhere.xml", f"'nowhere{attack}.xml'"))
    with opened_desk(place) as browser:
        browser.login()
        browser.do("retract", what=ATTACK, reason=ATTACK)
        browser.do("retract", what="https://one.example/1", reason=ATTACK)
        pages = {
            path: browser.page(path)
            for path in (*PATHS[2:], "/desk", "/desk/source?id=lost", "/desk/story?what=https://one.example/1")
            if path != "/desk/story"
        }
        pages["failed"] = browser.page(f"/desk/audit?done={browser.app.store.staff.audit(2)[1].id}")
    assert "&lt;script&gt;alert(1)" in pages["/desk"]
    assert "&lt;script&gt;alert(1)" in pages["/desk/story?what=https://one.example/1"]
    assert "&lt;script&gt;alert(1)" in pages["failed"]
    for path, page in pages.items():
        assert "<script" not in page, path
        assert "<img" not in page, path
        assert "<b>\"'" not in page, path


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "", "//x", "http://[bad"])
def test_xss_33_no_link_runs_anything(url: str) -> None:
    from feeds.web.desk.look import web

    assert web(url) == ""


# floods


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("application/x-www-form-urlencoded", "&".join(f"a{n}=1" for n in range(1000)), id="fields"),
        pytest.param("application/x-www-form-urlencoded", "&" * 60_000, id="separators"),
        pytest.param(
            "multipart/form-data; boundary=x",
            '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 500,
            id="parts",
        ),
        pytest.param("multipart/form-data", "x", id="no boundary"),
        pytest.param("application/json", "{" * 10_000, id="json"),
        pytest.param("text/plain", "token=x", id="text"),
        pytest.param("", "token=x", id="no type"),
        pytest.param("application/x-www-form-urlencoded", b"\xff\xfe=\x00".decode("latin-1"), id="no text"),
    ],
)
@pytest.mark.parametrize("path", FORMS)
def test_srv_25_floods_of_fields_are_refused(browser: Browser, path: str, kind: str, body: str) -> None:
    before = standing(browser)
    headers = {"origin": HOME, "content-type": kind}
    answer = browser.client.post(path, content=body.encode("latin-1"), headers=headers)
    assert answer.status_code in (400, 403, 413, 415)
    assert standing(browser) == before


def test_srv_25_a_body_beyond_its_bound_is_refused_unread(browser: Browser) -> None:
    headers = {"origin": HOME, "content-type": "application/x-www-form-urlencoded"}
    assert browser.client.post("/desk/do", content=b"a" * 70_000, headers=headers).status_code == 413
    assert browser.client.post("/desk/preview", content=b"a" * 300_000, headers=headers).status_code == 413


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=99999999999999999999", "page=٣", "done=x", "q=%ff%00"])
@pytest.mark.parametrize("path", [p for p in PATHS if p not in ("/desk/source", "/desk/story")])
def test_no_query_breaks_a_page(browser: Browser, path: str, query: str) -> None:
    assert browser.get(f"{path}?{query}").status_code == 200


def test_srv_27_a_fault_inside_shows_nothing_of_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("secret words at /home/desk")

    with opened_desk(place) as browser:
        browser.login()
        browser.client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]  # as a server does
        monkeypatch.setattr(type(browser.app.store.looks), "marks", broken)
        answer = browser.get("/desk/queue")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


# throttling, as a browser meets it


def test_srv_13_who_guesses_is_told_to_wait(stranger: Browser) -> None:
    answers = [stranger.login(password="wrong wrong wrong") for _ in range(6)]
    assert [a.status_code for a in answers] == [403] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert "Try again in a second" in text(answers[-1].text)
    assert stranger.login().status_code == 429


@pytest.mark.parametrize(
    ("host", "is_this_machine"),
    [
        ("localhost", True), ("localhost:8080", True), ("127.0.0.1:8080", True), ("127.9.9.9", True), ("[::1]:80", True),
        ("desk.example", False), ("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("", False),
        ("192.168.0.1", False), ("[::1", False), ("evil@localhost", True), ("0.0.0.0", False),
    ],
)  # fmt: skip
def test_this_machine(host: str, is_this_machine: bool) -> None:
    assert guard.is_loopback(host) == is_this_machine


@pytest.mark.parametrize(
    ("host", "origin", "ours"),
    [
        pytest.param("desk.example", "https://desk.example", True, id="https"),
        pytest.param("desk.example", "http://desk.example", False, id="plain http from afar"),
        pytest.param("192.168.0.9:8080", "http://192.168.0.9:8080", False, id="plain http in the house"),
        pytest.param("127.0.0.1:8080", "http://127.0.0.1:8080", True, id="this machine"),
        pytest.param("127.0.0.1:8080", "http://127.0.0.1:9999", False, id="another program of this machine"),
        pytest.param("127.0.0.1:8080", "https://desk.example", True, id="a proxy that names us otherwise"),
        pytest.param("evil.example", "http://evil.example", False, id="a name that was bound anew to this machine"),
        pytest.param("desk.other", "https://desk.other", True, id="a second name by https"),
    ],
)
def test_whose_form_it_is(host: str, origin: str, ours: bool) -> None:
    asked = Asked(path="/desk/do", method="POST", headers={"host": host, "origin": origin})
    assert bool(guard.own_origin(asked, "https://desk.example")) == ours
