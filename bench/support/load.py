"""The load of the bench: a C program (`native/load.c`), since anything slower would itself be what is measured."""

import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

NATIVE = Path(__file__).parents[1] / "native"


@dataclass(frozen=True, slots=True)
class Work:
    """What the sockets do, at one of two paces.

    Attributes:
        rooms, members: how many rooms, and sockets in each; every socket is a person of its own.
        writers: of those, how many post.
        size: characters of a text.
        texts: a file of texts to post instead, one on each line, escaped as in JSON.
        rate: messages a second in all, for latencies at a steady pace; 0 for the closed loop.
        in_flight: in the closed loop, messages that have not come back to their author yet.
    """

    rooms: int = 1
    members: int = 1_000
    writers: int = 10
    size: int = 48
    texts: Path | None = None
    rate: int = 0
    in_flight: int = 0
    warm_up_s: float = 2.0
    seconds: float = 6.0


@functools.cache
def compiled(program: str) -> Path:
    """The program, built on the spot; its folder goes when we do.

    Raises:
        RuntimeError: there is no C compiler.
    """
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("The bench needs a C compiler (Debian: apt install gcc libc6-dev).")
    path = Path(_folder().name) / program
    subprocess.run([compiler, "-O2", "-Wall", "-o", path, NATIVE / f"{program}.c"], check=True)
    return path


@functools.cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="parley-native-")


class Load:
    """The program at work on one server. Every socket is open when the block begins.

    `more` goes into its environment, see `native/load.c`.
    """

    def __init__(self, port: int, work: Work, sockets: Sequence[tuple[int, str]], **more: str) -> None:
        words = [port, work.writers, work.rate, work.in_flight, work.size, work.warm_up_s, work.seconds]
        words += [work.texts] if work.texts else []
        self._process = subprocess.Popen(
            [compiled("load"), *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **more},
        )
        self._say("".join(f"{room} {cookie}\n" for room, cookie in sockets))

    def __enter__(self) -> "Load":
        self._say("\n")
        self.wait_for("open")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def go(self) -> None:
        """Begin to post, without being measured at first."""
        self._say("go\n")

    def wait_for(self, event: str) -> dict[str, Any]:
        """Wait until it says `begin`, `end` or `done`; its figures so far, of what was measured.

        Raises:
            RuntimeError: it has ended instead, and has said on stderr why.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load has ended early")
        said: dict[str, Any] = json.loads(line)
        assert said["event"] == event, said
        return said

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()
