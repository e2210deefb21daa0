"""Mentions: they count for whom they call and for nobody else, and the caller gets who is called in vain."""

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.folding import person_key
from app.chat.markup.markup import meaning_of
from app.chat.markup.mentions import MAX_CALLED
from app.chat.messages import append
from app.chat.messages.append import NewMessage, append_messages
from app.db.driver.kept import direct
from app.db.schema import memberships, mentions, users
from app.db.tables.sorting import person_sort_key
from tests.chat.conftest import Join, Member, member
from tests.chat.markup.test_markup import TEXTS
from tests.chat.messages.test_append import engine, new, plan_of
from tests.chat.messages.test_changing import changed, done, refused
from tests.support.browsing import Browsers

__all__ = ["engine"]


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row["text"])
def test_a_text_calls_those_whose_login_it_says_outside_of_code(row: dict[str, Any]) -> None:
    """`calls` has for each call the logins that it may mean, the longest first."""
    assert [*meaning_of(row["text"]).called] == row["calls"]


def test_no_text_calls_a_crowd() -> None:
    assert len(meaning_of(" ".join(f"@user{number}" for number in range(300))).called) == MAX_CALLED


async def unread_mentions(person: Member) -> int:
    state: dict[str, Any] = (await person.reconnect()).hello["rooms"][0]
    return int(state["mentions"])


def remove(database: Engine, person: Member) -> None:
    with database.begin() as conn:
        conn.execute(delete(memberships).where(memberships.c.user_id == person.author["id"]))


async def test_who_is_mentioned_is_told_in_the_message_and_by_a_count_until_it_is_read(join: Join) -> None:
    alice, bob, carol = await join("alice"), await join("bob"), await join("carol")

    ack = await alice.socket.posted("hi @Bob, see `@carol`")

    assert "unheard" not in ack
    assert (await bob.socket.until("message"))["mentions"] == [bob.author["id"]]
    assert (await bob.history())["messages"][0]["mentions"] == [bob.author["id"]]
    assert await unread_mentions(carol) == 0
    bob = await bob.reconnect()
    assert bob.hello["rooms"][0]["mentions"] == 1
    await bob.socket.say(type="read", room=1, seq=1)
    await bob.socket.settle()
    assert await unread_mentions(bob) == 0


