"""The database that a command works on: that of the settings, or our own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.base.config import Config, DatabaseConfig
from app.db.embedded import embedded
from app.process.progress import Progress

CONNECTIONS_BESIDE_POOL = 2  # the bus, and a migration


@contextmanager
def opened(
    config: DatabaseConfig,
    progress: Progress,
    connections: int = CONNECTIONS_BESIDE_POOL,
    *,
    join: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[tuple[str, Callable[[], str | None]]]:
    """The address of DATABASE_URL or of the embedded PostgreSQL, and what revives the latter.

    `join`: one that another Parley runs on our data folder will do. `meanwhile` is called while a PostgreSQL starts.
    """
    if config.database_url is not None:
        yield config.database_url.get_secret_value(), lambda: None
        return
    if join and (url := embedded.address(config.parley_data)) is not None:
        yield url, lambda: None
        return
    with embedded.running(config.parley_data, progress.step, connections=connections, meanwhile=meanwhile) as database:
        yield database.url, database.revive


def serving_connections_of(config: Config) -> int:
    """How many connections all workers open at most."""
    return config.web_concurrency * (config.db_pool + CONNECTIONS_BESIDE_POOL)


def connections_of(config: Config) -> int:
    """The same with what a reload takes beside them, which begins one worker before it ends another."""
    workers = config.web_concurrency
    return serving_connections_of(config) // workers * (workers + (workers > 1))


def past_pooler(config: DatabaseConfig, url: str) -> str:
    """The address for what sets its session up for a transaction, as migrations do."""
    return config.session_url.get_secret_value() if config.session_url is not None else url
