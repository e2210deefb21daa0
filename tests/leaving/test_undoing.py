"""An operator removes all that somebody made, with `python -m app users undo`, beside a Parley that runs."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select

from app.base.config import Config
from app.chat.memberships import following
from app.db.schema import departures, messages, rooms
from tests.chat.conftest import Join, Member
from tests.conftest import LONG_S, Serve
from tests.leaving.conftest import settle
from tests.leaving.test_leaving import react
from tests.moderation.test_log import recorded
from tests.people.test_command_line import refused, said
from tests.rooms.conftest import by


async def undo(database: Engine, login: str) -> str:
    return await asyncio.to_thread(said, database, "users", "undo", login)


async def test_all_that_somebody_made_goes_before_the_eyes_of_others_whose_own_stays(
    alice: Member, bob: Member, carol: Member, server: TestServer, database: Engine
) -> None:
    coins = await by(bob).make("Coins")
    await bob.socket.posted("buy")
    await carol.socket.posted("hers")
    await react(bob, 2)
    await carol.socket.until("message", seq=2, rev=3)

    done = await undo(database, "Bobby")
    await settle(server, database)

    assert done == "The account of “Bobby” is switched off. All that it made goes in 22 seconds, where Parley runs.\n"
    assert (await carol.socket.until("message", seq=1, deleted=True))["text"] == ""
    first, second = (await carol.history())["messages"]
    assert (first["deleted"], first["author"]["login"]) == (True, "bobby")
    assert (second["text"], "reactions" in second) == ("hers", False)
    with database.connect() as conn:
        assert conn.scalar(select(rooms.c.archived_at.is_not(None)).where(rooms.c.id == coins))
    assert recorded(database) == [(None, "disabled", "bobby", ""), (None, "undone", "bobby", "")]
    assert (await bob.browser.log_in("bobby")).status == 403


async def test_what_comes_by_a_socket_until_it_is_closed_goes_as_well(
    alice: Member, join: Join, serve: Serve, server: TestServer, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "COMPARE_S", LONG_S)  # or the socket is closed before, now and then
    bob = await join("bobby", at=await serve(heartbeat_s=50))
    await undo(database, "bobby")

    await bob.socket.posted("still here")
    await settle(server, database)

    with database.connect() as conn:
        assert conn.scalars(select(messages.c.body)).all() == [""]


async def test_it_is_done_later_than_each_process_looks_for_ended_sessions(
    alice: Member, bob: Member, database: Engine
) -> None:
    with database.connect() as conn:
        before = conn.scalar(select(func.clock_timestamp()))

    await undo(database, "bobby")

    with database.connect() as conn:
        due_at = conn.scalars(select(departures.c.due_at)).one()
    assert due_at - before > timedelta(seconds=Config.model_fields["heartbeat_s"].default)


async def test_whom_it_cannot_be_done_to_is_one_sentence(alice: Member, bob: Member, database: Engine) -> None:
    assert refused(database, "users", "undo", "nobody") == "Nobody here has the login “nobody”."
    assert refused(database, "users", "undo", "alice").startswith("This is the last administrator.")

    with database.connect() as conn:
        assert conn.execute(select(departures)).first() is None
    assert recorded(database) == []
