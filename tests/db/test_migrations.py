"""Migrations: up, down and up again, no drift, once among ten, never over a newer database."""

import json
import threading

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import IntegrityError

from app.base.errors import BadConfig
from app.base.folding import person_key, search_key
from app.chat.wire.emoji import fully_qualified
from app.db import migrate
from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT, Started, environment_with, started


def engine_of(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)


def alembic(*words: str, **settings: str) -> Started:
    return command_line("alembic", *words, **settings)


def command_line(*words: str, **settings: str) -> Started:
    """`python -m …`, from a clean environment: no SECRET_KEY."""
    return started(words, environment_with(**settings))


def ended(process: Started) -> tuple[int | None, str]:
    output, _ = process.communicate(timeout=PATIENCE_S)
    return process.returncode, output


def tables(url: str) -> set[str]:
    return set(inspect(engine_of(url)).get_table_names())


def test_up_without_drift_down_to_nothing_and_up_again(empty_url: str) -> None:
    url = empty_url.replace("postgresql://", "postgres://")
    steps = [["upgrade", "head"], ["check"], ["downgrade", "base"], ["upgrade", "head"], ["check"]]

    for step in steps:
        code, output = ended(alembic(*step, DATABASE_URL=url))

        assert code == 0, (step, output)
        if step == ["downgrade", "base"]:
            assert tables(empty_url) == {"alembic_version"}
    assert {"users", "rooms", "messages"} <= tables(empty_url)


def test_every_migration_can_be_read_as_sql() -> None:
    code, output = ended(alembic("upgrade", "head", "--sql", DATABASE_URL="postgresql://nowhere/parley"))

    assert code == 0
    assert "CREATE TABLE messages" in output


def test_ten_processes_at_once_migrate_once(empty_url: str) -> None:
    # The lock is held until all ten wait for it, so that they really meet.
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": migrate.ADVISORY_LOCK})
        processes = [alembic("upgrade", "head", DATABASE_URL=empty_url) for _ in range(10)]
        wait_for_those_who_migrate(empty_url, 10)
    results = [ended(process) for process in processes]

    assert [code for code, _ in results] == [0] * 10, results
    assert sum("Running upgrade" in output for _, output in results) == 1
    with engine_of(empty_url).connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM rooms")) == 1


def test_the_app_at_head_changes_nothing(empty_url: str) -> None:
    migrate.upgrade(empty_url, print)
    migrate.upgrade(empty_url, print)

    with engine_of(empty_url).connect() as conn:
        assert conn.scalars(text("SELECT version_num FROM alembic_version")).all() == [migrate.head()]


def test_a_newer_database_is_refused_with_a_sentence(empty_url: str) -> None:
    migrate.upgrade(empty_url, print)
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(BadConfig, match="The database is newer than this Parley: it is at revision 9999"):
        migrate.upgrade(empty_url, print)
    code, output = ended(alembic("upgrade", "head", DATABASE_URL=empty_url))

    assert code != 0
    assert "The database is newer than this Parley" in output
    assert "Traceback" not in output


def test_a_table_that_stays_locked_ends_the_migration_and_changes_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT_S", 1)
    migrate.upgrade(empty_url, print)
    before = tables(empty_url)
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("LOCK TABLE messages IN ACCESS SHARE MODE"))

        with pytest.raises(BadConfig, match="others kept a table locked"), migrate.transaction(empty_url) as ours:
            command.downgrade(on_connection(ours), "base")

    assert tables(empty_url) == before


