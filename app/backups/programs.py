"""Which `pg_dump` and `pg_restore` are right for a server: none that is older than it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from app.base.errors import BadConfig
from app.db.dumps import dumping
from app.db.embedded import binaries

_ON_MACHINES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


def right_for(server: int, *, is_own: bool) -> Path:
    """The folder of programs that read and write a server of this major version.

    Those that come along with Parley are right for its own server; they cannot encrypt, so for others the machine's
    are asked first.

    Raises:
        BadConfig: there are none, or all are older than the server.
    """
    found: list[tuple[int, Path]] = []
    for folder in [*_brought(), *_on_machine()] if is_own else [*_on_machine(), *_brought()]:
        major = dumping.major_of(folder)
        if major is not None and major >= server:
            return folder
        found += [] if major is None else [(major, folder)]
    newest = max(found, default=None)
    here = f"the newest pg_dump here is {newest[0]} ({newest[1]})" if newest else "there is no pg_dump here"
    raise BadConfig(
        f"The server is PostgreSQL {server}, and {here}; one that is older than the server cannot read it. "
        f"Install the programs of PostgreSQL {server} or newer (postgresql-client-{server} on Debian), and try again."
    )


def _brought() -> Iterator[Path]:
    """Those that come along, the newest first."""
    yield from (programs for _, programs in sorted(binaries.brought().items(), reverse=True))


def _on_machine() -> Iterator[Path]:
    """Those of the machine, the newest first; at last the one that a shell finds."""
    matches = [path for pattern in _ON_MACHINES for path in Path("/").glob(pattern.lstrip("/"))]
    yield from sorted(matches, key=lambda path: dumping.major_of(path) or 0, reverse=True)
    if (found := shutil.which("pg_dump")) is not None:
        yield Path(found).parent
