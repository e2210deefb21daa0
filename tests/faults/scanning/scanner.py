"""Programs of others, each run to its end."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class Scanner:
    """`programs` has them; they write into `folder`."""

    programs: Path
    folder: Path

    async def run(self, name: str, *arguments: str, of: str) -> str:
        """Run one, say how long it took, and return what it wrote; `of` is what it is about."""
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            self.programs / name,
            *arguments,
            cwd=self.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        written, _ = await process.communicate()
        click.echo(f"{name} {of}: {time.monotonic() - begun:.0f} s")
        return written.decode("utf-8", "replace")
