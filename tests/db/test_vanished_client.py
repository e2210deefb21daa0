"""A cable is pulled for real, in a network namespace: PostgreSQL must not keep backends for those who are gone."""

import asyncio
import contextlib
import ctypes
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from pydantic import SecretStr
from sqlalchemy import func, make_url, select

from app.base.config import DatabaseConfig
from app.db.driver.engine import autocommit, make_engine
from app.db.embedded import embedded
from tests.support.load import PATIENCE_S
from tests.support.processes import until

CLONE_NEWNET = 0x40000000
NOTICED_S = 40


@dataclass(frozen=True)
class Cable:
    """Between this machine, where it is `near`, and a namespace."""

    namespace: str
    near: str

    def pull(self) -> None:
        _ip("link", "set", self.namespace, "down")

    def enter(self) -> None:
        """Let the thread that calls this be on the far end."""
        with Path("/run/netns", self.namespace).open() as namespace:
            assert ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) == 0


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("only root lays cables, and with the program `ip`")
    number = os.getpid() % 250
    cable = Cable(f"parley{os.getpid()}"[:15], f"10.213.{number}.1")
    far = f"{cable.namespace[:13]}.f"
    with ExitStack() as stack:
        try:
            _ip("netns", "add", cable.namespace)
            stack.callback(_ip, "netns", "del", cable.namespace)
            _ip("link", "add", cable.namespace, "type", "veth", "peer", "name", far, "netns", cable.namespace)
            _ip("address", "add", f"{cable.near}/24", "dev", cable.namespace)
            _ip("link", "set", cable.namespace, "up")
            _ip("-n", cable.namespace, "address", "add", f"10.213.{number}.2/24", "dev", far)
            _ip("-n", cable.namespace, "link", "set", far, "up")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network can be made here: {error.stderr.decode().strip()}")
        yield cable


def let_the_network_in(data: Path, cursor: Any) -> None:
    """Let the server take connections over the cable, too."""
    with (data / "postgres/data/pg_hba.conf").open("r+") as rules:
        before = rules.read()
        rules.seek(0)
        rules.write(f"host all all samenet trust\n{before}")
    cursor.execute("SELECT pg_reload_conf()")


def config_over(cable: Cable, socket_url: str) -> DatabaseConfig:
    """The settings for a server as the far end of the cable reaches it."""
    url = make_url(socket_url).set(host=cable.near).difference_update_query(["host"])
    url = url.set(port=int(url.query["port"])).difference_update_query(["port"])  # type: ignore[arg-type]
    return DatabaseConfig(_env_file=None, database_url=SecretStr(url.render_as_string()))


async def hold(config: DatabaseConfig, holding: threading.Event, gone: threading.Event) -> None:
    """Keep two connections until `gone`: an idle one, and one that waits for an answer."""
    engine = autocommit(make_engine(config))
    async with engine.connect() as idle, engine.connect() as busy:
        await idle.execute(select(1))
        answer = asyncio.create_task(busy.execute(select(func.pg_sleep(2))))
        await asyncio.sleep(0.5)
        holding.set()
        await asyncio.to_thread(gone.wait)
        answer.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await answer
    await engine.dispose()


def test_backends_of_a_client_that_vanished_end_by_themselves(cable: Cable, fresh_folder: Path) -> None:
    """An idle one, and one whose answer nobody takes; by default the first would live for two hours."""
    with embedded.running(fresh_folder, print, settings={"listen_addresses": cable.near}) as server:
        onlooker = psycopg2.connect(server.url)
        onlooker.autocommit = True
        cursor = onlooker.cursor()
        let_the_network_in(fresh_folder, cursor)
        config = config_over(cable, server.url)
        holding, gone = threading.Event(), threading.Event()

        def backends() -> int:
            cursor.execute("SELECT FROM pg_stat_activity WHERE application_name = 'parley'")
            return cursor.rowcount

        def be_far() -> None:
            cable.enter()
            asyncio.run(hold(config, holding, gone))

        far_end = threading.Thread(target=be_far)
        far_end.start()
        try:
            assert holding.wait(PATIENCE_S)
            assert backends() == 2
            cable.pull()
            begun = time.monotonic()

            until(lambda: not backends(), NOTICED_S)
            print(f"noticed after {time.monotonic() - begun:.1f} s")
        finally:
            gone.set()
            far_end.join()
            onlooker.close()
