"""What tests fork in place of a start is as a process that was started: alone, with what it was given, and mortal."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT, started, until, until_gone
from tests.support.warm.process import Process, warm

PROGRAM = "tests.process.mirror"


def begun(*words: str, open_files: int | None = None, **environment: str) -> Process:
    return warm().start((PROGRAM, *words), environment, open_files=open_files)


def test_it_has_what_it_was_given_and_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_TESTS", "1")
    process = begun("end", "3", open_files=100, NAME="value")

    said, _ = process.communicate(timeout=PATIENCE_S)

    about, error = said.splitlines()
    given = {"environment": {"NAME": "value"}, "files": 100, "folder": str(ROOT), "input": "", "name": "__main__"}
    assert json.loads(about) == {"words": ["end", "3"], "session": process.pid, **given}
    assert error == "an error"
    assert (process.returncode, process.wait(), process.poll()) == (3, 3, 3)


def test_its_input_and_its_errors_are_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("some words")
    with (tmp_path / "given").open() as given, (tmp_path / "errors").open("wb") as errors:
        process = warm().start((PROGRAM, "end", "0"), {}, errors.fileno(), given=given.fileno())

    said, _ = process.communicate(timeout=PATIENCE_S)

    assert json.loads(said)["input"] == "some words"
    assert (tmp_path / "errors").read_text() == "an error\n"


def test_it_ends_by_a_signal_and_stays_as_a_zombie_until_it_is_waited_for() -> None:
    process = begun("stay")
    process.stdout.readline()

    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    assert process.poll() is None
    process.kill()
    until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)

    assert process.wait(PATIENCE_S) == -signal.SIGKILL
    process.kill()  # to one that has ended it means nothing
    assert not psutil.pid_exists(process.pid)
    process.stdout.close()


def test_each_takes_its_own_end(tmp_path: Path) -> None:
    processes = [begun("end", str(code)) for code in range(5)]

    for code, process in reversed([*enumerate(processes)]):
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == code


@pytest.mark.parametrize("name", ["PYTHONPROFILEIMPORTTIME", "LC_ALL", "SSL_CERT_FILE"])
def test_what_python_reads_as_it_starts_starts_a_python(name: str, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("wb") as errors:
        forked = started(["app", "--help"], os.environ, errors.fileno())
        other = started(["app", "--help"], {**os.environ, name: "1"}, errors.fileno())

    assert isinstance(forked, Process)
    assert isinstance(other, subprocess.Popen)
    for process in (forked, other):
        assert "serve" in process.communicate(timeout=PATIENCE_S)[0]
        assert process.returncode == 0


def test_nothing_that_was_forked_outlives_who_asked_for_it() -> None:
    code = (
        "import time; from tests.support.warm.process import warm\n"
        f"process = warm().start(({PROGRAM!r}, 'stay'), {{}})\n"
        "process.stdout.readline(); print(process.pid, flush=True); time.sleep(1000)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        forked = psutil.Process(int(asking.stdout.readline()))
        around = [forked, *forked.parents()[:1]]
        assert forked.status() != psutil.STATUS_ZOMBIE

        asking.kill()

        until_gone(around)
