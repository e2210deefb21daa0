"""How a command gets at the chat, and shows what it did."""

from collections.abc import Callable

import click

from app.base.config import DatabaseConfig, FilesConfig
from app.base.errors import BadConfig
from app.db.embedded import embedded
from app.operating.opening import opened
from app.process.progress import Progress

Work = Callable[[FilesConfig, str], str]


def do(work: Work) -> None:
    """Show what `work` returns, given the settings and the address of the database of a chat that is there.

    Raises:
        BadConfig: there is none in the data folder, and what `work` raises.
    """
    config = FilesConfig.from_env()
    refuse_nothing(config)
    progress = Progress()
    with opened(config, progress, join=True) as (url, _):
        done = work(config, url)
        progress.done()
    click.echo(done)


def refuse_nothing(config: DatabaseConfig) -> None:
    """Refuse a data folder without a chat: a command that looks for one is not to make it.

    Raises:
        BadConfig
    """
    if config.database_url is None and not embedded.is_there(config.parley_data):
        raise BadConfig(
            f"There is no chat in {config.parley_data.absolute()}. Set PARLEY_DATA to the folder of yours or "
            "DATABASE_URL to its database; `python -m app` makes a new one."
        )
