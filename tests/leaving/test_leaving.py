"""An account is deleted: what says who it was goes, at once and everywhere; nobody can pose as them afterwards."""

import asyncio
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, insert, select, update

from app.auth import ACCOUNTS
from app.auth.sessions import Session
from app.base.skeleton import skeleton
from app.chat.keys import BUS, FOLLOWING
from app.db.schema import (
    account_links,
    audit,
    devices,
    identities,
    memberships,
    messages,
    metadata,
    passkeys,
    recovery_codes,
    rooms,
    sessions,
    totp,
    users,
)
from app.leaving.former import GOES, NAME
from app.leaving.keys import LEAVING
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.leaving.conftest import Delete, settle
from tests.people.conftest import press
from tests.recovery.test_command_line import run
from tests.rooms.conftest import by, conversation
from tests.support.browsing import PASSWORD, Browsers
from tests.support.load import PATIENCE_S
from tests.support.sockets import open_socket, until

# What stays of whoever leaves: what they wrote or did among others, under no name. A row of `sessions` takes the rest.
STAYS = {
    *("messages.author_id", "files.owner_id", "reactions.user_id", "changes.user_id", "memberships.user_id"),
    *("rooms.creator_id", "audit.actor_id", "audit.user_id", "reports.reporter_id", "reports.settled_by"),
    *("imported_people.user_id", "withdrawn_reactions.user_id", "departures.user_id"),
}
WITH_SESSIONS = {"notice_browsers.user_id", "pages_in_use.user_id"}


def row_of(database: Engine, user_id: int) -> Any:
    with database.connect() as conn:
        return conn.execute(select(users).where(users.c.id == user_id)).one()


def rev_of_first(database: Engine) -> int:
    with database.connect() as conn:
        return conn.execute(select(messages.c.rev).where(messages.c.seq == 1)).scalar_one()


async def react(member: Member, seq: int) -> None:
    command = str(uuid.uuid4())
    await member.socket.say(type="react", room=1, id=command, seq=seq, emoji="👍", on=True)
    await member.socket.until("ack", id=command)


def test_of_every_column_that_names_a_person_it_is_decided_what_becomes_of_it() -> None:
    naming = {
        f"{table.name}.{key.parent.name}"
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is users.c.id
    }

    going = {f"{column.table.name}.{column.name}" for column in GOES}

    assert naming == going | STAYS | WITH_SESSIONS
    assert not going & (STAYS | WITH_SESSIONS)


async def test_what_says_who_they_were_goes_and_what_they_wrote_stays(
    bob: Member, delete: Delete, server: TestServer, database: Engine
) -> None:
    await bob.socket.posted("I was here")
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.id == 2).values(email="b@example.org", hue=3))
        conn.execute(insert(totp).values(user_id=2, secret=b"x", last_step=1))
        conn.execute(insert(recovery_codes).values(user_id=2, code_hash=b"x"))
        conn.execute(insert(identities).values(user_id=2, issuer="https://id.example.org", subject="bob"))
        key = {"credential_id": b"x", "public_key": b"x", "user_handle": b"x", "host": "localhost", "name": "Phone"}
        conn.execute(insert(passkeys).values(user_id=2, sign_count=0, **key))

    await delete("bobby")
    await settle(server, database)

    left = row_of(database, 2)
    assert (left.login, left.display_name, left.role) == ("former-2", NAME, "member")
    assert [left.email, left.password_hash, left.avatar_id, left.hue] == [None] * 4
    assert "bobby" not in left.search_key
    with database.connect() as conn:
        for table in (sessions, totp, recovery_codes, identities, passkeys, devices, account_links, memberships):
            assert conn.execute(select(func.count()).where(table.c.user_id == 2)).scalar_one() == 0, table.name
        assert conn.execute(select(messages.c.body)).scalars().all() == ["I was here"]
        written = conn.execute(select(audit.c.actor_id, audit.c.action, audit.c.user_id, audit.c.detail)).all()
    assert [tuple(row) for row in written] == [(1, "person_deleted", 2, "their messages stay")]


