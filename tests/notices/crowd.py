"""Many people with a browser each, written into the database as if they had come by themselves; a message for all."""

import secrets
import uuid
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select, update

from app.db.schema import memberships, mentions, messages, notice_browsers, rooms, sessions, users
from tests.notices.service import PushService

EVERYBODY = 0


def come(database: Engine, count: int, services: list[PushService]) -> None:
    """Let people come, the first of whom has no browser; the others' are reached by one service after the other."""
    with database.begin() as conn:
        rows = [{"login": f"person{n}", "display_name": f"Person {n}", "password_hash": "x"} for n in range(count + 1)]
        conn.execute(insert(users), rows)
        author, *others = conn.scalars(select(users.c.id).order_by(users.c.id)).all()
        conn.execute(insert(memberships), [{"room_id": 1, "user_id": each} for each in (author, *others)])
        for n, user_id in enumerate(others):
            _switch_on(conn, user_id, services[n % len(services)].subscription(f"person{n + 1}"))


def _switch_on(conn: Connection, user_id: int, subscription: dict[str, str]) -> None:
    expires_at = datetime.now(UTC) + timedelta(days=1)
    new = insert(sessions).values(token_hash=secrets.token_bytes(32), user_id=user_id, expires_at=expires_at)
    session_id = conn.execute(new.returning(sessions.c.id)).scalar_one()
    endpoint = subscription["endpoint"]
    keys = {"public_key": _octets(subscription["p256dh"]), "auth_secret": _octets(subscription["auth"])}
    reached = {"endpoint": endpoint, "service": endpoint.partition("/push/")[0], **keys}
    conn.execute(insert(notice_browsers).values(session_id=session_id, user_id=user_id, **reached))


def call_all(database: Engine) -> None:
    """A message that mentions everybody in the Lobby."""
    with database.begin() as conn:
        author = conn.scalar(select(users.c.id).order_by(users.c.id).limit(1))
        place = {"room_id": 1, "seq": 1}
        row = {"rev": 1, "author_id": author, "client_id": uuid.uuid4(), "body": "@all: lunch"}
        conn.execute(insert(messages).values(place | row))
        conn.execute(insert(mentions).values(place | {"user_id": EVERYBODY}))
        conn.execute(update(rooms).where(rooms.c.id == 1).values(last_seq=1, last_rev=1))


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
