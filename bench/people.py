"""People who need not sign up first: accounts and logins written into the database, and the cookies that prove them."""

import hashlib
import json
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from app.auth.cookies import cookie_storage
from app.config import Config

SECRET_KEY = "a secret of the bench, 32 characters or more"

# As many accounts as asked for, all of them members of the Lobby, and one login each.
_PEOPLE = """
WITH people AS (
    INSERT INTO users (login, display_name, password_hash, role)
    SELECT 'person' || n, 'Person ' || n, '', 'member' FROM generate_series(1, %(count)s) n RETURNING id
), joined AS (
    INSERT INTO memberships (room_id, user_id, read_seq) SELECT 1, id, 0 FROM people
)
INSERT INTO sessions (token_hash, user_id, expires_at, user_agent, address)
SELECT hash, id, now() + interval '1 day', 'bench', '127.0.0.1'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM people) AS numbered
JOIN unnest(%(hashes)s::bytea[]) WITH ORDINALITY AS tokens (hash, n) USING (n)
"""


def connect(data: Path) -> Any:
    """An autocommit connection to the embedded PostgreSQL in that folder."""
    folder = (data / "socket").resolve() if (data / "socket").exists() else data / "postgres"
    connection = psycopg2.connect(f"postgresql://parley@/parley?host={quote(str(folder), safe='')}&port=5432")
    connection.autocommit = True
    return connection


def logged_in(connection: Any, count: int) -> list[str]:
    """`Cookie` headers of `count` people, for a Parley that was started with our `SECRET_KEY`."""
    tokens = [secrets.token_urlsafe(32) for _ in range(count)]
    hashes = [psycopg2.Binary(hashlib.sha256(token.encode()).digest()) for token in tokens]
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"count": count, "hashes": hashes})
    storage = cookie_storage(Config(_env_file=None, secret_key=SECRET_KEY))
    session = {"created": int(time.time())}
    return [
        "parley=" + storage._fernet.encrypt(json.dumps(session | {"session": {"token": token}}).encode()).decode()
        for token in tokens
    ]