def test_the_wait_for_another_migration_is_longer_than_the_wait_for_a_table(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT_S", 0.05)
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": migrate.ADVISORY_LOCK})
        another = threading.Thread(target=migrate.upgrade, args=(empty_url, print))
        another.start()
        wait_for_those_who_migrate(empty_url, 1)
        conn.execute(text("SELECT pg_sleep(0.5)"))

    another.join()
    assert "users" in tables(empty_url)


def test_a_wrong_or_unreachable_database_is_told_in_a_sentence() -> None:
    for url in (
        "postgresql://localhost:port/x",
        "postgresql://127.0.0.1:1/x",
        "postgresql://127.0.0.1:1/x?sslmode=maybe",
    ):
        code, output = ended(alembic("upgrade", "head", DATABASE_URL=url))

        assert code != 0
        assert "Traceback" not in output
        assert "DATABASE_URL" in output


@pytest.mark.parametrize("words", [("alembic", "upgrade", "head"), ("app", "migrate")])
def test_a_migration_goes_past_the_pooler(words: tuple[str, ...], empty_url: str) -> None:
    process = command_line(*words, DATABASE_URL="postgresql://127.0.0.1:1/x", DATABASE_DIRECT_URL=empty_url)

    code, output = ended(process)

    assert code == 0, output
    assert "users" in tables(empty_url)


def test_reactions_in_two_forms_become_one_and_their_messages_get_new_revs(empty_url: str) -> None:
    at_revision(empty_url, "0006")
    with engine_of(empty_url).begin() as conn:
        conn.execute(text(REACTED))

    at_revision(empty_url, "0007")

    with engine_of(empty_url).connect() as conn:
        found = conn.execute(text("SELECT seq, emoji, user_id FROM reactions ORDER BY seq, created_at, user_id"))
        assert [tuple(row) for row in found] == [
            *((1, "👍", 1), (1, "❤️", 2), (1, "❤️", 1), (1, "🎉", 1)),
            (2, "👍", 1),
            *((3, "1️⃣", 1), (3, "👁️‍🗨️", 2)),
            (4, "☝🏽", 1),
        ]
        revs = conn.execute(text("SELECT seq, rev FROM messages WHERE room_id = 1 ORDER BY seq"))
        assert [tuple(row) for row in revs] == [(1, 6), (2, 3), (3, 7), (4, 8)]
        heads = conn.execute(text("SELECT id, last_seq, last_rev FROM rooms ORDER BY id"))
        assert [tuple(row) for row in heads] == [(1, 4, 8), (2, 1, 1)]


def test_a_migrated_reaction_is_what_the_server_would_keep(empty_url: str) -> None:
    table = json.loads((ROOT / "tests/emoji.json").read_text("utf-8"))
    qualified = [emoji for line in table["qualified"] for emoji in line.split()]
    typed = {*qualified, *(emoji.replace("\ufe0f", "") for emoji in qualified), *(form for form, _ in table["same"])}
    at_revision(empty_url, "0006")
    with engine_of(empty_url).begin() as conn:
        conn.execute(text(REACTED))
        conn.execute(text("DELETE FROM reactions"))
        for emoji in typed:
            reaction = {"emoji": emoji}
            conn.execute(
                text("INSERT INTO reactions (room_id, seq, emoji, user_id) VALUES (1, 1, :emoji, 1)"), reaction
            )

    at_revision(empty_url, "0007")

    with engine_of(empty_url).connect() as conn:
        assert set(conn.scalars(text("SELECT emoji FROM reactions"))) == {fully_qualified(emoji) for emoji in typed}


def test_logins_and_names_of_rooms_get_the_form_of_today(empty_url: str) -> None:
    at_revision(empty_url, "0007")
    logins = ["γιάννησ", "марʼяна", "bob", "oʼbrien", "oʻbrien", "a" * 31 + "σ"]
    rooms = {"rockʼn roll": "rockʼn roll", "rock'n roll": "rock'n roll", "ΟΜΆΔΑ ΜΑΣ": "ομάδα μασ"}
    with engine_of(empty_url).begin() as conn:
        for login in logins:
            conn.execute(
                text("INSERT INTO users (login, display_name, password_hash) VALUES (:login, 'x', '')"),
                {"login": login},
            )
        for name, key in rooms.items():
            conn.execute(text("INSERT INTO rooms (name, name_key) VALUES (:name, :key)"), {"name": name, "key": key})

    at_revision(empty_url, "0008")

    with engine_of(empty_url).connect() as conn:
        found = conn.scalars(text("SELECT login FROM users ORDER BY id")).all()
        keys = conn.scalars(text("SELECT name_key FROM rooms ORDER BY id")).all()
    assert found == ["γιάννης", "мар'яна", "bob", "o'brien", "o'brien2", "a" * 31 + "ς"]
    assert keys == ["lobby", "rock'n roll2", "rock'n roll", "ομάδα μας"]


def test_people_and_rooms_of_before_are_searched_as_those_of_today(empty_url: str) -> None:
    at_revision(empty_url, "0009")
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("INSERT INTO users (login, display_name, password_hash) VALUES ('bob', 'Łukasz Ünal', '')"))
        conn.execute(text("INSERT INTO rooms (name, topic) VALUES ('Café', 'Crème'), ('', '')"))

    at_revision(empty_url, "0010")

    with engine_of(empty_url).connect() as conn:
        assert conn.scalars(text("SELECT search_key FROM users")).all() == [" lukasz unal\n bob\n lukasz uenal"]
        keys = conn.scalars(text("SELECT search_key FROM rooms ORDER BY id")).all()
        assert keys == [search_key("Lobby", "Everyone lands here. Say hello."), " cafe\n creme", ""]


