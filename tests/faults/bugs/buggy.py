"""Parley with bugs, for the checker to find: `python -m tests.faults.bugs.buggy <bug>[,<bug>…] worker`.

Each bug is one that a chat could have. Some show only together with trouble that Parley stands; that can be switched on
in the same way, and alone it must not show.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Collection, Sequence, Set
from typing import Any

import psycopg2

from app import command_line
from app.base.config import Config
from app.chat.messages import append
from app.chat.messages.append import Appended, append_messages
from app.chat.messages.journal import Entry, Identity, Journal
from app.chat.subscriptions import Subscriptions
from app.chat.wire import events
from app.chat.wire.commands import Resume
from app.live.bus.bus import Bus
from app.live.bus.ends import Receiver
from app.live.channel import Channel
from app.live.client import Client
from app.live.frames import text_frame
from app.live.hub import Hub
from app.live.loader import Loader
from app.process import server
from tests.faults.bugs import buggy_changes, buggy_files, buggy_index
from tests.faults.client.whims import LAST_WORD

LAZY_S = 0.25
MAX_ROOMS = 5


# Trouble


def narrow_sockets() -> None:
    """Send buffers are small, so that a reader who stops is noticed soon."""
    bind = server.bind

    def narrow(config: Config, *, shared: bool = False) -> list[socket.socket]:
        listeners = bind(config, shared=shared)
        for listener in listeners:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return listeners

    server.bind = narrow


def lost_doorbells() -> None:
    """No process receives another's doorbell."""
    on_payload = Bus._on_payload

    def on_the_rest(self: Bus, payload: str, receiver: Receiver) -> None:
        if payload.split()[2] != "ring":
            on_payload(self, payload, receiver)

    Bus._on_payload = on_the_rest


def lost_last_words() -> None:
    """The last message of a room is pushed to nobody, nor are those before it that end in the same way."""
    flush = Channel.flush

    def flush_most(self: Channel, apart: Set[Client]) -> Collection[Client]:
        self._pending = [line for line in self._pending if f'{LAST_WORD}"'.encode() not in line]
        return flush(self, apart)

    Channel.flush = flush_most


# Bugs


def ack_before_commit() -> None:
    """The journal acknowledges what its transaction has written, and commits a little later."""

    async def write(self: Journal, batch: Sequence[Entry]) -> dict[Identity, Appended]:
        async with self._connection.use() as conn:
            await conn.fetch("BEGIN")
            outcomes = await append_messages(conn, [entry.as_row() for entry in batch])
            found = {entry.identity: outcome for entry, outcome in zip(batch, outcomes, strict=True)}
            self._settle(batch, found)
            await asyncio.sleep(LAZY_S)
            await conn.fetch("COMMIT")
        return found

    async def process(self: Journal, batch: list[Entry]) -> None:
        try:
            await self._write(batch)
        except Exception as error:
            self._refuse(batch, error)

    Journal._write, Journal._process = write, process


def no_unique_key() -> None:
    """Nothing in the database keeps two processes from writing the same message."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messages DROP CONSTRAINT IF EXISTS messages_room_id_author_id_client_id_key")
    connection.close()


def bigserial() -> None:
    """The numbers of messages come from a sequence, before the room is locked."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(1)")  # another process begins with the same
        for room in range(1, MAX_ROOMS + 1):
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS bigserial_{room}")
    connection.close()
    texts = append.PLAIN.texts
    append.PLAIN.texts = texts._replace(prepare=f"PREPARE {texts.name} AS {BIGSERIAL}")
    append._alone = never_alone


async def never_alone(*_: object) -> None:
    """Every message is written by the statement for a batch."""


