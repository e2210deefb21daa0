"""Runs the suite on a PostgreSQL of its own, thrown away at the end, or on the one that `--dburi` names.

A process of its own for pytest: SQLAlchemy's plugin wants to be there before SQLAlchemy is imported, and no other
plugin beside it than xdist.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from app.db.embedded import embedded

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def main(options: list[str]) -> int:
    """Run pytest with `options` on top of ours; returns its exit code."""
    if any(option.startswith("--dburi") for option in options):
        return _run(options)
    with _scratch_url() as url:
        return _run(["--dburi", url, *options])


def _run(options: list[str]) -> int:
    settings = ["-c", str(HERE / "setup.cfg"), "--confcutdir", str(HERE)]
    workers = ["-p", "xdist", "-n", str(os.cpu_count() or 1)]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", *settings, *workers, str(HERE / "test_suite.py"), *options]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@contextmanager
def _scratch_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="parley-suite-") as folder:
        Path(folder).chmod(0o711)  # the account of the server passes through
        with embedded.running(Path(folder) / "server", print, settings=embedded.THROW_AWAY) as database:
            url = make_url(database.url).set(drivername="postgresql+aiopg")
            yield url.render_as_string(hide_password=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
