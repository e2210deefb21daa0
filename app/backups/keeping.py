"""The backups in the data folder: `daily-…`, `before-…`. A new one first, then the oldest of its kind go."""

import itertools
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from app.backups import programs
from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db import migrate
from app.db.dumps import dumping

FOLDER, SUFFIX, DAILY, BEFORE = "backups", ".dump", "daily", "before"
HALF_S = 86_400.0
FEWEST_BEFORE = 3  # of those before a migration, a restore or an upgrade, however few daily ones are kept

Report = Callable[[str], None]


def kept(config: DatabaseConfig, kind: str = "") -> list[Path]:
    """The backups in the data folder, those of a kind or all, the newest first."""
    found = (config.parley_data.absolute() / FOLDER).glob(f"{kind}*{SUFFIX}")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def back_up(config: DatabaseConfig, url: str, name: str, report: Report, *, in_use: Path | None = None) -> Path:
    """Write a backup into the data folder, and remove the oldest of its kind; returns its path.

    Args:
        name: begins with its kind, `DAILY` or `BEFORE`.
        in_use: a backup that stays, however old it is.

    Raises:
        BadConfig: among others, the disk has too little room: a full one would stop the chat.
    """
    folder = config.parley_data.absolute() / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True, parents=True)
    except OSError as error:
        raise BadConfig(f"{folder} cannot be made: {error.strerror or error}.") from error
    _remove_halves(folder)
    _refuse_full_disk(url, folder)
    path = _unused(folder, f"{name}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")
    write(config, url, path, report)
    kind = name.partition("-")[0]
    most = max(config.backups_kept, 1) if kind == DAILY else max(config.backups_kept, FEWEST_BEFORE)
    for old in kept(config, kind)[most:]:
        if in_use is None or old.resolve() != in_use.resolve():
            old.unlink(missing_ok=True)
    return path


def _unused(folder: Path, name: str) -> Path:
    """A path that no backup has yet: two may be made in one second, the second to restore the first."""
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(path for path in (folder / f"{name}{SUFFIX}" for name in names) if not path.exists())


def write(config: DatabaseConfig, url: str, path: Path, report: Report) -> int:
    """Write a backup to a file of any name; returns its bytes.

    Raises:
        BadConfig
    """
    right = programs.right_for(major_of(url), is_own=config.database_url is None)
    report("Backing up")
    return dumping.write(right, url, path)


def before_migration(config: DatabaseConfig, url: str, report: Report) -> None:
    """Back up the embedded database where tables are there, and are not at the revision that this code has.

    Raises:
        BadConfig: nothing was changed; the sentence says what to do.
    """
    if config.database_url is not None or config.backups_kept == 0:
        return
    with migrate.transaction(url) as connection:
        found = migrate.revision_of(connection)
    if found is None or found == migrate.head():
        return
    try:
        back_up(config, url, f"{BEFORE}-{migrate.head()}", report)
    except BadConfig as error:
        raise BadConfig(
            f"The tables are not migrated, as no backup can be made first: {error.message} "
            "Mend that; or set BACKUPS_KEPT=0 to do without."
        ) from error


def _remove_halves(folder: Path) -> None:
    """Remove what backups left that were killed: nobody has written to it for a day."""
    for half in folder.glob(f".*{SUFFIX}.part"):
        with suppress(FileNotFoundError):
            if half.stat().st_mtime < time.time() - HALF_S:
                half.unlink()


def major_of(url: str) -> int:
    """The major version of the server at `url`.

    Raises:
        BadConfig
    """
    with migrate.transaction(url) as connection:
        return int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000


def _refuse_full_disk(url: str, folder: Path) -> None:
    with migrate.transaction(url) as connection:
        needed = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BadConfig(
            f"A backup may take {_megabytes(needed)}, and the disk of {os.fspath(folder)} has {_megabytes(free)} left."
        )


def _megabytes(count: int) -> str:
    return f"{count / 1024**2:,.0f} MB"
