"""Messages that are edited, deleted, reacted to: by those who may, published to everyone, whatever comes in between."""

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, text, update

from app.chat.keys import BUS, HUB
from app.chat.messages import amend
from app.chat.wire.commands import Edit
from app.db.driver.engine import ENGINE, autocommit
from app.db.schema import memberships, messages, reactions, rooms, users
from tests.chat.conftest import Join, Member
from tests.support.sockets import Socket, until

LIKE = {"emoji": "👍", "on": True}


async def say(socket: Socket, kind: str, seq: int, **more: Any) -> str:
    """Send a command that changes a message; returns its id."""
    await socket.say(**{"type": kind, "id": (id := str(uuid.uuid4())), "room": 1, "seq": seq} | more)
    return id


async def answers(socket: Socket, count: int) -> list[dict[str, Any]]:
    """The next answers to commands, taken or refused."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        event = await socket.next()
        found += [event] if event["type"] in ("ack", "error") else []
    return found


async def done(member: Member, kind: str, seq: int, **more: Any) -> dict[str, Any]:
    """Change a message; returns the ack."""
    return await member.socket.until("ack", id=await say(member.socket, kind, seq, **more))


async def refused(member: Member, kind: str, seq: int, **more: Any) -> tuple[str, str]:
    """Try to change a message; returns code and message of the refusal."""
    error = await member.socket.until("error", id=await say(member.socket, kind, seq, **more))
    return error["code"], error["message"]


async def changed(member: Member, seq: int, rev: int) -> dict[str, Any]:
    return await member.socket.until("message", seq=seq, rev=rev)


def row(database: Engine, seq: int = 1) -> Any:
    with database.connect() as conn:
        return conn.execute(select(messages).where(messages.c.seq == seq)).one()


def heads(database: Engine) -> tuple[int, int]:
    with database.connect() as conn:
        return tuple(conn.execute(select(rooms.c.last_seq, rooms.c.last_rev).where(rooms.c.id == 1)).one())


async def test_an_edit_is_acknowledged_and_every_member_has_the_new_text(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("helo")

    ack = await done(alice, "edit", 1, text="hello\r\n")

    assert (ack["room"], ack["seq"], ack["rev"]) == (1, 1, 2)
    for reader in (alice, bob):
        event = await changed(reader, 1, 2)
        assert (event["text"], event["author"], "edited" in event) == ("hello", alice.author, True)
    assert (row(database).body, row(database).rev, heads(database)) == ("hello", 2, (1, 2))
    (message,) = (await bob.history())["messages"]
    assert message == {name: value for name, value in event.items() if name != "type"} | {"type": "message"}


async def test_a_deleted_message_keeps_its_number_and_nothing_else(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await bob.socket.posted("a secret")
    await done(bob, "edit", 1, text="an open secret")
    await done(alice, "react", 1, **LIKE)

    await done(bob, "delete", 1)

    event = await changed(alice, 1, 4)
    assert (event["text"], event["deleted"]) == ("", True)
    assert not {"edited", "reactions"} & set(event)
    assert row(database).body == ""
    with database.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(reactions)) == 0


async def test_reactions_are_told_in_the_order_of_their_first_use_with_who_and_can_be_taken_back(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("hi")

    await done(bob, "react", 1, emoji="🎉", on=True)
    await done(alice, "react", 1, **LIKE)
    await done(alice, "react", 1, emoji="🎉", on=True)

    assert (await changed(bob, 1, 4))["reactions"] == [
        {"emoji": "🎉", "people": [bob.named, alice.named]},
        {"emoji": "👍", "people": [alice.named]},
    ]
    await done(bob, "react", 1, emoji="🎉", on=False)
    assert (await changed(alice, 1, 5))["reactions"] == [
        {"emoji": "👍", "people": [alice.named]},
        {"emoji": "🎉", "people": [alice.named]},
    ]


async def test_every_change_again_is_acknowledged_and_changes_nothing(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("one")
    await alice.socket.posted("two")
    for kind, seq, more in (("edit", 1, {"text": "changed"}), ("react", 1, LIKE), ("delete", 2, {})):
        first = await done(alice, kind, seq, **more)

        second = await done(alice, kind, seq, **more)

        assert (second["seq"], second["rev"]) == (first["seq"], first["rev"])
    await done(alice, "react", 1, emoji="👀", on=False)
    assert heads(database) == (2, 5)
    assert (await changed(bob, 2, 5))["deleted"]
    assert not [event for event in await bob.socket.so_far() if event["type"] == "message"]


async def test_an_edit_that_waited_too_long_does_not_undo_a_later_one(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("one")
    first = {"type": "edit", "room": 1, "id": str(uuid.uuid4()), "seq": 1, "text": "two"}
    await alice.socket.say(**first)
    made = await alice.socket.until("ack", id=first["id"])
    await done(alice, "edit", 1, text="three")

    await alice.socket.say(**first)

    assert await alice.socket.until("ack", id=first["id"]) == made
    assert row(database).body == "three"
    await done(alice, "react", 1, **LIKE)
    assert (await changed(bob, 1, 4))["text"] == "three"
    assert (await done(bob, "react", 1, emoji="👍", on=False))["rev"] == 4, "there was nothing to do"


async def test_a_reaction_that_was_there_already_is_not_put_back_by_an_attempt_that_waited(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("one")
    await done(alice, "react", 1, **LIKE)
    again = await say(alice.socket, "react", 1, **LIKE)
    made = await alice.socket.until("ack", id=again)
    await done(alice, "react", 1, emoji="👍", on=False)

    await alice.socket.say(type="react", room=1, id=again, seq=1, **LIKE)

    assert await alice.socket.until("ack", id=again) == made
    assert "reactions" not in await changed(bob, 1, 3)
    assert "reactions" not in (await bob.history())["messages"][0]


async def test_only_the_author_edits_and_only_author_or_admin_delete(join: Join, database: Engine) -> None:
    admin, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    await bob.socket.posted("mine")

    assert await refused(admin, "edit", 1, text="yours") == ("forbidden", "Only its author can edit a message.")
    code, sentence = await refused(carol, "delete", 1)
    assert (code, sentence) == ("forbidden", "Only its author or an administrator can delete a message.")
    assert row(database).body == "mine"
    assert heads(database) == (1, 1)

    await done(admin, "delete", 1)
    assert (await changed(carol, 1, 2))["deleted"]


async def test_nothing_can_be_done_to_a_deleted_message(join: Join) -> None:
    alice = await join("alice")
    await alice.socket.posted("gone soon")
    await done(alice, "delete", 1)

    assert (await refused(alice, "edit", 1, text="back"))[1] == (
        "This message was deleted; it cannot be edited any more."
    )
    assert (await refused(alice, "react", 1, **LIKE))[1] == (
        "This message was deleted; nobody can react to it any more."
    )


async def test_outsiders_change_and_hear_nothing(join: Join, database: Engine) -> None:
    alice, eve = await join("alice"), await join("eve")
    with database.begin() as conn:
        closed = conn.execute(insert(rooms).values(kind="closed", name="Den").returning(rooms.c.id)).scalar_one()
        conn.execute(insert(memberships).values(room_id=closed, user_id=alice.author["id"]))
        conn.execute(update(users).values(role="admin"))
    alice = await alice.reconnect()
    await alice.socket.posted("secret", room=closed)

    for kind, more in (("edit", {"text": "x"}), ("delete", {}), ("react", LIKE)):
        assert (await refused(eve, kind, 1, room=closed, **more))[0] == "not_a_member"
        assert (await refused(eve, kind, 1, room=99, **more))[0] == "not_a_member"
    await done(alice, "edit", 1, room=closed, text="still secret")
    await done(alice, "react", 1, room=closed, **LIKE)

    assert not [event for event in await eve.socket.so_far() if event.get("room") == closed]


async def test_a_message_that_is_not_there_is_named_in_a_sentence(join: Join) -> None:
    alice = await join("alice")

    for kind, more in (("edit", {"text": "x"}), ("delete", {}), ("react", LIKE)):
        assert await refused(alice, kind, 57, **more) == ("bad_command", "There is no message 57 in this room.")


async def test_the_text_of_an_edit_obeys_the_rules_of_posts(join: Join) -> None:
    alice = await join("alice")
    await alice.socket.posted("short")

    assert (await refused(alice, "edit", 1, text="x" * 4_001))[0] == "too_long"
    assert await refused(alice, "edit", 1, text=" \n") == ("bad_text", "Write something first.")
    assert (await refused(alice, "edit", 1, text="\0"))[0] == "bad_text"


async def test_a_message_holds_so_many_reactions_and_no_more(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bob = await join("alice"), await join("bobby")
    monkeypatch.setattr("app.chat.messages.parts.reactions.MAX_KINDS", 2)
    monkeypatch.setattr("app.chat.messages.parts.reactions.MAX_REACTIONS", 3)
    await alice.socket.posted("hi")
    for emoji in ("👍", "🎉"):
        await done(alice, "react", 1, emoji=emoji, on=True)

    assert (await refused(alice, "react", 1, emoji="👀", on=True))[1] == (
        "This message has 2 different reactions already; use one of them."
    )
    await done(bob, "react", 1, **LIKE)
    assert (await refused(bob, "react", 1, emoji="🎉", on=True))[1] == (
        "This message has 3 reactions already; no more fit."
    )


@pytest.mark.parametrize("then", ["edit", "delete"])
async def test_a_post_again_after_its_message_was_changed_is_acknowledged(
    join: Join, database: Engine, then: str
) -> None:
    alice = await join("alice")
    first = await alice.socket.posted("as it was")
    await done(alice, then, 1, **({"text": "as it is"} if then == "edit" else {}))

    again = await alice.socket.posted("as it was", id=first["id"])

    assert (again["seq"], again["rev"]) == (1, 2)
    assert heads(database) == (1, 2)


async def test_who_comes_back_gets_what_was_changed_meanwhile_in_its_present_state(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for number in ("one", "two", "three"):
        await alice.socket.posted(number)
    await bob.socket.texts(3)
    await bob.socket.ws.close()
    await done(alice, "edit", 1, text="first")
    await done(alice, "edit", 1, text="the first")
    await done(alice, "react", 2, **LIKE)
    await done(alice, "delete", 3)

    bob = await bob.reconnect()
    await bob.resume(3)
    events = []
    while (event := await bob.socket.next())["type"] != "live":
        events += [event] if event["type"] == "message" else []

    assert [(event["seq"], event["rev"], event["text"]) for event in events] == [
        (1, 5, "the first"),
        (2, 6, "two"),
        (3, 7, ""),
    ]
    assert events == (await bob.history())["messages"]


async def test_what_was_deleted_never_leaves_the_server_again(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("a password, by mistake")
    await alice.socket.posted("what it means", reply_to=1)
    await done(alice, "delete", 1)

    bob = await bob.reconnect()
    await bob.resume(0)
    received = str([*await bob.socket.so_far(), await bob.history()]) + (await bob.browser.ask("GET", "/")).text

    assert "what it means" in received
    assert "a password" not in received


async def test_a_reply_quotes_what_the_original_says_now(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("long " * 50 + "\nsecond line")
    await bob.socket.posted("an answer", reply_to=1)

    event = await alice.socket.until("message", seq=2)
    assert event["quote"] == {"author": alice.named, "text": ("long " * 50)[:140]}
    await done(alice, "edit", 1, text="short")
    assert (await changed(bob, 2, 4))["quote"]["text"] == "short"
    await done(alice, "react", 1, **LIKE)
    await done(alice, "delete", 1)
    assert (await changed(bob, 2, 7))["quote"] == {"author": alice.named, "text": "", "deleted": True}
    assert (await bob.history())["messages"] == [await changed(alice, 1, 6), await changed(alice, 2, 7)]


async def test_deleted_messages_do_not_count_as_unread(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for number in range(4):
        await alice.socket.posted(f"{number}")
    await bob.socket.say(type="read", room=1, seq=1)
    await bob.socket.settle()
    for seq in (1, 3):
        await done(alice, "delete", seq)

    assert (await bob.reconnect()).hello["rooms"][0]["deleted"] == [3]
    page = (await bob.browser.ask("GET", "/")).text
    assert '<span class="rooms__unread">2</span>' in page


async def test_a_change_that_the_database_did_not_take_is_unavailable_and_may_be_said_again(
    join: Join, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("before")
    with database.begin() as lock:
        lock.execute(select(rooms).with_for_update())
        id = await say(alice.socket, "edit", 1, text="after")
        await end_who_waits(database)
    error = await alice.socket.until("error", id=id)
    assert (error["code"], "retry_after" in error) == ("unavailable", True)
    said = [message for message in caplog.messages if message.startswith("command refused user=1 reason=")]
    assert len(said) == 1
    assert "administrator command" in said[0]

    await done(alice, "edit", 1, text="after")

    assert (await changed(bob, 1, 2))["text"] == "after"


async def test_a_change_whose_commit_nobody_heard_of_is_told_when_it_is_said_again(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await until(lambda: alice.app[BUS].is_open)  # which compares heads, too
    monkeypatch.setattr(alice.app[HUB].loader, "reconcile", asyncio.Event().wait)
    await alice.socket.posted("before")
    engine = autocommit(alice.browser.server.app[ENGINE])
    await amend.amend(engine, alice.author["id"], Edit(uuid.uuid4(), 1, 1, "committed, then cut off"))

    await done(alice, "edit", 1, text="committed, then cut off")

    assert (await changed(bob, 1, 2))["text"] == "committed, then cut off"


async def end_who_waits(database: Engine) -> None:
    """End the connection that waits for a lock, as soon as one does."""
    statement = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'"
    )

    def ended() -> bool:
        with database.connect() as conn:
            return conn.scalar(statement) is not None

    await until(ended)


async def test_people_who_change_one_message_at_once_all_end_with_the_same(join: Join, database: Engine) -> None:
    people = [await join(f"member{number}") for number in range(6)]
    for number in range(5):
        await people[0].socket.posted(f"{number}")

    async def change(index: int, member: Member) -> None:
        for number in range(8):
            await done(member, "react", 1 + number % 5, emoji="👍🎉👀"[index % 3], on=number % 3 != 0)
            if index == 0:
                await done(member, "edit", 1 + number % 4, text=f"edit {number}")
            await member.socket.posted(f"{index}/{number}")

    async with asyncio.TaskGroup() as group:
        for index, member in enumerate(people):
            group.create_task(change(index, member))
    await done(people[0], "delete", 5)

    last = heads(database)[1]
    fresh = (await people[0].history(limit=200))["messages"]
    for member in people:
        held = {event["seq"]: event for event in [await member.socket.until("message", rev=last)]}
        again = await member.reconnect()
        await again.resume(0)
        while (event := await again.socket.next())["type"] != "live":
            held |= {event["seq"]: event} if event["type"] == "message" else {}
        assert [held[seq] for seq in sorted(held)] == fresh


async def test_revs_rise_without_a_gap_for_who_listens_while_all_change(join: Join) -> None:
    alice, bob, reader = await join("alice"), await join("bobby"), await join("reader")
    await alice.socket.posted("hi")

    for number in range(20):
        await say(alice.socket, "edit", 1, text=f"edit {number}")
        await say(bob.socket, "react", 1, emoji="👍", on=number % 2 == 0)
        await bob.socket.post(f"{number}")
    for person, count in ((alice, 20), (bob, 40)):
        assert not [answer for answer in await answers(person.socket, count) if answer["type"] == "error"]
    revs = []
    while not revs or revs[-1] < 61:
        revs.append((await reader.socket.until("message"))["rev"])

    assert revs == sorted(set(revs))


async def test_in_an_archived_room_a_message_can_be_taken_back_and_nothing_else_changes(
    join: Join, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await bob.socket.posted("as it is")
    attempt = {"type": "edit", "id": str(uuid.uuid4()), "room": 1, "seq": 1, "text": "before the end"}
    await bob.socket.say(**attempt)
    await bob.socket.until("ack", id=attempt["id"])
    await done(alice, "react", 1, **LIKE)
    with database.begin() as conn:
        conn.execute(update(rooms).values(archived_at=func.now()))

    archived = ("archived", "This room is archived: nothing changes here any more.")
    assert await refused(bob, "edit", 1, text="as it should be") == archived
    assert await refused(bob, "react", 1, **LIKE) == archived
    assert await refused(alice, "react", 1, **LIKE | {"on": False}) == archived
    await bob.socket.say(**attempt)
    assert (await bob.socket.until("ack", id=attempt["id"]))["rev"] == 2  # it was made before
    assert heads(database) == (1, 3)

    await done(bob, "delete", 1)

    assert row(database).body == ""