BIGSERIAL = """
    WITH batch AS (
        SELECT item.*, EXISTS (
            SELECT FROM memberships m WHERE m.room_id = item.room_id AND m.user_id = item.author_id
        ) AS is_member
        FROM unnest($1::bigint[], $2::bigint[], $3::text[]::uuid[], $4::text[], $5::bigint[])
            WITH ORDINALITY AS item (room_id, author_id, client_id, body, reply_to, n)
    ), known AS (
        SELECT batch.n, messages.* FROM batch JOIN messages USING (room_id, author_id, client_id)
    ), numbered AS MATERIALIZED (
        SELECT batch.*, nextval('bigserial_' || room_id) AS seq FROM batch
        WHERE is_member AND n NOT IN (SELECT n FROM known) ORDER BY n
    ), locked AS (
        SELECT id, last_rev FROM rooms WHERE id IN (SELECT room_id FROM numbered) ORDER BY id FOR NO KEY UPDATE
    ), fresh AS (
        SELECT numbered.*, row_number() OVER (PARTITION BY room_id ORDER BY n)
            + greatest(last_rev, max(seq) OVER (PARTITION BY room_id)) AS rev
        FROM numbered JOIN locked ON locked.id = numbered.room_id
    ), written AS (
        INSERT INTO messages (room_id, seq, rev, author_id, client_id, body, reply_to)
        SELECT room_id, seq, rev, author_id, client_id, body, reply_to FROM fresh RETURNING *
    ), raised AS (
        UPDATE rooms SET last_seq = greatest(last_seq, top), last_rev = top_rev
        FROM (SELECT room_id, max(seq) AS top, max(rev) AS top_rev FROM written GROUP BY room_id) AS tops
        WHERE rooms.id = tops.room_id
    )
    SELECT batch.is_member, false AS is_archived, written.seq IS NOT NULL AS is_new,
        coalesce(written.seq, known.seq) AS seq,
        coalesce(written.rev, known.rev) AS rev, coalesce(written.created_at, known.created_at) AS created_at,
        coalesce(written.body, known.body) AS body, coalesce(written.reply_to, known.reply_to) AS reply_to,
        known.edited_at, known.deleted_at
    FROM batch LEFT JOIN known USING (n)
    LEFT JOIN written ON (written.room_id, written.author_id, written.client_id)
        = (batch.room_id, batch.author_id, batch.client_id)
    ORDER BY batch.n
"""


def no_resume() -> None:
    """Whoever resumes is sent that they are up to date."""

    async def subscribe(self: Subscriptions, room: int, cursor: int, *, say_live: bool = False) -> None:
        rev = await self._hub.restart(self.client, room)
        if say_live:
            self._send(events.Live(room, rev))

    Subscriptions._subscribe = subscribe


def no_heads() -> None:
    """Nobody is sent the heads of rooms."""

    async def send_nothing(self: Hub) -> None:
        await asyncio.Event().wait()

    Hub.send_heads_for_ever = send_nothing


def skips_when_slow() -> None:
    """What a slow socket cannot take at once is dropped."""

    def flush(self: Channel, _: object) -> Collection[Client]:
        lines = self._pending + self._ephemera
        self._pending, self._ephemera = [], []
        frame = text_frame(lines) if lines else b""
        for client in [*self.clients]:
            if lines:
                client.deliver(frame)
        return ()

    Channel.flush = flush


def no_membership_test() -> None:
    """Whoever asks for a room may read it."""

    async def resume(self: Subscriptions, command: Resume) -> None:
        for room, cursor in command.rooms.items():
            rev = await self._hub.join(self.client, room, cursor)
            if rev is None:
                rev = await self._hub.restart(self.client, room)
                self._send(events.Reset(room, rev))
            self._send(events.Live(room, rev))

    Subscriptions.resume = resume


def no_anti_entropy() -> None:
    """A process finds what others wrote by doorbells alone."""

    async def compare_nothing(self: Loader) -> None:
        """Do not look."""

    Loader.reconcile = compare_nothing


TROUBLES: tuple[Callable[[], None], ...] = (narrow_sockets, lost_doorbells, lost_last_words)
BUGS: tuple[Callable[[], None], ...] = (
    ack_before_commit,
    no_unique_key,
    bigserial,
    no_resume,
    no_heads,
    skips_when_slow,
    no_membership_test,
    no_anti_entropy,
    *buggy_changes.BUGS,
    *buggy_index.BUGS,
    *buggy_files.BUGS,
)


def main(names: str, *words: str) -> Any:
    by_name = {change.__name__: change for change in (*TROUBLES, *BUGS)}
    for name in names.split(","):
        by_name[name]()
    return command_line.main(args=[*words], prog_name="parley")


if __name__ == "__main__":
    main(*sys.argv[1:])