def test_an_email_that_two_accounts_have_stays_with_its_owner_on_the_way_back(empty_url: str) -> None:
    at_revision(empty_url, "0020")
    with engine_of(empty_url).begin() as conn:
        rows = [("ann", "x@example.org", None), ("ben", "x@example.org", "2026-01-01"), ("cid", "y@example.org", None)]
        for login, email, verified in rows:
            conn.execute(
                text(
                    "INSERT INTO users (login, display_name, password_hash, email, email_verified_at)"
                    " VALUES (:login, 'x', '', :email, CAST(:verified AS timestamptz))"
                ),
                {"login": login, "email": email, "verified": verified},
            )

    with migrate.transaction(empty_url) as ours:
        command.downgrade(on_connection(ours), "0019")

    with engine_of(empty_url).connect() as conn:
        emails = conn.execute(text("SELECT login, email FROM users ORDER BY login")).all()
    assert emails == [("ann", None), ("ben", "x@example.org"), ("cid", "y@example.org")]


def test_logins_of_before_that_look_alike_stay_and_the_oldest_bars_new_ones(empty_url: str) -> None:
    at_revision(empty_url, "0022")
    people = (("alice", "Alice"), ("a1ice", "Al"), ("bob", "Same Name"), ("carol", "Sаme  name"), ("dave", "b0b"))
    statement = text("INSERT INTO users (login, display_name, password_hash) VALUES (:login, :name, '')")
    with engine_of(empty_url).begin() as conn:
        for login, name in people:
            conn.execute(statement, {"login": login, "name": name})

    at_revision(empty_url, "0023")

    with engine_of(empty_url).connect() as conn:
        rows = conn.execute(text("SELECT login, skeleton, namesake FROM users ORDER BY id")).all()
    assert [row.skeleton for row in rows] == ["allce", None, "bob", "carol", "dave"]
    assert {row.login for row in rows if row.namesake} == {"bob", "carol", "dave"}


def test_logins_with_two_dots_over_an_i_get_one_and_who_looks_like_another_is_marked(empty_url: str) -> None:
    at_revision(empty_url, "0041")
    two = "i\u0307"
    people = [
        (f"{two}rem", "İrem", "lrern"),
        (f"{two}a", "x", "x"),
        ("ann", "Ann Lee", "annlee"),
        ("bob", "Ann\ufe0f Lee", "ann\ufe0flee"),
        ("irem2", "y", "y"),
    ]
    statement = text(
        "INSERT INTO users (login, display_name, password_hash, skeleton, name_skeleton, search_key, sort_key)"
        " VALUES (:login, :name, '', :login, :looks, '', '')"
    )
    with engine_of(empty_url).begin() as conn:
        conn.execute(statement, [dict(zip(("login", "name", "looks"), each, strict=True)) for each in people])
        conn.execute(text("INSERT INTO users (login, display_name, password_hash) VALUES ('irem', 'of before', '')"))
        keys = {"İstanbul": f"{two}stanbul", "istanbul": "istanbul", "Ankara": "ankara"}
        for name, key in keys.items():
            conn.execute(text("INSERT INTO rooms (name, name_key) VALUES (:name, :key)"), {"name": name, "key": key})

    at_revision(empty_url, "0042")

    with engine_of(empty_url).connect() as conn:
        found = conn.execute(text("SELECT login, namesake, search_key FROM users ORDER BY id")).all()
        rooms = conn.scalars(text("SELECT name_key FROM rooms ORDER BY id")).all()
    assert [row.login for row in found] == ["irem3", "ia2", "ann", "bob", "irem2", "irem"]
    assert [row.login for row in found if row.namesake] == ["ann", "bob"]
    assert found[0].search_key == person_key("İrem", "irem3")
    assert rooms == ["lobby", "istanbul2", "istanbul", "ankara"]

    with migrate.transaction(empty_url) as ours:
        command.downgrade(on_connection(ours), "0041")
    with engine_of(empty_url).connect() as conn:
        assert conn.scalars(text("SELECT login FROM users ORDER BY id")).all() == [row.login for row in found]


def test_what_files_took_before_is_counted(empty_url: str) -> None:
    at_revision(empty_url, "0037")
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("INSERT INTO users (login, display_name, password_hash) VALUES ('ann', 'Ann', '')"))
        conn.execute(text("INSERT INTO blobs (size) VALUES (1), (20)"))
        announced = text(
            "INSERT INTO files (id, owner_id, name, size, whole_at)"
            " VALUES (gen_random_uuid(), 1, 'x', :size, CAST(:whole_at AS timestamptz))"
        )
        conn.execute(announced, [{"size": 300, "whole_at": None}, {"size": 4000, "whole_at": "2026-01-01 10:00Z"}])

    at_revision(empty_url, "0038")

    with engine_of(empty_url).connect() as conn:
        assert conn.scalar(text("SELECT sum(bytes) FROM space_taken")) == 321


