"""The doctor finds what is wrong with real servers, and says how to mend it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from redis import Redis
from sqlalchemy import Engine, make_url, text

from app.base.config import Config
from app.doctor import address, bus, database, machine
from app.doctor.examining import examine
from app.doctor.finding import Finding
from tests.conftest import Serve, make_config, sync_engine, url_of
from tests.support.browsing import Browser
from tests.support.pgbouncer import pgbouncer
from tests.support.processes import free_port
from tests.support.redis_server import RedisServer


def words(found: list[Finding]) -> dict[str, str]:
    return {each.what: each.word for each in found}


def looked(config: Config, url: str) -> dict[str, Finding]:
    return {each.what: each for each in database.findings(config, url, 1, is_own=False)}


def test_a_database_in_order_is_found_so_but_for_what_tests_leave_out(database: Engine, config: Config) -> None:
    found = looked(config, url_of(database))

    not_ok = {what: each for what, each in found.items() if each.word != "ok"}
    assert not_ok.keys() == {"durability"}  # nothing of a test is to outlast it
    assert not_ok["durability"].found.startswith("fsync, synchronous_commit, full_page_writes are off")
    assert not_ok["durability"].mend.startswith("ALTER SYSTEM SET fsync = on")


def test_tables_that_are_missing_and_an_encoding_that_is_too_small_are_found(config: Config, empty_url: str) -> None:
    assert looked(config, empty_url)["tables"].mend == "Run: python -m app migrate."
    with sync_engine(empty_url).connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(
            text("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
        )
        found = looked(config, make_url(empty_url).set(database="narrow").render_as_string(hide_password=False))
        conn.execute(text("DROP DATABASE narrow WITH (FORCE)"))
    assert found["encoding"].word == "mend"
    assert "LATIN1" in found["encoding"].found


def test_too_few_connections_and_a_server_that_is_away_are_found(database: Engine, config: Config) -> None:
    url = url_of(database)
    for pool, word in ((5, "ok"), (150, "look"), (250, "mend")):  # 210 are allowed
        found = looked(config.model_copy(update={"db_pool": pool}), url)["rights and connections"]
        assert found.word == word, found
    (only,) = looked(config, f"postgresql://parley@127.0.0.1:{free_port()}/parley").values()
    assert (only.what, only.word) == ("database", "mend")


def test_a_pooler_that_breaks_listen_is_found(migrated_url: str, world_folder: Path) -> None:
    assert bus.over_postgres(migrated_url, migrated_url).word == "ok"
    with pgbouncer(migrated_url, world_folder) as pooled:
        found = bus.over_postgres(pooled, pooled)
        assert bus.over_postgres(migrated_url, pooled).word == "ok"
    assert found.word == "mend"
    assert "DATABASE_DIRECT_URL" in found.mend


@pytest.mark.parametrize("lacks", ["subscribe", "publish", "ping", "client"])
async def test_rights_that_redis_does_not_give_are_named(redis: RedisServer, lacks: str) -> None:
    rights = [right for right in bus.RIGHTS.split() if right != f"+{lacks}"]
    with Redis.from_url(redis.url) as owner:
        owner.execute_command("ACL", "SETUSER", "parley", "reset", "on", ">word", *bus.RIGHTS.split())
        address_of_account = redis.url.replace("//", "//parley:word@")
        assert (await bus.over_redis(address_of_account)).word == "ok"

        owner.execute_command("ACL", "SETUSER", "parley", "reset", "on", ">word", *rights)
        found = await bus.over_redis(address_of_account)

        owner.execute_command("ACL", "DELUSER", "parley")
    assert (found.word, f"+{lacks}" in found.mend, lacks in found.found) == ("mend", True, True)


async def test_a_redis_that_is_away_is_found() -> None:
    assert (await bus.over_redis(f"redis://127.0.0.1:{free_port()}/0")).word == "mend"


def test_a_key_that_is_easily_guessed_is_found(config: Config, tmp_path: Path) -> None:
    weak = config.model_copy(update={"secret_key": None, "parley_data": tmp_path})
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(0o644)

    found = words([*machine.findings(weak, is_own=True)])
    assert (found["SECRET_KEY"], found["backups"], found.keys()) == ("mend", "look", {"SECRET_KEY", "disk", "backups"})
    (tmp_path / "secret_key").chmod(0o600)
    assert words([*machine.findings(weak, is_own=False)]) == {"SECRET_KEY": "ok", "backups": "look"}


def test_a_data_folder_that_cannot_be_written_is_found(config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nobodys = config.model_copy(update={"parley_data": tmp_path / "file" / "data"})

    found = words([*machine.findings(nobodys, is_own=False)])

    assert found == {"SECRET_KEY": "ok", "data folder": "look", "backups": "look"}


# --- the address ---


async def dialled(config: Config, at: str) -> dict[str, Finding]:
    return {each.what: each async for each in address.findings(config, at)}


def origin_of(server: TestServer) -> str:
    return str(server.make_url("")).rstrip("/")


@asynccontextmanager
async def proxy(server: TestServer, *, drops: bytes = b"", cuts_after: bytes = b"") -> AsyncIterator[str]:
    """A proxy that leaves `drops` out of what goes in, and ends a connection once `cuts_after` has gone out."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_in: bool) -> None:
        while piece := await reader.read(65_536):
            writer.write(piece.replace(drops, b"") if is_in and drops else piece)
            if not is_in and cuts_after and cuts_after in piece:
                break
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, back = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(
            pass_on(reader, back, is_in=True), pass_on(onward, writer, is_in=False), return_exceptions=True
        )

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits ten seconds here."""
    monkeypatch.setattr("app.doctor.views.SILENT_S", 0.05)


async def test_an_address_that_leads_here_is_found_in_order(soon: None, server: TestServer, config: Config) -> None:
    found = await dialled(config, origin_of(server))

    assert words([*found.values()]) == {"address": "ok", "origin": "ok", "silence": "ok"}


async def test_a_wrong_public_address_is_found(soon: None, serve: Serve, database: Engine) -> None:
    config = make_config(database, public_url="https://chat.example.org")
    server = await serve(public_url="https://chat.example.org")

    found = await dialled(config, origin_of(server))

    assert found["origin"].word == "mend"
    assert "takes itself for https://chat.example.org" in found["origin"].found


async def test_a_proxy_that_forwards_no_sockets_or_cuts_them_is_found(server: TestServer, config: Config) -> None:
    async with proxy(server, drops=b"Upgrade: websocket\r\n") as at:
        found = await dialled(config, at)
        assert (found["socket"].word, "Upgrade" in found["socket"].mend) == ("mend", True)
    async with proxy(server, cuts_after=b"is_own") as at:
        found = await dialled(config, at)
        assert (found["silence"].word, "timeout" in found["silence"].mend) == ("look", True)


async def test_nobody_at_the_address_or_a_parley_with_another_key_is_found(
    server: TestServer, database: Engine, config: Config
) -> None:
    found = await dialled(config, f"http://127.0.0.1:{free_port()}")
    assert words([*found.values()]) == {"address": "mend"}

    other = make_config(database, secret_key="another secret of tests, of 32 characters")
    found = await dialled(other, origin_of(server))
    assert (found["socket"].word, "SECRET_KEY" in found["socket"].found) == ("look", True)


# --- all of it ---


async def test_administrators_read_what_is_found_and_members_do_not(alice: Browser, bob: Browser) -> None:
    shown = await alice.ask("GET", "/settings/server")

    assert shown.status == 200
    assert "Something is to be mended" in shown.text
    assert shown.text.index("To be mended: durability.") < shown.text.index("In order: version.")
    assert "ALTER SYSTEM SET fsync = on" in shown.text
    assert 'href="/settings/server"' in (await alice.ask("GET", "/settings/chat")).text
    assert (await bob.ask("GET", "/settings/server")).status == 403


async def test_nobody_but_the_doctor_gets_a_socket_of_his(server: TestServer, alice: Browser, config: Config) -> None:
    for token in ("", "x", address.token(config, minutes_ago=5)):
        assert (await alice.ask("GET", f"/doctor?token={token}")).status == 404
    assert (await alice.ask("GET", f"/doctor?token={address.token(config)}")).status == 400


async def test_all_is_looked_at(soon: None, server: TestServer, config: Config, database: Engine) -> None:
    whole = examine(config, url_of(database), is_own=False, address=origin_of(server))

    found = words([each async for each in whole])

    assert {"database", "tables", "clock", "standbys", "bus", "SECRET_KEY", "backups", "silence"} <= found.keys()
