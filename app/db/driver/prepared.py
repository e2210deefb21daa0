"""A statement that each connection prepares once, for those that run for every message.

Parsing and planning one takes PostgreSQL two to three times as long as running it. SQLAlchemy takes as long to compile
it, or to find out that it has. Behind a pooler that gives every transaction another server connection nothing can be
prepared; it is sent whole then.
"""

import hashlib
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

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


class Texts(NamedTuple):
    """How connections prepare a statement, under a `name`, and execute it; `constants` are parameters with a value."""

    name: str
    prepare: str
    execute: str
    constants: dict[str, Any]


class Prepared:
    """A statement with named parameters, each of which has a type."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement

    @cached_property
    def texts(self) -> Texts:
        """Made by its first run, in some milliseconds: all statements together would take a twentieth of a start."""
        numbering = PGDialect_aiopg(paramstyle="numeric_dollar")
        compiled: Any = self._statement.compile(dialect=numbering)
        text = str(compiled)
        name = name_of(text)
        binds = {each: compiled.binds[each] for each in compiled.positiontup}
        given = (f"%({each})s::{bind.type.compile(numbering)}" for each, bind in binds.items())
        constants = {each: bind.value for each, bind in binds.items() if not bind.required}
        values = f" ({', '.join(given)})" if binds else ""
        return Texts(name, f"PREPARE {name} AS {text}", f"EXECUTE {name}{values}", constants)

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
    parameters = _constants_of(*statements) | parameters
    try:
        for statement in statements:
            name, prepare, execute, _ = statement.texts
            if name not in conn.info:
                await conn.fetch(prepare)
                conn.info[name] = execute
        return await conn.fetch(";".join(conn.info[each.texts.name] for each in statements), parameters)
    except psycopg2.Error as error:
        if error.pgcode not in _NOT_OURS:
            raise
    conn.info.update((each.texts.name, each.whole) for each in statements)
    return await conn.fetch(";".join(each.whole for each in statements), parameters)


@cache
def _constants_of(*statements: Prepared) -> dict[str, Any]:
    """Those of all of them.

    Raises:
        ValueError: two of them have one name for different values, as SQLAlchemy counts the nameless in each anew.
    """
    found: dict[str, Any] = {}
    for name, value in (pair for each in statements for pair in each.texts.constants.items()):
        if found.setdefault(name, value) != value:
            raise ValueError(f"{name} is {found[name]!r} in one statement and {value!r} in another: name it")
    return found


def name_of(text: str) -> str:
    """A name that no other statement has: behind a pooler, one that an older Parley prepared may still be there."""
    return f"parley_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
