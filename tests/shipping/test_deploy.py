"""Parley as docs/DEPLOY.md puts it up: by the Procfile, and behind the real proxies with their documented lines."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from app.db.embedded import embedded
from tests.shipping.proxies import PROXIES, block, proxied, replaced
from tests.shipping.visiting import Elsewhere, Visitor, started, two_people_chat, until_answered
from tests.support.pgbouncer import pgbouncer
from tests.support.processes import SETTINGS_OF_OURS, free_port, link_of_first, parley, until

FORGED = "203.0.113.9"
KEY = "a secret of tests, 32 characters or more"


# --- the Procfile ---


@contextmanager
def honcho(*words: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OURS}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "honcho", "--env", os.devnull, *words]
    with started(command, {**inherited, "PATH": path, **settings}) as process:
        yield process


async def test_the_procfile_serves_on_a_database_elsewhere(tcp_address: str) -> None:
    port = free_port()
    settings = {
        "DATABASE_URL": tcp_address,
        "SECRET_KEY": KEY,
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "DB_POOL": "2",
    }

    without_key = {name: value for name, value in settings.items() if name != "SECRET_KEY"}
    with honcho("start", "release", **without_key) as release:
        assert release.wait(60) == 0
    with honcho("start", "--port", str(port), "web", **settings) as web_process:
        await until_answered(f"http://127.0.0.1:{port}/readyz", web_process)
        await two_people_chat(f"http://127.0.0.1:{port}")


async def test_the_documented_lines_serve_through_a_pooler(
    fresh_folder: Path, world_folder: Path, tmp_path: Path
) -> None:
    port, procfile = free_port(), tmp_path / "Procfile"
    procfile.write_text(block("procfile"))
    with embedded.running(fresh_folder, print) as database, pgbouncer(database.url, world_folder) as pooled:
        settings = {"DATABASE_URL": database.url, "DATABASE_CONNECTION_POOL_URL": pooled, "SECRET_KEY": KEY}
        for statement in block("sql").splitlines():
            assert answer(database.url, statement) is None
        with honcho("start", "release", **settings) as release:
            assert release.wait(60) == 0
        web = ["-f", str(procfile), "start", "--port", str(port), "web"]
        with honcho(*web, **settings, WEB_CONCURRENCY="2", DB_POOL="2") as web_process:
            await until_answered(f"http://127.0.0.1:{port}/readyz", web_process)
            await two_people_chat(f"http://127.0.0.1:{port}")

        assert answer(pooled, "SHOW statement_timeout") == "5s"


def answer(url: str, statement: str) -> Any:
    """The one value that a statement answers, None for one that answers nothing."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


# --- the proxies ---


@pytest.mark.parametrize("proxy", PROXIES)
async def test_two_people_chat_over_https_behind(proxy: str, tmp_path: Path, fresh_folder: Path) -> None:
    port = free_port()
    with (
        parley(fresh_folder, PORT=str(port), PROXY_HOPS="1") as running,
        proxied(proxy, tmp_path, port) as (address, process),
    ):
        link = link_of_first(await asyncio.to_thread(running.until_ready))
        await until_answered(f"{address}/readyz", process)
        await two_people_chat(address, link)
        cookie = await cookie_of_who_forges(address)

        assert "secure" in cookie.lower()
        until(lambda: "GET /login" in running.output())
        assert FORGED not in running.output()


async def cookie_of_who_forges(address: str) -> str:
    """What comes back for a page that is asked for with headers as only proxies write them."""
    visitor = Visitor(Elsewhere(address))
    try:
        headers = {"X-Forwarded-For": FORGED, "X-Forwarded-Proto": "http", "X-Real-IP": FORGED}
        answer = await visitor.ask("GET", "/login", headers=headers)
        return answer.headers["Set-Cookie"]
    finally:
        await visitor.session.close()


# --- the unit, the container ---


def test_the_systemd_unit_is_well_formed(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed on this machine")
    program = "/srv/parley/.venv/bin/python"
    unit = tmp_path / "parley.service"
    unit.write_text(replaced(block("ini"), **{program: sys.executable}))

    verdict = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)

    assert [line for line in verdict.stderr.splitlines() if "parley.service" in line] == []
