"""A database that cannot be served from is refused at the start, in a sentence that says what to do."""

import logging
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from app.base.errors import BadConfig
from app.db import migrate
from app.pulse.refusing import refuse_unfit
from tests.conftest import sync_engine


def run(url: str, *statements: str) -> None:
    with sync_engine(url, isolation_level="AUTOCOMMIT").connect() as conn:
        for statement in statements:
            conn.execute(text(statement))


@pytest.fixture
def role(empty_url: str) -> Iterator[str]:
    """An account without any right beside that to connect."""
    name = f"chat_{uuid.uuid4().hex[:8]}"
    run(empty_url, f"CREATE ROLE {name} LOGIN")
    yield name
    run(empty_url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def as_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_in_another_encoding_is_refused_and_stays_empty(postgres_url: str, encoding: str) -> None:
    name = f"other_{uuid.uuid4().hex[:8]}"
    run(
        postgres_url, f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
    )
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    try:
        for look in (lambda: migrate.upgrade(url, print), lambda: refuse_unfit(url, 1)):
            with pytest.raises(BadConfig, match=f"is in {encoding}, which cannot keep all .* ENCODING 'UTF8'"):
                look()
        with sync_engine(url).connect() as conn:
            assert conn.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
    finally:
        run(postgres_url, f"DROP DATABASE {name}")


def test_a_server_that_is_too_old_is_refused(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "OLDEST_POSTGRES", 99)

    with pytest.raises(BadConfig, match=r"Parley needs PostgreSQL 99 or newer; this one is \d+"):
        migrate.upgrade(empty_url, print)


def test_a_server_that_is_newer_than_any_tried_is_only_warned_of(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    migrate.upgrade(empty_url, print)
    assert "newer than any" not in caplog.text
    monkeypatch.setattr(migrate, "NEWEST_TRIED", 14)
    caplog.set_level(logging.WARNING)

    refuse_unfit(empty_url, 1)

    assert "is newer than any that Parley was tried with: 14" in caplog.text


def test_an_account_that_may_not_create_tables_is_refused_until_it_may(empty_url: str, role: str) -> None:
    url = as_role(empty_url, role)

    with pytest.raises(BadConfig, match=f"account {role} may not create tables in the schema public.*GRANT CREATE"):
        migrate.upgrade(url, print)
    run(empty_url, f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
    migrate.upgrade(url, print)
    refuse_unfit(url, 7)


def test_an_account_that_may_not_write_is_refused_with_the_names_of_the_tables(empty_url: str, role: str) -> None:
    migrate.upgrade(empty_url, print)
    url = as_role(empty_url, role)
    run(empty_url, f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    refuse_unfit(url, 7)
    run(empty_url, f"REVOKE INSERT ON messages, rooms FROM {role}")

    with pytest.raises(
        BadConfig, match=f"{role} may not read and write all tables of Parley: messages, rooms. .*GRANT"
    ):
        refuse_unfit(url, 7)


def test_too_few_connections_are_refused_whoever_limits_them(empty_url: str, role: str) -> None:
    run(empty_url, f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
    url = as_role(empty_url, role)
    migrate.upgrade(url, print)
    refuse_unfit(url, 7)

    with pytest.raises(
        BadConfig, match=r"may open 1000 connections to PostgreSQL, and the server \(max_connections.*DB_"
    ):
        refuse_unfit(url, 1000)
    run(empty_url, f"ALTER ROLE {role} CONNECTION LIMIT 6")
    with pytest.raises(BadConfig, match=r"this account .* allows 6"):
        refuse_unfit(url, 7)
    refuse_unfit(url, 6)
    run(empty_url, f"ALTER ROLE {role} CONNECTION LIMIT -1")
    run(empty_url, f"ALTER DATABASE {make_url(url).database} CONNECTION LIMIT 5")
    with pytest.raises(BadConfig, match=r"this database .* allows 5"):
        refuse_unfit(url, 7)
