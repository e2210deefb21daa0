"""An admin takes the whole chat out; nobody else does."""

from contextlib import aclosing
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, update

from app.base.errors import AppError, NotFound, Unavailable
from app.db.schema import users
from app.files.serving.service import Reader
from app.saving import service
from app.saving.keys import SAVING
from tests.chat.conftest import Join
from tests.moderation.test_log import recorded
from tests.saving.test_saving import session_of
from tests.transfer.conftest import Export, export

__all__ = ["export"]


async def test_an_admin_gets_all_rooms_without_passwords_and_a_member_nothing(
    join: Join, export: Export, database: Engine
) -> None:
    alice, bobby = await join("alice"), await join("bobby")
    await bobby.socket.posted("hello")
    token = (await bobby.browser.ask("GET", "/settings")).hidden["csrf_token"]

    refused = await bobby.browser.ask("POST", "/settings/export", data={"csrf_token": token})
    fields = (await alice.browser.ask("GET", "/settings/export")).hidden
    async with alice.browser.request("POST", "/settings/export", data=fields) as taken:
        content = await taken.read()

    assert refused.status == (await bobby.browser.ask("GET", "/settings/export")).status == 403
    assert taken.status == 200
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="Parley 20')
    with ZipFile(BytesIO(content)) as packed:
        lines = packed.read("chat.jsonl")
    assert b'"password_hash":null' in lines
    assert lines.count(b"\n") == (await export()).count(b"\n")
    assert [(actor, action) for actor, action, _, _ in recorded(database)] == [("alice", "exported")]


@pytest.mark.parametrize("ends", ["admin", "session", "time"])
async def test_who_is_no_admin_any_more_signs_out_or_takes_too_long_gets_no_further_piece(
    join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    alice, refused = await join("alice"), NotFound if ends != "time" else Unavailable
    reader = Reader(alice.author["id"], session_of(database, alice))
    monkeypatch.setattr(service, "ASK_AGAIN_S", 0)

    async with aclosing(alice.app[SAVING].whole(reader)) as pieces:
        await anext(pieces)
        await anext(pieces)  # as long as nothing has changed
        if ends == "admin":
            with database.begin() as conn:
                conn.execute(update(users).values(role="member"))
        elif ends == "session":
            await alice.browser.sign_out()
        else:
            monkeypatch.setattr(service, "WHOLE_MOST_S", 0)
        with pytest.raises(AppError) as error:
            [piece async for piece in pieces]

    assert type(error.value) is refused


async def test_what_is_said_while_it_is_taken_is_not_in_it(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("before")

    async with aclosing(alice.app[SAVING].whole(Reader(alice.author["id"], session_of(database, alice)))) as pieces:
        content = await anext(pieces)
        await alice.socket.posted("meanwhile")
        content += b"".join([piece async for piece in pieces])

    with ZipFile(BytesIO(content)) as packed:
        lines = packed.read("chat.jsonl")
    assert b"before" in lines
    assert b"meanwhile" not in lines
