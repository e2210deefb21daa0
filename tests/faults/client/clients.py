"""A process of clients: `python -m tests.faults.client.clients plan.json`.

It takes orders on stdin, one JSON object a line:

    {"stop": true}          write nothing more
    {"reply": true}         each client replies to an old message of its own
    {"away": true}          one client goes away
    {"amend": true}         each of the others changes old messages of its own, that one too
    {"back": true}          the one comes back
    {"last_word": true}     each client writes one more message
    {"farewell": true}      one client writes one more message in each of its rooms
    {"until": {"1": [57, 60]}}
                            leave when everybody has seen every room up to that seq and rev; otherwise when stdin ends

On stdout it reports how things stand, several times a second: how many orders were obeyed, how many messages were
acknowledged, how many, with changes, wait for that, how many of those that were acknowledged did not come yet, and a
number that grows with what is seen.
"""

import asyncio
import json
import socket
import sys
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from tests.faults.client import figures
from tests.faults.client.client import Client
from tests.faults.client.figures import Figures
from tests.faults.client.plan import Plan

REPORT_EVERY_S = 0.1
SMALL_BUFFER_BYTES = 4096

Lasts = dict[int, tuple[int, int]]


async def main(plan: Plan) -> None:
    seconds = Figures()
    async with session() as http, session(SMALL_BUFFER_BYTES) as narrow:
        clients = [Client(person, plan, narrow if person.is_sluggish else http, seconds) for person in plan.people]
        tasks = [asyncio.create_task(client.run()) for client in clients]
        tasks += [asyncio.create_task(listen(clients))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            plan.figures.write_bytes(figures.encode(seconds))


async def listen(clients: list[Client]) -> None:
    """Obey the orders on stdin, and report how things stand on stdout; until everything was seen, or stdin ends."""
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    lasts: Lasts | None = None
    obeyed = 0
    next_line = asyncio.create_task(orders.readline())
    while True:
        await asyncio.wait([next_line], timeout=REPORT_EVERY_S)
        if next_line.done():
            if not (line := next_line.result()):
                return
            lasts = obey(clients, json.loads(line)) or lasts
            obeyed += 1
            next_line = asyncio.create_task(orders.readline())
        report(clients, obeyed)
        if lasts is not None and all(client.has_seen(lasts) for client in clients):
            return


def obey(clients: list[Client], order: dict[str, Any]) -> Lasts | None:
    traveller = next((client for client in reversed(clients) if client.is_usual), clients[-1])
    for client in clients:
        if "stop" in order:
            client.stop()
        if "reply" in order:
            client.reply_to_itself()
        if "amend" in order and client is not traveller:
            client.amend()
        if "last_word" in order:
            client.say_last_word()
    if "away" in order:
        traveller.go_away()
    if "back" in order:
        traveller.come_back()
    if "farewell" in order:
        clients[0].say_farewell()
    return {int(room): tuple(last) for room, last in order["until"].items()} if "until" in order else None


def report(clients: list[Client], obeyed: int) -> None:
    state = {
        "obeyed": obeyed,
        "acked": sum(client.acked for client in clients),
        "waiting": sum(client.waiting for client in clients),
        "coming": sum(client.coming for client in clients),
        "seen": sum(client.seen for client in clients),
    }
    print(json.dumps(state), flush=True)


def session(buffer_bytes: int | None = None) -> ClientSession:
    """An HTTP client without limits and without cookies of its own."""

    def narrow_socket(address: Any) -> socket.socket:
        made = socket.socket(*address[:3])
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes or 0)
        return made

    connector = TCPConnector(limit=0, socket_factory=narrow_socket if buffer_bytes else None)
    return ClientSession(cookie_jar=DummyCookieJar(), connector=connector)


if __name__ == "__main__":
    asyncio.run(main(Plan.load(Path(sys.argv[1]))))