async def test_open_pages_show_what_a_reload_shows(
    alice: Member, bob: Member, carol: Member, delete: Delete, server: TestServer, database: Engine
) -> None:
    await bob.socket.posted("mine")
    await carol.socket.posted("re: yours", reply_to=1)
    await carol.socket.posted("and this")
    await react(bob, 3)
    await carol.socket.posted("nobody's business of his")
    shown: dict[int, dict[str, Any]] = {}

    await delete("bobby")
    await settle(server, database)

    async with asyncio.timeout(PATIENCE_S):
        while not all(shown.get(seq, {}).get("rev", 0) > 5 for seq in (1, 2, 3)):
            event = await carol.socket.until("message")
            shown[event["seq"]] = event
    reloaded = {each["seq"]: each for each in (await carol.history())["messages"]}
    for seq in (1, 2, 3):
        assert {**reloaded[seq], "type": "message"} == {**shown[seq], "type": "message"}
    assert shown[1]["author"]["name"] == shown[2]["quote"]["author"]["name"] == NAME
    assert shown[3]["reactions"][0]["people"][0]["name"] == NAME
    assert "bob" not in str(shown).lower()


async def test_who_was_away_gets_the_messages_anew_when_they_resume(
    alice: Member, bob: Member, carol: Member, delete: Delete, server: TestServer, database: Engine
) -> None:
    await bob.socket.posted("mine")
    await carol.socket.until("message", text="mine")
    await carol.socket.ws.close()

    await delete("bobby")
    await settle(server, database)

    back = await open_socket(carol.browser)
    hello = await back.until("hello")
    await back.say(type="resume", epoch=hello["epoch"], rooms={"1": 1})
    assert (await back.until("message", seq=1))["author"]["name"] == NAME


async def test_messages_go_where_that_is_wanted_and_those_of_others_stay(
    alice: Member, bob: Member, carol: Member, delete: Delete, server: TestServer, database: Engine
) -> None:
    await bob.socket.posted("mine")
    await carol.socket.posted("hers")
    await react(bob, 2)
    await carol.socket.until("message", seq=2, rev=3)

    await delete("bobby", "remove")
    await settle(server, database)

    assert (await carol.socket.until("message", seq=1, deleted=True))["text"] == ""
    first, second = (await carol.history())["messages"]
    assert (first["deleted"], first["author"]["name"]) == (True, NAME)
    assert (second["text"], "reactions" in second) == ("hers", False)


async def test_sockets_close_in_every_process_though_the_note_is_lost(
    alice: Member, join: Join, serve: Serve, database: Engine
) -> None:
    elsewhere = await serve(heartbeat_s=50)
    await until(lambda: elsewhere.app[BUS].is_open)
    bob = await join("bobby", at=elsewhere)

    done = await asyncio.to_thread(run, database, "users", "delete", "bobby", "--messages", "keep")

    assert (done.returncode, done.stderr) == (0, "")
    assert "The account of “bobby” is deleted." in done.stdout
    assert await bob.socket.close_code() == 4001
    assert (await bob.browser.ask("GET", "/")).location == "/login?next=/"
    alive = await alice.history()
    assert alive["messages"] == []


async def test_what_a_process_left_undone_another_does(
    bob: Member, delete: Delete, serve: Serve, database: Engine
) -> None:
    await bob.socket.posted("mine")
    await delete("bobby")
    other = await serve()

    await other.app[LEAVING].settle_all()
    assert rev_of_first(database) == 1, "somebody else may be at it"
    await settle(other, database)

    assert rev_of_first(database) == 2


async def test_nobody_takes_the_login_or_one_like_it_or_that_of_a_former_member(
    bob: Member, delete: Delete, browser: Browsers
) -> None:
    await delete("bobby")

    for login in ("bobby", "b0bby", "former-2", "former-77", "former99"):
        assert (await browser().sign_up(login)).status == 422, login
    assert (await browser().log_in("bobby")).status == 422
    assert (await browser().sign_up("formerly")).status == 303


async def test_a_former_member_is_found_nowhere_and_nothing_is_done_about_them(
    alice: Member, bob: Member, delete: Delete, database: Engine
) -> None:
    await delete("bobby")

    listed = await alice.browser.ask("GET", "/people")
    assert NAME not in listed.text
    assert "bobby" not in listed.text
    for path in ("", "/delete", "/disable", "/undo"):
        assert (await alice.browser.ask("GET", f"/people/former-2{path}")).status == 404, path
    assert (await press(alice.browser, "/settings", "/people/former-2/enable")).status == 404
    assert run(database, "users", "reset-link", "former-2").returncode == 2
    assert await by(alice).people("bobby") == []


async def test_whose_only_namesake_has_left_is_marked_no_more(
    bob: Member, carol: Member, delete: Delete, database: Engine
) -> None:
    with database.begin() as conn:
        same = {"display_name": "Kim", "name_skeleton": skeleton("Kim"), "namesake": True}
        conn.execute(update(users).where(users.c.id.in_([2, 3])).values(same))

    await delete("bobby")

    assert not row_of(database, 3).namesake


