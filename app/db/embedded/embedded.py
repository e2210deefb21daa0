"""The PostgreSQL that comes along when no DATABASE_URL is set: started by us, in the data folder, gone when we are.

It is reached over a Unix socket in a folder that only its account can enter; that is why it asks for no password.
In the data folder lie

    lock            held while a Parley runs here, so that there is one
    postgres/       PostgreSQL's own, of mode 700: data/ and the socket; old-16/ as it was before an upgrade
    postgres.log    what it said
    socket          only where the path is too long for a socket: a link to a short folder elsewhere
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from app.base.errors import BadConfig
from app.db.embedded import binaries, upgrading
from app.db.embedded.cluster import DATA, DATABASE, USER, Cluster
from app.db.embedded.unix_account import Account

SPARE_CONNECTIONS = 10  # a backup, psql, and the 3 that PostgreSQL keeps for superusers
MAX_SOCKET_PATH_BYTES = 100  # Linux ends at 107, macOS at 103
MAX_LOG_BYTES = 1024 * 1024
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "shared_buffers": "64MB",
    # Of its log, so much is used again and not made anew. Each new file of it is 16 MB of zeros that every commit waits
    # for; files that people upload fill one in less than a second.
    "min_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # no names and no message texts: statements and details stay out of the log
    "log_min_error_statement": "panic",
}
# For data that may be lost. No autovacuum: a test that measures must not run beside it.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
THROW_AWAY |= {"min_wal_size": "80MB", "max_wal_size": "128MB"}  # of each of many servers

Report = Callable[[str], None]


@dataclass(frozen=True)
class Embedded:
    """The running server; `revive()` starts it again should it have died, and returns what was found then."""

    url: str
    revive: Callable[[], str | None]


@contextmanager
def running(
    data_folder: Path,
    report: Report,
    *,
    connections: int = 50,
    settings: Mapping[str, str] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Embedded]:
    """Run the PostgreSQL of `data_folder`, made when there is none, until the block ends.

    To be entered from the main thread (see `dies_with_us`). `report` gets each step as it begins; `connections` is how
    many we open at most; `settings` override PostgreSQL's; `meanwhile` is called while it starts.

    Raises:
        BadConfig: it cannot run here; the sentences say why, and what to do.
    """
    folder = data_folder.absolute()
    options = {**SETTINGS, "max_connections": str(connections + SPARE_CONNECTIONS), **(settings or {})}
    with ExitStack() as stack:
        with _said_in_a_sentence(folder):
            account = Account.choose()
            _make(folder, account)
            stack.enter_context(_claimed(folder))
            home = _home(folder, account)
            log = _log(folder)
            cluster = Cluster(home, binaries.find(folder, account, report), account, log)
            socket_folder = stack.enter_context(_socket_folder(folder, account))
            upgrading.finish(home)
            if not cluster.exists():
                report("Creating the database")
                cluster.create(sync=options["fsync"] == "on")
            elif upgrading.major_of(home) != binaries.MAJOR:
                place = upgrading.Place(folder, home, account, log, socket_folder, options, report)
                upgrading.upgrade(place, partial(_url, socket_folder, port=options["port"]))
            cluster.end_left_over(report)
            report("Starting PostgreSQL")
            stack.enter_context(cluster.serving(socket_folder, options))
            meanwhile()
            cluster.prepare(_url(socket_folder, "postgres", port=options["port"]), DATABASE)
        yield Embedded(_url(socket_folder, DATABASE, port=options["port"]), cluster.revive)


def address(data_folder: Path) -> str | None:
    """The address of the server that another Parley runs on `data_folder`; None when none does."""
    folder = data_folder.absolute()
    if not (folder / "lock").exists():
        return None
    try:
        with _claimed(folder):
            return None
    except BadConfig:  # somebody holds it
        link = folder / "socket"
        return _url(link.resolve() if link.is_symlink() else folder / "postgres", DATABASE, port=SETTINGS["port"])


def is_there(data_folder: Path) -> bool:
    """Whether a data folder has a database."""
    return (data_folder / "postgres" / DATA).exists()


def take_back(data_folder: Path) -> tuple[Path, Path]:
    """Undo the last upgrade, while nothing runs on the data folder; returns where the old data are, and the new ones.

    Raises:
        BadConfig: something runs, or there are no older data.
    """
    folder = data_folder.absolute()
    with _said_in_a_sentence(folder), _claimed(folder):
        return upgrading.take_back(folder / "postgres")


def forget_old(data_folder: Path) -> list[Path]:
    """Remove the data as they were before upgrades; returns what they were called."""
    folder = data_folder.absolute()
    with _said_in_a_sentence(folder):
        olds = upgrading.old_ones(folder / "postgres")
        for old in olds:
            shutil.rmtree(old)
        return olds


def _url(socket_folder: Path, database: str, *, port: str) -> str:
    return f"postgresql://{USER}@/{database}?host={quote(str(socket_folder), safe='')}&port={port}"


@contextmanager
def _said_in_a_sentence(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BadConfig(
            f"Parley cannot keep its data in {folder}: {error.strerror or error}{where}. Mend that, set PARLEY_DATA to "
            "another folder, or set DATABASE_URL to a PostgreSQL of yours."
        ) from error


def _make(folder: Path, account: Account) -> None:
    """Make the data folder and its missing parents; those that are there already stay as they are."""
    for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        path.mkdir()
        if not account.is_us:
            path.chmod(0o711)  # the account passes through
        elif path == folder:
            path.chmod(0o700)


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Hold the lock of the data folder. The kernel lets go of it when we end, however we end."""
    with (folder / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadConfig(
                f"Another Parley is running on {folder}. Stop it, or set PARLEY_DATA to another folder."
            ) from None
        yield


def _home(folder: Path, account: Account) -> Path:
    """The folder within the data folder that belongs to the account."""
    home = folder / "postgres"
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid == os.geteuid() and not any(home.iterdir()):
        account.give(home)
    if home.stat().st_uid != account.uid:
        raise BadConfig(
            f"{home} belongs to another user than {account.name}, whom PostgreSQL would run as. "
            "Start Parley as the user that made it, or set PARLEY_DATA to another folder."
        )
    if not account.can_enter(home):
        raise BadConfig(
            f"PostgreSQL does not run as root, and the account {account.name} that it runs as cannot reach {folder}. "
            "Set PARLEY_DATA to a folder that it can reach, such as /var/lib/parley, or start Parley as another user."
        )
    return home


def _log(folder: Path) -> Path:
    """The file for what PostgreSQL says; begun anew when it has grown long."""
    path = folder / "postgres.log"
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.unlink()
    path.touch(mode=0o600)
    return path


@contextmanager
def _socket_folder(folder: Path, account: Account) -> Iterator[Path]:
    """The folder of the socket, of mode 700: in the account's own, or a short one elsewhere for as long as we run."""
    link = folder / "socket"
    if link.is_symlink():  # we were killed
        shutil.rmtree(link.resolve(), ignore_errors=True)  # gone already after a restart of the machine
        link.unlink()
    home = folder / "postgres"
    if len(os.fsencode(home / ".s.PGSQL.65535")) <= MAX_SOCKET_PATH_BYTES:
        yield home
        return
    short = Path(tempfile.mkdtemp(prefix="parley-", dir="/tmp"))  # TMPDIR may be as long
    try:
        link.symlink_to(short)
        account.give(short)
        yield short
    finally:
        link.unlink(missing_ok=True)
        shutil.rmtree(short)
