#!/bin/sh
# Guess: who uses SQLAlchemy Core alone, with an AsyncEngine, never loads its ORM.
# In fact: the package sqlalchemy.ext.asyncio imports its sessions, and with them the whole ORM, also where only its
# module `engine` is asked for. A program that starts often pays for it: about a quarter of what both take to import. The
# synchronous engine brings none of it.
# Versions: SQLAlchemy 2.1.9, greenlet 3.5.6, Python 3.13.
# Source: sqlalchemy/ext/asyncio/__init__.py, which imports `session` and `scoping`.

. "$(dirname "$0")/lib.sh"
install sqlalchemy==2.1.9 greenlet==3.5.6

expect 'import sqlalchemy: without the ORM
from sqlalchemy import create_engine: without the ORM
import sqlalchemy.ext.asyncio: with the ORM
from sqlalchemy.ext.asyncio.engine import create_async_engine: with the ORM' <<'END'
import subprocess
import sys

LOOK = "import sys; print('with' if 'sqlalchemy.orm.session' in sys.modules else 'without')"

for statement in (
    "import sqlalchemy",
    "from sqlalchemy import create_engine",
    "import sqlalchemy.ext.asyncio",
    "from sqlalchemy.ext.asyncio.engine import create_async_engine",
):
    seen = subprocess.run([sys.executable, "-c", f"{statement}; {LOOK}"], capture_output=True, text=True, check=True)
    print(f"{statement}: {seen.stdout.strip()} the ORM")
END
