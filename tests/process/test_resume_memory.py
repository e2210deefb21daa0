"""Twenty people resume on ten sockets each, and read nothing: that costs each socket a piece of what it missed."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
from sqlalchemy import Engine, select, text

from app.db.schema import instance
from bench.support.people import SECRET_KEY, logged_in
from tests.live.bare import bare_socket, masked
from tests.process.test_restart import opened
from tests.support.processes import parley

PEOPLE, SOCKETS_EACH = 20, 10
MESSAGES, BODY = 1_020, "**a**" + 2_570 * "\x01"  # 31 KB on the wire, as text and as HTML, where controls are escaped
BEHIND = 1_000  # as far as a resume goes
MOST_BYTES = 100 * 1024 * 1024
TEXT = 0x81

_FILL = """
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
SELECT 1, n, n, (SELECT min(id) FROM users), gen_random_uuid(), :body FROM generate_series(1, :count) n;
UPDATE rooms SET last_seq = :count, last_rev = :count WHERE id = 1;
INSERT INTO search_heads (room_id, rev) VALUES (1, :count) ON CONFLICT (room_id) DO UPDATE SET rev = :count
"""  # the last, so that only the resumes are work meanwhile


@contextmanager
def most_memory_of(process: psutil.Process) -> Iterator[SimpleNamespace]:
    """By how many bytes a process grows meanwhile, at the most: `grown`."""
    before, is_over = process.memory_info().rss, threading.Event()
    most = SimpleNamespace(grown=0)

    def watch() -> None:
        while not is_over.wait(0.02):
            most.grown = max(most.grown, process.memory_info().rss - before)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield most
    finally:
        is_over.set()
        watching.join()


async def test_resumes_on_sockets_that_do_not_read_take_little_memory_and_who_reads_gets_everything(
    fresh_folder: Path, address: str, database: Engine
) -> None:
    settings = {"DATABASE_URL": address, "SECRET_KEY": SECRET_KEY}
    with parley(fresh_folder, anew=True, **settings) as running, ExitStack() as closing:
        running.until_ready()
        *deaf, alice = logged_in(address, PEOPLE + 1)
        with database.begin() as conn:
            conn.execute(text(_FILL), {"body": BODY, "count": MESSAGES})
            epoch = str(conn.execute(select(instance.c.epoch)).scalar_one())
        sockets = [bare_socket(running.port, cookie) for cookie in deaf for _ in range(SOCKETS_EACH)]
        for sock in sockets:
            closing.enter_context(sock)
        async with opened(running, [alice]) as (socket,):
            await socket.settle()

            with most_memory_of(psutil.Process(running.process.pid)) as most:
                for number, sock in enumerate(sockets):  # from a place of its own, so that nothing is read for two
                    cursor = MESSAGES - BEHIND + number % (BEHIND // 2)
                    resume = {"type": "resume", "epoch": epoch, "rooms": {"1": cursor}}
                    await asyncio.to_thread(sock.sendall, masked(TEXT, json.dumps(resume).encode()))
                await socket.say(type="resume", epoch=epoch, rooms={"1": MESSAGES - BEHIND})
                seqs = [(await socket.until("message"))["seq"] for _ in range(BEHIND)]
                await socket.until("live")

    assert seqs == [*range(MESSAGES - BEHIND + 1, MESSAGES + 1)]
    assert most.grown < MOST_BYTES
