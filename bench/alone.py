"""How long a message takes from frame in to frame out when two people are alone in a room.

    python -m bench.alone [--messages 500]

Starts Parley as `make run` does, on a database of its own with fsync on, creates two accounts, and lets one post while
the other reads, one message at a time. The same run times the floor, on the same disk: one durable INSERT over a
blocking connection. Compare the ratio between machines, not the milliseconds.
"""

import asyncio
import json
import os
import re
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar

from bench.people import connect
from tests.processes import parley

PASSWORD = "correct horse 9"


@click.command(help=__doc__)
@click.option("--messages", default=500, show_default=True, help="How many messages to time.")
def main(messages: int) -> None:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        os.chmod(folder, 0o711)
        data = Path(folder) / "data"
        with parley(data, POST_RATE="1000000", POST_BURST="1000000", LOG_LEVEL="warning") as running:
            running.until_ready()
            delivered = asyncio.run(deliveries(f"http://127.0.0.1:{running.port}", messages))
            floor = inserts(data, messages)
    report("one durable INSERT (the floor)", floor)
    report("frame in → frame out", delivered)
    print(f"ratio of the medians: {statistics.median(delivered) / statistics.median(floor):.1f}")


async def deliveries(address: str, count: int) -> list[float]:
    """Seconds from sending a frame to reading it on the other socket, one message after the other."""
    async with person(address, "alice") as alice, person(address, "bobby") as bob:
        writer = await alice.ws_connect("/ws", headers={"Origin": address})
        reader = await bob.ws_connect("/ws", headers={"Origin": address})
        await writer.receive_str()
        await reader.receive_str()
        return [await delivery(writer, reader) for _ in range(count)]


async def delivery(writer: ClientWebSocketResponse, reader: ClientWebSocketResponse) -> float:
    text = str(uuid.uuid4())
    frame = json.dumps({"type": "post", "room": 1, "id": str(uuid.uuid4()), "text": text})
    begun = time.perf_counter()
    await writer.send_str(frame)
    while text not in await reader.receive_str():
        pass
    return time.perf_counter() - begun


@asynccontextmanager
async def person(address: str, login: str) -> AsyncIterator[ClientSession]:
    """Someone with an account of their own, as an HTTP session."""
    async with ClientSession(base_url=address, cookie_jar=CookieJar(unsafe=True)) as http:
        page = await (await http.get("/signin")).text()
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        fields = {"csrf_token": token[1], "login": login, "password": PASSWORD, "password2": PASSWORD}
        answer = await http.post("/signin", data=fields, allow_redirects=False)
        assert answer.status == 303, answer.status
        yield http


def inserts(data: Path, count: int) -> list[float]:
    """Seconds of one committed INSERT each, over the same Unix socket."""
    connection = connect(data)
    timings = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE floor (body text)")
        for _ in range(count):
            begun = time.perf_counter()
            cursor.execute("INSERT INTO floor VALUES (%s)", (str(uuid.uuid4()),))
            timings.append(time.perf_counter() - begun)
    connection.close()
    return timings


def report(what: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles([second * 1000 for second in seconds], n=100)
    print(f"{what:32} p50 {cuts[49]:6.2f} ms   p95 {cuts[94]:6.2f} ms   p99 {cuts[98]:6.2f} ms   n={len(seconds)}")


if __name__ == "__main__":
    main()
