"""How Alembic reaches the database: the same for the command `alembic` and for the app's own start."""

import logging

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection

from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db import migrate
from app.db.embedded import embedded
from app.db.schema import metadata
from app.process import logs


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
    with context.begin_transaction():  # the one that is open already
        migrate.refuse_newer(context.get_context(), context.script)
        context.run_migrations()


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
    with context.begin_transaction():
        context.run_migrations()
elif (given := context.config.attributes.get(migrate.CONNECTION)) is not None:
    run(given)
else:
    run_from_command_line()
