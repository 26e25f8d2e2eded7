"""Pages that are made for one request, compressed for it.

A page that holds a secret beside what the request chose can give the secret away by its length (BREACH, 2013). Two
walls: tokens of forms are others in every answer (`desk/guard.py`, `sealed`), and what is private goes uncompressed to
whoever was sent by another site, for it alone can have others ask again and again. Browsers tell which by
`Sec-Fetch-Site`; a request that does not tell is taken for one of another site.

Measured on the desk's status page of the sample, 12 KB: br 4 makes 1.9 KB of it in 0.06 ms, zstd 3 2.1 KB in 0.03 ms,
gzip 4 2.1 KB in 0.04 ms; the levels of documents, which are made once a revision, take half as long again for 6 % less.
"""

from feeds.web.wire.codings import QUICK, Coding, ranked, squeezed
from feeds.web.wire.http import Answer, Asked, Handler

LEAST = 1024  # bytes that are worth it
_OURS = ("same-origin", "none")


def packs(handler: Handler, *, private: bool = False) -> Handler:
    """Return *handler* with its pages in the coding that the client likes best; *private*: by the rules above."""

    def answer(asked: Asked) -> Answer:
        return _packed(asked, handler(asked), private=private)

    return answer


def _packed(asked: Asked, made: Answer, *, private: bool) -> Answer:
    if len(made.body) < LEAST or "Content-Encoding" in made.headers or "ETag" in made.headers:
        return made
    headers = {**made.headers, "Vary": ", ".join(filter(None, (made.headers.get("Vary"), "Accept-Encoding")))}
    coding: Coding = next(iter(ranked(asked.headers.get("accept-encoding"))), "identity")
    if coding == "identity" or (private and asked.headers.get("sec-fetch-site") not in _OURS):
        return Answer(status=made.status, headers=headers, body=made.body, cookies=made.cookies)
    body = squeezed(coding, made.body, QUICK)
    return Answer(status=made.status, headers={**headers, "Content-Encoding": coding}, body=body, cookies=made.cookies)
