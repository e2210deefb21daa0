"""What of the machine and the data folder a chat depends on."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from app.backups import keeping
from app.base.config import Config
from app.doctor.finding import Finding, look, mend, ok

LITTLE_PART, LITTLE_BYTES = 0.1, 1024**3
FEWEST_SIGNS = 10  # different ones, in a key that somebody made at random
STALE_S = 2 * 86_400


def findings(config: Config, *, is_own: bool) -> Iterator[Finding]:
    """What is so here; `is_own`: the database is the embedded one, in the data folder."""
    yield _key(config)
    if is_own:
        yield _disk(config.parley_data.absolute())
        yield _backups(config)
    else:
        yield from _folder(config.parley_data.absolute())
        yield look(
            *("backups", "They are up to whoever runs the database."),
            "Have `python -m app backup FILE` run daily, or what your host offers.",
        )


def _key(config: Config) -> Finding:
    if config.secret_key is not None and len(set(config.secret_key.get_secret_value())) < FEWEST_SIGNS:
        how = "Make one: openssl rand -base64 48. Everybody has to log in again then."
        return mend("SECRET_KEY", "It is easily guessed, and who does so is anybody.", how)
    file = config.parley_data / "secret_key"
    if _is_open(file):
        return mend("SECRET_KEY", f"Others on this machine may read {file}.", f"chmod 600 {file}")
    return ok("SECRET_KEY", "It is long enough, and nobody else's to read.")


def _is_open(file: Path) -> bool:
    """Whether it is there, and others may read it."""
    try:
        return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False


def _folder(folder: Path) -> Iterator[Finding]:
    """Nothing where we may write there, or make it."""
    there = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        found = f"{folder} is not ours to write to, so no export can be brought in by the page."
        yield look("data folder", found, "Set PARLEY_DATA to a folder that is.")


def _disk(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    found = f"{usage.free / 1024**3:,.1f} GB of {usage.total / 1024**3:,.1f} GB are free where {folder} is."
    if usage.free < min(LITTLE_PART * usage.total, LITTLE_BYTES):
        return mend("disk", found, "Make room: on a full disk nobody can write. FILES_TOTAL_MB limits the files.")
    return ok("disk", found)


def _backups(config: Config) -> Finding:
    newest = next(iter(keeping.kept(config)), None)
    if newest is None:
        how = "Run `python -m app backup`; one is made each day while Parley runs, unless BACKUPS_KEPT is 0."
        return look("backups", "There is none.", how)
    age_s = time.time() - newest.stat().st_mtime
    found = f"The newest is {newest}, {age_s / 3600:,.0f} hours old."
    if age_s > STALE_S:
        return look("backups", found, "Look in the log why none was made since, and run `python -m app backup`.")
    return ok("backups", found)
