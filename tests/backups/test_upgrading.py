"""Data that an older PostgreSQL made become those of the embedded one, and go back; nothing of them is lost."""

import queue
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from pydantic import SecretStr

from app.backups import command_line
from app.base.config import DatabaseConfig
from app.db import migrate
from app.db.embedded import binaries, embedded, upgrading
from app.db.embedded.cluster import DATABASE, Cluster
from app.db.embedded.embedded import SETTINGS, THROW_AWAY
from app.db.embedded.unix_account import Account
from tests.support.load import PATIENCE_S

SOME = "INSERT INTO users (login, display_name) SELECT 'person' || n, 'Ä ' || n FROM generate_series(1, 500) AS n"
PEOPLE = "SELECT count(*), min(display_name) FROM users"
VERSION = "SELECT current_setting('server_version_num')::int / 10000"


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def serving_16(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL 16 on a data folder, as a Parley that brought it would have; with a chat in it."""
    account, home, log = Account.choose(), folder / "postgres", folder / "postgres.log"
    folder.mkdir(mode=0o711)
    home.mkdir()
    account.give(home)
    programs = binaries.find(folder, account, print, 16)
    words = ["--encoding=UTF8", "--locale=C", "--auth=trust", "--username=parley", "--no-sync"]
    assert account.run([str(programs / "initdb"), *words, "-D", str(home / "data")], subprocess.DEVNULL) == 0
    log.touch(mode=0o600)
    cluster = Cluster(home, programs, account, log)
    url = f"postgresql://parley@/{{}}?host={home}&port=5432"
    with cluster.serving(home, SETTINGS | THROW_AWAY):
        cluster.prepare(url.format("postgres"), DATABASE)
        migrate.upgrade(url.format(DATABASE), print)
        yield url.format(DATABASE)


def make_16(folder: Path, *statements: str) -> None:
    """Leave a data folder with a chat in it, made by PostgreSQL 16."""
    with serving_16(folder) as url:
        for statement in statements:
            ask(url, statement)


def test_a_backup_is_restored_on_a_server_that_is_older_than_the_programs(fresh_folder: Path) -> None:
    file = fresh_folder.with_name("parley.dump")
    with serving_16(fresh_folder) as url:
        config = DatabaseConfig(_env_file=None, parley_data=fresh_folder, database_url=SecretStr(url))
        ask(url, SOME)
        command_line.back_up(config, url, file, print)
        ask(url, "DELETE FROM users")

        command_line.restore(config, url, file, print, replace=False)

        assert ask(url, PEOPLE) == [(500, "Ä 1")]


# pg_upgrade takes along no column that names a function by its number.
@pytest.mark.parametrize("refused", ["", "CREATE TABLE beside (what regproc)"])
def test_data_of_16_become_those_of_the_newest_by_themselves_and_may_go_back(fresh_folder: Path, refused: str) -> None:
    steps: list[str] = []
    make_16(fresh_folder, SOME, *filter(None, [refused]))
    with embedded.running(fresh_folder, steps.append, settings=THROW_AWAY) as database:
        assert ask(database.url, VERSION) == [(binaries.MAJOR,)]
        assert ask(database.url, PEOPLE) == [(500, "Ä 1")]
    assert f"Upgrading PostgreSQL 16 to {binaries.MAJOR}" in steps
    assert any("pg_upgrade refuses" in step for step in steps) == bool(refused)
    assert not [*fresh_folder.rglob("*.sh")]
    (backup,) = (fresh_folder / "backups").glob("before-postgresql-*.dump")
    assert backup.stat().st_mode & 0o777 == 0o600

    with embedded.running(fresh_folder, steps.append, settings=THROW_AWAY) as database:
        ask(database.url, "UPDATE users SET display_name = 'changed'")
    assert sum(step.startswith("Upgrading") for step in steps) == 1

    data, present = embedded.take_back(fresh_folder)

    assert upgrading.major_of(data.parent) == 16
    assert upgrading.major_of(data.parent, present.name) == binaries.MAJOR
    with embedded.running(fresh_folder, steps.append, settings=THROW_AWAY) as database:
        assert ask(database.url, PEOPLE) == [(500, "Ä 1")]
    assert {old.name for old in embedded.forget_old(fresh_folder)} == {"old-16", f"old-{binaries.MAJOR}"}


def test_how_far_an_upgrade_is_is_shown_by_tenths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrading, "LOOK_S", 0.01)
    shown = queue.Queue[str]()
    with upgrading.growth_shown(tmp_path / "next", 1_000, shown.put):
        (tmp_path / "next" / "base").mkdir(parents=True)
        (tmp_path / "next" / "base" / "1").write_bytes(b"1" * 350)
        assert shown.get(timeout=PATIENCE_S) == "███░░░░░░░ 30 %"

        (tmp_path / "next" / "base" / "2").write_bytes(b"1" * 900)
        assert shown.get(timeout=PATIENCE_S) == "██████████ 100 %"
    assert shown.empty()


def home_with(folder: Path, **versions: int) -> Path:
    """A folder of PostgreSQL in which data of these versions have these names."""
    home = folder / "postgres"
    for name, major in versions.items():
        (home / name.replace("_", "-")).mkdir(parents=True)
        (home / name.replace("_", "-") / "PG_VERSION").write_text(f"{major}\n")
    return home


@pytest.mark.parametrize(
    ("versions", "taken", "left"),
    [
        ({"next": 18, "old_16": 16}, 18, {"data", "old-16"}),
        ({"next": 18, "old_16": 16, "old_18": 18}, 18, {"data", "old-16", "old-18"}),  # the last was taken back
        ({"old_18": 18, "old_16": 16}, 18, {"data", "old-16"}),  # while it was taken back
        ({"data": 16, "next": 18, "old_18": 18}, 16, {"data", "next", "old-18"}),  # it had not come to the renames
    ],
)
def test_who_was_killed_between_two_renames_goes_on_with_what_was_whole(
    fresh_folder: Path, versions: dict[str, int], taken: int, left: set[str]
) -> None:
    home = home_with(fresh_folder, **versions)
    if "next" in versions:
        (home / "next" / "new").touch()

    upgrading.finish(home)

    assert upgrading.major_of(home) == taken
    assert {path.name for path in home.iterdir()} == left
    assert (home / "data" / "new").exists() == ("next" in versions and "next" not in left)


def test_what_a_failed_upgrade_left_is_not_taken_for_data_later(fresh_folder: Path) -> None:
    home = home_with(fresh_folder, data=18, next=18, old_16=16)

    upgrading.take_back(home)

    assert {path.name: upgrading.major_of(home, path.name) for path in home.iterdir()} == {"data": 16, "old-18": 18}


def test_data_of_which_only_the_old_name_is_left_are_served(fresh_folder: Path) -> None:
    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        ask(database.url, "CREATE TABLE kept ()")
    home = fresh_folder / "postgres"
    (home / "data").rename(home / f"old-{binaries.MAJOR}")

    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as database:
        assert ask(database.url, "SELECT to_regclass('kept') IS NOT NULL") == [(True,)]


def test_a_new_cluster_has_the_letters_of_all_scripts(postgres_url: str) -> None:
    """What asks the C library, such as PostgreSQL's own parser of texts, takes a quote for a letter with "C"."""
    has_utf8 = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.lower()
    if "c.utf8" in has_utf8 or "c.utf-8" in has_utf8:
        statement = "SELECT datctype, datlocale FROM pg_database WHERE datname = current_database()"
        assert ask(postgres_url, statement) == [("C.UTF-8", "C.UTF-8")]
        assert ask(postgres_url, "SELECT to_tsvector('simple', '“hello”') @@ 'hello'::tsquery") == [(True,)]
