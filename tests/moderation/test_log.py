"""What admins do is written down for admins, and forgotten after a year."""

import re
import uuid
from typing import Any

from sqlalchemy import Engine, func, select, text, update

from app.audit.recording import ACTIONS
from app.db.schema import audit, users
from tests.people.conftest import press
from tests.support.browsing import Browser
from tests.support.sockets import Socket, open_socket


def recorded(database: Engine) -> list[tuple[str | None, str, str | None, str]]:
    """Actor, action, whom and detail, in the order in which it was done."""
    actor, whom = users.alias("actor"), users.alias("whom")
    statement = select(actor.c.login, audit.c.action, whom.c.login, audit.c.detail).select_from(
        audit.outerjoin(actor, actor.c.id == audit.c.actor_id).outerjoin(whom, whom.c.id == audit.c.user_id)
    )
    with database.connect() as conn:
        return [tuple(row) for row in conn.execute(statement.order_by(audit.c.id))]


async def deleted(socket: Socket, ack: dict[str, Any]) -> None:
    """Delete a message, by the ack that its author got."""
    command = str(uuid.uuid4())
    await socket.say(type="delete", room=ack["room"], id=command, seq=ack["seq"])
    await socket.until("ack", id=command)


async def test_what_an_admin_does_about_people_and_the_chat_is_written_down(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    await press(alice, "/people/bobby", "/people/bobby/role/admin")
    await press(alice, "/people/bobby", "/people/bobby/role/member")
    await press(alice, "/people/bobby", "/people/bobby/disable")
    await press(alice, "/people/bobby", "/people/bobby/enable")
    await alice.submit("/settings/chat", to="/settings/chat", name="Harbour")
    await alice.submit("/settings/chat", to="/settings/chat/invitations", days="7", uses="1")
    page = await alice.ask("GET", "/settings/chat")
    number = re.findall(r"invitations/(\d+)/revoke", page.text)[0]
    await press(alice, "/settings/chat", f"/settings/chat/invitations/{number}/revoke")

    assert recorded(database) == [
        ("alice", "role", "bobby", "admin"),
        ("alice", "role", "bobby", "member"),
        ("alice", "disabled", "bobby", ""),
        ("alice", "enabled", "bobby", ""),
        ("alice", "chat", None, "Harbour, by invitation"),
        ("alice", "invited", None, f"number {number}, for 7 days"),
        ("alice", "invitation_revoked", None, f"number {number}"),
    ]


async def test_what_was_refused_is_not_written_down(alice: Browser, bob: Browser, database: Engine) -> None:
    await press(alice, "/people/bobby", "/people/alice/role/member")
    await press(bob, "/people/alice", "/people/alice/disable")

    assert recorded(database) == []


async def test_an_admin_who_deletes_somebody_elses_message_is_written_down_and_its_author_is_not(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    theirs, socket = await open_socket(bob), await open_socket(alice)
    first, second = await theirs.posted("mine to delete"), await theirs.posted("the admin deletes this")

    await deleted(theirs, first)
    await deleted(socket, second)

    assert recorded(database) == [("alice", "deleted", "bobby", "")]


async def test_admins_read_the_log_and_members_do_not(alice: Browser, bob: Browser) -> None:
    await press(alice, "/people/bobby", "/people/bobby/role/admin")
    await press(alice, "/people/bobby", "/people/bobby/role/member")

    page = await alice.ask("GET", "/settings/log")

    assert page.status == 200
    assert " ".join(re.sub("<[^>]*>", "", page.text).split()).count("alice changed the role of bobby") == 2
    assert (await bob.ask("GET", "/settings/log")).status == 403


async def test_the_log_goes_on_behind_its_hundredth_entry(alice: Browser, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(audit.insert(), [{"action": "chat", "detail": f"name {n}"} for n in range(101)])

    first = await alice.ask("GET", "/settings/log")
    onward = re.findall(r'href="(/settings/log\?before=\d+)"', first.text)
    second = await alice.ask("GET", onward[0])

    assert (first.text.count("The command line"), second.text.count("The command line")) == (100, 1)
    assert "name 0<" in second.text
    assert "Older" not in second.text


async def test_what_is_older_than_a_year_is_forgotten(alice: Browser, bob: Browser, database: Engine) -> None:
    ages = [{"action": "chat", "detail": detail} for detail in ("366", "364")]
    with database.begin() as conn:
        conn.execute(audit.insert(), ages)
        conn.execute(update(audit).values(created_at=func.now() - text("detail::int * INTERVAL '1 day'")))

    await press(alice, "/people/bobby", "/people/bobby/role/admin")

    assert [detail for _, _, _, detail in recorded(database)] == ["364", "admin"]


async def test_every_action_has_a_sentence_on_the_page(alice: Browser, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(audit.insert(), [{"action": action} for action in ACTIONS])

    page = await alice.ask("GET", "/settings/log")

    assert page.status == 200
    assert "{" not in re.sub(r"<[^>]*>", "", page.text)
