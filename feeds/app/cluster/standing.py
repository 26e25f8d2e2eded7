"""How a cluster stands: its workers, the jobs that run and wait, and the bucket that mirrors it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from feeds.app.build import ASSETS, App
from feeds.app.looking.look import ago
from feeds.store import is_server

SILENT = 30.0  # seconds without a sign of life after which a worker is called silent: its jobs run again then


def standing(app: App) -> Mapping[str, Any]:
    """Return the cluster's workers with what they run, and how many jobs wait by name; nothing without a cluster."""
    if not is_server(app.settings.store):
        return {}
    from feeds.app.cluster.nodes import address_of  # noqa: PLC0415 - with the engine, which only clusters have
    from feeds.engine.queue import Queue  # noqa: PLC0415

    queue = Queue(address_of(app.settings))
    try:
        workers = [
            {"id": w.id, "silent_seconds": round(w.silent, 1), "alive": w.silent < SILENT, "running": list(w.running)}
            for w in queue.workers()
        ]
        waiting = {name: number for (name, state), number in queue.counts().items() if state == "todo"}
    finally:
        queue.close()
    return {"workers": workers, "waiting": waiting}


def mirror(app: App) -> Mapping[str, Any]:
    """Return how the bucket that mirrors us stands: its name, how many documents it is behind, the last problem and
    when it is tried again; nothing without one."""
    if app.settings.mirror is None:
        return {}
    found = app.store.outbox.mirroring(ASSETS).standing()
    return {"bucket": app.settings.mirror.name, **asdict(found)}


def mirror_said(app: App, now: datetime) -> tuple[str, ...]:
    """Return the same as lines, none without a bucket."""
    if not (found := mirror(app)):
        return ()
    first = f"mirror {found['bucket']}: " + (f"{found['behind']} behind" if found["behind"] else "all there")
    if not found["problem"]:
        return (first,)
    return (first, f"  cause   {found['problem']}", f"  next    tried again {ago(found['until'], now)}")


def said(found: Mapping[str, Any]) -> str:
    """Return the standing as one line, '' where there is no cluster."""
    if not found:
        return ""
    alive = sum(worker["alive"] for worker in found["workers"])
    silent, running = len(found["workers"]) - alive, sum(len(worker["running"]) for worker in found["workers"])
    waiting = ", ".join(f"{number} {name}" for name, number in sorted(found["waiting"].items()))
    return f"workers {alive} alive, {silent} silent; jobs {running} running, waiting: {waiting or 'none'}"
