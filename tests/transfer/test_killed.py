"""An import that is killed anywhere and run again ends as one that was not, with its files."""

import random
import signal
import subprocess
import time
from pathlib import Path
from zipfile import ZipFile

import msgspec
import psutil
import pytest
from sqlalchemy import Engine, Select, func, select

from app.db.schema import attachments, blobs, chunks, files, memberships, messages, reactions, rooms, users
from app.process.processes import NICE
from tests.conftest import empty, url_of
from tests.pictures.conftest import noise, saved
from tests.recovery.test_command_line import run
from tests.support.processes import environment_with, started

COUNT, ROOMS, KILLS = 2_400, 3, 10
STEPS = ("Reading", "People", "Rooms", "Sorting", "Messages")
THEIRS = rooms.c.id == messages.c.room_id
BYTES = func.encode(func.sha256(func.string_agg(chunks.c.data, func.decode("", "hex"))), "hex")


def _message(n: int) -> dict[str, object]:
    found: dict[str, object] = {"type": "message", "ts": f"{1_500_000_000 + n // 7}.{n % 7:06}", "user": f"U{n % 3}"}
    found |= {"text": f"number {n}", "reactions": [{"name": "+1", "users": ["U1"], "count": 1}] if n % 5 == 0 else []}
    if n % 11 == 3:
        found["thread_ts"] = f"{1_500_000_000 + (n - 3) // 7}.{(n - 3) % 7:06}"
    if n % 100 == 50:
        found["files"] = [{"id": f"F{n}", "name": f"{n}.txt"}, {"id": "F0", "name": "picture.png"}]
    return found


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A chat of three people in three rooms, seven of whose messages have about one time; some have files."""
    path = tmp_path / "slack.zip"
    with ZipFile(path, "w") as packed:
        people = [{"id": f"U{n}", "name": f"user{n}"} for n in range(3)]
        packed.writestr("users.json", msgspec.json.encode(people))
        found = [{"id": f"C{n}", "name": f"room-{n}", "members": ["U0", "U1"]} for n in range(ROOMS)]
        packed.writestr("channels.json", msgspec.json.encode(found))
        packed.writestr("__uploads/F0/picture.png", saved(noise(60, 40), "PNG"))
        for room in range(ROOMS):
            said = [_message(n) for n in range(room, COUNT, ROOMS)]
            packed.writestr(f"room-{room}/2017-07-14.json", msgspec.json.encode(said))
        for n in range(50, COUNT, 100):
            packed.writestr(f"__uploads/F{n}/{n}.txt", f"file {n // 200}")
    return path


def kill_after(database: Engine, export: Path, step: str, wait_s: float) -> None:
    """Begin to bring the export in, and end that without warning so long after it says that this step begins."""
    url = url_of(database)
    begun = started(("app", "import", "slack", str(export)), environment_with(DATABASE_URL=url), 2)
    assert begun.stdout is not None
    with begun.stdout:
        any(line.startswith(step) for line in begun.stdout)  # the last ones may have nothing left to do
        try:
            begun.wait(wait_s)
        except subprocess.TimeoutExpired:
            begun.send_signal(signal.SIGKILL)
            begun.wait()
    assert begun.returncode in (0, -signal.SIGKILL)


def test_an_import_leaves_the_cores_to_those_who_chat(database: Engine, export: Path) -> None:
    begun = started(("app", "import", "slack", str(export)), environment_with(DATABASE_URL=url_of(database)), 2)
    assert begun.stdout is not None
    with begun.stdout:
        step, nice = begun.stdout.readline(), psutil.Process(begun.pid).nice()
        begun.kill()
        begun.wait()
    assert step.startswith("Reading")
    assert nice == psutil.Process().nice() + NICE


def _all() -> list[Select[tuple[object, ...]]]:
    written = messages.join(rooms, THEIRS).join(users, users.c.id == messages.c.author_id)
    place = (rooms.c.name, messages.c.seq)
    carried = attachments.join(files, files.c.id == attachments.c.file_id).join(
        rooms, rooms.c.id == attachments.c.room_id
    )
    bytes_of = select(BYTES).where(chunks.c.blob_id == files.c.blob_id).scalar_subquery()
    return [
        select(
            *place, messages.c.rev, messages.c.client_id, messages.c.body, messages.c.created_at, messages.c.reply_to
        )
        .add_columns(users.c.login, rooms.c.last_seq, rooms.c.last_rev)
        .select_from(written)
        .order_by(*place),
        select(rooms.c.name, reactions.c.seq, reactions.c.emoji, users.c.login, reactions.c.created_at)
        .select_from(
            reactions.join(rooms, rooms.c.id == reactions.c.room_id).join(users, users.c.id == reactions.c.user_id)
        )
        .order_by(rooms.c.name, reactions.c.seq, reactions.c.emoji, users.c.login),
        select(rooms.c.name, attachments.c.seq, attachments.c.position, files.c.id, files.c.name, files.c.size)
        .add_columns(files.c.kind, files.c.type, files.c.width, files.c.height, files.c.placeholder, files.c.owner_id)
        .add_columns(blobs.c.sha256, bytes_of)
        .select_from(carried.join(blobs, blobs.c.id == files.c.blob_id))
        .order_by(rooms.c.name, attachments.c.seq, attachments.c.position),
        select(rooms.c.name, users.c.login, memberships.c.read_seq)
        .select_from(
            memberships.join(rooms, rooms.c.id == memberships.c.room_id).join(
                users, users.c.id == memberships.c.user_id
            )
        )
        .where(rooms.c.name != "Lobby")  # which is not there after the database was emptied
        .order_by(rooms.c.name, users.c.login),
    ]


def stored(database: Engine) -> list[list[tuple[object, ...]]]:
    """All that was written, with its numbers and its files."""
    with database.connect() as conn:
        return [[tuple(row) for row in conn.execute(statement)] for statement in _all()]


def test_killed_again_and_again_it_ends_as_one_that_was_never_killed(database: Engine, export: Path) -> None:
    begun = time.monotonic()
    assert run(database, "import", "slack", str(export)).returncode == 0
    took_s = time.monotonic() - begun
    whole = stored(database)
    with database.begin() as conn:
        empty(conn)

    chance = random.Random(20)
    for _ in range(KILLS):
        kill_after(database, export, chance.choice(STEPS), chance.uniform(0, took_s / 3))
    last = run(database, "import", "slack", str(export))

    assert (last.returncode, last.stderr) == (0, "")
    assert [len(rows) for rows in whole[:3]] == [COUNT, COUNT // 5, 2 * COUNT // 100]
    assert stored(database) == whole
