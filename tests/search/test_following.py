"""The index follows the rooms: what is posted is found, what was edited or deleted no longer."""

import pytest
from sqlalchemy import Engine, select, text

from app.db.schema import search
from app.search.index import indexing
from app.search.index.terms import REACTION, calling
from tests.chat.conftest import Join, Member
from tests.chat.messages.test_changing import LIKE, done
from tests.rooms.conftest import by
from tests.search.conftest import becomes, found_by, is_level


async def test_a_message_is_found_after_its_ack_by_members_alone(join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Birds", kind="closed")

    ack = await alice.socket.posted("the zebrafinch sings", room=room)

    await becomes(lambda: found_by(alice, "zebrafinch"), [(room, ack["seq"])])
    assert await found_by(bob, "zebrafinch") == []


async def test_amendments_change_what_is_found(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for word in ("one", "two", "three"):
        await alice.socket.posted(f"zebrafinch {word}")
    await becomes(lambda: found_by(alice, "zebrafinch"), [(1, 3), (1, 2), (1, 1)])

    await done(alice, "edit", 1, text="a kingfisher for @bobby")
    await done(alice, "delete", 2)
    await done(bob, "react", 3, **LIKE)

    await becomes(lambda: found_by(alice, "zebrafinch"), [(1, 3)])
    await becomes(lambda: found_by(alice, "kingfisher", calling(bob.author["id"])), [(1, 1)])
    await becomes(lambda: found_by(alice, REACTION), [(1, 3)])

    await done(bob, "react", 3, **LIKE | {"on": False})
    await done(alice, "edit", 1, text="a kingfisher for nobody")

    await becomes(lambda: found_by(alice, REACTION), [])
    await becomes(lambda: found_by(alice, calling(bob.author["id"])), [])
    await is_level(database)


async def test_a_message_that_is_edited_keeps_its_place_in_time(join: Join) -> None:
    alice = await join("alice")
    for text_ in ("zebrafinch", "zebrafinch again"):
        await alice.socket.posted(text_)
    await becomes(lambda: found_by(alice, "zebrafinch"), [(1, 2), (1, 1)])

    await done(alice, "edit", 1, text="zebrafinch, later")

    await becomes(lambda: found_by(alice, "later"), [(1, 1)])
    assert await found_by(alice, "zebrafinch") == [(1, 2), (1, 1)]


async def test_a_room_that_is_deleted_takes_its_lines_with_it(join: Join, database: Engine) -> None:
    alice = await join("alice")
    room = await by(alice).make("Birds")
    await alice.socket.posted("zebrafinch", room=room)
    await becomes(lambda: found_by(alice, "zebrafinch"), [(room, 1)])

    with database.begin() as conn:
        conn.execute(text("DELETE FROM rooms WHERE id = :room"), {"room": room})

    with database.connect() as conn:
        assert conn.execute(select(search.c.seq).where(search.c.room_id == room)).all() == []
    await alice.socket.posted("zebrafinch again")
    await becomes(lambda: found_by(alice, "zebrafinch"), [(1, 1)])


@pytest.fixture
async def alice_compared(join: Join, monkeypatch: pytest.MonkeyPatch) -> Member:
    """Alice, in a process that compares all rooms with the index every 0.2 s."""
    monkeypatch.setattr(indexing, "COMPARE_S", 0.2)
    return await join("alice")


async def test_what_nobody_rang_for_is_found_by_comparison(alice_compared: Member, database: Engine) -> None:
    alice = alice_compared

    with database.begin() as conn:
        conn.execute(text("UPDATE rooms SET last_seq = 1, last_rev = 1 WHERE id = 1"))
        insert = "INSERT INTO messages (room_id, seq, rev, author_id, client_id, body) VALUES (1, 1, 1, :id, "
        conn.execute(text(f"{insert}gen_random_uuid(), 'zebrafinch')"), {"id": alice.author["id"]})

    await becomes(lambda: found_by(alice, "zebrafinch"), [(1, 1)])


async def test_an_index_that_was_emptied_is_written_anew(alice_compared: Member, database: Engine) -> None:
    alice = alice_compared
    for _ in range(3):
        await alice.socket.posted("zebrafinch")
    await is_level(database)

    with database.begin() as conn:
        conn.execute(text("TRUNCATE search_heads, search, search_segments"))

    await is_level(database)
    assert await found_by(alice, "zebrafinch") == [(1, 3), (1, 2), (1, 1)]
