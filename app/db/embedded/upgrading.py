"""The data of an older PostgreSQL, made those of a newer one at a start; the old ones stay until somebody says so.

In the folder `postgres` there are then, beside `data`: `next`, while it is made, and `old-16` afterwards.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from app.base.errors import BadConfig
from app.db.dumps import dumping
from app.db.embedded import binaries
from app.db.embedded.cluster import DATA, DATABASE, USER, Cluster
from app.db.embedded.unix_account import Account

NEXT, OLD = "next", "old-"
LOOK_S = 0.5  # between two looks how far it is
STOP_S = 600  # what is to be upgraded has to have stopped in order, however much it has to write


@dataclass(frozen=True)
class Place:
    """The data folder, PostgreSQL's own in it, and what it takes to run a server there."""

    folder: Path
    home: Path
    account: Account
    log: Path
    socket_folder: Path
    options: Mapping[str, str]
    report: Callable[[str], None]


Url = Callable[[str], str]
"""The address of a database of the server that runs."""


def major_of(home: Path, name: str = DATA) -> int:
    """The major version of the PostgreSQL that made the data."""
    return int((home / name / "PG_VERSION").read_text().strip())


def old_ones(home: Path) -> list[Path]:
    """The data as they were before upgrades, the newest version first."""
    return sorted(home.glob(f"{OLD}*"), key=lambda path: int(path.name.removeprefix(OLD)), reverse=True)


def finish(home: Path) -> None:
    """Put data in their place where we were killed between two renames.

    Of an upgrade these are the new ones, which were whole before the first rename; of taking it back those of before.
    """
    found = [path for path in (home / NEXT, *old_ones(home)) if path.exists()]
    if not (home / DATA).exists() and found:
        found[0].rename(home / DATA)
        dumping.sync(home)


def take_back(home: Path) -> tuple[Path, Path]:
    """Put the data as they were before the last upgrade in their place again; returns where both are now.

    Raises:
        BadConfig: there are none.
    """
    data, major = home / DATA, major_of(home)
    before = [old for old in old_ones(home) if major_of(home, old.name) < major]
    present = home / f"{OLD}{major}"
    if not before:
        raise BadConfig(f"There is nothing to take back: {home} has no data of a PostgreSQL older than {major}.")
    if present.exists():
        raise BadConfig(f"{present} is there already, from the last time. Move it away first.")
    shutil.rmtree(home / NEXT, ignore_errors=True)  # of an upgrade that failed: see `finish`
    data.rename(present)
    before[0].rename(data)
    dumping.sync(home)
    return data, present


def upgrade(place: Place, url: Url) -> None:
    """Make the data those of our own major version, after a backup.

    By pg_upgrade, which copies files; where it refuses, by putting the backup into a new cluster. Until both renames at
    the end are done, nothing has changed.

    Raises:
        BadConfig: this Parley does not bring that version, the disk has too little room, or the backup fails.
    """
    theirs = major_of(place.home)
    _refuse_unknown(place.home / DATA, theirs)
    before, after = (
        binaries.find(place.folder, place.account, place.report, each) for each in (theirs, binaries.MAJOR)
    )
    old = Cluster(place.home, before, place.account, place.log)
    new = Cluster(place.home, after, place.account, place.log, NEXT)
    _refuse_full_disk(place.home / DATA)
    for cluster in (old, new):
        cluster.end_left_over(place.report)
    place.report(f"Backing up, as PostgreSQL {theirs} becomes {binaries.MAJOR}")
    with old.serving(place.socket_folder, place.options, stop_s=STOP_S):
        old.prepare(url("postgres"), DATABASE)
        dump, has_checksums = _dump(place, after, url(DATABASE))
    place.report(f"Upgrading PostgreSQL {theirs} to {binaries.MAJOR}")
    with growth_shown(place.home / NEXT, _size(place.home / DATA), place.report):
        if not _by_pg_upgrade(place, before, new, after, has_checksums=has_checksums):
            place.report("Putting the backup into a new database, as pg_upgrade refuses this one")
            _make_anew(place, new)
            with new.serving(place.socket_folder, place.options, stop_s=STOP_S):
                new.prepare(url("postgres"), DATABASE)
                dumping.load(after, url(DATABASE), dump)
    shutil.rmtree(place.home / f"{OLD}{theirs}", ignore_errors=True)  # of an upgrade that was taken back
    old.rename(f"{OLD}{theirs}")
    new.rename(DATA)


@contextmanager
def growth_shown(folder: Path, whole: int, report: Callable[[str], None]) -> Iterator[None]:
    """Report a bar with each tenth of `whole` bytes that the folder comes to have while the block runs."""
    is_over = threading.Event()

    def look() -> None:
        shown = 0
        while not is_over.wait(LOOK_S):
            if (tenths := min(10, 10 * _size(folder) // whole)) > shown:
                shown = tenths
                report(f"{'█' * tenths}{'░' * (10 - tenths)} {10 * tenths} %")

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        is_over.set()
        looking.join()


def _size(folder: Path) -> int:
    """The bytes of all files that are in it now; some may come and go meanwhile."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                size += os.path.getsize(os.path.join(place, name))
    return size


def _dump(place: Place, after: Path, url: str) -> tuple[Path, bool]:
    """The backup that was made, and whether the old data have checksums."""
    backups = place.folder / "backups"
    backups.mkdir(mode=0o700, exist_ok=True)
    path = backups / f"before-postgresql-{binaries.MAJOR}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.dump"
    dumping.write(after, url, path)
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW data_checksums")
        return path, cursor.fetchone()[0] == "on"


def _by_pg_upgrade(place: Place, before: Path, new: Cluster, after: Path, *, has_checksums: bool) -> bool:
    """Whether pg_upgrade made `new` of the old data; it asks that both have checksums, or none."""
    _make_anew(place, new, "--data-checksums" if has_checksums else "--no-data-checksums")
    words = [str(after / "pg_upgrade"), "--copy", f"--username={USER}", f"--socketdir={place.socket_folder}"]
    words += [f"--old-bindir={before}", f"--new-bindir={after}"]
    words += [f"--old-datadir={place.home / DATA}", f"--new-datadir={place.home / NEXT}"]
    with place.log.open("ab") as log:
        code = place.account.run(words, log, str(place.home))
    for script in place.home.glob("*.sh"):  # it would delete what is called `data`, which are the new ones by then
        script.unlink()
    return code == 0


def _make_anew(place: Place, new: Cluster, *words: str) -> None:
    shutil.rmtree(place.home / NEXT, ignore_errors=True)
    new.create(sync=place.options["fsync"] == "on", more=words)


def _refuse_unknown(data: Path, theirs: int) -> None:
    if theirs in binaries.brought() and theirs < binaries.MAJOR:
        return
    *others, last = sorted(map(str, binaries.brought()))
    raise BadConfig(
        f"{data} was made by PostgreSQL {theirs}, and this Parley brings {', '.join(others)} and {last}. Start the "
        "Parley that made it and have it write a backup; `python -m app restore` puts that into a new data folder here."
    )


def _refuse_full_disk(data: Path) -> None:
    size, free = _size(data), shutil.disk_usage(data).free
    if free < 2 * size:
        raise BadConfig(
            f"{data} is of an older PostgreSQL. Its upgrade needs {2 * size / 1024**2:,.0f} MB for a backup and a "
            f"copy, and the disk has {free / 1024**2:,.0f} MB left. Make room, or start the Parley that made it."
        )
