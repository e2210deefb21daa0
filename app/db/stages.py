"""Migrations that share no transaction with others, for what PostgreSQL does in none: `CREATE INDEX CONCURRENTLY`.

The file of such a migration has `IS_ALONE = True`. Each of its statements is committed at once. So it may have been
killed in its middle: run again, it has to come to its end from wherever it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, NamedTuple

from alembic.runtime.migration import MigrationContext, MigrationStep
from sqlalchemy import Connection, text

from app.db import migrate


class Stage(NamedTuple):
    """Migrations that share a transaction; or, where they are alone, have none."""

    is_alone: bool
    steps: list[MigrationStep]


def stages(context: MigrationContext) -> list[Stage]:
    """What the command asks for, in its order."""
    steps = context.opts["fn"](context.get_current_heads(), context)
    return [Stage(is_alone, [*group]) for is_alone, group in groupby(steps, key=_is_alone)]


def _is_alone(step: MigrationStep) -> bool:
    module = getattr(getattr(step, "revision", None), "module", None)
    return bool(getattr(module, "IS_ALONE", False))


@contextmanager
def beside(connection: Connection, stage: Stage) -> Iterator[Connection]:
    """Another connection for a stage, which is committed when the block ends well; that of the lock waits meanwhile.

    The wait for a table has a limit as in `migrate.transaction`. What is alone waits as long as it takes: nobody but
    other migrations waits behind it.
    """
    level, wait_s = ("AUTOCOMMIT", 0) if stage.is_alone else ("READ COMMITTED", migrate.LOCK_TIMEOUT_S)
    with connection.engine.connect().execution_options(isolation_level=level) as own, own.begin():
        own.execute(text("SET statement_timeout = 0"))
        own.execute(text(f"SET lock_timeout = {wait_s * 1000:.0f}"))
        yield own


def as_script(context: MigrationContext) -> list[MigrationStep]:
    """The same for a script of SQL, which ends its transaction before what is alone, and begins another behind it."""
    steps = [step for stage in stages(context) for step in stage.steps]
    for step in filter(_is_alone, steps):
        step.migration_fn = _outside(context, step.migration_fn)
    return steps


def _outside(context: MigrationContext, migration: Callable[..., Any]) -> Callable[..., None]:
    def run(**given: Any) -> None:
        with context.autocommit_block():
            migration(**given)

    return run
