"""`python -m app import`: what an operator brings in, whether Parley runs or not."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click
import msgspec
from pydantic import SecretStr
from sqlalchemy import exc

from app.auth.passwords import Passwords
from app.base.config import FilesConfig
from app.base.errors import AppError, BadConfig
from app.db.driver.engine import make_engine
from app.files.beside import avatars_to, bringing_to, store_of
from app.transfer.exporting import exported, exported_lines, snapshot
from app.transfer.importing import Importing, Show
from app.transfer.records import BadExport, Record
from app.transfer.report import Report
from app.transfer.spool import Spool

POOL = 4  # connections: one that writes messages, the others for files
FORMATS = ("slack", "mattermost", "zulip", "discord", "telegram", "rocketchat", "irc", "campfire", "mongo", "jsonl")


def bring_in(
    config: FilesConfig,
    url: str,
    *,
    form: str,
    path: Path,
    source: str,
    maps: Sequence[str],
    is_dry: bool,
    show: Show,
) -> Report:
    """Bring an export of this format into the database at `url`; with `is_dry` only look what would come.

    Raises:
        BadConfig: the export cannot be read, or the database cannot be used. The sentence says which and why.
    """
    show("Reading")
    with _sentences(), Spool.of(_records(form, path, maps)) as spool:
        if not spool.message_count and not spool.people:
            raise BadExport(f"There is nobody and nothing in {path}.")
        return asyncio.run(_run(config, url, source, spool, is_dry=is_dry, show=show))


def _records(form: str, path: Path, maps: Sequence[str]) -> Iterator[Record]:
    reader = import_module(f"app.transfer.readers.{form}")
    if maps and form != "mongo":
        raise BadExport(f"--map is for mongo alone: an export of {form} has the same fields everywhere.")
    try:
        yield from reader.read(path, maps) if maps else reader.read(path)
    except RecursionError as error:  # any reader follows what lies in each other, as deep as Python can
        raise BadExport(f"{path} has values that lie too deep in each other: no chat writes such.") from error


async def _run(config: FilesConfig, url: str, source: str, spool: Spool, *, is_dry: bool, show: Show) -> Report:
    engine, passwords = make_engine(config, SecretStr(url), size=POOL), Passwords()
    try:
        async with store_of(config, engine, POOL) as store:
            brings = bringing_to(config, engine, store), avatars_to(config, store)
            importing = Importing(engine, source, show, *brings)
            return await (importing.look(spool) if is_dry else importing.bring(spool, passwords.hash))
    finally:
        passwords.close()
        await engine.dispose()


@contextmanager
def _sentences() -> Iterator[None]:
    """What goes wrong, as what an operator has to mend."""
    try:
        yield
    except (BadExport, AppError) as error:
        raise BadConfig(str(error)) from error
    except exc.DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise BadConfig(f"The database cannot be used: {reason} Then run the same command again.") from error
    except OSError as error:
        raise BadConfig(f"This cannot go on: {error.strerror or error}.") from error


def take_out(config: FilesConfig, url: str, path: Path, *, with_passwords: bool) -> int:
    """Write the whole chat into a file; returns how many bytes. The file is there when it is whole.

    It is a zip; one whose name ends in .jsonl has the lines alone, without the bytes of files.

    Raises:
        BadConfig: the file cannot be written, or the database cannot be used.
    """

    async def write() -> int:
        engine = make_engine(config, SecretStr(url), size=2)
        try:
            async with store_of(config, engine, 2) as store:
                if path.suffix != ".jsonl":
                    return await _write(path, exported(engine, store, with_passwords=with_passwords))
                async with snapshot(engine) as conn:
                    return await _write(path, exported_lines(conn, with_passwords=with_passwords))
        finally:
            await engine.dispose()

    with _sentences():
        return asyncio.run(write())


async def _write(path: Path, pieces: AsyncIterator[bytes]) -> int:
    written = 0
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with part.open("wb") as file:
            async for piece in pieces:
                written += file.write(piece)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def write_json(report: Report, path: Path) -> None:
    """Write the counts to a file, as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report.as_json())) + b"\n")


class Line:
    """Shows how far an import is: one line that changes in a terminal, else a line a step.

    With `each`, for programs, everything that is shown has a line.
    """

    def __init__(self, *, each: bool = False) -> None:
        self._is_terminal, self._each = sys.stdout.isatty(), each
        self._step = ""

    def __call__(self, text: str) -> None:
        """Show a step, such as “Messages 2,000 of 10,000”."""
        step = text.split()[0]
        if self._is_terminal:
            click.echo(f"\r\033[K{text} … ", nl=False)
        elif self._each or step != self._step:
            click.echo(f"{text} …")
        self._step = step

    def end(self) -> None:
        """Leave the line."""
        if self._is_terminal:
            click.echo()
