"""Settings to a running whole: store, client, ports and jobs, opened and closed in order."""

import gc
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from feeds import __version__
from feeds.app.serving.gallery import Gallery
from feeds.config.read import read_with_warnings
from feeds.core.entries import clean
from feeds.core.polling import cadence
from feeds.core.polling.shards import Deal, deal
from feeds.core.sorting.channels import channels
from feeds.errors import Fault
from feeds.fetch import Fetcher, fetcher
from feeds.jobs import hand
from feeds.jobs.deliver import deliver
from feeds.jobs.index import index
from feeds.jobs.mirror import mirror
from feeds.jobs.poll import poll
from feeds.jobs.publish import publish
from feeds.jobs.reclean import reclean
from feeds.jobs.regroup import regroup
from feeds.jobs.subscribe import subscribe
from feeds.jobs.syndicate import Syndicate
from feeds.jobs.work import Progress, Work, never, silent
from feeds.log import reshape
from feeds.model.job import Job, Report
from feeds.model.mirror import MirrorPlace, Replica
from feeds.model.settings import Settings
from feeds.model.source import Source
from feeds.net import Client
from feeds.ports import Clock, Ports
from feeds.ports.mirror import Bucket, Mirror
from feeds.ports.wire import Fetch
from feeds.render.static import STATIC, STYLE
from feeds.sandbox import Sandbox
from feeds.send.files import remover, writer
from feeds.send.http import poster
from feeds.store import Store, copy_store, is_server, open_store
from feeds.store.database import guard

logger = logging.getLogger(__name__)

