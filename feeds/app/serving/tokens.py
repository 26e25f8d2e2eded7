"""Tokens of the programs' interface: made, taken back, and told apart without telling anything of themselves."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import get_args

from feeds.errors import FeedsError, UsageError
from feeds.model.access import Scope, Token
from feeds.ports.api import WhoShows
from feeds.store.desk.tokens import Tokens

SCOPES: tuple[Scope, ...] = get_args(Scope)
BYTES = 32  # of randomness: nothing that can be guessed, so that one round of SHA-256 is enough (SRV-02)
PREFIX = "feeds_"  # so that a token that strayed into a repository is known for one by those who look for them
LONGEST = 200  # characters of what may be a token
NOTED = timedelta(hours=1)  # how exactly it is known when a token was shown last


def add(tokens: Tokens, name: str, scopes: Sequence[Scope], now: datetime) -> str:
    """Make a token called *name* and return it: it is not kept, and never shown again. Raises `UsageError`."""
    if not name.isprintable() or not name.strip() or len(name) > 100:
        raise UsageError("a token's name is some words, at most 100 signs: say who will use it")
    token = PREFIX + secrets.token_urlsafe(BYTES)
    chosen = tuple(scope for scope in SCOPES if scope in scopes) or ("read",)
    tokens.add(Token(name=name, hash=digest(token), scopes=chosen, made=now))
    return token


def teller(tokens: Tokens, clock: Callable[[], datetime]) -> WhoShows:
    """Return what tells whose a shown token is, from the store at each time: one that is removed counts no more."""

    def who(shown: str) -> Token | None:
        if not shown or len(shown) > LONGEST:
            return None
        hash = digest(shown)
        try:
            found = tokens.of(hash)
        except FeedsError:  # a store that does not answer lets nobody in
            return None
        if found is None or not hmac.compare_digest(found.hash, hash):
            return None
        now = clock()
        if found.used is None or now - found.used >= NOTED:
            with suppress(FeedsError):  # noting it is no reason to refuse
                tokens.used(found.name, now)
        return found

    return who


def digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
