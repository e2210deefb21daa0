"""Records of any source become people, rooms and messages here, exactly, and again without doubles."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, insert, select, text

from app.db.schema import heartbeats, memberships, messages, reactions, rooms, users
from app.db.schema import mentions as called_people
from app.transfer import accounts, mentions
from app.transfer.lines import StoredPerson
from app.transfer.records import LeftOut, Message, Person, Reaction, Record, Room
from app.transfer.staged import writing
from tests.transfer.conftest import Bring, Said

AT = datetime(2021, 5, 1, 9, tzinfo=UTC)
OLENA, BOB = Person("U1", "olena", "Олена", "olena@example.org"), Person("U2", "bob", "Bob")
ON_ROOM = rooms.c.id == memberships.c.room_id
ON_USER = users.c.id == memberships.c.user_id
KITCHEN = Room("C1", "open", "kitchen", "Food", ("U1", "U2"), AT, creator="U1")


def message(key: str, text: str, minutes: float = 0, author: str = "U1", **more: object) -> Message:
    return Message("C1", key, author, AT + timedelta(minutes=minutes), text, **more)  # type: ignore[arg-type]


async def test_messages_stand_in_the_order_of_their_times_to_the_microsecond_without_a_gap(
    bring: Bring, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MANY", 3)
    late = [message(f"k{n}", f"{n}", n / 6e7) for n in range(10, -1, -1)]

    await bring([*late, KITCHEN, OLENA, BOB])

    rows = said("kitchen")
    assert [row.body for row in rows] == [f"{n}" for n in range(11)]
    assert [(row.seq, row.rev) for row in rows] == [(n, n) for n in range(1, 12)]
    assert {after.created_at - before.created_at for before, after in pairwise(rows)} == {timedelta(microseconds=1)}


@pytest.mark.parametrize(("seconds_ago", "batches"), [(20, 1), (0, 2)], ids=["once", "now"])
async def test_batches_are_small_while_a_process_serves(
    bring: Bring, database: Engine, seconds_ago: int, batches: int
) -> None:
    beat_at = func.clock_timestamp() - timedelta(seconds=seconds_ago)
    with database.begin() as conn:
        conn.execute(insert(heartbeats).values(name="a process", beat_at=beat_at, revision="", bus="postgres"))

    await bring([*(message(f"{n}", f"{n}", n) for n in range(writing.FEW + 1)), KITCHEN, OLENA, BOB])

    with database.connect() as conn:
        assert conn.scalar(text("SELECT count(DISTINCT xmin::text) FROM messages")) == batches


@pytest.mark.parametrize("batch", [1, 2, 1_000])
async def test_a_reply_has_its_parent_wherever_that_stands_and_none_where_it_is_absent(
    bring: Bring, said: Said, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(writing, "MANY", batch)
    report = await bring(
        [
            message("early", "an answer by a clock that is late", 1, reply_to="parent"),
            message("parent", "a question", 2),
            message("late", "an answer", 3, reply_to="parent"),
            message("orphan", "an answer to nothing", 4, reply_to="nowhere"),
            *(KITCHEN, OLENA, BOB),
        ]
    )

    rows = said("kitchen")
    assert [(row.body, row.reply_to) for row in rows] == [
        ("an answer by a clock that is late", 2),
        ("a question", None),
        ("an answer", 2),
        ("an answer to nothing", None),
    ]
    assert len({row.rev for row in rows}) == 4
    assert report.left_out == {"answers to messages that did not come: they stand alone": 1}


async def test_a_newer_export_adds_what_is_new_and_its_replies_find_what_is_here(
    bring: Bring, said: Said, database: Engine
) -> None:
    await bring([message("1", "a question", 1), KITCHEN, OLENA, BOB])
    with database.begin() as conn:  # somebody wrote meanwhile
        room = conn.execute(select(rooms).where(rooms.c.name == "kitchen")).one()
        mine = select(users.c.id).where(users.c.login == "bob").scalar_subquery()
        values = {"room_id": room.id, "seq": 2, "rev": 2, "author_id": mine, "client_id": func.gen_random_uuid()}
        conn.execute(insert(messages).values(**values, body="between"))
        conn.execute(rooms.update().where(rooms.c.id == room.id).values(last_seq=2, last_rev=2))

    newer = [message("1", "a question", 1), message("2", "an answer", 2, "U2", reply_to="1"), KITCHEN, OLENA, BOB]
    report = await bring(newer)
    alone = await bring([message("3", "one more", 3, reply_to="1"), KITCHEN, OLENA])

    assert (report.messages_written, report.messages_here_already, report.people_made) == (1, 1, 0)
    assert alone.messages_written == 1
    assert [(row.body, row.reply_to) for row in said("kitchen")] == [
        ("a question", None),
        ("between", None),
        ("an answer", 1),
        ("one more", 1),
    ]


async def test_what_came_counts_as_read_by_those_who_had_read_all_and_joins_nobody_else(
    bring: Bring, database: Engine
) -> None:
    await bring([message("1", "first", 1), KITCHEN, OLENA, BOB, Person("U3", "carol")])

    with database.connect() as conn:
        seats = select(users.c.login, memberships.c.read_seq).select_from(
            memberships.join(rooms, ON_ROOM).join(users, ON_USER)
        )
        seats = seats.order_by(users.c.id)
        kitchen = conn.execute(seats.where(rooms.c.name == "kitchen"))
        assert [tuple(row) for row in kitchen] == [("olena", 1), ("bob", 1)]
        lobby = seats.where(rooms.c.name == "Lobby")
        assert [row.login for row in conn.execute(lobby)] == ["olena", "bob", "carol"]


async def test_people_are_found_by_email_or_login_and_never_by_the_name_that_is_shown(
    bring: Bring, database: Engine
) -> None:
    with database.begin() as conn:
        here = [("helena", "Helena", "olena@example.org"), ("bob", "Robert", None), ("carol", "Dora", None)]
        for login, name, email in here:
            conn.execute(insert(users).values(login=login, display_name=name, email=email, password_hash="x"))

    report = await bring([OLENA, BOB, Person("U3", "dora", "Dora"), KITCHEN])

    assert report.joined == {"U1": "helena, by email", "U2": "bob, by login"}
    with database.connect() as conn:
        found = conn.execute(select(users.c.login, users.c.namesake).order_by(users.c.id)).all()
    assert [tuple(row) for row in found] == [("helena", False), ("bob", False), ("carol", True), ("dora", True)]


async def test_an_address_that_two_claim_and_nobody_verified_is_that_of_neither(bring: Bring, database: Engine) -> None:
    with database.begin() as conn:
        for login in ("first", "second"):
            values = {"display_name": login, "email": "olena@example.org", "password_hash": "x"}
            conn.execute(insert(users).values(login=login, **values))

    report = await bring([OLENA, KITCHEN])

    assert report.joined == {}


async def test_who_cannot_log_in_is_told_apart_and_nobody_passes_for_an_administrator(
    bring: Bring, database: Engine
) -> None:
    people = [
        Person("B1", "deploy", "Deploy", kind="bot"),
        Person("G1", "gone", "Gone", kind="gone"),
        Person("P1", "system", "System"),
        Person("P2", "a", "Ann"),
        Person("P3", "ann", "Ann"),
    ]

    await bring([*people, KITCHEN, message("1", "Hi", author="unknown")])

    with database.connect() as conn:
        columns = (users.c.login, users.c.display_name, users.c.disabled_at.is_not(None))
        found = {row[0]: tuple(row)[1:] for row in conn.execute(select(*columns))}
    assert found["deploy-bot"] == ("Deploy (bot)", True)
    assert found["gone"] == ("Gone", True)
    assert found["unknown"] == ("unknown", True)
    assert "System" not in {name for name, _ in found.values()}
    assert len(found) == 8


async def test_conversations_of_more_than_eight_become_closed_rooms_and_the_others_direct_ones(
    bring: Bring, database: Engine
) -> None:
    people = [Person(f"U{n}", f"user{n}") for n in range(10)]
    many = Room("G1", "direct", members=tuple(person.key for person in people))
    few = Room("G2", "direct", members=("U1", "U2", "U2"))

    await bring([*people, many, few])
    await bring([*people, many, few])

    with database.connect() as conn:
        made = conn.execute(select(rooms.c.kind, rooms.c.name).where(rooms.c.id > 1).order_by(rooms.c.id)).all()
    assert [row.kind for row in made] == ["closed", "direct"]
    assert made[0].name.startswith("user0, user1")


async def test_mentions_are_written_with_the_logins_and_names_that_are_here(bring: Bring, said: Said) -> None:
    typed = mentions.typed("not \ue000this\ue001")
    text = f"{mentions.person('U2')} in {mentions.room('C1')}, {typed}"

    await bring([message("1", text), KITCHEN, OLENA, Person("U2", "Bob B", "Bob")])

    assert [row.body for row in said("kitchen")] == ["@bob.b in #kitchen, not this"]


async def test_a_long_text_comes_in_parts_that_lose_nothing(bring: Bring, said: Said) -> None:
    text = "\n".join(f"line {n} " + "x" * 90 for n in range(100))

    report = await bring([message("1", text), message("2", "after", 1), KITCHEN, OLENA, BOB])

    *parts, last = [row.body for row in said("kitchen")]
    assert last == "after"
    assert "\n".join(parts) == text
    assert report.messages_split == 1


async def test_reactions_are_one_of_a_kind_a_person_and_only_emoji(bring: Bring, database: Engine) -> None:
    given = (Reaction("👍", "U1"), Reaction("👍", "U1"), Reaction("👍", "U2"), Reaction(":custom:", "U2"))

    report = await bring([message("1", "Good?", reactions=given), KITCHEN, OLENA, BOB])

    with database.connect() as conn:
        found = conn.execute(select(reactions.c.seq, reactions.c.emoji).order_by(reactions.c.user_id)).all()
    assert [tuple(row) for row in found] == [(1, "👍"), (1, "👍")]
    assert report.left_out == {"reactions that are no emoji which Parley has": 1}


async def test_an_archived_room_stays_archived_and_a_taken_name_gets_a_number(bring: Bring, database: Engine) -> None:
    old = Room("C2", "open", "plans", is_archived=True)
    with database.begin() as conn:
        conn.execute(insert(rooms).values(kind="closed", name="Kitchen", name_key="kitchen"))

    await bring([KITCHEN, old, OLENA, BOB])

    with database.connect() as conn:
        made = {row.name: row.archived_at for row in conn.execute(select(rooms))}
    assert made["kitchen 2"] is None
    assert made["plans"] is not None


async def test_what_no_text_of_the_database_has_is_taken_out_wherever_it_stands(bring: Bring, said: Said) -> None:
    half, nul = "\ud83d", "\0"
    people = [Person(f"U{nul}1", f"ole{nul}na", f"Ole{half}na", f"o{nul}@example.org"), Person(f"U2{half}", "bob")]
    room = Room(f"C{nul}1", "open", f"kit{nul}chen", f"Fo{half}od", (f"U{nul}1", f"U2{half}"), AT, creator=f"U{nul}1")
    asked = Message(f"C{nul}1", f"{nul}1", f"U{nul}1", AT, f"a{nul}b", reactions=(Reaction("👍", f"U2{half}"),))
    told = Message(f"C{nul}1", f"2{half}", f"U2{half}", AT + timedelta(1), f"c{half}", reply_to=f"1{nul}")

    report = await bring([asked, told, room, *people])

    assert [(row.body, row.login, row.reply_to) for row in said("kitchen")] == [("ab", "olena", None), ("c?", "bob", 1)]
    assert (report.people_made, report.rooms_made, report.reactions) == (2, 1, 1)


async def test_a_message_with_a_number_that_the_database_does_not_have_is_left_out(bring: Bring, said: Said) -> None:
    report = await bring([OLENA, KITCHEN, message("1", "a", order=2**63), message("2", "b", order=2**63 - 1)])

    assert report.left_out == {"messages with a number that is larger than such numbers are": 1}
    assert [row.body for row in said("kitchen")] == ["b"]


async def test_a_login_of_an_older_parley_s_gets_the_form_of_today(bring: Bring, database: Engine) -> None:
    await bring([Person("i\u0307rem", "i\u0307rem", "İrem", stored=StoredPerson(created_at=AT))])

    with database.connect() as conn:
        assert conn.scalars(select(users.c.login)).all() == ["irem"]


@pytest.mark.parametrize(
    ("theirs", "here"),
    [
        ("Marcel·la", "marcel·la"),
        ("O’Brien", "o'brien"),
        ("ジョン・スミス", "ジョン・スミス"),
        ("bob's team!", "bob's.team"),
        ("-'don't'", "don't"),
        ("a'''b", "a.b"),
        ("l·", "l.x"),
    ],
)
async def test_a_login_keeps_each_sign_that_a_login_may_have(
    bring: Bring, said: Said, database: Engine, theirs: str, here: str
) -> None:
    await bring([KITCHEN, OLENA, Person("U9", theirs, "Somebody"), message("1", f"ask {mentions.person('U9')}")])

    with database.connect() as conn:
        assert here in conn.scalars(select(users.c.login)).all()
    assert [row.body for row in said("kitchen")] == [f"ask @{here}"]


async def test_what_a_reader_leaves_out_is_counted(bring: Bring) -> None:
    records: list[Record] = [LeftOut("joins"), LeftOut("joins", 2), message("1", "\u200b"), KITCHEN, OLENA]

    report = await bring(records)

    assert report.left_out == {"joins": 3, "messages that say nothing": 1}
    assert "3 joins" in report.as_table()


@pytest.mark.parametrize("batch", [1, 1_000])
async def test_a_reply_that_came_before_its_parent_was_here_gets_it_with_a_later_import(
    bring: Bring, said: Said, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(writing, "MANY", batch)
    reply, parent = message("early", "an answer", 1, reply_to="parent"), message("parent", "a question", 2)

    await bring([reply, KITCHEN, OLENA, BOB])
    await bring([reply, parent, KITCHEN, OLENA, BOB])
    before = said("kitchen")
    await bring([reply, parent, KITCHEN, OLENA, BOB])

    assert [(row.body, row.reply_to) for row in before] == [("an answer", 2), ("a question", None)]
    assert {row.rev for row in before} == {2, 3}
    assert said("kitchen") == before


async def test_reactions_are_counted_where_they_came(bring: Bring) -> None:
    records = [message("1", "Good?", reactions=(Reaction("👍", "U2"),)), KITCHEN, OLENA, BOB]

    first, second = await bring(records), await bring(records)

    assert (first.reactions, second.reactions) == (1, 0)


async def test_half_a_sign_is_shown_as_one_that_is_missing(bring: Bring, said: Said) -> None:
    await bring([message("1", "so \ud83d it is"), KITCHEN, OLENA])

    assert [row.body for row in said("kitchen")] == ["so ? it is"]


async def test_nobody_becomes_an_administrator_for_being_one_elsewhere(bring: Bring, database: Engine) -> None:
    report = await bring([Person("U1", "olena", is_admin=True), KITCHEN])

    with database.connect() as conn:
        assert {*conn.scalars(select(users.c.role))} == {"member"}
    assert [count for what, count in report.left_out.items() if what.startswith("administrators")] == [1]


async def test_a_newer_export_brings_later_texts_and_reactions_of_messages_that_are_here(
    bring: Bring, said: Said, database: Engine
) -> None:
    thumb, heart = Reaction("👍", "U2"), Reaction("❤️", "U1")
    await bring(
        [message("1", "a questoin", 1, reactions=(thumb,)), message("2", "yes", 2, reply_to="1"), KITCHEN, OLENA, BOB]
    )

    with database.begin() as conn:  # as if the text that is changed had called olena
        room, called = (
            select(rooms.c.id).where(rooms.c.name == "kitchen"),
            select(users.c.id).where(users.c.login == "olena"),
        )
        where = {"room_id": room.scalar_subquery(), "user_id": called.scalar_subquery()}
        conn.execute(insert(called_people).values([where | {"seq": seq} for seq in (1, 2)]))

    edited = message("1", "a question", 1, edited_at=AT + timedelta(hours=1), reactions=(thumb, heart))
    newer = [edited, message("2", "yes", 2, reply_to="1"), KITCHEN, OLENA, BOB]
    report = await bring(newer)
    before = said("kitchen")
    again = await bring(newer)

    assert [(row.body, row.edited_at) for row in before] == [("a question", AT + timedelta(hours=1)), ("yes", None)]
    assert [row.rev for row in before] == [3, 4]  # the answer quotes what was changed
    assert (report.messages_written, report.messages_changed, report.reactions) == (0, 1, 1)
    assert (again.messages_changed, again.reactions) == (0, 0)
    assert said("kitchen") == before
    with database.connect() as conn:
        assert {*conn.scalars(select(reactions.c.emoji))} == {"👍", "❤️"}
        assert [*conn.scalars(select(called_people.c.seq))] == [2]
        assert conn.scalar(select(rooms.c.last_rev).where(rooms.c.name == "kitchen")) == 4


async def test_what_was_changed_here_since_stays(bring: Bring, said: Said, database: Engine) -> None:
    await bring([message("1", "first", 1), message("2", "second", 2), KITCHEN, OLENA])
    with database.begin() as conn:
        here = rooms.c.name == "kitchen"
        room = conn.execute(select(rooms.c.id).where(here)).scalar_one()
        changed = messages.update().where(messages.c.room_id == room)
        conn.execute(changed.where(messages.c.seq == 1).values(body="mine", edited_at=AT + timedelta(days=2)))
        conn.execute(changed.where(messages.c.seq == 2).values(body="", deleted_at=AT + timedelta(days=2)))

    late = AT + timedelta(days=1)
    given = (Reaction("👍", "U1"),)
    report = await bring(
        [
            message("1", "theirs", 1, edited_at=late, reactions=given),
            message("2", "theirs", 2, edited_at=late, reactions=given),
            KITCHEN,
            OLENA,
        ]
    )

    assert [row.body for row in said("kitchen")] == ["mine", ""]
    assert (report.messages_changed, report.reactions) == (0, 1)


async def test_people_of_one_login_get_a_number_each_and_never_that_of_somebody_here(
    bring: Bring, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "AT_ONCE", 2)
    with database.begin() as conn:
        conn.execute(insert(users).values(login="olena.2", display_name="Olena", password_hash="x"))
    people = [Person(f"U{n}", "olena", kind="gone") for n in range(5)]

    report = await bring([Person("B1", "olena", kind="bot"), *people, KITCHEN])

    with database.connect() as conn:
        logins = [*conn.scalars(select(users.c.login).order_by(users.c.id))]
    assert sorted(logins) == ["olena", "olena-bot", *(f"olena.{n}" for n in range(2, 7))]
    assert report.people_made == 6
