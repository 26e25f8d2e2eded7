"""Who asks the desk, and whether a form is our own: origin, cookies, tokens.

A form must pass two walls (SRV-11): its token must fit what the browser holds in a cookie, and it must come from a page
of ours, which `Origin` and `Sec-Fetch-Site` tell (Fetch Standard §3.2; every browser sends `Origin` with a POST).

Cookies are `__Host-…; Secure` (RFC 6265bis §4.1.3.2) over https. Browsers refuse such a cookie over plain http, so the
one exception, this very machine (`http://localhost`, `127.0.0.1`, `[::1]`), has names without the prefix, which are
read nowhere else. Any other way in over plain http is refused: who listens would have the session.
"""

import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer

from feeds.web.wire.http import HEADERS, Answer, Asked

SESSION, FORM, DEVICE = "feeds-desk", "feeds-form", "feeds-device"
DEVICE_DAYS = 180
_PREFIX = "__Host-"

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# `no-referrer` would make browsers send `Origin: null` with our own forms (Fetch Standard §3.2, append Origin).
PRIVATE = {
    **HEADERS,
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


def page(body: str, status: int = 200, *, cookies: tuple[str, ...] = (), **headers: str) -> Answer:
    """Return a page of the desk, which nobody keeps and nothing runs on."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        status=status,
        headers={**PRIVATE, "Content-Type": "text/html; charset=utf-8", **given},
        body=body.encode(),
        cookies=cookies,
    )


def see(location: str, *, cookies: tuple[str, ...] = ()) -> Answer:
    """Lead to another page of the desk; *location* is relative, so that no Host header can choose where it leads."""
    return Answer(status=303, headers={**PRIVATE, "Location": location}, cookies=cookies)


def base(path: str) -> str:
    """The desk as a page at *path* names it, relatively: it works under any prefix that a proxy takes off."""
    return "../" * (path.strip("/").count("/")) + "desk"


# where a request comes from


def is_loopback(host: str) -> bool:
    """Tell whether *host*, as `Host` has it, is this machine itself."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def own_origin(asked: Asked, site_url: str) -> str:
    """Return the origin of the page that sent a form, where it is one of ours; '' where it is not, or not told.

    Ours are the host that the request names and that of `site.url` (a proxy may put its own name for us in `Host`),
    by https; this machine itself by http too.
    """
    origin, host = asked.headers.get("origin", ""), asked.headers.get("host", "")
    if asked.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return ""
    site = urlsplit(site_url)
    ours = {f"https://{host}", f"https://{site.netloc}"}
    if is_loopback(host):
        ours.add(f"http://{host}")
    return origin if host and origin in ours else ""


# cookies


def cookies(asked: Asked) -> Mapping[str, str]:
    """The cookies that were sent, by name; of a name that comes twice, the first."""
    found: dict[str, str] = {}
    for pair in asked.headers.get("cookie", "")[:8192].split(";"):
        name, _, value = pair.strip().partition("=")
        found.setdefault(name, value)
    return found


def cookie(asked: Asked, name: str) -> str:
    """One of our cookies: under its safe name, else, on this machine itself, under the plain one."""
    found = cookies(asked)
    plain = found.get(name, "") if is_loopback(asked.headers.get("host", "")) else ""
    return found.get(_PREFIX + name, "") or plain


def set_cookie(name: str, value: str, *, secure: bool, days: int = 0, same_site: str = "Strict") -> str:
    """Return a `Set-Cookie` that no script reads and no other site sends; without *days* it ends with the browser."""
    age = f"; Max-Age={days * 86400}" if days else ""
    return f"{_named(name, secure)}={value}; Path=/; HttpOnly; SameSite={same_site}{age}{'; Secure' if secure else ''}"


def drop_cookie(name: str, *, secure: bool) -> str:
    return f"{_named(name, secure)}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{'; Secure' if secure else ''}"


def _named(name: str, secure: bool) -> str:
    return f"{_PREFIX}{name}" if secure else name


# tokens of forms


def sealed(secret: str) -> str:
    """Return a token for forms of who holds *secret*; it differs each time, so that no compression betrays it."""
    return _serializer(secret).dumps(secrets.token_urlsafe(6))


def fits(secret: str, token: str) -> bool:
    """Tell whether *token* was made by `sealed` for this *secret*."""
    if not secret or not token:
        return False
    try:
        _serializer(secret).loads(token)
    except BadSignature:
        return False
    return True


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="feeds.desk.form")


def form(asked: Asked) -> dict[str, str] | None:
    """The fields of a form; None where it is no `application/x-www-form-urlencoded`. Raises `BadRequest`."""
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    return asked.form if kind == "application/x-www-form-urlencoded" else None


def number(text: str, most: int = 100_000) -> int:
    """A page's number; 0 for anything else."""
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else 0
