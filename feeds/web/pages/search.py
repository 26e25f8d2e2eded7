"""`/search?q=WORDS&page=N`: stories with these words, as a page. A plain GET form: no script, nothing remembered."""

from feeds.ports.showing import Searched
from feeds.web.wire.http import HEADERS, PAGE_POLICY, Answer, Asked, Entrance, text
from feeds.web.wire.packing import packs

PATH = "/search"
LONGEST = 200  # characters of a query; more than a headline
LAST = 50  # page; further back nobody reads, and each page costs its predecessors

# The only page that sends anything, and to ourselves alone (XSS-35).
POLICY = PAGE_POLICY.replace("form-action 'none'", "form-action 'self'")


def entrances(search: Searched) -> tuple[Entrance, ...]:
    """Return the way in; *search* gives the page for a query and a number."""

    def answer(asked: Asked) -> Answer:
        given = asked.parameters
        query, number = " ".join(given.get("q", "").split()), given.get("page", "1")
        if len(query) > LONGEST:
            return text(f"The query is too long: give at most {LONGEST} characters.\n", 400)
        if not (number.isascii() and number.isdigit() and len(number) < 4 and 1 <= int(number) <= LAST):
            return text(f"There is no page {number[:20]!r}: give a number from 1 to {LAST}.\n", 404)
        return Answer(
            headers={
                **HEADERS,
                "Content-Type": "text/html; charset=utf-8",
                "Content-Security-Policy": POLICY,
                "Cache-Control": "private, no-store",  # what is taken back is found no more, anywhere, at once
                "X-Robots-Tag": "noindex",
            },
            body=search(query, int(number)),
        )

    return (Entrance(path=PATH, handler=packs(answer)),)
