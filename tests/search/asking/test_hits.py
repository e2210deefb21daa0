"""What somebody finds: messages of the rooms that they are in, as they are now."""

from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from tests.chat.conftest import Join, Member, statements_of
from tests.rooms.conftest import by
from tests.search.asking.conftest import found, search
from tests.search.conftest import is_level


async def change(person: Member, type: str, seq: int, **more: object) -> None:
    """Amend a message in the first room; returns with the ack."""
    id = f"0b0f6a52-7f3c-4c1e-9d0a-6a1d7c1f2e{seq:02}"
    await person.socket.say(type=type, id=id, room=1, seq=seq, **more)
    await person.socket.until("ack", id=id)


async def test_words_are_found_in_their_forms_newest_first_and_marked(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for text in ("We connected the printer", "nothing", "The *printer* is broken, connecting it again"):
        await alice.socket.posted(text)
    await is_level(database)

    answer = await search(bob, "printer connect")

    assert answer.texts == ["The *printer* is broken, connecting it again", "We connected the printer"]
    assert answer.marked == [["printer", "connecting"], ["connected", "printer"]]
    assert await found(bob, "absent") == await found(bob, "printer absent") == []


async def test_a_hit_is_the_message_as_it_is_on_the_wire(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("a question")
    await bob.socket.posted("the *answer* for @alice", reply_to=1)
    await change(alice, "react", 2, emoji="👍", on=True)
    await is_level(database)

    hits = (await search(alice, "answer")).wire["hits"]

    (expected,) = (await alice.history(after=1))["messages"]
    assert {"html", "mentions", "quote", "reactions"} <= expected.keys()
    assert hits == [
        {"room": 1, "message": expected, "excerpt": [["the ", False], ["answer", True], [" for @alice", False]]}
    ]


async def test_where_the_index_proposes_nothing_no_message_is_read(
    server: TestServer, join: Join, database: Engine
) -> None:
    alice = await join("alice")
    await alice.socket.posted("a question")
    await is_level(database)

    with statements_of(server) as of_hit:
        assert await found(alice, "question") == ["a question"]
    with statements_of(server) as of_none:
        assert await found(alice, "nothing of that") == []

    assert [sum("unnest" in statement for statement, _ in asked) for asked in (of_hit, of_none)] == [1, 0]


async def test_members_find_what_is_said_in_closed_rooms_and_directs_and_outsiders_do_not(
    join: Join, database: Engine
) -> None:
    alice, bob, carol = [await join(login) for login in ("alice", "bobby", "carol")]
    closed = await by(alice).make("Plans", kind="closed")
    await by(alice).add(closed, "bobby")
    direct = await by(alice).direct("bobby")
    for room in (closed, direct):
        await alice.socket.posted("a secret", room=room)
    await is_level(database)

    for person in (alice, bob):
        assert {room for room, _ in (await search(person, "secret")).places} == {closed, direct}
    assert await found(carol, "secret") == []
    for q in ("from:alice", "-nothing", "secret from:alice", "sec*", '"a secret"', "has:link -x"):
        assert await found(carol, q) == [], q


async def test_who_leaves_or_is_removed_finds_nothing_there_at_once(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans")
    await by(bob).join(room)
    await alice.socket.posted("a secret", room=room)
    await is_level(database)
    assert await found(bob, "secret") == await found(bob, "secret in:Plans") == ["a secret"]

    await by(alice).remove(room, bob)

    assert await found(bob, "secret") == []
    assert await found(alice, "secret") == ["a secret"]


async def test_a_member_of_many_rooms_finds_in_theirs_and_no_others(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    rooms = [await by(alice).make(f"Room {number}", kind="closed") for number in range(20)]
    for room in rooms:
        await alice.socket.posted("said here", room=room)
        if room != rooms[7]:
            await by(alice).add(room, "bobby")
    await is_level(database)

    assert {room for room, _ in (await search(alice, "said")).places} == {*rooms}
    for q in ("said", "-unsaid", "from:alice"):
        assert {room for room, _ in (await search(bob, q)).places} == {*rooms} - {rooms[7]}, q


async def test_an_edited_or_deleted_message_is_not_found_by_its_old_words_from_the_ack_on(
    join: Join, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    for text in ("one apple", "two apples", "three apples"):
        await alice.socket.posted(text)
    await is_level(database)

    await change(alice, "edit", 1, text="one pear")
    await change(alice, "delete", 2)

    assert await found(bob, "apple") == await found(bob, "from:alice apple") == ["three apples"]
    await is_level(database)
    assert await found(bob, "pear") == ["one pear"]
    assert await found(bob, "apple") == ["three apples"]


async def test_what_one_posts_is_found_within_a_second(join: Join) -> None:
    alice = await join("alice")
    await alice.socket.posted("eureka")

    while not await found(alice, "eureka"):
        pass  # the limit of searches, thirty at once, is the end of this


async def test_markup_that_splits_a_word_hides_it_from_nobody(join: Join, database: Engine) -> None:
    alice = await join("alice")
    for text in ("it is **un**like her", "[the label](https://hidden.example/path)"):
        await alice.socket.posted(text)
    await is_level(database)

    assert (await search(alice, "unlike")).marked == [["unlike"]]
    assert await found(alice, "like") == ["it is **un**like her"]
    assert (await search(alice, "hidden.example")).marked == [[]]
    assert (await search(alice, "label")).marked == [["label"]]
    assert await found(alice, "her -unlike") == []


async def test_a_phrase_stands_together_and_a_joined_word_too(join: Join, database: Engine) -> None:
    alice = await join("alice")
    for text in ("foo-bar/baz", "baz foo, bar", "bar foo", "foo x bar", "foos bar"):
        await alice.socket.posted(text)
    await is_level(database)

    assert await found(alice, '"foo bar"') == ["baz foo, bar", "foo-bar/baz"]
    assert await found(alice, "foo-bar") == ["foos bar", "baz foo, bar", "foo-bar/baz"]
    assert await found(alice, "foo-bar/baz") == ["foo-bar/baz"]
    assert await found(alice, 'foo -"foo bar"') == ["foos bar", "foo x bar", "bar foo"]
    assert await found(alice, '"foos"') == ["foos bar"]


async def test_prefixes_and_scripts_without_spaces(join: Join, database: Engine) -> None:
    alice = await join("alice")
    for text in ("connecting people", "the conn command", "我家在上海东边", "content"):
        await alice.socket.posted(text)
    await is_level(database)

    assert await found(alice, "conn") == ["the conn command"]
    assert (
        await found(alice, "conn*")
        == await found(alice, "conn", typing=1)
        == [*("the conn command", "connecting people")]
    )
    assert await found(alice, "co", typing=1) == ["content", "the conn command", "connecting people"]
    assert (await search(alice, "上海")).marked == [["上海"]]
    assert await found(alice, "上") == await found(alice, "上海东边") == ["我家在上海东边"]
    assert await found(alice, "海上") == await found(alice, "上东") == []
