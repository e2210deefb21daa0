"""What the doctor finds on database servers that are set up wrongly: TLS, locale, clock, standbys."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extras import PhysicalReplicationConnection, ReplicationCursor

from app.base.config import Config
from app.db.embedded import embedded
from app.db.embedded.embedded import THROW_AWAY
from app.doctor import database
from app.doctor.finding import Finding
from tests.support.sockets import until

# Functions of this schema hide those of PostgreSQL, as its clock cannot be set.
AN_HOUR_AHEAD = """
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
    AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$
"""
STREAMING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
SYNCHRONOUS = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"


def looked(config: Config, url: str) -> dict[str, Finding]:
    return {each.what: each for each in database.findings(config, url, 1, is_own=False)}


def ask(url: str, statement: str) -> str:
    """The first value that a statement finds, in words."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""


def test_an_order_of_letters_that_the_machine_has_no_more_is_found(config: Config, empty_url: str) -> None:
    assert looked(config, empty_url)["locale"].word == "ok"
    ask(empty_url, "UPDATE pg_database SET datcollversion = 'of 1999' WHERE datname = current_database()")

    found = looked(config, empty_url)["locale"]

    assert (found.word, "REINDEX" in found.mend) == ("mend", True)


def test_a_clock_that_is_wrong_is_found(config: Config, empty_url: str) -> None:
    ask(empty_url, AN_HOUR_AHEAD)
    ask(
        empty_url,
        f'ALTER DATABASE "{ask(empty_url, "SELECT current_database()")}" SET search_path = public, pg_catalog',
    )

    found = looked(config, empty_url)["clock"]

    assert (found.word, "NTP" in found.mend) == ("look", True)
    assert 3_000 < float(found.found.removesuffix(" s.").rpartition(" ")[2]) < 4_200


def test_a_server_in_the_network_without_tls_is_found(config: Config, fresh_folder: Path) -> None:
    address = own_address()
    rules = fresh_folder.with_name("pg_hba.conf")
    rules.write_text(f"local all all trust\nhost all all {address}/32 trust\n")  # nobody but this machine
    rules.chmod(0o644)
    port = str(free_port_at(address))
    settings = THROW_AWAY | {"listen_addresses": address, "hba_file": str(rules), "port": port}
    with embedded.running(fresh_folder, print, settings=settings) as server:
        assert looked(config, server.url)["TLS"].word == "ok"

        found = looked(config, f"postgresql://parley@{address}:{port}/parley")["TLS"]

    assert (found.word, found.mend) == ("mend", "Set PGSSLMODE=require.")


def own_address() -> str:
    """One of this machine in a network. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("This machine is in no network.")
        return str(asking.getsockname()[0])


def free_port_at(address: str) -> int:
    with socket.socket() as bound:
        bound.bind((address, 0))
        return int(bound.getsockname()[1])


async def test_standbys_that_are_missing_or_may_lack_what_was_acknowledged_are_found(
    config: Config, fresh_folder: Path
) -> None:
    with embedded.running(fresh_folder, print, settings=THROW_AWAY) as server:
        assert looked(config, server.url)["standbys"].found == "None."

        await names(server.url, "second")
        found = looked(config, server.url)["standbys"]
        assert (found.word, "No standby of “second” answers" in found.found) == ("mend", True)

        with standby(server.url, "second") as cursor:
            await until(lambda: ask(server.url, STREAMING) == "1")
            position = int(ask(server.url, "SELECT pg_current_wal_flush_lsn() - '0/0'"))
            cursor.send_feedback(write_lsn=position, flush_lsn=position, force=True)
            await until(lambda: ask(server.url, SYNCHRONOUS) == "1")
            assert looked(config, server.url)["standbys"].found == "1 synchronous."

            await names(server.url, "")
            await until(lambda: ask(server.url, SYNCHRONOUS) == "0")
            found = looked(config, server.url)["standbys"]
            assert (found.word, found.found) == ("look", "1 standby, none of them synchronous.")


async def names(url: str, standbys: str) -> None:
    """Have the server wait for these standbys."""
    ask(url, f"ALTER SYSTEM SET synchronous_standby_names = '{standbys}'")
    ask(url, "SELECT pg_reload_conf()")
    await until(lambda: ask(url, "SHOW synchronous_standby_names") == standbys)


@contextmanager
def standby(url: str, name: str) -> Iterator[ReplicationCursor]:
    """What takes the server's journal as a standby does."""
    taking = psycopg2.connect(url, connection_factory=PhysicalReplicationConnection, application_name=name)
    with closing(taking), taking.cursor() as cursor:
        cursor.start_replication(start_lsn=ask(url, "SELECT pg_current_wal_flush_lsn()"))
        yield cursor
