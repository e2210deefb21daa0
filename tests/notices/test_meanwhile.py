"""What somebody deals with before they would be notified of it notifies nobody."""

import asyncio
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, delete, func, insert, update

from app.db.driver.engine import ENGINE
from app.db.schema import blocks, memberships, notices, pushes, users
from app.notices.noting import Noting
from app.search.index.reading import Found
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.notices.conftest import count
from tests.notices.service import PushService, switch_on
from tests.rooms.conftest import by
from tests.search.conftest import becomes


@pytest.fixture
async def server(serve: Serve, quick: None) -> TestServer:
    """The only one: of several, any may note what is new, each with its own delay."""
    return await serve(notify_after_s=600)


@pytest.mark.parametrize("what", ["read", "deleted", "muted", "blocked", "hidden", "left", "switched off"])
async def test_what_was_dealt_with_meanwhile_is_silent(
    what: str, join: Join, service: PushService, database: Engine
) -> None:
    alice, bob, carol = [await join(login) for login in ("alice", "bobby", "carol")]
    await switch_on(bob.browser, service.subscription("bobby"))
    await switch_on(carol.browser, service.subscription("carol"))
    room = await by(alice).direct("bobby")
    ack = await alice.socket.posted("@bobby", room=room)
    await alice.socket.posted("@carol")
    await becomes(lambda: count(database, notices), 2)

    await _deal(what, bob, alice, room, ack, database)
    with database.begin() as conn:
        conn.execute(update(notices).values(due_at=func.now()))

    assert (await service.arrived()).name == "carol"
    await becomes(lambda: count(database, notices), 0)
    await becomes(lambda: count(database, pushes), 0)
    assert len(service.all) == 1


async def test_a_new_message_is_noted_also_while_the_index_is_written_anew(
    join: Join, service: PushService, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription("bobby"))
    ack = await alice.socket.posted("@bobby")
    await becomes(lambda: count(database, notices), 1)
    place = {"room": 1, "seq": ack["seq"], "rev": ack["rev"], "head": 0, "filled_seq": ack["seq"] + 1, "is_last": True}
    said = {"author": alice.author["id"], "body": "@bobby", "time": datetime.now(UTC), "is_deleted": False}
    more = {"mentions": [bob.author["id"]], "has_reactions": False, "files": None, "number": None}

    noted = []
    for is_older in (False, True):
        async with alice.app[ENGINE].begin() as conn:
            await conn.execute(delete(notices))
            await Noting(asyncio.Event(), 600).note(conn, [Found(**place, **said, **more, is_older=is_older)])
        noted.append(await count(database, notices))

    assert noted == [1, 0]


async def _deal(what: str, bob: Member, alice: Member, room: int, ack: dict[str, int], database: Engine) -> None:
    seq, mine = ack["seq"], (memberships.c.user_id == bob.author["id"], memberships.c.room_id == room)
    match what:
        case "read":
            await bob.socket.say(type="read", room=room, seq=seq)
            await bob.socket.settle()
        case "deleted":
            await alice.socket.say(type="delete", id="0b0f6a52-7f3c-4c1e-9d0a-6a1d7c1f2e11", room=room, seq=seq)
            await bob.socket.until("message", seq=seq, deleted=True)
        case "blocked":
            with database.begin() as conn:
                conn.execute(insert(blocks).values(user_id=bob.author["id"], blocked_id=alice.author["id"]))
        case _:
            values = {"muted": {"level": "muted"}, "hidden": {"hidden_seq": seq}}
            with database.begin() as conn:
                if what == "left":
                    conn.execute(memberships.delete().where(*mine))
                elif what == "switched off":
                    conn.execute(update(users).values(disabled_at=func.now()).where(users.c.login == "bobby"))
                else:
                    conn.execute(update(memberships).values(values[what]).where(*mine))
