"""The import of this server: its file as it comes, and the process that brings it in. No HTTP here.

That is a process of its own, `python -m app import`, so nobody who chats waits for it. It ends with the server, and
goes on from there when it is started again.
"""

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import ExitStack

from sqlalchemy.ext.asyncio import AsyncEngine

from app.audit.recording import record
from app.auth.sessions import User
from app.base.config import Config
from app.base.log_fields import fields
from app.bringing.files import Announced, announced
from app.bringing.folder import Folder, State, write_all
from app.bringing.refusals import Busy, NoFolder, NoSpace
from app.files.uploads.refusals import TooLarge
from app.process.processes import dies_with_us
from app.transfer.detecting import format_of

log = logging.getLogger(__name__)

MEGABYTE = 1024**2


class Job:
    """One a process; all of a machine have one folder."""

    def __init__(self, config: Config, engine: AsyncEngine) -> None:
        self._config, self._transactions = config, engine
        self._folder = Folder(config.parley_data / "import")
        self._processes: dict[asyncio.subprocess.Process, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """End what this process began; it can be gone on with."""
        for process in self._processes:
            if process.returncode is None:
                process.kill()
        await asyncio.gather(*self._processes.values())

    @property
    def most_bytes(self) -> int:
        """How large a file may be."""
        return self._config.import_mb * MEGABYTE

    async def state(self) -> State:
        """How far it is."""
        return await asyncio.to_thread(self._folder.state)

    async def begin(self, new: Announced) -> int:
        """Announce a file; how many bytes of it are here already.

        Raises:
            TooLarge, Busy, NoFolder, NoSpace, SameName
            NothingHere: the files before it are not here.
        """
        if new.total > self.most_bytes:
            what = "This file is" if new.count == 1 else "These files are together"
            raise TooLarge(f"{what} too large: {self._config.import_mb:,} MB fit. Use the command line for more.")
        return await asyncio.to_thread(self._folder.begin, new)

    async def receive(self, at: int, source: AsyncIterator[bytes]) -> int:
        """Keep what comes behind the first `at` bytes of the file that was announced last; how many are here then.

        What came before an error is kept.

        Raises:
            NothingHere, OffsetConflict, NoSpace
            TooLarge: more came than was announced.
        """
        file, size = await asyncio.to_thread(self._folder.files.open, at)
        try:
            async for piece in source:
                if at + len(piece) > size:
                    raise TooLarge("More bytes came than were announced.")
                await asyncio.to_thread(write_all, file, piece)
                at += len(piece)
        except OSError as error:
            file.truncate(at)
            raise NoSpace from error
        finally:
            file.close()
        return at

    async def receive_whole(self, name: str, most: int, source: AsyncIterator[bytes]) -> None:
        """Keep a file that comes at once, and of which only the most that it may have is known.

        Raises:
            TooLarge, Busy, NoFolder, NoSpace
        """
        await self.discard()
        await self.begin(announced(name, most, 1, 1, most))
        try:
            at = await self.receive(0, source)
        except BaseException:
            await self.discard()
            raise
        await asyncio.to_thread(self._folder.files.ended_at, at)

    async def detected(self) -> str | None:
        """The format of the file, as far as it shows it."""
        return await asyncio.to_thread(format_of, self._folder.export)

    async def start(self, admin: User, form: str, source: str, *, is_dry: bool) -> None:
        """Begin to bring the file in, or to look what would come.

        Raises:
            Busy, NoFolder, NothingHere
        """
        with ExitStack() as stack:
            running = self._folder.running(form, source or form, is_dry=is_dry)
            lock, said, failed = await asyncio.to_thread(stack.enter_context, running)
            if not is_dry:
                async with self._transactions.begin() as conn:
                    await record(conn, admin.id, "bringing", detail=f"{form}, {source or form}")
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-u", "-m", "app", "import", form, str(self._folder.export.resolve())),
                *("--source", source or form, "--json", str(self._folder.report.resolve()), "--each-step"),
                *(["--dry-run"] if is_dry else []),
                env=self._environment(),
                stdin=DEVNULL,
                stdout=said,
                stderr=failed,
                pass_fds=(lock.fileno(),),
                start_new_session=True,  # a Ctrl-C is ours to handle
                preexec_fn=dies_with_us(signal.SIGKILL),
            )
        self._processes[process] = asyncio.create_task(self._reaped(process))

    async def discard(self) -> None:
        """Delete the file. Raises Busy, NoFolder."""
        await asyncio.to_thread(self._folder.discard)

    async def clear(self) -> None:
        """Delete the files if they were brought in."""
        try:
            await asyncio.to_thread(self._folder.clear)
        except Busy:
            log.info("files of an import stay: another one has begun")
        except NoFolder as error:
            said = fields(folder=self._config.parley_data.absolute(), reason=error.__cause__)
            log.warning("PARLEY_DATA cannot be written, so no export can be brought in by the page", extra=said)

    async def _reaped(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        del self._processes[process]
        if code == 0:
            await self.clear()
        if code == 1:
            state = await self.state()
            log.error("an import failed", extra=fields(said=state.said[-2_000:]))

    def _environment(self) -> dict[str, str]:
        given = {"DATABASE_URL": self._config.database_url, "DATABASE_DIRECT_URL": self._config.database_direct_url}
        urls = {name: url.get_secret_value() for name, url in given.items() if url is not None}
        return {**os.environ, **urls, "TMPDIR": str(self._folder.unpacked.resolve())}
