"""Signing in at the desk: passwords, sessions, and what is done against guessing.

Passwords are kept as Argon2id hashes (RFC 9106; argon2-cffi). Whoever guesses meets three counters:

- of the *name*, over all browsers that never signed in under it. After `FREE` failures it waits: 1 s, 2 s, 4 s … up to
  `LONGEST_WAIT`, and no password is looked at meanwhile;
- of the *browser*, where it has signed in under this name before, which a signed cookie tells. It counts for itself:
  so nobody who guesses from elsewhere keeps the owner out (OWASP, Slow Down Online Guessing Attacks with Device
  Cookies). `feeds user password` on the machine itself forgets the name's failures as well;
- of the *address*, over all names, which is given more: many may sit behind one.

A name that does not exist is counted, waits and costs a hash like any other, so neither the answer nor its time tells
who is there.
"""

import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from itsdangerous import BadSignature, URLSafeSerializer

from feeds.app.keeping import audit
from feeds.errors import UsageError
from feeds.model.staff import Attempts, Session, User, alive
from feeds.ports import Clock
from feeds.ports.desk import Entered, Refused
from feeds.store.desk.staff import Staff, name_key

SHORTEST, MOST = 12, 200  # characters of a password
"""At least 8, better 15, and no rule of composition: NIST SP 800-63B-4 §3.1.1.2. 200 bounds what is hashed."""

FREE, FREE_ADDRESS = 5, 20  # failures without a wait
LONGEST_WAIT = timedelta(minutes=15)
HASHES = 2  # at a time: each takes 64 MiB and some 50 ms of a core
PATIENCE = 5.0  # seconds in which one waits for its turn
SEEN = timedelta(minutes=1)  # how exact `Session.seen` is, so that a page costs no write
NAMES = 64  # characters of a name


class SignIn:
    """Lets people in, and knows them again."""

    def __init__(self, staff: Staff, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        self._staff, self._clock = staff, clock
        self._hasher = hasher or PasswordHasher()  # RFC 9106, second choice: 3 passes, 64 MiB, 4 lanes
        self._nobody = ""  # the hash that a name without one is held against
        self._turns = threading.BoundedSemaphore(HASHES)

    def enter(self, name: str, password: str, client: str, device: str) -> Entered | Refused:
        """Sign *name* in; *device* is what `Entered.device` gave this browser once, '' for none."""
        now, user = self._clock(), self._staff.user(name[:NAMES])
        known = _made_for(user.password if user else "", device) and user is not None
        keys = self._keys(name[:NAMES], client, device if known else "")
        if wait := _wait(self._staff.attempts(keys, now), now):
            return Refused(why="wait", wait=wait)
        with self._turn() as free:
            if not free:
                return Refused(why="busy", wait=timedelta(seconds=PATIENCE))
            if wait := _wait(self._staff.attempts(keys, now), now):  # others were wrong while this one waited
                return Refused(why="wait", wait=wait)
            right = self._verified(user, password[: MOST + 1])
            if user is None or not right:
                self._staff.failed(keys, now)  # within the turn, so that the next one knows
        if user is None or not right:
            # What is no name here may be a password that was typed in the wrong place.
            self.note(user.name if user else "", client, "login", done=False, detail="wrong name or password")
            return Refused(why="wrong")
        self._staff.forgive(keys[:1])
        if self._hasher.check_needs_rehash(user.password):
            self._renew(user, password)
        token = secrets.token_urlsafe(32)
        self._staff.begin(Session(token=digest(token), user=user.name, started=now, seen=now, client=client))
        self.note(user.name, client, "login")
        return Entered(user=user.name, token=token, device=_signer(user.password).dumps(secrets.token_urlsafe(9)))

    def session(self, token: str) -> Session | None:
        """Return who holds *token*, where the session has not ended."""
        now = self._clock()
        found = self._staff.session(digest(token)) if token else None
        if found is None:
            return None
        if not alive(found, now):
            self._staff.end(found.token)
            return None
        if now - found.seen >= SEEN:
            self._staff.seen(found.token, now)
        return found

    def leave(self, token: str, client: str) -> None:
        """End the session of *token*."""
        if found := self._staff.session(digest(token)):
            self._staff.end(found.token)
            self.note(found.user, client, "logout")

    def note(self, who: str, client: str, action: str, what: str = "", *, done: bool = True, detail: str = "") -> int:
        """Write a line of the audit log, and return its number."""
        return audit.note(self._staff, self._clock(), who, client, action, what, done=done, detail=detail)

    def _renew(self, user: User, password: str) -> None:
        """Hash anew under today's parameters; sessions stay."""
        self._staff.rehash(user.name, self._hasher.hash(password))

    def _verified(self, user: User | None, password: str) -> bool:
        self._nobody = self._nobody or self._hasher.hash(secrets.token_urlsafe())
        try:
            return self._hasher.verify(user.password if user else self._nobody, password) and user is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        free = self._turns.acquire(timeout=PATIENCE)
        try:
            yield free
        finally:
            if free:
                self._turns.release()

    def _keys(self, name: str, client: str, device: str) -> tuple[str, ...]:
        """A browser that is known counts for itself; all others count for the name and for where they are."""
        if device:
            return (f"device:{digest(device)}",)
        return (name_key(name), f"address:{network(client)}")


def add(staff: Staff, name: str, password: str, now: datetime) -> None:
    """Let someone sign in. Raises `UsageError`."""
    if not name.strip() or len(name) > NAMES or name != audit.plain(name):
        raise UsageError(f"{name!r} is no name for a user; give 1 to {NAMES} characters on one line")
    staff.add(User(name=name, password=hashed(name, password), made=now, changed=now))


def set_password(staff: Staff, name: str, password: str, now: datetime) -> None:
    """Give someone another password, and end the sessions under the old one. Raises `UsageError`."""
    staff.set_password(name, hashed(name, password), now)


def hashed(name: str, password: str) -> str:
    """Return the hash of a password that may be one. Raises `UsageError`."""
    if not SHORTEST <= len(password) <= MOST:
        raise UsageError(f"a password has {SHORTEST} to {MOST} characters, this one has {len(password)}")
    if len(set(password)) < 5 or password.lower() in name.lower() * 8:
        raise UsageError("this password is easily guessed; take several words that do not belong together")
    return PasswordHasher().hash(password)


def digest(token: str) -> str:
    """What the store keeps of a token of 256 random bits: no salt is needed."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def network(client: str) -> str:
    """The address that failures are counted for: of IPv6 the network of 64 bits, which is one customer's."""
    try:
        address = ip_address(client)
    except ValueError:
        return client[:NAMES]
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def _wait(found: Mapping[str, Attempts], now: datetime) -> timedelta:
    """How long none is looked at: the longest that any of the counters asks for."""
    return max((_rest(one, now) for one in found.values()), default=timedelta(0))


def _rest(attempts: Attempts, now: datetime) -> timedelta:
    over = attempts.failures - (FREE_ADDRESS if attempts.key.startswith("address:") else FREE)
    if over < 0:
        return timedelta(0)
    wait = min(timedelta(seconds=1 << min(over, 20)), LONGEST_WAIT)
    return max(attempts.last + wait - now, timedelta(0))


def _signer(password: str) -> URLSafeSerializer:
    """Signs for one user and one password, by its hash: another password makes every browser unknown."""
    return URLSafeSerializer(password, salt="feeds.desk.device")


def _made_for(password: str, device: str) -> bool:
    """Tell whether *device* was signed for this hash; it takes as long where there is none."""
    try:
        _signer(password or "nobody").loads(device)
    except BadSignature:
        return False
    return True
