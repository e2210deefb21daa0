"""What is so of a chat: `doctor`, `stats`, `log`."""

import click
from pydantic import SecretStr

from app.base.config import Config
from app.operating.doing import do, refuse_nothing
from app.operating.opening import connections_of, opened
from app.process.progress import Progress
from app.process.secret_key import secret_key


@click.command()
@click.option("--no-address", is_flag=True, help="Do not dial the public address, as Parley does not run.")
def doctor(no_address: bool) -> None:
    """Look what is wrong, and say how to mend it.

    At the database, the bus, this machine, and the way that people come through all proxies, which takes ten seconds.
    Exits with 1 where something is to be mended.
    """
    from app.doctor import command_line

    config = Config.from_env()
    refuse_nothing(config)
    is_own = config.database_url is None
    key = config.secret_key or SecretStr(secret_key(config.parley_data))
    with opened(config, Progress(), connections_of(config), join=True) as (url, _):
        whole = config.model_copy(update={"database_url": SecretStr(url), "secret_key": key, "host": config.bind_host})
        count = command_line.run(whole, url, click.echo, is_own=is_own, with_address=not no_address)
    if count:
        raise SystemExit(1)


@click.command()
def stats() -> None:
    """Show how much there is, and what the last day was like."""
    from app.metrics import command_line
    from app.people import stats

    do(lambda config, url: f"{stats.counted(config, url)}\n\n{command_line.counted(config, url)}")


@click.command()
@click.option("--most", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many lines.")
def log(most: int) -> None:
    """Show what administrators did.

    A line each, the newest last: when, who, and what to whom. It is kept for a year.
    """
    from app.moderation import command_line

    do(lambda config, url: command_line.log(config, url, most))
