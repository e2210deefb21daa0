"""People who reach a Parley that somebody else runs, over https too, and what it takes to try that."""

import asyncio
import datetime
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, web
from aiohttp.test_utils import BaseTestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from yarl import URL

from tests.support.browsing import Browser
from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT
from tests.support.sockets import open_socket


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


@asynccontextmanager
async def two_people(address: str, link: str) -> AsyncIterator[tuple[Visitor, Visitor]]:
    """alice, who comes by this link, and bob: each has signed up."""
    people = Visitor(Elsewhere(address)), Visitor(Elsewhere(address))
    try:
        await people[0].ask("GET", link)
        for person, login in zip(people, ("alice", "bob"), strict=True):
            answer = await person.sign_up(login)
            assert answer.status == 303, answer.text
        yield people
    finally:
        for person in people:
            await person.session.close()


async def two_people_chat(address: str, link: str = "/signin") -> None:
    """`link`: by which the first of them comes."""
    async with two_people(address, link) as people:
        sockets = [await open_socket(person) for person in people]
        for socket in sockets:
            await socket.until("hello")

        ack = await sockets[0].posted("hello through it all")
        seen = [await socket.until("message") for socket in sockets]

        assert [message["text"] for message in seen] == ["hello through it all"] * 2
        assert [message["seq"] for message in seen] == [ack["seq"]] * 2
        for socket in sockets:
            await socket.ws.close()


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped at the end, and waited for."""
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


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
