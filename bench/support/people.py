"""People who need not sign up first: accounts and logins written into the database, and the cookies that prove them."""

import hashlib
import json
import secrets
import time
from collections.abc import Sequence
from contextlib import closing

import psycopg2

from app.auth.cookies import cookie_storage
from app.base.config import Config

SECRET_KEY = "a secret of the bench, 32 characters or more"

# Room 1, the Lobby, is there already.
_ROOMS = "INSERT INTO rooms (name) SELECT 'Room ' || n FROM generate_series(2, %(rooms)s) n"
# As many accounts as asked for, as many of them in each room, and one login each.
_PEOPLE = """
WITH people AS (
    INSERT INTO users (login, display_name, password_hash, role)
    SELECT 'person' || n, 'Person ' || n, '', 'member' FROM generate_series(1, %(count)s) n RETURNING id
), joined AS (
    INSERT INTO memberships (room_id, user_id, read_seq)
    SELECT (row_number() OVER (ORDER BY id) - 1) * %(rooms)s / %(count)s + 1, id, 0 FROM people
)
INSERT INTO sessions (token_hash, user_id, expires_at, user_agent, address)
SELECT hash, id, now() + interval '1 day', 'bench', '127.0.0.1'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM people) AS numbered
JOIN unnest(%(hashes)s::bytea[]) WITH ORDINALITY AS tokens (hash, n) USING (n)
"""
_LOGINS = """
INSERT INTO sessions (token_hash, user_id, expires_at, user_agent, address)
SELECT hash, id, now() + interval '1 day', 'bench', '127.0.0.1'
FROM unnest(%(ids)s::bigint[], %(hashes)s::bytea[]) AS logins (id, hash)
"""


def logged_in(database_url: str, count: int, rooms: int = 1) -> list[str]:
    """`Cookie` headers of `count` people, for a Parley that was started with our `SECRET_KEY`.

    The first of them are members of room 1, the next of room 2, and so on, as many of each.
    """
    tokens = [secrets.token_urlsafe(32) for _ in range(count)]
    hashes = [psycopg2.Binary(hashlib.sha256(token.encode()).digest()) for token in tokens]
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_ROOMS, {"rooms": rooms})
        cursor.execute(_PEOPLE, {"count": count, "rooms": rooms, "hashes": hashes})
    return _cookies(tokens)


def cookies_of(database_url: str, user_ids: Sequence[int]) -> list[str]:
    """`Cookie` headers of people who are there already, with a new login each."""
    tokens = [secrets.token_urlsafe(32) for _ in user_ids]
    hashes = [psycopg2.Binary(hashlib.sha256(token.encode()).digest()) for token in tokens]
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_LOGINS, {"ids": [*user_ids], "hashes": hashes})
    return _cookies(tokens)


def _cookies(tokens: Sequence[str]) -> list[str]:
    storage = cookie_storage(Config(_env_file=None, secret_key=SECRET_KEY))
    session = {"created": int(time.time())}
    return [
        "parley=" + storage._fernet.encrypt(json.dumps(session | {"session": {"token": token}}).encode()).decode()
        for token in tokens
    ]
