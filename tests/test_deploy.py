"""Parley as docs/DEPLOY.md puts it up: by the Procfile, and behind the real proxies with their documented lines."""

import asyncio
import datetime
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web
from aiohttp.test_utils import BaseTestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from yarl import URL

from app.db.embedded import embedded
from tests.support.browsing import Browser
from tests.support.load import PATIENCE_S
from tests.support.pgbouncer import pgbouncer
from tests.support.processes import ROOT, SETTINGS_OF_OURS, free_port, link_of_first, parley
from tests.support.sockets import open_socket

DOCUMENT = ROOT / "docs/DEPLOY.md"
KEY = "a secret of tests, 32 characters or more"


class Elsewhere(BaseTestServer):
    """A server that somebody else runs, as the test client takes one."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._root = URL(address)

    async def _make_runner(self, **kwargs: Any) -> Any:
        raise NotImplementedError("it runs already")


class Visitor(Browser):
    """A browser that accepts the certificate of a test."""

    async def _request(self, method: str, path: Any, **options: Any) -> Any:
        return await super()._request(method, path, **{"ssl": False, **options})

    async def _ws_connect(self, path: Any, **options: Any) -> ClientWebSocketResponse:
        return await super()._ws_connect(path, **{"ssl": False, **options})


async def two_people_chat(address: str, link: str = "/signin") -> None:
    """`link`: by which the first of them comes."""
    alice, bob = (Visitor(Elsewhere(address)) for _ in range(2))
    try:
        await alice.ask("GET", link)
        for person, login in ((alice, "alice"), (bob, "bob")):
            answer = await person.sign_up(login)
            assert answer.status == 303, answer.text
        sockets = [await open_socket(person) for person in (alice, bob)]
        for socket in sockets:
            await socket.until("hello")

        ack = await sockets[0].posted("hello through it all")
        seen = [await socket.until("message") for socket in sockets]

        assert [message["text"] for message in seen] == ["hello through it all"] * 2
        assert [message["seq"] for message in seen] == [ack["seq"]] * 2
        for socket in sockets:
            await socket.ws.close()
    finally:
        for person in (alice, bob):
            await person.session.close()


# --- the Procfile ---


@pytest.fixture
def tcp_address(world_folder: Path, fresh_folder: Path) -> Iterator[str]:
    """A `postgres://` address with host, port and password, as Heroku gives one."""
    port, rules = free_port(), world_folder / "pg_hba.conf"
    rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    rules.chmod(0o644)
    tcp = {"listen_addresses": "127.0.0.1", "port": str(port), "hba_file": str(rules)}
    with embedded.running(fresh_folder, print, settings=tcp) as database:
        owner = psycopg2.connect(database.url)
        with owner, owner.cursor() as cursor:
            cursor.execute("CREATE ROLE heroku LOGIN PASSWORD 'p%@/word'; ALTER DATABASE parley OWNER TO heroku")
            cursor.execute("ALTER SCHEMA public OWNER TO heroku")
        owner.close()
        yield f"postgres://heroku:p%25%40%2Fword@127.0.0.1:{port}/parley"


@contextmanager
def honcho(*words: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OURS}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "honcho", "--env", os.devnull, *words]
    with started(command, {**inherited, "PATH": path, **settings}) as process:
        yield process


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped at the end, and waited for."""
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


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


def block(language: str) -> str:
    """The document's only block in that language."""
    [found] = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return str(found)


def replaced(text: str, **words: str) -> str:
    """The text with each documented word replaced, all of which must stand in it."""
    for documented, ours in words.items():
        assert documented in text
        text = text.replace(documented, ours)
    return text


def nginx(folder: Path, certificate: Path, key: Path, port: int, app_port: int) -> list[str]:
    documented = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "chat.example.org;": "localhost;",
        "/etc/letsencrypt/live/chat.example.org/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/chat.example.org/privkey.pem": str(key),
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
    }
    site = replaced(block("nginx"), **documented)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # others may not write to the folder
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{ access_log off;\n{paths}{site}}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(config), "-e", "stderr"]


def caddy(folder: Path, certificate: Path, key: Path, port: int, app_port: int) -> list[str]:
    site = replaced(
        block("caddy"),
        **{
            "chat.example.org {": f"https://localhost:{port} {{\n\ttls {certificate} {key}",
            "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        },
    )
    config = folder / "Caddyfile"
    config.write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}")
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]


@pytest.mark.parametrize("proxy", [nginx, caddy], ids=["nginx", "caddy"])
async def test_two_people_chat_over_https_behind(
    proxy: Callable[..., list[str]], tmp_path: Path, fresh_folder: Path
) -> None:
    if shutil.which(proxy.__name__, path=f"{os.environ['PATH']}:/usr/sbin") is None:
        pytest.skip(f"{proxy.__name__} is not installed on this machine")
    port = free_port()
    command = proxy(tmp_path, *self_signed(tmp_path), port, app_port := free_port())
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": f"{os.environ['PATH']}:/usr/sbin"}
    with (
        parley(fresh_folder, PORT=str(app_port), PROXY_HOPS="1") as running,
        started(command, environment) as process,
    ):
        link = link_of_first(await asyncio.to_thread(running.until_ready))
        await until_answered(f"https://localhost:{port}/readyz", process)
        await two_people_chat(f"https://localhost:{port}", link)


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for `localhost` and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now.replace(year=2100))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    unencrypted = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted))
    return files


async def until_answered(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the address answers 200, as a router does."""
    async with asyncio.timeout(PATIENCE_S), ClientSession() as session:
        while process.poll() is None:
            try:
                async with session.get(address, ssl=False) as answer:
                    if answer.status == web.HTTPOk.status_code:
                        return
            except OSError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"it ended with {process.returncode}")


# --- the unit, the container ---


def test_the_systemd_unit_is_well_formed(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed on this machine")
    program = "/srv/parley/.venv/bin/python"
    unit = tmp_path / "parley.service"
    unit.write_text(replaced(block("ini"), **{program: sys.executable}))

    verdict = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)

    assert [line for line in verdict.stderr.splitlines() if "parley.service" in line] == []
