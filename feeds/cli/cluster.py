"""worker, scheduler, web, cluster dev: the processes of a cluster."""

import os

import click

from feeds.app.build import opened
from feeds.cli.common import Desk, command, say, start_logging
from feeds.errors import UsageError

JOBS = 4


@click.command()
@click.option("--jobs", type=click.IntRange(1, 64), default=JOBS, show_default=True, help="How many at a time.")
@click.pass_obj
@command
def worker(desk: Desk, jobs: int) -> None:
    """Run the jobs of a cluster until SIGTERM: poll, publish, deliver. Any number of these, on any machine.

    On SIGTERM it takes no new jobs, and lets those that run reach their next pause.
    """
    from feeds.app.cluster.nodes import PATIENCE, WorkerNode
    from feeds.app.serving.service import leave

    start_logging(desk.verbose, service=True)
    with opened(desk.file, os.environ, lock=False, many=True, patience=PATIENCE) as app:
        say(desk, f"worker {os.getpid()} runs {jobs} jobs at a time (stop with Ctrl-C)")
        clean = WorkerNode(app, os.environ, jobs).run()
    if not clean:
        leave(0)


@click.command()
@click.pass_obj
@command
def scheduler(desk: Desk) -> None:
    """Say what is due in a cluster, until SIGTERM. Any number of these: each tick is fired by one of them."""
    from feeds.app.cluster.nodes import PATIENCE, SchedulerNode

    start_logging(desk.verbose, service=True)
    with opened(desk.file, os.environ, lock=False, many=True, patience=PATIENCE) as app:
        say(desk, f"scheduler {os.getpid()} (stop with Ctrl-C)")
        SchedulerNode(app, os.environ).run()


@click.command()
@click.pass_obj
@command
def web(desk: Desk) -> None:
    """Serve a cluster's documents and desk, until SIGTERM. Any number of these, on any machine."""
    from feeds.app.cluster.nodes import PATIENCE, WebNode

    start_logging(desk.verbose, service=True)
    with opened(desk.file, os.environ, lock=False, many=True, patience=PATIENCE) as app:
        server = app.settings.server
        say(desk, f"{app.settings.site.title}: http://{server.host}:{server.port}/ (stop with Ctrl-C)")
        WebNode(app, os.environ).run()


@click.group()
def cluster() -> None:
    """Try a cluster on one machine."""


@cluster.command()
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True, help="How many worker processes.")
@click.option("--data", type=click.Path(file_okay=False), default="", help="Keep PostgreSQL's data here; var/postgres.")
@click.pass_obj
@command
def dev(desk: Desk, workers: int, data: str) -> None:
    """Start PostgreSQL, a scheduler, workers and a web node here, until Ctrl-C; for trial only.

    The configuration's own `store` is not touched. Needs `pip install 'feeds[cluster,devpg]'`, or Debian's postgresql.
    """
    from feeds.app.cluster.trial import run

    start_logging(desk.verbose, service=True)
    settings = desk.settings()
    if desk.config == "-":
        raise UsageError("give the configuration as a file")
    run(desk.file, settings, workers, data, lambda line: say(desk, line))
