"""`python -m app …` run to its end, as an operator does."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from tests.support.load import PATIENCE_S
from tests.support.processes import Parley


class Done(NamedTuple):
    code: int
    said: str
    refusal: str


def run(folder: Path, *words: str, **settings: str) -> Done:
    """Run a command on a data folder."""
    command = Parley(folder, *words, **settings)
    said, _ = command.process.communicate(timeout=PATIENCE_S)
    return Done(command.process.returncode, said, command.output())


async def well(folder: Path, *words: str, **settings: str) -> str:
    """What a command says that ends well, while others go on."""
    done = await asyncio.to_thread(run, folder, *words, **settings)
    assert done.code == 0, done
    return done.said
