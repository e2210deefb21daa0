"""SIGHUP to real processes: workers of the code on the disk follow those that serve, and nobody notices."""

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientError, ClientSession
from sqlalchemy import Engine, select

from app.db.schema import messages
from app.process.supervisor import Supervisor
from bench.support.people import SECRET_KEY, logged_in
from tests.support import sockets
from tests.support.processes import Parley, copied_code, environment_with, free_port, parley, until, until_gone
from tests.support.sockets import Closed, Socket

DONE, OVER = "reloaded workers=2", "the reload has ended"
SETTINGS = {"SECRET_KEY": SECRET_KEY, "POST_RATE": "1000000", "POST_BURST": "1000000", "REQUEST_FACTOR": "1000000"}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return copied_code(tmp_path / "code")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def reload(running: Parley, line: str = DONE) -> None:
    """Send SIGHUP, and wait until the log has one more such line."""
    count = running.output().count(line)
    running.process.send_signal(signal.SIGHUP)
    until(lambda: running.output().count(line) > count)


def until_served(running: Parley) -> list[psutil.Process]:
    """Wait until both workers listen; returns them."""
    until(lambda: len(running.listeners()) == 2)
    return running.workers()


def test_a_reload_brings_the_code_on_the_disk_to_every_worker(used_folder: Path, code: Path) -> None:
    with parley(used_folder, code=code, WEB_CONCURRENCY="2") as running:
        running.until_ready()
        before = until_served(running)
        change(code / "app/edge/health.py", '"/healthz"', '"/new-healthz"')

        reload(running)

        until_gone(before)
        assert len(until_served(running)) == 2
        assert {running.get("/new-healthz") for _ in range(20)} == {200}  # by whichever of the two
        assert "a worker died" not in running.output()


def break_code(code: Path) -> None:
    change(code / "app/main.py", "def make_app(", "def make_app(:")


def set_wrongly(code: Path) -> None:
    (code / ".env").write_text("POST_RATE=many\n")


def need_other_tables(code: Path) -> None:
    (code / "migrations/versions/9999_newer.py").write_text("")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (break_code, "SyntaxError"),
        (set_wrongly, "POST_RATE: Input should be a valid integer"),
        (need_other_tables, "this code needs 9999: run the migrations"),
    ],
)
def test_a_successor_that_cannot_serve_leaves_those_before_it(
    used_folder: Path, code: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    with parley(used_folder, code=code, WEB_CONCURRENCY="2") as running:
        running.until_ready()
        before = until_served(running)
        spoil(code)

        reload(running, OVER)

        assert until_served(running) == before
        assert running.get("/login") == 200
        assert reason in running.output()
        assert running.output().count(OVER) == 1
        assert DONE not in running.output()


def test_after_a_reload_that_failed_the_next_one_may_succeed(used_folder: Path, code: Path) -> None:
    with parley(used_folder, code=code, WEB_CONCURRENCY="2") as running:
        running.until_ready()
        before = until_served(running)
        set_wrongly(code)
        reload(running, OVER)
        (code / ".env").unlink()

        reload(running)

        until_gone(before)
        assert running.get("/login") == 200


async def test_a_successor_that_never_serves_is_given_up(
    code: Path, address: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(code)
    settings = environment_with(DATABASE_URL=address, PORT=str(free_port()), SECRET_KEY=SECRET_KEY)
    ready, stop, wish = asyncio.Event(), asyncio.Event(), asyncio.Event()
    supervisor = Supervisor(1, settings, ready.set, successor_s=1)
    serving = asyncio.create_task(supervisor.run(stop, wish))
    try:
        await sockets.until(ready.is_set)
        before = workers_of_ours()
        change(code / "app/main.py", "def make_app(", "import time\ntime.sleep(1000)\n\n\ndef make_app(")

        wish.set()
        await sockets.until(lambda: OVER in caplog.text)

        assert len(before) == 1
        assert workers_of_ours() == before
    finally:
        stop.set()
        assert await serving


def workers_of_ours() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "worker" in child.cmdline()]


def test_asked_again_meanwhile_it_reloads_once_more(used_folder: Path) -> None:
    with parley(used_folder, anew=True, WEB_CONCURRENCY="2") as running:
        running.until_ready()
        running.process.send_signal(signal.SIGHUP)
        until(lambda: "reloading" in running.output())
        first = running.workers()
        for _ in range(3):
            running.process.send_signal(signal.SIGHUP)

        until(lambda: running.output().count(DONE) == 2)
        until_gone(first)
        running.process.send_signal(signal.SIGTERM)

        assert running.until_ended() == 0
        assert running.output().count("reloading") == 2


def test_a_stop_during_a_reload_ends_everything_in_order(used_folder: Path) -> None:
    with parley(used_folder, anew=True, WEB_CONCURRENCY="2") as running:
        running.until_ready()
        running.process.send_signal(signal.SIGHUP)
        until(lambda: len(running.workers()) == 3)
        running.process.send_signal(signal.SIGTERM)

        assert running.until_ended() == 0
        assert running.processes() == []
        assert "Traceback" not in running.output()


class Page:
    """Posts one message after the other as a page does: it keeps each until its ack, and comes back when cut off."""

    def __init__(self, http: ClientSession, running: Parley, cookie: str) -> None:
        self._http, self._cookie, self._own = http, cookie, f"http://127.0.0.1:{running.port}"
        self._number = 0
        self._id = str(uuid.uuid4())
        self.seqs: dict[str, int] = {}
        self.times_cut_off = 0

    async def live(self) -> None:
        while True:
            with suppress(ClientError, OSError, Closed):
                async with self._socket() as socket:
                    await self._post_on(socket)
            self.times_cut_off += 1

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[Socket]:
        headers = {"Origin": self._own, "Cookie": self._cookie}
        async with self._http.ws_connect(f"{self._own}/ws", headers=headers) as ws:
            socket = Socket(ws)
            await socket.until("hello")
            yield socket

    async def _post_on(self, socket: Socket) -> None:
        while True:
            ack = await socket.posted(f"number {len(self.seqs)}", id=self._id)
            self.seqs[self._id] = ack["seq"]
            self._id = str(uuid.uuid4())


async def test_who_posts_during_a_reload_loses_and_doubles_nothing(
    fresh_folder: Path, address: str, database: Engine
) -> None:
    with parley(fresh_folder, anew=True, DATABASE_URL=address, WEB_CONCURRENCY="2", **SETTINGS) as running:
        running.until_ready()
        async with ClientSession() as http:
            pages = [Page(http, running, cookie) for cookie in logged_in(address, 8)]
            living = [asyncio.create_task(page.live()) for page in pages]
            await sockets.until(lambda: all(len(page.seqs) > 10 for page in pages))

            await asyncio.to_thread(reload, running)

            counts = [len(page.seqs) for page in pages]
            await sockets.until(
                lambda: all(len(page.seqs) > count + 10 for page, count in zip(pages, counts, strict=True))
            )
            for task in living:
                task.cancel()
            await asyncio.gather(*living, return_exceptions=True)

    assert all(page.times_cut_off for page in pages)
    acked = {id: seq for page in pages for id, seq in page.seqs.items()}
    with database.connect() as conn:
        rows = conn.execute(select(messages.c.client_id, messages.c.seq).order_by(messages.c.seq)).all()
    assert [seq for _, seq in rows] == [*range(1, len(rows) + 1)]
    stored = {str(id): seq for id, seq in rows}
    assert len(stored) == len(rows)
    assert acked.items() <= stored.items()
    assert len(stored) - len(acked) <= len(pages)  # what was on its way when we ended
