"""A database as one file, written and read by PostgreSQL's own `pg_dump` and `pg_restore`, executed by us.

Which folder of programs is right for a server is the caller's to find. No password stands in the list of processes.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from app.base.errors import BadConfig
from app.process.processes import dies_with_us

# Where a restore and others wait for each other, the one gives way that looks first whether it is so.
LOOKS_LAST = "-c deadlock_timeout=10min"
DEADLOCK, WITHOUT_TLS = "deadlock detected", "SSL support is not compiled in"
# Where the database is a Parley's, its tables go, also those that a newer one made.
_EMPTY = """
    SET statement_timeout = 0; SET lock_timeout = 0;
    DO $$ DECLARE names text; BEGIN
        SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname) INTO names FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
            AND pg_has_role(c.relowner, 'MEMBER') AND to_regclass('alembic_version') IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass
                AND d.objid = c.oid AND d.deptype = 'e');
        IF names IS NOT NULL THEN EXECUTE 'DROP TABLE ' || names || ' CASCADE'; END IF;
    END $$
"""
# The first two are psql's own; servers before 17 have no such setting, and need none.
_NOT_FOR_SERVER = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout = ")
_NOTHING = b"SELECT;\n"  # where there are but comments, psycopg2 has nothing to execute


def write(programs: Path, url: str, path: Path) -> int:
    """Write the database at `url` into a file; returns its bytes. It is there once it is whole and on the disk.

    It is read back first, every byte of it, and is for its owner's eyes only.

    Raises:
        BadConfig: the database or the file cannot be used, or the programs cannot do it.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)  # not one that somebody put there meanwhile
        _run(programs / "pg_dump", "--format=custom", f"--file={part}", url=url)
        _run(programs / "pg_restore", f"--file={os.devnull}", str(part))
        size = part.stat().st_size
        part.rename(path)
        sync(path.parent)
        return size
    except OSError as error:
        raise BadConfig(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def load(programs: Path, url: str, path: Path, *, options: str = "") -> None:
    """Put what a file has in the place of what the database has: all of it, or nothing.

    All belongs to the account of `url` then. `options` are PostgreSQL's, as in PGOPTIONS. `pg_restore` only reads the
    file: it would leave tables that are newer than the file, and what belongs to newer servers than this one.

    Raises:
        BadConfig
    """
    words = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-", str(path)]
    try:
        # Ended by the block of the connection, whatever happens within: only what ended well is committed.
        with closing(psycopg2.connect(url, options=options)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(_EMPTY)
            with _started(programs / "pg_restore", *words) as (script, failure):
                _execute(cursor, script)
            if failure:
                raise BadConfig(failure[0])
    except psycopg2.Error as error:
        raise BadConfig(f"The backup was not put in place: {str(error).partition(chr(10))[0]}.") from error


def revision_in(programs: Path, path: Path) -> str:
    """The revision of the tables in a file.

    Raises:
        BadConfig: it cannot be read, or is of no Parley.
    """
    script = _run(programs / "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(path))
    lines = iter(script.splitlines())
    if not any(line.startswith("COPY ") for line in lines):
        raise BadConfig(f"{path} is no backup of a Parley: it has no table alembic_version.")
    return next(lines)


def major_of(programs: Path) -> int | None:
    """The version of the `pg_dump` and `pg_restore` in a folder; None where they are missing or do not run here."""
    try:
        said = {_run(programs / name, "--version").split()[2].partition(".")[0] for name in ("pg_dump", "pg_restore")}
    except (BadConfig, OSError, IndexError):
        return None
    return min(int(major) for major in said if major.isdecimal())


def sync(folder: Path) -> None:
    """Put a new name in a folder on the disk: a power cut could take it away, with all that is stored under it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _run(program: Path, *words: str, url: str | None = None) -> str:
    """What a program prints; it never outlives us.

    Raises:
        BadConfig: it failed; the sentence is the last that it said.
    """
    environment = dict(os.environ, LC_ALL="C", PGAPPNAME=f"parley {program.name}", PGOPTIONS="")
    if url is not None:
        parts = parse_dsn(url)
        if (password := parts.pop("password", None)) is not None:
            environment["PGPASSWORD"] = password
        words = (f"--dbname={make_dsn(**parts)}", *words)
    done = subprocess.run(  # noqa: S603 (our own list of words, no shell)
        [str(program), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment,
        preexec_fn=dies_with_us(signal.SIGTERM),
        check=False,
    )
    if done.returncode != 0:
        raise BadConfig(_sentence(program.name, done.stderr.decode("utf-8", "replace")))
    return done.stdout.decode("utf-8", "replace")


@contextmanager
def _started(program: Path, *words: str) -> Iterator[tuple[IO[bytes], list[str]]]:
    """What a program prints, while the block runs; and, after the block, why it failed, if it did."""
    failure: list[str] = []
    with TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603 (our own list of words, no shell)
            [str(program), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=dict(os.environ, LC_ALL="C"),
            preexec_fn=dies_with_us(signal.SIGTERM),
        ) as process:
            assert process.stdout is not None  # noqa: S101 (it is a pipe)
            yield process.stdout, failure
        if process.returncode != 0:
            errors.seek(0)
            failure.append(_sentence(program.name, errors.read().decode("utf-8", "replace")))


class _Rows:
    """The lines of a script until the one that ends a COPY, as a file."""

    def __init__(self, script: IO[bytes]) -> None:
        self._script = script
        self._is_over = False

    def read(self, size: int) -> bytes:
        lines: list[bytes] = []
        while size > 0 and not self._is_over:
            line = self._script.readline()
            self._is_over = line == b"\\.\n" or not line.endswith(b"\n")  # `pg_restore` has failed, and says why
            if not self._is_over:
                lines.append(line)
                size -= len(line)
        return b"".join(lines)


def _execute(cursor: Any, script: IO[bytes]) -> None:
    """Execute what `pg_restore` writes, which is meant for psql."""
    statements = _NOTHING
    for line in iter(script.readline, b""):
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            cursor.execute(statements)
            cursor.copy_expert(line, _Rows(script))
            statements = _NOTHING
        elif not line.startswith(_NOT_FOR_SERVER):
            statements += line
    cursor.execute(statements)


def _sentence(name: str, said: str) -> str:
    """What a program said of its failure, on a line."""
    if WITHOUT_TLS in said:
        return f"This {name} came with Parley and cannot encrypt. Install postgresql-client of this machine's packages."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line.partition("error:")[2].strip() for line in lines if "error:" in line]
    return f"{name} failed: {' '.join(grave) or (lines or ['it said nothing'])[-1]}"
