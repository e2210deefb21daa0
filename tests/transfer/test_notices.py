"""What is brought in calls nobody, however new it is."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.schema import imported_spans, messages, rooms, users
from app.notices import queries
from app.notices.queries import Written
from app.transfer.records import Message, Person, Room
from tests.notices.conftest import service
from tests.notices.crowd import come
from tests.notices.service import PushService
from tests.transfer.conftest import Bring

__all__ = ["service"]


async def test_imported_messages_notify_nobody_and_those_that_follow_do(
    bring: Bring, database: Engine, engine: AsyncEngine, service: PushService
) -> None:
    come(database, 1, [service])
    people = [Person("0", "person0"), Person("1", "person1")]
    talk, now = Room("D1", "direct", members=("0", "1")), datetime.now(UTC)

    await bring([*people, talk, *(Message("D1", f"{n}", "0", now, f"{n}") for n in range(3))])

    with database.begin() as conn:
        author = conn.scalar(select(users.c.id).where(users.c.login == "person0"))
        room = conn.scalar(select(rooms.c.id).where(rooms.c.kind == "direct"))
        new = {"room_id": room, "seq": 4, "rev": 4, "author_id": author, "client_id": uuid4(), "body": "Hello"}
        conn.execute(insert(messages).values(new))
    async with engine.begin() as conn:
        noted = [await queries.note(conn, [Written(room, seq, author)], timedelta()) for seq in (1, 2, 3, 4)]
    assert noted == [False, False, False, True]


async def test_what_comes_one_after_the_other_is_one_span(bring: Bring, database: Engine) -> None:
    kitchen, now = Room("C1", "open", "kitchen", members=("1",)), datetime.now(UTC)
    first, second = (Message("C1", f"{n}", "1", now, f"{n}") for n in (1, 2))

    await bring([Person("1", "olena"), kitchen, first])
    await bring([Person("1", "olena"), kitchen, first, second])

    with database.connect() as conn:
        assert [tuple(row)[1:] for row in conn.execute(select(imported_spans))] == [(1, 2)]
        assert conn.scalar(select(func.count()).select_from(messages)) == 2
