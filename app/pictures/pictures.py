"""Pictures as they are shown, made of what people gave, by a process of its own for each.

Owns the queue in front of that process and the files between it and us. No SQL and no HTTP here.
"""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple, cast

import msgspec

from app.base.errors import Unavailable
from app.base.log_fields import fields
from app.pictures.limits import Limits
from app.pictures.refusal import MOST_PIXELS, REFUSALS, Damaged, NotShowable, TooLarge, TooSlow

MOST_WAITING = 50
SIDE = 256  # pixels: the largest avatar has 80 CSS pixels, on screens with up to three for one
_MOST_OF_SQUARE = 1024 * 1024

_ROOT = Path(__file__).parents[2]
_MOST_SAID = 4096

# Other signals are faults of a decoder. SIGKILL is what the kernel sends when the machine has no memory left.
_DEATHS: dict[int, type[NotShowable]] = {signal.SIGXCPU: TooSlow, signal.SIGKILL: TooLarge}

log = logging.getLogger(__name__)


class Made(NamedTuple):
    """What was made of a picture. The files are at their beginning, and gone when the context ends."""

    width: int
    height: int
    placeholder: str  # a tiny WebP in Base64
    original: BinaryIO  # upright, without metadata, in the form that it had
    small: BinaryIO | None  # WebP; None: no smaller than the next larger one
    large: BinaryIO | None


class _Said(msgspec.Struct):
    """What the worker answered. It may be in the hands of the picture, so only what has this shape is taken."""

    width: Annotated[int, msgspec.Meta(gt=0, le=MOST_PIXELS)] = 1
    height: Annotated[int, msgspec.Meta(gt=0, le=MOST_PIXELS)] = 1
    placeholder: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9+/=]{0,400}$")] = ""
    refusal: str | None = None


class Pictures:
    """Makes renditions, one picture at a time; at most `MOST_WAITING` wait."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turn = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def made(self, source: AsyncIterator[bytes], media_type: str, *, side: int = 0) -> AsyncIterator[Made]:
        """What is made of the bytes of a picture of a type that `kind_of` found. Never holds all of them in memory.

        With a `side`, only a square of so many pixels is made, in place of the original.

        Raises:
            NotShowable: it is damaged, or takes more than the limits; its sentence says which.
            Unavailable: too many wait.
        """
        with ExitStack() as stack:
            async with self._one_at_a_time():
                # Files without names: whatever dies, nothing is left of them.
                given, *files = (cast(BinaryIO, stack.enter_context(tempfile.TemporaryFile())) for _ in range(4))
                async for piece in source:
                    await asyncio.to_thread(given.write, piece)
                given.seek(0)
                said = await self._decoded(given, files, (media_type.removeprefix("image/").upper(), str(side)))
            original, small, large = map(_filled, files)
            if original is None:
                raise Damaged
            yield Made(said.width, said.height, said.placeholder, original, small, large)

    async def square(self, source: AsyncIterator[bytes], media_type: str) -> bytes:
        """What is shown of a picture that stands for somebody: its middle, as WebP. It raises what `made` does."""
        async with self.made(source, media_type, side=SIDE) as made:
            return made.original.read(_MOST_OF_SQUARE)

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("Many pictures wait to be read just now. Try again in a few seconds.", retry_after_s=5)
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1

    async def _decoded(self, given: BinaryIO, files: list[BinaryIO], wanted: tuple[str, str]) -> _Said:
        numbers = [file.fileno() for file in files]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-E", "-s", "-B", "-m", "app.pictures.worker"),
            *(*wanted, msgspec.json.encode(self._limits).decode(), *map(str, numbers)),
            cwd=_ROOT,
            env={"MALLOC_ARENA_MAX": "1"},  # no settings, as there are secrets among them; threads share their memory
            stdin=given,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=numbers,
            start_new_session=True,  # a Ctrl-C is ours to handle
        )
        try:
            async with asyncio.timeout(self._limits.deadline_s):
                return await _answer(process)
        except TimeoutError as error:
            raise TooSlow from error
        finally:
            await _end(process)


async def _answer(process: Process) -> _Said:
    """What the worker says.

    Raises:
        NotShowable: it refused the picture, or died of it.
    """
    assert process.stdout is not None  # noqa: S101 (asked for above)
    assert process.stderr is not None  # noqa: S101
    said, noise = await asyncio.gather(process.stdout.read(_MOST_SAID), process.stderr.read(_MOST_SAID))
    code = await process.wait()
    if code == 0:
        return _judged(said)
    log.warning("a picture ended its worker", extra=fields(code=code, said=noise.decode(errors="replace")[-500:]))
    raise _DEATHS.get(-code, Damaged)


def _judged(said: bytes) -> _Said:
    """What the worker said, if it is of the shape that it says things in."""
    try:
        answer = msgspec.json.decode(said, type=_Said)
    except msgspec.MsgspecError as error:
        raise Damaged from error
    if answer.refusal is not None:
        raise REFUSALS.get(answer.refusal, Damaged)
    return answer


async def _end(process: Process) -> None:
    """End a process that has not ended by itself, and forget it."""
    if process.returncode is None:
        process.kill()
    await process.wait()


def _filled(file: BinaryIO) -> BinaryIO | None:
    """A file at its beginning; None if nothing was written to it."""
    file.seek(0)
    return file if os.fstat(file.fileno()).st_size else None
