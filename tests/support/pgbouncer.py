"""A real PgBouncer in transaction mode, before a server that the tests have."""

import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from app.db.embedded.unix_account import Account
from tests.support.debian import program
from tests.support.processes import free_port, until

SERVER_CONNECTIONS = 2


@contextmanager
def pgbouncer(url: str, folder: Path, **settings: str) -> Iterator[str]:
    """The address of `url`'s database through a pool of two server connections; runs below `folder` until the end."""
    server, port, account = make_url(url), free_port(), Account.choose()
    lines = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": "transaction",
        "default_pool_size": str(SERVER_CONNECTIONS),
        **settings,
    }
    home = Path(tempfile.mkdtemp(prefix="pgbouncer-", dir=folder))
    configuration = home / "pgbouncer.ini"
    configuration.write_text(
        f"[databases]\n* = host={server.query['host']} port={server.query['port']} user={server.username}\n"
        "[pgbouncer]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items())
    )
    configuration.chmod(0o644)
    account.give(home)
    command = [program("pgbouncer", "pgbouncer"), str(configuration)]
    with (folder / f"{home.name}.log").open("ab") as log, account.start(command, log, signal.SIGTERM) as process:
        try:
            until(lambda: listens(port, process))
            yield f"postgresql://{server.username}@127.0.0.1:{port}/{server.database}"
        finally:
            process.kill()  # told to terminate, PgBouncer 1.23 and newer wait until everybody has left


def listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "pgbouncer did not start"
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
