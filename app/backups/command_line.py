"""`python -m app backup` and `restore`."""

import time
from pathlib import Path

from sqlalchemy import text

from app.backups import keeping, programs
from app.backups.keeping import Report
from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db import epoch, migrate
from app.db.dumps import dumping

TRIES = 5


def back_up(config: DatabaseConfig, url: str, path: Path | None, report: Report) -> str:
    """Back the database at `url` up, into a file or the data folder; returns what was done.

    Raises:
        BadConfig
    """
    _refuse_no_chat(url)
    if path is None:
        path = keeping.back_up(config, url, keeping.DAILY, report)
        size = path.stat().st_size
    else:
        path = path.absolute()
        size = keeping.write(config, url, path, report)
    done = f"{path} has the whole database now: {size:,} bytes, read back."
    key = config.parley_data.absolute() / "secret_key"
    return f"{done} Keep {key} with it." if config.database_url is None and key.exists() else done


def kept_ones(config: DatabaseConfig) -> str:
    """The backups of the data folder, a line each."""
    found = keeping.kept(config)
    if not found:
        return f"There is no backup in {config.parley_data.absolute() / keeping.FOLDER}. Name the file of one."
    times = [time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(path.stat().st_mtime)) for path in found]
    return "\n".join(f"{at}  {path.stat().st_size:>15,} bytes  {path}" for at, path in zip(times, found, strict=True))


def refuse_no_file(config: DatabaseConfig, path: Path) -> None:
    """Refuse what is no file that can be read, before a database is started for it.

    Raises:
        BadConfig
    """
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise BadConfig(
            f"{path} cannot be read: {error.strerror}. `python -m app restore` alone shows the backups of "
            f"{config.parley_data.absolute()}."
        ) from error


def restore(config: DatabaseConfig, url: str, path: Path, report: Report, *, replace: bool) -> str:
    """Put a backup in the place of what the database at `url` has: all of it, or nothing; returns what was done.

    The history has another name then, so that open pages load anew; and the tables are at the revision of this code.

    Raises:
        BadConfig: also where somebody has an account there and `replace` is not set.
    """
    right = programs.right_for(keeping.major_of(url), is_own=True)  # they read the file alone: no server, no TLS
    report("Looking at the backup")
    _refuse_newer(dumping.revision_in(right, path), path)
    saved = _saved(config, url, path, report, replace=replace)
    report("Restoring")
    _load(right, url, path)
    epoch.rotate(url)
    migrate.upgrade(url, report)
    return " ".join([f"The chat is as it was when {path} was written. Open pages load anew within seconds.", *saved])


def _load(right: Path, url: str, path: Path) -> None:
    """Beside a Parley that runs, each may wait for the other; and no migration runs meanwhile."""
    with migrate.transaction(url) as connection:
        # Only superusers may say who of two that wait for each other gives way; who may not, tries again.
        may = connection.scalar(text("SHOW is_superuser")) == "on"
        for left in reversed(range(TRIES)):
            try:
                dumping.load(right, url, path, options=dumping.LOOKS_LAST if may else "")
                return
            except BadConfig as error:
                if dumping.DEADLOCK not in error.message or not left:
                    raise


def _saved(config: DatabaseConfig, url: str, path: Path, report: Report, *, replace: bool) -> list[str]:
    """What is there already is kept, where it is ours to keep; a sentence says where. The backup at `path` stays."""
    people, messages = _counts(url)
    if not people:  # who wrote has an account, or had one
        return []
    if not replace:
        raise BadConfig(
            f"The database has a chat already, with {_counted(people, 'account')} and {_counted(messages, 'message')}: "
            "a restore puts the backup in its place. If you mean that, add --replace. Nothing was changed."
        )
    if config.database_url is not None:
        return []
    saved = keeping.back_up(config, url, f"{keeping.BEFORE}-restore", report, in_use=path)
    return [f"What was there is in {saved}."]


def _counts(url: str) -> tuple[int, int]:
    """How many accounts and messages there are: all that people made hangs on the former."""
    with migrate.transaction(url) as connection:
        if connection.scalar(text("SELECT to_regclass('messages')")) is None:
            return 0, 0
        row = connection.execute(text("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM messages)")).one()
        return int(row[0]), int(row[1])


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _refuse_no_chat(url: str) -> None:
    with migrate.transaction(url) as connection:
        if migrate.revision_of(connection) is None:
            raise BadConfig("The database has no chat yet: there is nothing to back up.")


def _refuse_newer(revision: str, path: Path) -> None:
    if revision > migrate.head():
        raise BadConfig(
            f"{path} is of a newer Parley: its tables are at revision {revision}, this code ends at {migrate.head()}. "
            "Restore it with the Parley that wrote it, or a newer one. Nothing was changed."
        )
