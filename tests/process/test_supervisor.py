"""Several serving processes: one port, a dead one replaced, all of them gone at the end."""

import asyncio
import functools
import signal
from pathlib import Path

import psutil
import pytest

from app.process.supervisor import Supervisor
from tests.support import processes
from tests.support.processes import until, until_gone

parley = functools.partial(processes.parley, anew=True)


def test_workers_share_a_port_and_a_dead_one_is_replaced(used_folder: Path) -> None:
    with parley(used_folder, "--workers", "2") as running:
        running.until_ready()
        until(lambda: len(running.listeners()) == 2)
        victim, survivor = running.workers()

        victim.kill()
        until(lambda: len(running.listeners()) == 2 and victim not in running.workers())

        assert survivor in running.workers()
        assert running.get("/login") == 200
        assert "a worker died" in running.output()


def test_no_secret_stands_on_a_command_line(used_folder: Path) -> None:
    with parley(used_folder, SECRET_KEY="canary" * 6, WEB_CONCURRENCY="2") as running:
        running.until_ready()

        lines = [" ".join(process.cmdline()) for process in running.processes()]

        assert len(lines) > 3
        assert not any("canary" in line for line in lines)


def test_workers_die_with_their_supervisor(used_folder: Path) -> None:
    with parley(used_folder, WEB_CONCURRENCY="2") as running:
        running.until_ready()
        workers = running.workers()

        running.process.kill()

        until_gone(workers)


def test_a_start_waits_for_the_port_of_workers_whose_supervisor_was_killed(used_folder: Path) -> None:
    with parley(used_folder, WEB_CONCURRENCY="2") as killed:
        killed.until_ready()
        until(lambda: len(killed.listeners()) == 2)
        workers = killed.workers()
        for worker in workers:
            worker.suspend()
        killed.process.kill()

        with parley(used_folder.with_name("other"), PORT=str(killed.port)) as following:
            assert following.process.stdout is not None
            assert following.process.stdout.readline().startswith(f"Waiting for port {killed.port}, which is in use")
            for worker in workers:
                worker.kill()

            following.until_ready()

        assert "in use by another program" not in following.output()


def test_workers_that_were_told_by_the_group_as_well_stop_once(used_folder: Path) -> None:
    with parley(used_folder, WEB_CONCURRENCY="2") as running:
        running.until_ready()
        until(lambda: len(running.listeners()) == 2)
        for process in [*running.workers(), psutil.Process(running.process.pid)]:  # as Heroku does
            process.send_signal(signal.SIGTERM)

        assert running.until_ended() == 0
        assert running.processes() == []


async def test_it_gives_up_when_no_worker_can_start(capfd: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(2, {"PORT": "wrong"}, ready=lambda: None)

    has_served = await supervisor.run(asyncio.Event(), asyncio.Event())

    assert not has_served
    assert "PORT: " in capfd.readouterr().err
