"""The image as an engine runs it: not as root, with nothing to write to but its volume and /tmp.

Only where IMAGE names one that was built, as docs/DEPLOY.md says; ENGINE names another engine than podman.
"""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.shipping.ignoring import files, in_image
from tests.shipping.visiting import two_people_chat, until_answered
from tests.support.processes import free_port

ENGINE, IMAGE = os.environ.get("ENGINE", "podman"), os.environ.get("IMAGE", "")
LOCKED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=all", "--security-opt=no-new-privileges", "--no-healthcheck")
MOST_BYTES = 350 * 1000**2
STOP_S = 15

pytestmark = pytest.mark.skipif(not IMAGE, reason="IMAGE names none that was built")


def engine(*words: str) -> str:
    done = subprocess.run([ENGINE, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def container(*words: str, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A container of the image on our network, by its name; gone at the end, and its volume with it."""
    name = f"parley-{secrets.token_hex(6)}"
    given = [f"--env={setting}={value}" for setting, value in settings.items()]
    command = [ENGINE, "run", "--rm", f"--name={name}", "--network=host", *LOCKED, *given, IMAGE, *words]
    with subprocess.Popen(command) as process:
        try:
            yield name, process
        finally:
            if process.poll() is None:
                engine("stop", f"--time={STOP_S}", name)


def in_container(*words: str) -> str:
    return engine("run", "--rm", "--network=host", *LOCKED, IMAGE, *words)


def test_it_has_our_files_and_no_others() -> None:
    found = in_container("find", ".", "-type", "f", "-not", "-path", "./.venv/*", "-not", "-name", "*.pyc")

    assert sorted(line.removeprefix("./") for line in found.splitlines()) == in_image(files())


def test_it_is_small() -> None:
    assert int(engine("image", "inspect", "--format", "{{.Size}}", IMAGE)) < MOST_BYTES


def test_it_is_not_root_and_writes_nowhere() -> None:
    written = "touch /srv/parley/x /var/lib/x /etc/x 2>&1 | grep -c Read-only"

    assert in_container("sh", "-c", f"id -u; {written}; touch /var/lib/parley/x && echo volume").split() == [
        *("10001", "3", "volume")
    ]


async def test_it_chats_on_a_database_elsewhere_and_stops_in_order(tcp_address: str) -> None:
    port = free_port()
    settings = {"DATABASE_URL": tcp_address, "SECRET_KEY": secrets.token_urlsafe(48), "WEB_CONCURRENCY": "2"}
    with container(PORT=str(port), **settings) as (name, process):
        await until_answered(f"http://127.0.0.1:{port}/readyz", process)
        await two_people_chat(f"http://127.0.0.1:{port}")
        check = json.loads(engine("image", "inspect", "--format", "{{json .Config.Healthcheck.Test}}", IMAGE))
        assert check[0] == "CMD"
        engine("exec", name, *check[1:])

        engine("stop", f"--time={STOP_S}", name)

        assert process.wait() == 0


async def test_it_brings_a_database_of_its_own() -> None:
    port = free_port()
    with container(PORT=str(port)) as (_, process):
        await until_answered(f"http://127.0.0.1:{port}/readyz", process)
        await two_people_chat(f"http://127.0.0.1:{port}")