GARBAGE = 60_000  # new values after which rings are looked for: a first import is a hundredth cheaper than with 20,000
ALLOWED = "allowed"  # under this, the `server.allow_private` of the last pass
SHARDS = 1  # one process polls in one order: the same input gives the same stories
IN_FORCE = "in_force"  # under this, the digest of the settings that the store was brought in line with last
JOBS: Mapping[str, Callable[[Job, Work], Report]] = {
    "poll": poll,
    "publish": publish,
    "deliver": deliver,
    "subscribe": subscribe,
    "index": index,
    "hand": hand.hand,
    "mirror": mirror,
}


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Return the clock: the machine's, or the fixed time of SOURCE_DATE_EPOCH.

    Source: reproducible-builds.org, specification of SOURCE_DATE_EPOCH: seconds since 1970.
    """
    if fixed := environ.get("SOURCE_DATE_EPOCH"):
        at = datetime.fromtimestamp(int(fixed), UTC)
        return lambda: at
    return lambda: datetime.now(UTC).replace(microsecond=0)


def spare_garbage_looks() -> None:
    """Have the garbage collector look seldom, and never at what is there already: modules and settings stay to the end.

    To look through those takes 80 ms for 1,000 sources.
    """
    gc.freeze()
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])


def user_agent(settings: Settings) -> str:
    """Return who asks: name, version and the site for whom, so that an operator knows whom to write to."""
    return f"feeds/{__version__} (+{settings.site.url})"


def client_for(settings: Settings | None) -> Client:
    """Return the guarded client; without settings it introduces itself by name alone."""
    if settings is None:
        return Client(user_agent=f"feeds/{__version__}")
    return Client(user_agent=user_agent(settings), allow_private=settings.server.allow_private)


def fetcher_for(settings: Settings, client: Client, parts: Mapping[str, int] = MappingProxyType({})) -> Fetcher:
    """Return who asks sources; *parts*: of hosts that others ask, too."""
    schedule = settings.schedule
    return fetcher(client, schedule.per_host, schedule.workers, spacing=schedule.spacing, parts=parts)


def ports_for(
    settings: Settings,
    store: Store,
    client: Client,
    clock: Clock,
    sandbox: Sandbox,
    fetch: Fetch | None = None,
) -> Ports:
    """Return the answers to everything that jobs ask of the world, by *fetch* where it is given."""
    assets = {path: body for path, (_, body) in STATIC.items()}
    return Ports(
        library=store.library,
        archive=store.library,
        outbox=store.outbox,
        fetch=fetch or fetcher_for(settings, client),
        read=sandbox.read,
        write=writer(settings.public, assets),
        remove=remover(settings.public),
        post=poster(client),
        clock=clock,
        gallery=Gallery(lambda: settings, store.pictures),
        index=store.searching,
        onward=store.onward,
        office=Syndicate(lambda: settings, store.library, store.partners, clock),
        errands=store.partners.errands,
        mirror=_mirror(settings, store),
    )


ASSETS: Mapping[str, Replica] = {
    path: Replica(path=path, body=body, media_type=media_type) for path, (media_type, body) in STATIC.items()
}


def bucket(place: MirrorPlace) -> Bucket:
    """Return the bucket at *place*. Raises `OutputError` where obstore is not there."""
    from feeds.send import bucket as buckets  # noqa: PLC0415 - with obstore, which not everyone has

    return buckets.Bucket(place)


def _mirror(settings: Settings, store: Store) -> Mirror | None:
    if settings.mirror is None:
        return None
    album = Gallery(lambda: settings, store.pictures)
    return Mirror(bucket=bucket(settings.mirror), notes=store.outbox.mirroring(ASSETS, album), assets=ASSETS)


@dataclass(slots=True, kw_only=True)
class App:
    """The whole, under settings that a reload may replace between two jobs.

    The ports are made when a job first needs them: whoever only looks neither asks the world nor makes a folder.
    """

    settings: Settings
    store: Store
    clock: Clock
    many: bool = False  # it is one of the processes of a cluster
    warnings: tuple[Fault, ...] = ()
    sandbox: Sandbox = field(default_factory=Sandbox)
    _ports: Ports | None = field(init=False, default=None)
    _digest: tuple[Settings, str] | None = field(init=False, default=None)
    _deal: tuple[Settings, Deal] | None = field(init=False, default=None)

    @property
    def ports(self) -> Ports:
        if self._ports is None:
            self._ports = ports_for(self.settings, self.store, client_for(self.settings), self.clock, self.sandbox)
        return self._ports

    def adopt(self, settings: Settings) -> None:
        """Work under *settings* from the next job on."""
        self._ports = ports_for(settings, self.store, client_for(settings), self.clock, self.sandbox)
        self.settings = settings

    def sync(self) -> int:
        """Bring the store in line with the settings; return how many stories were regrouped."""
        settings, library, resting = self.settings, self.store.library, self.store.outbox.resting
        digest = digest_of(settings)
        if library.meta(IN_FORCE) != digest:  # first: from here on nobody ends what these settings begin
            library.set_meta(IN_FORCE, digest)
        library.sync(settings.sources, self.deal().shard_of, self.clock())
        self._heal()
        self._ask_again()
        self._reclean()
        changed = 0
        if library.meta("settings") != digest:
            changed = regroup(self.work())
            library.set_meta("settings", digest)
            logger.info("settings changed stories=%d", changed)
        self.store.partners.begin([partner.id for partner in settings.partners], self.clock())
        (resting.begin if settings.site.rest_after and self.many else resting.end)(self.clock())
        hand.wish(self.work())
        return changed

    def in_force(self, settings: Settings | None = None) -> bool:
        """Tell whether *settings*, or those of now, are the ones that the store was brought in line with last."""
        if settings is not None and settings is not self.settings:
            return False
        known = self._digest
        if known is None or known[0] is not self.settings:
            known = self._digest = (self.settings, digest_of(self.settings))
        return self.store.library.meta(IN_FORCE) in ("", known[1])

    def deal(self) -> Deal:
        """Return how the sources are dealt to workers."""
        settings, dealt = self.settings, self._deal
        if dealt is None or dealt[0] is not settings:
            dealt = (settings, deal(settings.sources, self.store.shards, settings.schedule.per_host))
            self._deal = dealt
        return dealt[1]

    def _reclean(self) -> None:
        """Hold stored entries to the cleaner of today, where another one cleaned them last."""
        if self.store.library.meta("cleaner") != clean.RULES:
            changed = reclean(self.work())
            self.store.library.set_meta("cleaner", clean.RULES)
            logger.info("the cleaner is another one: entries cleaned again, changed=%d", changed)

    def _heal(self) -> None:
        """Make sources due that a clock which ran ahead has put off too far."""
        now = self.clock()
        for source, state in self.store.library.due_after(now + cadence.WEEK):
            if cadence.healed(state, source, self.settings.schedule, now) != state.due:
                self.store.library.hasten([source.id], now)

    def _ask_again(self) -> None:
        """Make sources due that were refused an address, where what is allowed is no longer what it was."""
        library, now = self.store.library, self.clock()
        allowed = " ".join(sorted(self.settings.server.allow_private))
        if library.meta(ALLOWED) != allowed:
            refused = [s.id for s, state in library.due_after(now) if state.problem and state.problem.code == "address"]
            library.hasten(refused, now)
            library.set_meta(ALLOWED, allowed)

    def look_into_folders(self) -> None:
        """Make folders of posts due, but for those that ended their reader: who says `run` has just saved something."""
        folders = [source.id for source in self.settings.sources if source.kind == "content"]
        now = self.clock()
        resting = self.store.library.due_after(now, folders)
        self.store.library.hasten([source.id for source, state in resting if not state.strikes], now)

    def work(
        self,
        *,
        forced: frozenset[str] = frozenset(),
        only: frozenset[str] = frozenset(),
        listening: bool = False,
        progress: Progress = silent,
        stopping: Callable[[], bool] = never,
        current: Callable[[], bool] | None = None,
    ) -> Work:
        settings = self.settings
        return Work(
            ports=self.ports,
            settings=settings,
            sources={s.id: s for s in settings.sources},
            forced=forced,
            only=only,
            listening=listening,
            progress=progress,
            stopping=stopping,
            current=current or (lambda: self.settings is settings),
            shards=self.store.shards,
            shard_of=self.deal().shard_of,
        )

    def channels(self) -> tuple[str, ...]:
        """Return the ids of all channels, archives among them, and of those that are to end."""
        configured = (c.id for c in channels(self.settings, self.store.library.categories(self.clock())))
        return tuple(dict.fromkeys((*configured, *self.store.outbox.channels())))

    def source(self, source_id: str) -> Source | None:
        return next((s for s in self.settings.sources if s.id == source_id), None)

    def run_job(self, job: Job, work: Work) -> Report:
        """Run one job under *work*."""
        return JOBS[job.name](job, work)


@contextmanager
def copied(file: str, environ: Mapping[str, str], public: str) -> Iterator[App]:
    """Open a copy of the store, as it stands at this moment, to publish from into another folder than the usual one.

    What is due, and what was written where, stays as it is in the store. Raises `ConfigError`, `StoreError`.
    """
    settings, _ = read_with_warnings(file, environ)
    with TemporaryDirectory(prefix="feeds-") as folder:
        place = f"sqlite:///{folder}/copy.db"
        copy_store(settings.store, place)
        store = open_store(place)
        try:
            with Sandbox() as sandbox:
                elsewhere = replace(settings, store=place, public=public, mirror=None)
                yield App(settings=elsewhere, store=store, clock=clock_from(environ), sandbox=sandbox)
        finally:
            store.close()


def digest_of(settings: Settings) -> str:
    """Return what differs when stored stories must be grouped, ranked or shown otherwise."""
    facts = (
        settings.site,
        settings.categories,
        settings.unknown_category,
        settings.outputs,
        settings.hubs,
        "pictures, recordings",  # what is published anew once it is looked after, too
        tuple((s.id, s.kind, s.prefer, s.order, s.categories, s.options.content, s.title) for s in settings.sources),
        __version__,
        STYLE,  # by its bytes: old pages under a new sheet would show what it hid before
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _far(settings: Settings) -> tuple[Fault, ...]:
    """Warn of a store on a network file system (DB-08)."""
    if is_server(settings.store):
        return ()
    kind = guard.network(Path(settings.store.removeprefix("sqlite:///")))
    said = f"the store lies on {kind}, where locks cannot be relied upon: keep it on a disk of this machine"
    return (Fault(file=settings.file, message=said, level="warning"),) if kind else ()


@contextmanager
def opened(
    file: str,
    environ: Mapping[str, str],
    *,
    lock: bool,
    beside: bool = False,
    many: bool = False,
    patience: float = 0.0,
) -> Iterator[App]:
    """Open the whole for a configuration file; *lock* for those that work on the store (one process at a time).

    *beside* opens it for decisions of the desk, which may be written while another process works on it; *many* for one
    of the processes of a cluster, which waits *patience* seconds for the schema to be brought up.
    Raises `ConfigError`, `StoreError`.
    """
    settings, warnings = read_with_warnings(file, environ)
    reshape(settings.log)
    warnings += _far(settings) if lock else ()
    shards = settings.schedule.shards if many else SHARDS
    store = open_store(settings.store, shards=shards, lock=lock, beside=beside, many=many, patience=patience)
    spare_garbage_looks()
    try:
        with Sandbox() as sandbox:
            clock = clock_from(environ)
            yield App(settings=settings, store=store, clock=clock, many=many, warnings=warnings, sandbox=sandbox)
    finally:
        store.close()
