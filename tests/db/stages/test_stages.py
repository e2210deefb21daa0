"""Migrations that share no transaction with others: an index that is made while everybody writes and others start."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import text

from app.db import migrate
from tests.db.test_migrations import at_revision, command_line, ended, engine_of, wait_for_those_who_migrate
from tests.support.load import PATIENCE_S

HEAD = migrate.head()
ALONE = '''"""Invitations are found by their role."""

from alembic import op

revision, down_revision = "9001", "{before}"
IS_ALONE = True


def upgrade() -> None:
    op.drop_index("ix_invitations_role", if_exists=True, postgresql_concurrently=True)
    op.create_index("ix_invitations_role", "invitations", ["role"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_invitations_role", if_exists=True, postgresql_concurrently=True)
'''
AFTER = '''"""Rooms have a colour."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "9002", "9001"


def upgrade() -> None:
    op.add_column("rooms", sa.Column("colour", sa.Text))


def downgrade() -> None:
    op.drop_column("rooms", "colour")
'''
IS_VALID = "SELECT bool_and(indisvalid) FROM pg_index WHERE indexrelid = to_regclass('ix_invitations_role')"
WAITING = """
    SELECT count(*) FROM pg_sleep(0.02), pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX CONCURRENTLY%'
"""
WRITTEN = "UPDATE invitations SET role = 'admin'"
REVISION = "SELECT version_num FROM alembic_version"


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Parley with two migrations more, of which one is alone."""
    shutil.copy(migrate.ROOT / "alembic.ini", tmp_path)
    shutil.copytree(migrate.ROOT / "migrations", tmp_path / "migrations")
    (tmp_path / "migrations/versions/9001_alone.py").write_text(ALONE.format(before=HEAD))
    (tmp_path / "migrations/versions/9002_after.py").write_text(AFTER)
    monkeypatch.setattr(migrate, "ROOT", tmp_path)
    migrate.head.cache_clear()
    yield tmp_path
    migrate.head.cache_clear()


def ask(url: str, statement: str) -> object:
    """The first value that a statement finds."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def test_an_index_is_made_while_people_write_and_other_processes_start(empty_url: str, newer: Path) -> None:
    at_revision(empty_url, HEAD)
    ended_well: list[str] = []

    def start() -> None:
        migrate.upgrade(empty_url, print)
        ended_well.append("upgraded")

    processes = [threading.Thread(target=start, daemon=True) for _ in range(2)]
    with closing(psycopg2.connect(empty_url)) as writer, writer.cursor() as cursor:
        cursor.execute(WRITTEN)  # and no commit yet: the index waits for its end
        for process in processes:
            process.start()
        wait_for_those_who_migrate(empty_url, 3)  # one has two connections
        while not ask(empty_url, WAITING):
            assert all(process.is_alive() for process in processes)
        ask(empty_url, "INSERT INTO invitations (token_hash, expires_at) VALUES ('1', now())")
        assert ask(empty_url, "SELECT count(*) FROM invitations") == 1
        writer.commit()
        for process in processes:
            process.join(PATIENCE_S)

    assert ended_well == ["upgraded"] * 2
    assert (ask(empty_url, IS_VALID), ask(empty_url, REVISION)) == (True, "9002")


def test_an_index_that_a_killed_migration_left_unfinished_is_made_anew(empty_url: str, newer: Path) -> None:
    at_revision(empty_url, "9001")
    ask(empty_url, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_invitations_role'::regclass")
    ask(empty_url, f"UPDATE alembic_version SET version_num = '{HEAD}'")

    migrate.upgrade(empty_url, print)

    assert (ask(empty_url, IS_VALID), ask(empty_url, REVISION)) == (True, "9002")


def test_the_command_goes_up_from_nothing_and_down_by_steps(empty_url: str, newer: Path) -> None:
    expected = {("upgrade", "head"): "9002", ("downgrade", "-2"): HEAD, ("upgrade", "+1"): "9001"}
    for words, revision in expected.items():
        code, output = ended(command_line("alembic", "-c", str(newer / "alembic.ini"), *words, DATABASE_URL=empty_url))

        assert (code, ask(empty_url, REVISION)) == (0, revision), output
        with engine_of(empty_url).connect() as conn:
            is_there = conn.scalar(text("SELECT to_regclass('ix_invitations_role') IS NOT NULL"))
        assert is_there == (revision != HEAD)


def test_a_script_ends_its_transaction_before_the_index(newer: Path) -> None:
    words = ("-c", str(newer / "alembic.ini"), "upgrade", f"{HEAD}:head", "--sql")
    code, output = ended(command_line("alembic", *words, DATABASE_URL="postgresql://nowhere/parley"))

    assert code == 0, output
    before, _, behind = output.partition("CREATE INDEX CONCURRENTLY")
    assert before.count("BEGIN;") == before.count("COMMIT;") == 1
    assert behind.index("BEGIN;") < behind.index("ALTER TABLE rooms")
