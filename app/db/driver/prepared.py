"""A statement that each connection prepares once, for those that run for every message.

Parsing and planning one takes PostgreSQL two to three times as long as running it. SQLAlchemy takes as long to compile
it, or to find out that it has. Behind a pooler that gives every transaction another server connection nothing can be
prepared; it is sent whole then.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import psycopg2
from sqlalchemy import ClauseElement, ColumnElement, literal_column

from app.db.driver.connection import Connection
from app.db.driver.dialect import PGDialect_aiopg

# They stand in the statement itself, not as parameters.
ZERO: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")

# invalid_sql_statement_name, duplicate_prepared_statement, and feature_not_supported: what PostgreSQL says when a
# migration changed the type of a column that the prepared statement returns.
_NOT_OURS = ("26000", "42P05", "0A000")


class Prepared:
    """The texts of a statement with named parameters, each of which has a type.

    Attributes:
        prepare, execute: for connections that prepare it, under a `name`.
        constants: the values of the parameters that have one.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        numbering = PGDialect_aiopg(paramstyle="numeric_dollar")
        numbered = statement.compile(dialect=numbering)
        self.text = str(numbered)
        self.name = name_of(self.text)
        self.prepare = f"PREPARE {self.name} AS {self.text}"
        compiled: Any = numbered
        binds = {name: compiled.binds[name] for name in compiled.positiontup}
        given = (f"%({name})s::{bind.type.compile(numbering)}" for name, bind in binds.items())
        self.execute = f"EXECUTE {self.name} ({', '.join(given)})"
        self.constants = {name: bind.value for name, bind in binds.items() if not bind.required}

    @cached_property
    def whole(self) -> str:
        """The text for connections that cannot prepare; made when first needed, as most processes have none."""
        return str(self._statement.compile(dialect=PGDialect_aiopg()))

    async def run(self, conn: Connection, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The rows; raises what `Connection.fetch` raises."""
        return await run_in_turn(conn, (self,), parameters)


async def run_in_turn(
    conn: Connection, statements: Sequence[Prepared], parameters: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """Run statements as one transaction, in one round trip; the rows of the last.

    Each sees all that was committed before it began. So when one has waited for a lock, the next one reads the present
    state. Raises what `Connection.fetch` raises, and then nothing has happened.
    """
    for statement in statements:
        parameters = statement.constants | parameters
    try:
        for statement in statements:
            if statement.name not in conn.info:
                await conn.fetch(statement.prepare)
                conn.info[statement.name] = statement.execute
        return await conn.fetch(";".join(conn.info[each.name] for each in statements), parameters)
    except psycopg2.Error as error:
        if error.pgcode not in _NOT_OURS:
            raise
    conn.info.update((each.name, each.whole) for each in statements)
    return await conn.fetch(";".join(each.whole for each in statements), parameters)


def name_of(text: str) -> str:
    """A name that no other statement has: behind a pooler, one that an older Parley prepared may still be there."""
    return f"parley_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
