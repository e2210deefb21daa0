"""What an operator does about rooms and reports with `python -m app`, as a process beside one that serves."""

import asyncio
import re
from typing import Any

from sqlalchemy import Engine

from tests.moderation.test_log import recorded
from tests.people.test_command_line import refused, said
from tests.rooms.conftest import Requests
from tests.support.browsing import Browser
from tests.support.sockets import Socket, open_socket


async def run(database: Engine, *words: str) -> str:
    """What a command says that ends well, while sockets are served."""
    return await asyncio.to_thread(said, database, *words)


async def shown(socket: Socket, kind: str, database: Engine, *words: str, **fields: object) -> dict[str, Any]:
    """The event that a command brings. It is read meanwhile: who does not read is cut off."""
    event, _ = await asyncio.gather(socket.until(kind, **fields), run(database, *words))
    return event


async def until_said(socket: Socket, text: str) -> list[dict[str, Any]]:
    """All events up to a message."""
    events = [await socket.next()]
    while events[-1].get("text") != text:
        events.append(await socket.next())
    return events


async def test_a_room_is_changed_archived_and_revived_before_the_eyes_of_its_members(
    alice: Browser, bob: Browser, carol: Browser, database: Engine
) -> None:
    number = await Requests(bob).make("Plans", kind="closed")
    socket, outside = await open_socket(bob), asyncio.create_task(until_said(await open_socket(carol), "the end"))
    room = {"id": number, "name": "Old plans"}

    words = ("rooms", "set", str(number), "--name", "Old plans", "--topic", "Of last year")
    assert (await shown(socket, "room", database, *words, **room))["topic"] == "Of last year"
    await shown(socket, "room", database, "rooms", "archive", str(number), **room, archived=True)
    revived = await shown(socket, "room", database, "rooms", "revive", str(number), **room)

    assert "archived" not in revived
    assert (await socket.posted("it lives", room=number))["seq"] == 1
    assert re.search(rf"{number} +closed +living +1 +1 +all +Old plans", said(database, "rooms", "list"))
    await (await open_socket(bob)).posted("the end")
    assert number not in [event.get("id") for event in await outside]
    assert recorded(database) == [(None, "room", None, what) for what in ("name, topic", "archived", "archived")]


async def test_how_long_a_room_keeps_its_messages_is_set_before_the_eyes_of_its_members(
    alice: Browser, bob: Browser, carol: Browser, database: Engine
) -> None:
    number = await Requests(bob).make("Plans", kind="closed")
    socket, outside = await open_socket(bob), asyncio.create_task(until_said(await open_socket(carol), "the end"))
    await socket.until("hello")
    for text in ("one", "two", "young"):
        await socket.posted(text, room=number)
    with database.begin() as conn:
        conn.exec_driver_sql("UPDATE messages SET created_at = now() - INTERVAL '2 days' WHERE seq < 3")
    words = ("rooms", "retention", str(number))

    await shown(socket, "room", database, *words, "30", id=number, retention_days=30)
    assert re.search(rf"{number} +closed +living +1 +3 +30 +Plans", await run(database, "rooms", "list"))
    assert (await run(database, *words, "1")).endswith("for 1 day. 2 are older, and go from within an hour on.\n")
    await socket.until("room", id=number, retention_days=1)
    event = await shown(socket, "room", database, *words, "never", id=number)
    assert "retention_days" not in event

    await (await open_socket(bob)).posted("the end")
    assert number not in [event.get("id") for event in await outside]
    assert [detail for _, _, _, detail in recorded(database)] == [
        f"messages stay for {how_long}" for how_long in ("30 days", "1 day", "ever")
    ]


async def test_people_are_shown_and_taken_out_of_a_room(alice: Browser, bob: Browser, database: Engine) -> None:
    number = await Requests(alice).make("Plans")
    await Requests(bob).join(number)
    assert "bobby" in said(database, "rooms", "people", str(number))
    socket = await open_socket(bob)
    await socket.until("hello")

    await shown(socket, "left", database, "rooms", "remove", str(number), "Bobby", room=number)

    assert "bobby" not in said(database, "rooms", "people", str(number))
    assert recorded(database) == [(None, "removed", "bobby", "")]
    assert refused(database, "rooms", "remove", str(number), "bobby") == "“bobby” is not in “Plans”."
    assert refused(database, "rooms", "remove", "1", "bobby") == "This is their only room, so they stay."


