"""The command line: `python -m app` serves; `python -m app --help` shows the rest."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from aiohttp import web
from pydantic import SecretStr

from app.backups.daily import made_daily
from app.backups.keeping import before_migration
from app.base.config import Config, DatabaseConfig
from app.base.errors import BadConfig
from app.base.log_fields import fields
from app.db import migrate
from app.db.first_admin import invite_first_admin
from app.operating import COMMANDS
from app.operating.opening import connections_of, opened, past_pooler, serving_connections_of
from app.process import logs, server
from app.process.commands import Commands
from app.process.progress import Progress
from app.process.secret_key import secret_key
from app.process.stopping import Stopping
from app.process.supervisor import SUCCESSOR, Supervisor
from app.pulse.refusing import refuse_unfit

LOOK_AFTER_DATABASE_S = 1

Beside = AbstractAsyncContextManager[None]
Check = Callable[[web.Application], Awaitable[None]]

log = logging.getLogger("app")


@click.group(cls=Commands)
def main() -> None:
    """Parley: group chat of your own. Settings come from the environment; the README lists them."""


@main.command()
@click.option("--host", help="Address to listen on (HOST).")
@click.option("--port", type=int, help="Port to listen on (PORT).")
@click.option("--workers", type=int, help="Processes that serve (WEB_CONCURRENCY).")
@click.pass_obj
def serve(stopping: Stopping, host: str | None, port: int | None, workers: int | None) -> None:
    """Migrate, then serve until asked to stop (the default)."""
    stopping.is_the_end()
    given = {"host": host, "port": port, "web_concurrency": workers}
    config = Config.from_env(**{name: value for name, value in given.items() if value is not None})
    logs.configure(config.log_level, config.log_format)
    progress = Progress()
    server.refuse_taken_port(config, lambda: progress.step(f"Waiting for port {config.port}, which is in use"))
    meanwhile = _app_maker if config.web_concurrency == 1 else lambda: None
    with opened(config, progress, connections_of(config), meanwhile=meanwhile) as (url, revive):
        if config.migrate:
            before_migration(config, past_pooler(config, url), progress.step)
            migrate.upgrade(past_pooler(config, url), progress.step)
        refuse_unfit(past_pooler(config, url), serving_connections_of(config))
        progress.step("Starting to serve")
        whole = _completed(config, url)
        link = None if config.is_local else _link_of_first_admin(config, url)
        if not asyncio.run(_serve(whole, stopping, progress, (looked_after(revive), made_daily(config)), link)):
            raise SystemExit(1)
    click.echo("Parley has stopped.")


@main.command(hidden=True)
@click.option("--siblings", type=click.Path(path_type=Path), help="Folder that the workers share.")
@click.option(SUCCESSOR, "is_successor", is_flag=True, help="Refuse to serve what cannot be served; another one does.")
@click.pass_obj
def worker(stopping: Stopping, siblings: Path | None, is_successor: bool) -> None:
    """One of several serving processes; started by the supervisor, which reads the line that it serves.

    That one may be older than this code: it is how a reload brings new code. So these options and that line stay.
    """
    stopping.is_the_end()
    config = Config.from_env()
    logs.configure(config.log_level, config.log_format)
    checks = [_refuse_trouble] if is_successor else []
    asyncio.run(_serve_here(config, stopping, lambda: click.echo("serving"), siblings, checks, shared=True))


@main.command(name="migrate")
def migrate_command() -> None:
    """Bring the tables up to date, as a start does."""
    config = DatabaseConfig.from_env()
    logs.configure("info")
    progress = Progress()
    with opened(config, progress, join=True) as (url, _):
        before_migration(config, past_pooler(config, url), progress.step)
        migrate.upgrade(past_pooler(config, url), progress.step)
        progress.done()


def _completed(config: Config, url: str) -> Config:
    """The settings with what the embedded database adds to them."""
    key = config.secret_key or SecretStr(secret_key(config.parley_data))
    return config.model_copy(update={"database_url": SecretStr(url), "secret_key": key, "host": config.bind_host})


def _link_of_first_admin(config: Config, url: str) -> str | None:
    """The link by which the first admin comes; None where there is one, or where it cannot be made just now."""
    try:
        return invite_first_admin(past_pooler(config, url), config.address)
    except BadConfig as error:
        log.warning("no link for a first administrator was made: %s", error.message)
        return None


async def _serve(
    config: Config, stopping: Stopping, progress: Progress, beside: Iterable[Beside], link: str | None
) -> bool:
    """Serve in this process or in several, with what runs beside that; False when it could not be begun."""

    def ready() -> None:
        progress.done()
        if link is not None:
            click.echo(f"Nobody is here yet. Create the first account, the administrator's: {link}")
        click.echo(f"Parley is ready: {config.address}")

    async with AsyncExitStack() as stack:
        for each in beside:
            await stack.enter_async_context(each)
        if config.web_concurrency == 1:
            return await _serve_here(config, stopping, ready)
        reload = asyncio.Event()
        with (
            stopping.as_event() as stop,
            stopping.reloading(reload.set),
            TemporaryDirectory(prefix="parley-workers-") as siblings,
        ):
            supervisor = Supervisor(config.web_concurrency, _environment(config), ready, ("--siblings", siblings))
            return await supervisor.run(stop, reload)


async def _serve_here(
    config: Config,
    stopping: Stopping,
    ready: Callable[[], None],
    siblings: Path | None = None,
    checks: Iterable[Check] = (),
    *,
    shared: bool = False,
) -> bool:
    """Serve in this process; `checks` may refuse to when all is there, before a connection is taken."""
    make_app = _app_maker()
    with stopping.as_event() as stop, stopping.reloading(_say_what_reloads):
        listeners = server.bind(config, shared=shared)
        app = make_app(config, siblings)
        app.on_startup.extend(checks)
        await server.serve(app, listeners, stop, ready)
    return True


def _app_maker() -> Callable[[Config, Path | None], web.Application]:
    """What makes the app, imported as only serving needs it, a third of a start."""
    gc.disable()  # all that it brings stays, so there is no collection until `server.serve` is ready
    from app.main import make_app

    return make_app


async def _refuse_trouble(app: web.Application) -> None:
    """Refuse to serve where posts would be refused, as with tables that are older than this code.

    Raises:
        BadConfig: with the sentence that people would read.
    """
    from app.chat.keys import PULSE

    if (trouble := (await app[PULSE].look()).trouble) is not None:
        raise BadConfig(f"It would not serve: {trouble}")


def _say_what_reloads() -> None:
    log.warning(
        "SIGHUP changes nothing here: it reloads the workers of WEB_CONCURRENCY=2 and more, when their parent gets it. "
        "One process alone is restarted."
    )


@asynccontextmanager
async def looked_after(revive: Callable[[], str | None]) -> AsyncIterator[None]:
    """Start the embedded PostgreSQL again should it be killed while we serve."""

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK_AFTER_DATABASE_S)
            try:
                if (found := revive()) is not None:
                    log.warning(
                        "the embedded PostgreSQL was found dead and is started again", extra=fields(found=found)
                    )
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


for command in COMMANDS:
    main.add_command(command)
