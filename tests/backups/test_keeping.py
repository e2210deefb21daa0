"""Backups that are made by themselves: every day, and before each migration of the embedded database."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from alembic import command

from app.backups import daily, keeping, programs
from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db import migrate
from app.db.dumps import dumping
from app.db.embedded import embedded
from app.db.embedded.embedded import THROW_AWAY
from tests.operating.commands import run
from tests.support import sockets
from tests.support.processes import SETTINGS_OF_OURS, until

BEFORE_HEAD = sorted(path.name.partition("_")[0] for path in (migrate.ROOT / "migrations/versions").glob("*.py"))[-2]


def config_of(folder: Path, kept: int = 2) -> DatabaseConfig:
    return DatabaseConfig(_env_file=None, parley_data=folder, backups_kept=kept)


def aged(folder: Path, name: str, days: float) -> Path:
    """A backup that was made so many days ago."""
    path = folder / "backups" / f"{name}.dump"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path, (time.time() - days * 86_400,) * 2)
    return path


async def test_one_is_made_when_the_last_is_a_day_old_and_the_oldest_go(
    used_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "FIRST_S", 0.0)
    for name in SETTINGS_OF_OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARLEY_DATA", str(used_folder))
    monkeypatch.setenv("BACKUPS_KEPT", "2")
    first, second, third = (aged(used_folder, f"daily-{days}", days) for days in (3, 2, 1.01))
    before = aged(used_folder, "before-0001", 30)
    halves = [aged(used_folder, f"daily-{days}", days) for days in (9, 0)]
    halves = [path.rename(path.with_name(f".{path.name}.part")) for path in halves]
    with embedded.running(used_folder, print, settings=THROW_AWAY):
        async with daily.made_daily(config_of(used_folder)):
            await asyncio.to_thread(until, lambda: not first.exists())  # it goes last, when the new one is there

    assert not second.exists()
    assert [half.exists() for half in halves] == [False, True]  # somebody may still be writing the other
    made, kept = keeping.kept(config_of(used_folder), keeping.DAILY)
    assert (kept, before.exists()) == (third, True)
    assert made.stat().st_size > 10_000


def leave_one_that_is_gone(folder: Path) -> None:
    """A name without a file, as of a backup that was removed between a look at the folder and one at the file."""
    (folder / "backups").mkdir(parents=True)
    (folder / "backups" / "daily-gone.dump").symlink_to("nowhere")


async def test_what_goes_wrong_beside_a_backup_is_logged_and_tried_again(
    fresh_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, seconds in (("FIRST_S", 0.0), ("AGAIN_S", 0.01), ("SHORTEST_S", 0.0)):
        monkeypatch.setattr(daily, name, seconds)
    leave_one_that_is_gone(fresh_folder)

    def failures() -> int:
        return sum("the daily backup was not made" in record.getMessage() for record in caplog.records)

    async with daily.made_daily(config_of(fresh_folder)):
        await sockets.until(lambda: failures() > 1)


def test_one_is_due_when_the_last_is_a_day_old(fresh_folder: Path) -> None:
    fresh_folder.mkdir()
    assert daily._due_in_s(config_of(fresh_folder)) == 0
    aged(fresh_folder, "daily-1", 2)
    assert daily._due_in_s(config_of(fresh_folder)) < 0
    aged(fresh_folder, "daily-2", 0.5)
    assert 11 * 3600 < daily._due_in_s(config_of(fresh_folder)) <= 12 * 3600


def older(url: str, revision: str = BEFORE_HEAD) -> None:
    """Bring an empty database to a revision before the newest."""
    settings = migrate.settings()
    with migrate.transaction(url) as connection:
        settings.attributes[migrate.CONNECTION] = connection
        command.upgrade(settings, revision)


def test_the_embedded_database_is_backed_up_before_it_is_migrated(fresh_folder: Path) -> None:
    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        older(database.url)

        assert run(fresh_folder, "migrate").code == 0
        assert run(fresh_folder, "migrate").code == 0  # nothing is to be done any more

    (made,) = keeping.kept(config_of(fresh_folder))
    assert made.name.startswith(f"before-{migrate.head()}-")


def test_a_database_is_not_migrated_when_it_cannot_be_backed_up(fresh_folder: Path) -> None:
    fresh_folder.mkdir(mode=0o711)
    (fresh_folder / "backups").write_text("a file where the folder goes")
    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        older(database.url)

        with pytest.raises(BadConfig, match="are not migrated, as no backup can be made first"):
            keeping.before_migration(config_of(fresh_folder), database.url, print)
        keeping.before_migration(config_of(fresh_folder, kept=0), database.url, print)

        with migrate.transaction(database.url) as connection:
            assert migrate.revision_of(connection) == BEFORE_HEAD


def test_a_pg_dump_that_is_older_than_the_server_is_refused_with_what_to_install() -> None:
    for server, is_own in ((16, False), (18, True)):
        assert (dumping.major_of(programs.right_for(server, is_own=is_own)) or 0) >= server
    with pytest.raises(BadConfig, match=r"PostgreSQL 99, and the newest pg_dump here is 18 .*postgresql-client-99"):
        programs.right_for(99, is_own=False)
