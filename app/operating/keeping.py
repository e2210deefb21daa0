"""What keeps a chat for years: `backup`, `restore`, `epoch rotate`."""

from pathlib import Path

import click

from app.base.config import AddressConfig, DatabaseConfig
from app.db import epoch
from app.operating.doing import do, refuse_nothing
from app.operating.opening import opened, past_pooler
from app.process.progress import Progress


@click.command()
@click.argument("path", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
def backup(path: Path | None) -> None:
    """Write the whole database into a file.

    While Parley runs or not. FILE is there once it is whole and was read back.

    Without FILE it goes to the folder `backups` of PARLEY_DATA, where the newest BACKUPS_KEPT stay.
    """
    from app.backups import command_line

    config, progress = AddressConfig.from_env(), Progress()
    refuse_nothing(config)
    with opened(config, progress, join=True) as (url, _):
        done = command_line.back_up(config, past_pooler(config, url), path, progress.step)
        progress.done()
    click.echo(done)


@click.command()
@click.argument("path", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option("--replace", is_flag=True, help="Also where people have accounts already: all that is there goes.")
def restore(path: Path | None, replace: bool) -> None:
    """Put a backup in the place of what the database has.

    While Parley runs or not; all of FILE, or nothing of it. Open pages load anew then.

    Without FILE, show the backups of the data folder.
    """
    from app.backups import command_line

    config, progress = AddressConfig.from_env(), Progress()
    if path is None:
        click.echo(command_line.kept_ones(config))
        return
    command_line.refuse_no_file(config, path)
    with opened(config, progress, join=True) as (url, _):
        done = command_line.restore(config, past_pooler(config, url), path, progress.step, replace=replace)
        progress.done()
    click.echo(done)


@click.command(name="upgrade-database")
@click.option("--back", is_flag=True, help="Put the data as they were before the last upgrade in their place again.")
@click.option("--forget-old", is_flag=True, help="Remove those data.")
def upgrade_database(back: bool, forget_old: bool) -> None:
    """Bring the embedded PostgreSQL to the newest version.

    A start does that, too: after a backup, by pg_upgrade, or by putting the backup into a new database where that
    refuses. The data as they were stay in the data folder.
    """
    from app.backups import upgrades

    config, progress = DatabaseConfig.from_env(), Progress()
    upgrades.refuse_foreign(config)
    refuse_nothing(config)
    if back or forget_old:
        click.echo(upgrades.take_back(config) if back else upgrades.forget_old(config))
        return
    with opened(config, progress, join=True) as (url, _):
        done = upgrades.done(config, past_pooler(config, url))
        progress.done()
    click.echo(done)


@click.group(name="epoch")
def epoch_group() -> None:
    """The name of the database's history."""


@epoch_group.command(name="rotate")
def epoch_rotate() -> None:
    """Let every page load anew.

    To be run after a backup was restored by other means than `restore`.
    """

    def rotate(config: DatabaseConfig, url: str) -> str:
        new = epoch.rotate(past_pooler(config, url))
        return f"The history is called {new} now. Open pages notice within seconds and load anew."

    do(rotate)