async def test_a_message_that_was_deleted_calls_nobody_any_more_and_takes_no_other_call_along(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    await alice.socket.posted("@bob, first")
    await alice.socket.posted("@bob, second")

    await alice.socket.say(type="delete", id=(id := str(uuid.uuid4())), room=1, seq=1)
    await alice.socket.until("ack", id=id)

    assert await unread_mentions(bob) == 1


def rows(database: Engine) -> list[tuple[int, ...]]:
    with database.connect() as conn:
        found = conn.execute(select(mentions.c.seq, mentions.c.user_id).order_by(mentions.c.seq, mentions.c.user_id))
        return [tuple(row) for row in found]


async def test_two_mentions_that_are_both_deleted_are_counted_no_longer(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bob")
    for text in ("@bob, first", "@bob, second"):
        await alice.socket.posted(text)

    await done(alice, "delete", 1)
    await done(alice, "delete", 2)

    assert "mentions" not in await changed(bob, 2, 4)
    assert (await unread_mentions(bob), rows(database)) == (0, [])


async def test_an_edit_calls_whom_it_adds_and_takes_the_call_back_from_whom_it_names_no_longer(
    join: Join, database: Engine
) -> None:
    alice, bob, carol, dave = [await join(login) for login in ("alice", "bob", "carol", "dave")]
    b, c = bob.author["id"], carol.author["id"]
    await alice.socket.posted("look, @carol")
    await bob.socket.until("message")

    for rev, text, called_ones in (
        (2, "look, @carol and @Bob", [b, c]),
        (3, "come, @bob", [b]),
        (4, "come, @bob; not `@carol`, nor @nobody", [b]),
        (5, "never mind", []),
        (6, "@all, after all", [0]),
        (7, "@carol @all", [0, c]),
    ):
        assert "unheard" not in await done(alice, "edit", 1, text=text)

        assert (await changed(bob, 1, rev)).get("mentions", []) == called_ones
        assert (await dave.history())["messages"][0].get("mentions", []) == called_ones
        assert rows(database) == [(1, id) for id in called_ones]
        for person in (bob, carol, dave):
            counted = int(bool({person.author["id"], 0} & {*called_ones}))
            assert await unread_mentions(await member(person.browser)) == counted
    assert await unread_mentions(alice) == 0


async def test_an_edit_that_is_sent_again_or_refused_calls_nobody(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bob")
    await alice.socket.posted("hi")
    edit = {"type": "edit", "id": str(uuid.uuid4()), "room": 1, "seq": 1, "text": "hi @bob"}
    await alice.socket.say(**edit)
    await alice.socket.until("ack", id=edit["id"])
    await done(alice, "edit", 1, text="hi")

    await alice.socket.say(**edit)
    await alice.socket.until("ack", id=edit["id"])
    assert (await refused(bob, "edit", 1, text="hi @alice"))[0] == "forbidden"

    assert rows(database) == []


async def test_the_editor_is_told_who_is_not_in_the_room(join: Join, database: Engine) -> None:
    alice, bob, carol = await join("alice"), await join("bob"), await join("carol")
    remove(database, carol)
    await alice.socket.posted("hi")
    edit = {"type": "edit", "id": str(uuid.uuid4()), "room": 1, "seq": 1, "text": "hi @carol @bob @nobody"}

    for _ in range(2):
        await alice.socket.say(**edit)
        assert (await alice.socket.until("ack", id=edit["id"]))["unheard"] == ["carol"]

    assert (await changed(bob, 1, 2))["mentions"] == [bob.author["id"]]
    assert rows(database) == [(1, bob.author["id"])]
    assert "unheard" not in await done(alice, "edit", 1, text="hi @bob")
    assert "unheard" not in await done(bob, "react", 1, emoji="👍", on=True)


async def test_who_is_called_twice_by_a_message_counts_it_once_and_its_author_never(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")

    await alice.socket.posted("@bob @all @alice")

    assert (await unread_mentions(bob), await unread_mentions(alice)) == (1, 0)


async def test_who_mentions_nobody_says_nothing_of_it(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")

    await alice.socket.posted("@nobody @alice a@bob.example")

    assert "mentions" not in await bob.socket.until("message")
    assert "mentions" not in (await bob.history())["messages"][0]
    assert await unread_mentions(alice) == 0


async def test_the_sender_is_told_who_is_not_in_the_room(join: Join, database: Engine) -> None:
    alice, bob, carol = await join("alice"), await join("bob"), await join("carol")
    remove(database, carol)

    id = await alice.socket.post("@carol @bob @nobody")

    assert (await alice.socket.until("ack"))["unheard"] == ["carol"]
    assert (await bob.socket.until("message"))["mentions"] == [bob.author["id"]]
    await alice.socket.post("@carol @bob @nobody", id=id)
    assert (await alice.socket.until("ack"))["unheard"] == ["carol"]
    with database.connect() as conn:
        assert [*conn.scalars(select(mentions.c.user_id))] == [bob.author["id"]]


async def test_an_outsider_learns_nothing_about_who_has_an_account(join: Join, database: Engine) -> None:
    alice, _ = await join("alice"), await join("bob")
    remove(database, alice)

    await alice.socket.post("@bob")

    error = await alice.socket.until("error")
    assert (error["code"], "unheard" in error) == ("not_a_member", False)
    with database.connect() as conn:
        assert [*conn.execute(select(mentions))] == []


async def test_all_are_called_where_there_are_few(join: Join) -> None:
    await join("adele")
    alice, bob = await join("alice"), await join("bob")

    await alice.socket.posted("lunch, @all?")

    assert (await bob.socket.until("message"))["mentions"] == [0]
    assert await unread_mentions(bob) == 1


@pytest.mark.parametrize(("login", "mentioned"), [("adele", [0]), ("alice", None)])
async def test_all_of_many_are_called_by_admins_alone(
    join: Join, database: Engine, login: str, mentioned: list[int] | None
) -> None:
    people = {name: await join(name) for name in ("adele", "alice", "bob")}
    with database.begin() as conn:
        crowd = [{"login": f"user{n}", "display_name": "x", "password_hash": "x"} for n in range(50)]
        ids = conn.scalars(insert(users).returning(users.c.id), crowd)
        conn.execute(insert(memberships), [{"room_id": 1, "user_id": id} for id in ids])

    ack = await people[login].socket.posted("@all!")

    assert "unheard" not in ack
    assert (await people["bob"].socket.until("message")).get("mentions") == mentioned

    await people[login].socket.posted("hello")
    await done(people[login], "edit", 2, text="hello @all")
    assert (await changed(people["bob"], 2, 3)).get("mentions") == mentioned


async def test_a_batch_tells_its_mentions_apart(engine: AsyncEngine, database: Engine) -> None:
    with database.begin() as conn:
        people = [{"login": login, "display_name": login, "password_hash": "x"} for login in ("bob", "carol", "dave")]
        conn.execute(insert(users), people)
        conn.execute(insert(memberships), [{"room_id": 1, "user_id": id} for id in (2, 3)])
        conn.execute(update(users).where(users.c.id == 1).values(role="member"))
    batch = [new(), calling("dave", "carol"), calling("nobody"), calling("carol", "bob", "alice", "all")]

    async with direct(engine) as conn:
        outcomes = await append_messages(conn, batch)
        again = await append_messages(conn, batch)

    assert [(each.mentions, each.unheard) for each in outcomes] == [
        ((), ()),
        ((3,), ("dave",)),
        ((), ()),
        ((0, 2, 3), ()),
    ]
    assert [(each.is_new, each.unheard) for each in again] == [
        (False, ()),
        (False, ("dave",)),
        (False, ()),
        (False, ()),
    ]
    with database.connect() as conn:
        assert [*conn.execute(select(mentions).order_by(mentions.c.seq, mentions.c.user_id))] == [
            (1, 2, 3),
            (1, 4, 0),
            (1, 4, 2),
            (1, 4, 3),
        ]


async def test_each_who_is_called_takes_one_look_into_each_index(engine: AsyncEngine) -> None:
    async with direct(engine) as conn:
        await conn.fetch("SET enable_seqscan = off")  # the tables of a test are small
        await append_messages(conn, [calling("bob")])

        plan = await plan_of(conn, append.CALLING, callers=[1], logins=["bob"])

    assert "Index Cond: (login = ANY (string_to_array(call.login, ' '::text)))" in plan
    assert re.search(r"memberships_pkey .*\n +Index Cond: \(\(room_id = \S+\) AND \(user_id = \S+\.id\)\)", plan)


def calling(*logins: str) -> NewMessage:
    return NewMessage(1, 1, new().client_id, " ".join(logins), None, logins)


async def test_members_are_found_by_login_or_by_a_word_of_their_name(join: Join, database: Engine) -> None:
    alice, bob, carol = await join("alice"), await join("bob"), await join("carol")
    await join("dave")
    with database.begin() as conn:
        name = "Robert Carlson"
        conn.execute(update(users).where(users.c.login == "bob").values(named(name, "bob")))
    remove(database, await join("carla"))

    async def found(q: str) -> list[str]:
        async with alice.browser.get("/api/rooms/1/mentionable", params={"q": q}) as answer:
            assert answer.status == 200
            return [person["login"] for person in (await answer.json())["members"]]

    assert await found("Car") == ["carol", "bob"]
    assert await found("rob") == ["bob"]
    assert await found("") == ["carol", "dave", "bob"]
    assert await found("%") == await found("_") == await found("alice") == []
    assert bob.author["login"] == "bob"
    assert carol.author["login"] == "carol"


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("İrem", ("irem", "IREM", "i\u0307rem")),
        ("Marcel·la", ("marcel·la", "MARCEĿLA")),
        ("བསྟན་འཛིན་", ("བསྟན་འཛིན", "བསྟན\u0f0cའཛིན")),
        ("ᠠᠷᠭ\u180eᠠ", ("ᠠᠷᠭᠠ",)),
    ],
)
async def test_whoever_signs_up_as_keyboards_type_is_found_called_and_let_in_by_each_form(
    typed: str, others: tuple[str, ...], join: Join, browser: Browsers
) -> None:
    alice, person = await join("alice"), await join(typed)

    for each in (typed, person.author["login"], *others):
        assert (await browser().log_in(each)).status == 303
        async with alice.browser.get("/api/rooms/1/mentionable", params={"q": each[:4]}) as answer:
            (found,) = (await answer.json())["members"]
        await alice.socket.posted(f"@{each}, @{found['login']}: welcome")
        assert (await person.socket.until("message"))["mentions"] == [person.author["id"]]


async def test_who_is_called_so_comes_before_all_who_begin_so(join: Join, database: Engine) -> None:
    alice, _ = await join("alice"), await join("bob")
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "bob").values(named("Zed", "bob")))
        crowd = [{"login": f"bob{n}", "password_hash": "x", **named(f"Bob {n}", f"bob{n}")} for n in range(9)]
        ids = conn.scalars(insert(users).returning(users.c.id), crowd)
        conn.execute(insert(memberships), [{"room_id": 1, "user_id": id} for id in ids])

    for q in ("bob", "BÓB"):
        async with alice.browser.get("/api/rooms/1/mentionable", params={"q": q}) as answer:
            found = [person["login"] for person in (await answer.json())["members"]]
        assert found == ["bob", *(f"bob{n}" for n in range(7))]


def named(name: str, login: str) -> dict[str, Any]:
    return {"display_name": name, "search_key": person_key(name, login), "sort_key": person_sort_key(name)}


async def test_outsiders_are_not_told_who_is_in_a_room(join: Join, database: Engine) -> None:
    alice, _ = await join("alice"), await join("bob")
    remove(database, alice)

    async with alice.browser.get("/api/rooms/1/mentionable?q=b") as answer:
        assert answer.status == 403
    async with alice.browser.get("/api/rooms/1/mentionable", params={"q": "x" * 65}) as answer:
        assert answer.status == 400