def test_the_index_learns_which_messages_were_there_before_it(empty_url: str) -> None:
    at_revision(empty_url, "0042")
    heads = [("filled", 1), ("has lines that are written anew", 6), ("has none yet", 7)]
    with engine_of(empty_url).begin() as conn:
        for name, filled_seq in heads:
            room = conn.scalar(text("INSERT INTO rooms (name) VALUES (:name) RETURNING id"), {"name": name})
            head = {"room": room, "filled_seq": filled_seq}
            conn.execute(
                text("INSERT INTO search_heads (room_id, rev, filled_seq) VALUES (:room, 9, :filled_seq)"), head
            )
            if name != "has none yet":
                line = "INSERT INTO search (number, room_id, seq, terms) VALUES (:seq, :room, :seq, 'x')"
                conn.execute(text(line), [{"room": room, "seq": seq} for seq in (5, 4)])

    at_revision(empty_url, "0043")

    with engine_of(empty_url).connect() as conn:
        assert [*conn.scalars(text("SELECT first_seq FROM search_heads ORDER BY room_id"))] == [1, 4, 7]


def test_rooms_of_before_keep_all_their_messages_and_no_room_keeps_them_for_less_than_a_day(empty_url: str) -> None:
    at_revision(empty_url, "0039")
    with engine_of(empty_url).begin() as conn:
        conn.execute(text("INSERT INTO rooms (name) VALUES ('Plans')"))

    at_revision(empty_url, "0040")

    with engine_of(empty_url).connect() as conn:
        assert [*conn.scalars(text("SELECT retention_days FROM rooms WHERE name = 'Plans'"))] == [None]
    for days in (0, 3651):
        with engine_of(empty_url).begin() as conn, pytest.raises(IntegrityError, match="rooms_retention_days_check"):
            conn.execute(text("UPDATE rooms SET retention_days = :days"), {"days": days})


# Two people, and messages with reactions as they were kept before 0007: `5` is the rev of the last reaction.
REACTED = """
    INSERT INTO users (login, display_name, password_hash) VALUES ('ann', 'Ann', ''), ('ben', 'Ben', '');
    INSERT INTO rooms (name) VALUES ('Plans');
    INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
    VALUES (1, 1, 5, 1, gen_random_uuid(), 'both'), (1, 2, 3, 1, gen_random_uuid(), 'one form'),
           (1, 3, 4, 1, gen_random_uuid(), 'keys'), (1, 4, 2, 1, gen_random_uuid(), 'a colour'),
           (2, 1, 1, 1, gen_random_uuid(), 'none');
    UPDATE rooms SET last_seq = 4, last_rev = 5 WHERE id = 1;
    UPDATE rooms SET last_seq = 1, last_rev = 1 WHERE id = 2;
    INSERT INTO reactions (room_id, seq, emoji, user_id, created_at)
    VALUES (1, 1, U&'\\+01F44D\\FE0F', 1, '2026-01-01 10:00Z'), (1, 1, U&'\\2764', 2, '2026-01-01 10:01Z'),
           (1, 1, U&'\\2764', 1, '2026-01-01 10:02Z'), (1, 1, '🎉', 1, '2026-01-01 10:03Z'),
           (1, 1, U&'\\+01F44D', 1, '2026-01-01 10:04Z'), (1, 1, U&'\\2764\\FE0F', 1, '2026-01-01 10:05Z'),
           (1, 2, U&'\\+01F44D', 1, '2026-01-01 10:00Z'),
           (1, 3, U&'1\\20E3', 1, '2026-01-01 10:00Z'),
           (1, 3, U&'\\+01F441\\200D\\+01F5E8', 2, '2026-01-01 10:01Z'),
           (1, 4, U&'\\261D\\FE0F\\+01F3FD', 1, '2026-01-01 10:00Z');
"""


def at_revision(url: str, revision: str) -> None:
    with migrate.transaction(url) as ours:
        command.upgrade(on_connection(ours), revision)


def on_connection(connection: Connection) -> Config:
    config = migrate.settings()
    config.attributes[migrate.CONNECTION] = connection
    return config


def wait_for_those_who_migrate(url: str, count: int) -> None:
    """Wait until so many processes ask for the lock of migrations."""
    asking = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parley migration'"
        " AND datname = current_database()"
    )
    with engine_of(url).connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while (conn.scalar(asking) or 0) < count:
            conn.execute(text("SELECT pg_sleep(0.02)"))
