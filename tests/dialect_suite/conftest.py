"""Hands pytest over to SQLAlchemy's plugin; only ever loaded by the run that `__main__.py` starts."""

from typing import Any

import pytest

pytest.register_assert_rewrite("sqlalchemy.testing.assertions")

from sqlalchemy import Engine, text  # noqa: E402 (what is imported already cannot be rewritten)
from sqlalchemy.dialects.postgresql import provision  # noqa: E402, F401 (registers how to make a worker's database)
from sqlalchemy.testing.plugin.pytestplugin import *  # noqa: E402, F403 (its hooks are the plugin)
from sqlalchemy.testing.provision import post_configure_engine  # noqa: E402

from app.db.driver import dialect  # noqa: E402

dialect.register()


@post_configure_engine.for_db("postgresql")
def _furnish(_url: Any, engine: Engine, _follower_ident: Any) -> None:
    """Make the two schemas that the tests expect.

    SQLAlchemy's own version of this makes the extensions citext and hstore instead, which no test of the suite uses and
    the embedded PostgreSQL does not have.
    """
    with engine.begin() as connection:
        for schema in ("test_schema", "test_schema_2"):
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
