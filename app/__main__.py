"""The command line: `python -m app` serves; `python -m app --help` shows the rest."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import click
from pydantic import SecretStr

from app.base.config import Config, DatabaseConfig
from app.base.errors import BadConfig
from app.db import epoch, migrate
from app.db.embedded import embedded
from app.process import logs, server
from app.process.progress import Progress
from app.process.secret_key import secret_key
from app.process.stopping import Stopping
from app.process.supervisor import Supervisor

LOOK_AFTER_DATABASE_S = 1
CONNECTIONS_BESIDE_POOL = 2  # the bus, and a migration

log = logging.getLogger("app")


class Refusal(click.ClickException):
    """What a user has to mend, as a sentence."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Commands(click.Group):
    """Serves when no command is named; a wrong setting is a sentence, not a traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        stopping = ctx.obj = Stopping()
        stopping.install()
        try:
            return super().invoke(ctx)
        except BadConfig as error:
            raise Refusal(error.message) from error


@click.group(cls=Commands)
def main() -> None:
    """Parley: group chat of your own. Settings come from the environment; the README lists them."""


@main.command()
@click.option("--host", help="Address to listen on (HOST).")
@click.option("--port", type=int, help="Port to listen on (PORT).")
@click.option("--workers", type=int, help="Processes that serve (WEB_CONCURRENCY).")
@click.pass_obj
def serve(stopping: Stopping, host: str | None, port: int | None, workers: int | None) -> None:
    """Migrate the database, then serve until asked to stop (the default)."""
    given = {"host": host, "port": port, "web_concurrency": workers}
    config = Config.from_env(**{name: value for name, value in given.items() if value is not None})
    logs.configure(config.log_level)
    server.refuse_taken_port(config)
    progress = Progress()
    connections = config.web_concurrency * (config.db_pool + CONNECTIONS_BESIDE_POOL)
    with _database(config, progress, connections) as (url, revive):
        if config.migrate:
            migrate.upgrade(_past_pooler(config, url), progress.step)
        progress.step("Starting to serve")
        whole = _completed(config, url)
        if not asyncio.run(_serve(whole, stopping, progress, revive)):
            raise SystemExit(1)
    click.echo("Parley has stopped.")


@main.command(hidden=True)
@click.pass_obj
def worker(stopping: Stopping) -> None:
    """One of several serving processes; started by the supervisor, which reads the line that it serves."""
    config = Config.from_env()
    logs.configure(config.log_level)
    asyncio.run(_serve_here(config, stopping, lambda: click.echo("serving"), shared=True))


@main.command(name="migrate")
def migrate_command() -> None:
    """Bring the database up to date, as `alembic upgrade head` does."""
    config = DatabaseConfig.from_env()
    logs.configure("info")
    progress = Progress()
    with _database(config, progress, join=True) as (url, _):
        migrate.upgrade(_past_pooler(config, url), progress.step)
        progress.done()


@main.group(name="epoch")
def epoch_group() -> None:
    """The name of the database's history."""


@epoch_group.command(name="rotate")
def epoch_rotate() -> None:
    """Let every page load anew: to be run after a backup was restored, while Parley runs or before it starts."""
    config = DatabaseConfig.from_env()
    progress = Progress()
    with _database(config, progress, join=True) as (url, _):
        new = epoch.rotate(_past_pooler(config, url))
        progress.done()
    click.echo(f"The history is called {new} now. Open pages notice within seconds and load anew.")


@contextmanager
def _database(
    config: DatabaseConfig, progress: Progress, connections: int = CONNECTIONS_BESIDE_POOL, *, join: bool = False
) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of DATABASE_URL or of the embedded PostgreSQL, and what revives the latter.

    `join`: one that another Parley runs on our data folder will do.
    """
    if config.database_url is not None:
        yield config.database_url.get_secret_value(), lambda: None
        return
    if join and (url := embedded.address(config.parley_data)) is not None:
        yield url, lambda: None
        return
    with embedded.running(config.parley_data, progress.step, connections=connections) as database:
        yield database.url, database.revive


def _past_pooler(config: DatabaseConfig, url: str) -> str:
    """The address for what sets its session up for a transaction, as migrations do."""
    return config.session_url.get_secret_value() if config.session_url is not None else url


def _completed(config: Config, url: str) -> Config:
    """The settings with what the embedded database adds to them."""
    key = config.secret_key or SecretStr(secret_key(config.parley_data))
    return config.model_copy(update={"database_url": SecretStr(url), "secret_key": key, "host": config.bind_host})


async def _serve(config: Config, stopping: Stopping, progress: Progress, revive: Callable[[], None]) -> bool:
    """Serve in this process or in several; False when that could not be begun."""

    def ready() -> None:
        progress.done()
        click.echo(f"Parley is ready: {_address(config)}")

    async with looked_after(revive):
        if config.web_concurrency == 1:
            return await _serve_here(config, stopping, ready)
        with stopping.as_event() as stop:
            return await Supervisor(config.web_concurrency, _environment(config), ready).run(stop)


async def _serve_here(config: Config, stopping: Stopping, ready: Callable[[], None], *, shared: bool = False) -> bool:
    # Imported here, as only serving needs it. All that it brings stays, so no collection until `server.serve` is ready.
    gc.disable()
    from app.main import make_app

    with stopping.as_event() as stop:
        await server.serve(make_app(config), server.bind(config, shared=shared), stop, ready)
    return True


@asynccontextmanager
async def looked_after(revive: Callable[[], None]) -> AsyncIterator[None]:
    """Start the embedded PostgreSQL again should it be killed while we serve."""

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK_AFTER_DATABASE_S)
            try:
                revive()
            except OSError:
                log.exception("the database cannot be started again")

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()


def _environment(config: Config) -> dict[str, str]:
    """The settings that a worker cannot work out alone, as its environment."""
    assert config.database_url is not None and config.secret_key is not None  # noqa: S101, PT018 (see `_completed`)
    return {
        "DATABASE_URL": config.database_url.get_secret_value(),
        "SECRET_KEY": config.secret_key.get_secret_value(),
        "HOST": config.bind_host,
        "PORT": str(config.port),
    }


def _address(config: Config) -> str:
    host = config.bind_host if config.bind_host not in ("127.0.0.1", "0.0.0.0", "::", "::1") else "localhost"  # noqa: S104
    return config.public_url or f"http://{f'[{host}]' if ':' in host else host}:{config.port}"


if __name__ == "__main__":
    main(prog_name="parley")
