"""How Alembic reaches the database: the same for the command `alembic` and for the app's own start."""

import logging
from collections.abc import Sequence
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationStep
from alembic.util import CommandError
from sqlalchemy import Connection

from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db import migrate, stages
from app.db.embedded import embedded
from app.db.schema import metadata
from app.process import logs


def run(connection: Connection) -> None:
    """Do what the command asks for in the transaction of `connection`.

    Or beside it, in several, where a migration shares none with others: then that one only keeps the lock.
    """
    _configure(connection)
    migrate.refuse_newer(context.get_context(), context.script)
    found = stages.stages(context.get_context())
    if any(stage.is_alone for stage in found):
        for stage in found:
            with stages.beside(connection, stage) as own:
                _run(own, stage.steps)
    else:
        _run(connection, [step for stage in found for step in stage.steps])


def _run(connection: Connection, steps: Sequence[MigrationStep]) -> None:
    _configure(connection, fn=lambda heads, ours: steps)
    with context.begin_transaction():  # the one that is open already
        context.run_migrations()


def _configure(connection: Connection, **more: Any) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True, **more
    )


def run_from_command_line() -> None:
    """Take the database of the environment; the embedded one runs for as long as the command."""
    logs.configure("info")
    logging.getLogger("alembic").setLevel(logging.INFO)
    try:
        config = DatabaseConfig.from_env()
        if config.session_url is not None:
            with migrate.transaction(config.session_url.get_secret_value()) as connection:
                run(connection)
        else:
            with embedded.running(config.parley_data, print) as server, migrate.transaction(server.url) as connection:
                run(connection)
    except BadConfig as error:
        raise CommandError(error.message) from error  # which Alembic shows without a traceback


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    steps = stages.as_script(context.get_context())
    context.configure(
        dialect_name="postgresql", target_metadata=metadata, literal_binds=True, fn=lambda heads, ours: steps
    )
    with context.begin_transaction():
        context.run_migrations()
elif (given := context.config.attributes.get(migrate.CONNECTION)) is not None:
    run(given)
else:
    run_from_command_line()
