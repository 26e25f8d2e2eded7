"""The command line: one command for each job."""

import click

from feeds import __version__
from feeds.cli import (
    cluster,
    deciding,
    editing,
    keeping,
    looking,
    partnering,
    peeking,
    previewing,
    replaying,
    running,
    setting,
    staffing,
    status,
    tokens,
)
from feeds.cli.common import Desk


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feeds")
@click.option("-c", "--config", default="", envvar="FEEDS_CONFIG", metavar="FILE", help="The configuration file.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but faults.")
@click.option("-v", "--verbose", count=True, help="Print and log more; twice for everything.")
@click.pass_context
def cli(context: click.Context, config: str, quiet: bool, verbose: int) -> None:
    """Local posts and remote feeds in; clean, de-duplicated feeds by category out."""
    context.obj = Desk(config, quiet, verbose)


for _command in (
    running.run, running.serve, running.fetch, running.build,
    cluster.worker, cluster.scheduler, cluster.web, cluster.cluster,
    status.status, looking.list_, looking.why, looking.usage, peeking.peek, replaying.dedupe, previewing.preview,
    deciding.retract, deciding.unretract, deciding.touch, deciding.merge, deciding.split, deciding.allow,
    editing.init, editing.add, editing.remove, editing.pause, editing.resume, editing.import_, editing.export,
    partnering.partner,
    staffing.user, staffing.audit,
    setting.check, setting.doctor, setting.schema, setting.migrate, setting.config,
    keeping.backup, keeping.restore, tokens.token,
):  # fmt: skip
    cli.add_command(_command)


def main() -> None:
    """Run the command that the arguments name."""
    cli(prog_name="feeds")
