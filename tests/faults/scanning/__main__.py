"""Let wapiti and sqlmap look for holes in a real Parley, as a stranger, a member and an administrator.

python -m tests.faults.scanning; it installs both into a folder of their own, and takes about half an hour.
"""

import asyncio
import os
import random
import sys
import tempfile
import venv
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import insert, update

from app.db.schema import memberships, rooms, users
from tests.faults.fuzzing.__main__ import faults_in
from tests.faults.fuzzing.chat import Chat, visiting
from tests.faults.run.population import log_in, populate
from tests.faults.run.world import World, world
from tests.faults.scanning import sqlmap, wapiti
from tests.faults.scanning.scanner import Scanner
from tests.providers.house import CLIENT, SECRET, House, house

PACKAGES = ("wapiti3==3.3.2", "sqlmap==1.10.10")
LIMITS = {"POST_RATE": "1000000", "ROOMS_PER_DAY": "1000000", "SIGN_UPS_PER_HOUR": "1000000"}


@click.command(help=__doc__)
@click.option("--minutes", default=5.0, show_default=True, help="For each of wapiti's three visits, at most.")
@click.option("--tools", type=click.Path(path_type=Path), default="/var/tmp/parley-scanners", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default="/var/tmp", show_default=True, help="Where to work.")
@click.option("--only", type=click.Choice(["wapiti", "sqlmap"]), help="One of the two.")
def main(minutes: float, tools: Path, data: Path, only: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=data, prefix="parley-scanning-") as folder:
        Path(folder).chmod(0o755)  # the account of PostgreSQL looks in
        findings = asyncio.run(scan(Path(folder), tools, minutes * 60, only))
    click.echo("\n".join(findings) or "Nothing was found.")
    sys.exit(1 if findings else 0)


async def scan(folder: Path, tools: Path, seconds: float, only: str | None) -> list[str]:
    """What the scanners found, and what the log says of faults."""
    scanner = Scanner(await asyncio.to_thread(_installed, tools), folder)
    async with house() as provider, world(folder, 1, durable=False, **LIMITS, **_known_to(provider)) as made:
        provider.register(f"{made.url}/login/provider/callback")
        chats = await _chats(made)
        findings: list[str] = []
        if only != "sqlmap":
            for name, chat in chats.items():
                findings += await wapiti.visit(scanner, name, chat, seconds)
        if only != "wapiti":
            findings += await sqlmap.ask_all(scanner, chats)
    return findings + faults_in(folder)


def _known_to(provider: House) -> dict[str, str]:
    """The settings of a chat into which people may come by this provider, too."""
    return {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}


def _installed(tools: Path) -> Path:
    """The folder of the programs, made where it is not there."""
    programs = tools / "bin"
    if not (programs / "sqlmap").exists():
        venv.create(tools, with_pip=True)
        os.spawnv(os.P_WAIT, programs / "pip", ["pip", "install", "--quiet", *PACKAGES])
    return programs


async def _chats(made: World) -> dict[str, Chat]:
    """A stranger, and two people who have a room together: a member and an administrator."""
    accounts = await populate(made.engine, random.Random(1), 2, 2, 1)
    with made.engine.begin() as conn:
        conn.execute(update(users).where(users.c.id == accounts[1].id).values(role="admin"))
        conn.execute(update(rooms).where(rooms.c.id == 2).values(creator_id=accounts[1].id))
        conn.execute(insert(memberships).values(user_id=accounts[0].id, room_id=2))
    stranger = Chat(made.port, "", "", await asyncio.to_thread(visiting, made.port))
    member, admin = [
        replace(stranger, cookie=cookie, token=token)
        for cookie, token in [await log_in(made.url, account.login) for account in accounts]
    ]
    return {"stranger": stranger, "member": member, "administrator": admin}


if __name__ == "__main__":
    os.nice(10)
    main(prog_name="scanning")