async def test_people_are_added_to_a_room_before_their_eyes_and_written_down(
    alice: Browser, bob: Browser, carol: Browser, database: Engine
) -> None:
    number = await Requests(alice).make("Plans", kind="closed")
    await (await open_socket(alice)).posted("said before", room=number)
    socket, outside = await open_socket(bob), asyncio.create_task(until_said(await open_socket(carol), "the end"))
    await socket.until("hello")

    words = ("rooms", "add", str(number), "@Bobby", "alice", "bobby")
    room = await shown(socket, "room", database, *words, id=number)

    assert (room["last_seq"], room["read_seq"]) == (1, 1), "what was said before is read"
    assert (await socket.posted("thanks", room=number))["seq"] == 2
    await (await open_socket(bob)).posted("the end")
    assert number not in [event.get("id") for event in await outside]
    again = await run(database, "rooms", "add", str(number), "bobby", "carol")
    assert again == "“carol” is in “Plans” now. 1 was in “Plans” before.\n"
    assert await run(database, "rooms", "add", str(number), "carol") == "1 was in “Plans” before.\n"
    assert recorded(database) == [(None, "member_added", "bobby", ""), (None, "member_added", "carol", "")]


async def test_who_cannot_be_added_to_a_room_is_named_and_nobody_is_added(
    alice: Browser, bob: Browser, carol: Browser, database: Engine
) -> None:
    plans, direct = await Requests(alice).make("Plans"), await Requests(alice).direct("bobby")
    await run(database, "users", "disable", "carol")

    for who, sentence in (
        ("nobody", "There is nobody with the login “nobody”."),
        ("carol", "The account “carol” is switched off."),
        (" ", "Choose at least one person."),
    ):
        words = ("bobby", who) if who.strip() else (who,)
        assert refused(database, "rooms", "add", str(plans), *words) == sentence
    assert refused(database, "rooms", "add", "99", "bobby").startswith("There is no room number 99")
    assert refused(database, "rooms", "add", str(direct), "carol").startswith("A direct conversation stays as it is.")
    await run(database, "rooms", "archive", str(plans))
    assert refused(database, "rooms", "add", str(plans), "bobby").startswith("This room is archived")
    assert "bobby" not in await run(database, "rooms", "people", str(plans))


async def test_what_cannot_be_done_with_a_room_is_one_sentence(alice: Browser, bob: Browser, database: Engine) -> None:
    plans, direct = await Requests(alice).make("Plans"), await Requests(alice).direct("bobby")

    for words in (("archive", "99"), ("people", "99"), ("people", str(direct))):
        assert refused(database, "rooms", *words).startswith("There is no room number")
    assert refused(database, "rooms", "archive", str(direct)).startswith("A direct conversation stays as it is.")
    assert refused(database, "rooms", "archive", "1").startswith("New people land in this room")
    assert refused(database, "rooms", "set", "1", "--not-for-everyone").startswith("New people must land somewhere")
    assert refused(database, "rooms", "set", str(plans), "--name", "lobby").startswith("There is a room of that name")
    assert refused(database, "rooms", "set", str(plans)).startswith("Say what to set")
    for days in ("0", "3651", "-1", "soon", "1" * 10):
        assert "1 to 3650" in refused(database, "rooms", "retention", str(plans), "--", days)
    assert refused(database, "rooms", "retention", str(direct), "1").startswith("A direct conversation stays as it is.")
    assert recorded(database) == []
    listed = said(database, "rooms", "list", "--find", "lob")
    assert re.search("1 +open +for everyone +2 +0 +all +Lobby$", listed)
    assert "Plans" not in listed


async def test_a_report_is_shown_and_settled(alice: Browser, bob: Browser, carol: Browser, database: Engine) -> None:
    socket = await open_socket(bob)
    await socket.until("hello")
    ack = await socket.posted("buy my\ncoins")
    await carol.submit(f"/rooms/1/{ack['seq']}/report", reason="It is an advert.")

    (line,) = said(database, "reports", "list").splitlines()[1:]
    assert re.search("carol +bobby +Lobby .1/1. +It is an advert. +buy my coins$", line)
    number = line.split()[0]
    assert said(database, "reports", "settle", number) == f"Report number {number} is settled.\n"

    assert len(said(database, "reports", "list").splitlines()) == 1
    assert "No message waits" in (await alice.ask("GET", "/settings/reports")).text
    assert "The command line settled a report" in " ".join(
        re.sub("<[^>]*>", "", (await alice.ask("GET", "/settings/log")).text).split()
    )
    assert refused(database, "reports", "settle", number).startswith(f"There is no report number {number}")


async def test_what_administrators_and_operators_did_is_shown(alice: Browser, bob: Browser, database: Engine) -> None:
    number = await Requests(bob).make("Plans")
    await Requests(alice).change(number, topic="Of next year")
    said(database, "users", "promote", "bobby")

    lines = said(database, "log").splitlines()

    assert [re.split("  +", line)[1:] for line in lines[1:]] == [
        ["alice", "changed “Plans”: topic"],
        ["command line", "changed the role of bobby: admin"],
    ]
    assert said(database, "log", "--most", "1").splitlines()[1:] == lines[2:]
