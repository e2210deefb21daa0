"""What somebody with every room of a big team costs the server: 300 rooms, 2,000 people, 1,000,000 messages.

    python -m bench.team [--messages 1000000]

Makes them in a database of its own, then does what a page does, at random places, one thing after the other: opens the
app (the page, its socket, and `live` for all rooms), switches to another room, scrolls. Tells the milliseconds that
pass for each, and the CPU that the server and its PostgreSQL spend.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from statistics import median
from typing import Any

import click
import psycopg2
from aiohttp import ClientSession, CookieJar
from yarl import URL

from bench.support.load import Work
from bench.support.servers import Server, Start, parley_server

ROOMS, PEOPLE, ROOMS_OF_EACH, MESSAGES = 300, 2_000, 30, 1_000_000
LOOKS = 50
NOBODY_YET = Work(members=1)

FILL = """
INSERT INTO users (login, display_name, password_hash)
SELECT 'member' || n, 'Member ' || n, '' FROM generate_series(1, %(people)s) n;
INSERT INTO sessions (token_hash, user_id, expires_at)
SELECT sha256(id::text::bytea), id, now() + interval '1 day' FROM users WHERE login LIKE 'member%%';
INSERT INTO rooms (name, last_seq, last_rev)
SELECT 'Room ' || n, %(each_has)s, %(each_has)s FROM generate_series(2, %(rooms)s) n;
INSERT INTO memberships (room_id, user_id)
SELECT DISTINCT 2 + (users.id * 7 + n * 11) %% (%(rooms)s - 1), users.id FROM users, generate_series(1, %(each)s) n;
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
SELECT room, seq, seq, 1 + (room + seq) %% %(people)s, gen_random_uuid(), 'message ' || seq
FROM generate_series(2, %(rooms)s) room, generate_series(1, %(each_has)s) seq;
INSERT INTO mentions (room_id, seq, user_id) SELECT room_id, seq, author_id FROM messages WHERE seq %% 10 = 0;
INSERT INTO reactions (room_id, seq, emoji, user_id)
SELECT room_id, seq, '👍', author_id FROM messages WHERE seq %% 10 = 0;
"""
# Of tables that an older Parley does not have.
_FILL_NEWER = {
    "notice_settings": "INSERT INTO notice_settings (user_id) SELECT id FROM users WHERE login LIKE 'member%'",
    "passkeys": """
        INSERT INTO passkeys (user_id, credential_id, public_key, sign_count, user_handle, host, name)
        SELECT id, sha256(id::text::bytea), '', 0, '', 'localhost', 'Phone' FROM users WHERE login LIKE 'member%'""",
    "search_heads": """
        INSERT INTO search_heads (room_id, rev) SELECT id, last_rev FROM rooms
        ON CONFLICT (room_id) DO UPDATE SET rev = excluded.rev""",
}
JOIN_ALL = """
INSERT INTO memberships (room_id, user_id) SELECT id, (SELECT id FROM users WHERE login = %(login)s) FROM rooms
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one thing that a page asks for; `most_ms` is the worst of the looks, all else their medians."""

    median_ms: float
    most_ms: float
    server_cpu_ms: float
    database_cpu_ms: float


def fill(connection: Any, messages: int) -> None:
    """A team in an empty database; `connection` is psycopg2's. Nobody has read anything.

    The index of words takes it for written: it would be made while something else is measured.
    """
    counts = {"rooms": ROOMS, "people": PEOPLE, "each": ROOMS_OF_EACH, "each_has": messages // ROOMS}
    with connection, connection.cursor() as cursor:
        for statement in FILL.strip().split(";\n"):
            cursor.execute(statement, counts)
        for table, statement in _FILL_NEWER.items():
            cursor.execute("SELECT to_regclass(%s)", (table,))
            if cursor.fetchone() != (None,):
                cursor.execute(statement)


def join_all(connection: Any, login: str) -> None:
    """Make somebody a member of every room."""
    with connection, connection.cursor() as cursor:
        cursor.execute(JOIN_ALL, {"login": login})


def measure(messages: int, looks: int = LOOKS, start: Start = parley_server) -> dict[str, Cost]:
    """What each thing costs, by what it is."""
    with start(NOBODY_YET) as server:
        connection = psycopg2.connect(server.database_url)
        fill(connection, messages)
        join_all(connection, "person1")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        connection.close()
        return asyncio.run(_measure(server, messages // ROOMS, looks))


async def _measure(server: Server, length: int, looks: int) -> dict[str, Cost]:
    jar = CookieJar(unsafe=True)  # a browser keeps what the first page sets; unsafe: by the address of this machine
    jar.update_cookies(SimpleCookie(server.sockets[0][1]), URL(f"http://127.0.0.1:{server.port}"))
    headers = {"Accept-Encoding": "gzip"}
    async with ClientSession(f"http://127.0.0.1:{server.port}", headers=headers, cookie_jar=jar) as http:

        async def get(path: str) -> None:
            async with http.get(path) as answer:
                answer.raise_for_status()
                await answer.read()

        async def open_app() -> None:
            await get("/")
            await _live(http)

        room, seq = (lambda: random.randint(2, ROOMS)), (lambda: random.randint(1, length))
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "opening the app": open_app,
            "switching the room": lambda: get(f"/rooms/{room()}"),
            "following a link": lambda: get(f"/rooms/{room()}/{seq()}"),
            "scrolling up": lambda: get(f"/api/rooms/{room()}/messages?before={seq()}"),
            "scrolling down": lambda: get(f"/api/rooms/{room()}/messages?after={seq()}"),
        }
        return {what: await _cost(server, do, looks) for what, do in ways.items()}


async def _live(http: ClientSession) -> None:
    """Open a socket as a page does, until every room is live."""
    async with http.ws_connect("/ws", headers={"Origin": str(http._base_url).rstrip("/")}, max_msg_size=0) as socket:
        hello = json.loads(await socket.receive_str())
        waited = {room["id"] for room in hello["rooms"]}
        cursors = {str(room["id"]): room["last_rev"] for room in hello["rooms"]}
        await socket.send_str(json.dumps({"type": "resume", "epoch": hello["epoch"], "rooms": cursors}))
        while waited:
            events = map(json.loads, (await socket.receive_str()).splitlines())
            waited -= {event["room"] for event in events if event["type"] == "live"}


async def _cost(server: Server, do: Callable[[], Awaitable[None]], looks: int) -> Cost:
    await do()
    found: list[tuple[float, float, float]] = []
    for _ in range(looks):
        before = time.perf_counter(), server.cpu_s(), server.database_cpu_s()
        await do()
        now = time.perf_counter(), server.cpu_s(), server.database_cpu_s()
        found.append(tuple((after - then) * 1_000 for after, then in zip(now, before, strict=True)))
    times, server_cpu, database_cpu = zip(*found, strict=True)
    return Cost(median(times), max(times), median(server_cpu), median(database_cpu))


@click.command(help=__doc__)
@click.option("--messages", default=MESSAGES, show_default=True)
def main(messages: int) -> None:
    for what, cost in measure(messages).items():
        print(
            f"{what}: {cost.median_ms:.1f} ms, at most {cost.most_ms:.1f};"
            f" CPU: server {cost.server_cpu_ms:.1f} ms, database {cost.database_cpu_ms:.1f} ms"
        )


if __name__ == "__main__":
    main()
