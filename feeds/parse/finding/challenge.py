"""Pages that come where a feed was expected, named: so that its reader knows whom to ask for what.

A name stands here when its sign is found in the page itself. Signs are what the makers' own pages carry: their scripts,
their cookies, their words. Source: pages of these services as browsers get them, and Miniflux's and FreshRSS's issues
about feeds behind them.
"""

import re
from collections.abc import Sequence

HEAD = 60_000  # characters of a page that are looked at

_SIGNS: Sequence[tuple[str, str]] = (
    (r"/cdn-cgi/challenge-platform/|cf[-_]chl[-_]|cf-browser-verification", "a challenge of Cloudflare"),
    (r"cloudflare[^<]{0,80}ray id|cf-error-details", "a page of Cloudflare that refuses us"),
    (r"errors\.edgesuite\.net|akamai(?:zed)?[^<]{0,60}reference|_abck=", "a page of Akamai that refuses us"),
    (r"ddos-guard", "a challenge of DDoS-Guard"),
    (r"sucuri_cloudproxy|sucuri website firewall", "a page of Sucuri's firewall"),
    (r"_incapsula_resource|incapsula incident", "a challenge of Imperva"),
    (r"awswaf|aws-waf-token", "a challenge of AWS WAF"),
    (r"/\.within\.website/x/|anubis_challenge", "a challenge of Anubis"),
    (r"px-captcha|perimeterx", "a challenge of PerimeterX"),
    (r"datadome", "a challenge of DataDome"),
    (r"g-recaptcha|hcaptcha\.com|cf-turnstile", "a page with a captcha"),
    (r"sedoparking|parkingcrew|bodis\.com|hugedomains|domain (?:name )?is for sale|buy this domain", "a parked domain"),
    (
        r"<(?:title|h1)\b[^>]{0,200}>[^<]{0,100}?(?:(?<=>)\s*(?:(?:http|error)\W{0,3})*404\b"
        r"|\b404(?=\s*(?:error|page|not|[-–—|:<]))|not found|can(?:no|['’])t be found|does(?: not|n['’]t) exist"
        r"|no longer (?:here|exists|available)|nicht gefunden|introuvable|no encontrada|non trovata|não encontrada"
        r"|찾을 수 없|존재하지 않|없는 페이지|見つかりません|不存在|未找到)",
        "a page that says that nothing is there",
    ),
    (r"<input[^>]{0,200}type\s*=\s*[\"']?password", "a page that asks for a login"),
    (r"under maintenance|scheduled maintenance|점검\s*중", "a page that says that the site is under maintenance"),
    (r"<meta[^>]{0,80}http-equiv\s*=\s*[\"']?refresh", "a page that leads elsewhere"),
)
_NAMED = [(re.compile(sign, re.IGNORECASE), name) for sign, name in _SIGNS]


def named(page: str) -> str:
    """Return what a page is, in plain words; '' where it is none that we know."""
    head = page[:HEAD]
    return next((name for sign, name in _NAMED if sign.search(head)), "")