async def test_a_conversation_of_two_is_closed_and_one_of_three_goes_on(
    alice: Member, bob: Member, carol: Member, delete: Delete, database: Engine
) -> None:
    two = await conversation(bob, carol)
    three = await by(bob).direct("carol", "alice")
    await bob.socket.until("live", room=three)
    await bob.socket.posted("all of us", room=three)
    await carol.socket.until("live", room=three)

    await delete("bobby")

    changed = await carol.socket.until("room", id=two)
    assert changed["archived"]
    assert [(person["name"], person.get("off", False)) for person in changed["people"] if person["id"] == 2] == [
        (NAME, True)
    ]
    assert (await carol.socket.posted("still here", room=three))["seq"] == 2
    with database.connect() as conn:
        assert conn.execute(select(rooms.c.archived_at).where(rooms.c.id == three)).scalar_one() is None


async def test_a_socket_that_is_opened_while_the_account_is_deleted_is_closed(
    alice: Member, bob: Member, carol: Member, delete: Delete, monkeypatch: pytest.MonkeyPatch
) -> None:
    await by(bob).direct("carol", "alice")
    accounts = alice.app[ACCOUNTS]
    session, is_read, may_go_on = accounts.session, asyncio.Event(), asyncio.Event()

    async def read_long_ago(token: str) -> Session | None:
        found = await session(token)
        is_read.set()
        await may_go_on.wait()
        return found

    monkeypatch.setattr(accounts, "session", read_long_ago)
    opening = asyncio.create_task(open_socket(bob.browser))
    await is_read.wait()
    monkeypatch.setattr(accounts, "session", session)
    await delete("bobby")
    await alice.app[FOLLOWING].compare()
    may_go_on.set()

    assert await (await opening).close_code() == 4001


async def test_one_deletes_oneself_with_the_password(bob: Member, carol: Member, database: Engine) -> None:
    page = await bob.browser.ask("GET", "/settings")
    assert 'href="/settings/delete"' in page.text
    refused = await bob.browser.submit("/settings/delete", password="wrong horse 9", messages="keep")
    unsaid = await bob.browser.submit("/settings/delete", password=PASSWORD)

    assert (refused.status, refused.reason_at("password")) == (422, "This is not your password.")
    assert unsaid.status == 422
    assert row_of(database, 2).deleted_at is None

    done = await bob.browser.submit("/settings/delete", password=PASSWORD, messages="keep")

    assert (done.status, done.location) == (303, "/login")
    assert await bob.socket.close_code() == 4001
    assert row_of(database, 2).deleted_at is not None
    assert (await bob.browser.log_in("bobby")).status == 422
    await carol.socket.posted("life goes on")


async def test_only_administrators_delete_others_and_one_is_always_left(
    alice: Member, bob: Member, carol: Member, database: Engine
) -> None:
    assert (await bob.browser.ask("GET", "/people/carol/delete")).status == 403
    assert (await press(bob.browser, "/settings", "/people/carol/delete", messages="keep")).status == 403
    assert (await press(alice.browser, "/settings", "/people/alice/delete", messages="keep")).status == 403
    own = await alice.browser.submit("/settings/delete", password=PASSWORD, messages="keep")
    line = run(database, "users", "delete", "alice")

    assert own.status == 409
    assert line.returncode == 2
    assert line.stderr.startswith("This is the last administrator.")
    assert [row_of(database, each).deleted_at for each in (1, 2, 3)] == [None] * 3


async def test_the_chat_is_still_taken_out_and_searched(
    alice: Member, bob: Member, delete: Delete, server: TestServer, database: Engine, tmp_path: Path
) -> None:
    await bob.socket.posted("the harbour is closed")
    await delete("bobby")
    await settle(server, database)

    done = run(database, "export", str(tmp_path / "chat.jsonl"))

    assert (done.returncode, done.stderr) == (0, "")
    path = tmp_path / "chat.jsonl"
    text = zipfile.ZipFile(path).read("chat.jsonl").decode() if zipfile.is_zipfile(path) else path.read_text()
    assert '"author":"former-2"' in text
    assert "bobby" not in text
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await _hits(alice)):  # noqa: ASYNC110 (the follower gets there; it sends no event)
            await asyncio.sleep(0.05)
    assert [hit["message"]["author"]["name"] for hit in found] == [NAME]


async def _hits(member: Member) -> list[dict[str, Any]]:
    async with member.browser.get("/api/search", params={"q": "harbour"}) as answer:
        assert answer.status == 200
        return list((await answer.json())["hits"])
