"""A backup of the embedded database, made and restored under a running Parley, or by two commands alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text

from app.backups import command_line, keeping, programs
from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db import migrate
from app.db.dumps import dumping
from app.db.embedded import embedded
from app.db.embedded.embedded import THROW_AWAY
from tests.backups.test_keeping import older
from tests.operating.commands import run, well
from tests.shipping.visiting import Elsewhere
from tests.support.browsing import Browser
from tests.support.processes import parley
from tests.support.sockets import open_socket

WAITS = "SELECT pid FROM pg_locks WHERE NOT granted AND relation IS NOT NULL AND pid <> pg_backend_pid()"
HELD = """
    SELECT relation::regclass FROM pg_locks JOIN pg_class ON pg_class.oid = relation
    WHERE pid = ANY(%s) AND mode = 'AccessExclusiveLock' AND granted AND relkind = 'r'
"""


async def test_everybody_loads_anew_after_an_older_backup_is_restored_under_a_running_parley(
    used_folder: Path,
) -> None:
    file = str(used_folder.with_name("parley.dump"))
    with parley(used_folder) as running:
        await asyncio.to_thread(running.until_ready)
        alice = Browser(Elsewhere(f"http://127.0.0.1:{running.port}"))
        try:
            await alice.sign_up("alice")
            await _posted(alice, "in the backup")
            assert file in await well(used_folder, "backup", file)
            await _posted(alice, "after the backup")
            socket = await open_socket(alice)
            hello = await socket.until("hello")
            closing = asyncio.create_task(socket.close_code())  # which reads: who does not is cut off

            refused = await asyncio.to_thread(run, used_folder, "restore", file)
            assert (refused.code, "with 1 account and 2 messages" in refused.refusal) == (2, True), refused
            said = await well(used_folder, "restore", file, "--replace")

            assert await closing == 1001
            again = await open_socket(alice)
            assert (await again.until("hello"))["epoch"] != hello["epoch"]
            await again.say(type="resume", epoch=hello["epoch"], rooms={1: 2})
            assert (await again.until("reset"))["rev"] == 1
            async with alice.get("/api/rooms/1/messages") as answer:
                assert [message["text"] for message in (await answer.json())["messages"]] == ["in the backup"]
            assert (await again.posted("on we go"))["seq"] == 2
            closing = asyncio.create_task(again.close_code())

            (saved,) = (used_folder / "backups").glob("before-restore-*.dump")
            assert str(saved) in said
            await well(used_folder, "restore", str(saved), "--replace")
            assert await closing == 1001  # it has noticed
            async with alice.get("/api/rooms/1/messages") as answer:
                texts = [message["text"] for message in (await answer.json())["messages"]]
            assert texts == ["in the backup", "after the backup"]
        finally:
            await alice.close()


async def _posted(person: Browser, text: str) -> None:
    """Post by a socket of its own."""
    socket = await open_socket(person)
    await socket.until("hello")
    await socket.posted(text)
    await socket.ws.close()


@pytest.mark.parametrize("is_superuser", [True, False])
async def test_a_restore_and_a_statement_that_wait_for_each_other_end_with_the_restore(
    used_folder: Path, is_superuser: bool
) -> None:
    """As it happens now and then beside a Parley that asks much, made certain here."""
    file = used_folder.with_name("parley.dump")
    with embedded.running(used_folder, print) as server, closing(psycopg2.connect(server.url)) as other:
        config = DatabaseConfig(_env_file=None, parley_data=used_folder)
        command_line.back_up(config, server.url, file, print)
        cursor = other.cursor()
        url = server.url if is_superuser else _owner(server.url)
        # Without the right to look last, the restore is who gives way, and tries again.
        cursor.execute("SET deadlock_timeout = '1s'" if is_superuser else "SET deadlock_timeout = '10min'")
        cursor.execute("LOCK TABLE messages IN ACCESS SHARE MODE")
        restoring = asyncio.create_task(
            asyncio.to_thread(command_line.restore, config, url, file, print, replace=False)
        )
        while not (waiting := found(cursor, WAITS)):
            assert not restoring.done(), restoring.result()
            await asyncio.sleep(0.01)
        (held, *_) = found(cursor, HELD, [waiting])

        asked: Callable[[], Awaitable[Any]] = lambda: asyncio.to_thread(cursor.execute, f"SELECT FROM {held}")  # noqa: E731
        if is_superuser:
            with pytest.raises(psycopg2.errors.DeadlockDetected):
                await asked()
        else:
            await asked()
        other.rollback()

        assert "as it was" in await restoring


def _owner(url: str) -> str:
    """The address for an account that owns the chat, and may do nothing else."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE ROLE ordinary LOGIN; ALTER SCHEMA public OWNER TO ordinary")
        cursor.execute("ALTER DATABASE parley OWNER TO ordinary")
        for table in found(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            cursor.execute(f"ALTER TABLE {table} OWNER TO ordinary")
    return url.replace("parley@", "ordinary@")


def test_a_backup_goes_into_a_new_data_folder_and_one_that_is_none_leaves_all_as_it_was(
    used_folder: Path, world_folder: Path
) -> None:
    file, other = used_folder.with_name("parley.dump"), used_folder.with_name("elsewhere")
    assert run(used_folder, "backup", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.glob(".*")] == []

    done = run(other, "restore", str(file))

    assert (done.code, done.refusal) == (0, "")
    broken = used_folder.with_name("broken.dump")
    broken.write_bytes(file.read_bytes()[:5_000])
    for wrong, reason in ((broken, "pg_restore failed"), (used_folder.with_name("none.dump"), "cannot be read")):
        refused = run(other, "restore", str(wrong))
        assert (refused.code, reason in refused.refusal, len(refused.refusal.splitlines())) == (2, True, 1), refused


def test_a_chat_with_an_account_and_without_a_message_is_replaced_only_on_demand(used_folder: Path) -> None:
    file = used_folder.with_name("parley.dump")
    with embedded.running(used_folder, print) as server, closing(psycopg2.connect(server.url)) as connection:
        config = DatabaseConfig(_env_file=None, parley_data=used_folder)
        command_line.back_up(config, server.url, file, print)
        cursor = connection.cursor()
        cursor.execute("INSERT INTO users (login, display_name) VALUES ('alice', 'Alice')")
        connection.commit()

        with pytest.raises(BadConfig, match="with 1 account and 0 messages"):
            command_line.restore(config, server.url, file, print, replace=False)

        assert found(cursor, "SELECT login FROM users") == ["alice"]
        connection.commit()
        command_line.restore(config, server.url, file, print, replace=True)
        assert found(cursor, "SELECT login FROM users") == []


def test_a_backup_in_the_data_folder_can_be_restored_however_many_are_made_with_it(
    used_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore makes one, too: in the same second here, so that it would take the name, and one too many."""
    monkeypatch.setattr(time, "gmtime", lambda: time.struct_time((2026, 1, 1, 0, 0, 0, 3, 1, 0)))
    with embedded.running(used_folder, print, settings=THROW_AWAY) as server:
        config = DatabaseConfig(_env_file=None, parley_data=used_folder, backups_kept=1)
        with migrate.transaction(server.url) as connection:
            connection.execute(text("INSERT INTO users (login, display_name) VALUES ('alice', 'Alice')"))
        first = keeping.back_up(config, server.url, "before-restore", print)
        for _ in range(keeping.FEWEST_BEFORE - 1):
            keeping.back_up(config, server.url, "before-restore", print)
        with migrate.transaction(server.url) as connection:
            connection.execute(text("UPDATE users SET login = 'bob'"))

        command_line.restore(config, server.url, first, print, replace=True)

        with migrate.transaction(server.url) as connection:
            assert connection.scalar(text("SELECT login FROM users")) == "alice"


def test_a_backup_of_before_a_migration_is_restored_and_tables_of_newer_ones_go(fresh_folder: Path) -> None:
    file, config = fresh_folder.with_name("old.dump"), DatabaseConfig(_env_file=None, parley_data=fresh_folder)
    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        older(database.url, "0030")  # many tables came since, and refer to those of then
        command_line.back_up(config, database.url, file, print)
        migrate.upgrade(database.url, print)
        with closing(psycopg2.connect(database.url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE of_a_newer_parley (user_id bigint REFERENCES users)")

        command_line.restore(config, database.url, file, print, replace=False)

        with migrate.transaction(database.url) as connection:
            assert migrate.revision_of(connection) == migrate.head()
            assert connection.scalar(text("SELECT to_regclass('of_a_newer_parley')")) is None


def test_a_backup_that_ends_in_the_middle_of_a_table_changes_nothing(fresh_folder: Path) -> None:
    file, config = fresh_folder.with_name("whole.dump"), DatabaseConfig(_env_file=None, parley_data=fresh_folder)
    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        migrate.upgrade(database.url, print)
        with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO users (login, display_name) SELECT md5(n::text), n FROM generate_series(1, 9999) n"
            )
            connection.commit()
            command_line.back_up(config, database.url, file, print)
            cursor.execute("DELETE FROM users WHERE id > 5")
            connection.commit()
            file.write_bytes(file.read_bytes()[:-200_000])

            with pytest.raises(BadConfig, match="pg_restore failed"):
                dumping.load(programs.right_for(18, is_own=True), database.url, file)

            assert found(cursor, "SELECT count(*) FROM users") == [5]


def test_a_command_does_not_make_a_chat_to_look_for_one(fresh_folder: Path) -> None:
    for words in (("backup",), ("users", "list"), ("epoch", "rotate")):
        done = run(fresh_folder, *words)

        assert (done.code, done.said) == (2, "")
        assert done.refusal.startswith(f"There is no chat in {fresh_folder}.")
    assert not fresh_folder.exists()


def found(cursor: Any, statement: str, parameters: list[object] | None = None) -> list[Any]:
    """The first column of what a statement finds."""
    cursor.execute(statement, parameters)
    return [row[0] for row in cursor.fetchall()]
