"""One room's stream: order, memory, and one frame for all."""

import asyncio

import pytest

from app.live.channel import RECENT_BYTES, RECENT_EVENTS, Changes, Channel
from app.live.client import FRAME_BYTES, Client
from app.live.frames import text_frame
from tests.live.conftest import MakeClient

pytestmark = pytest.mark.usefixtures("each_way")


def since(channel: Channel, rev: int) -> list[bytes]:
    found = channel.since(rev)
    assert found is not None
    return found.lines


def changes(after: int, *revs: int) -> Changes:
    """Changes after `after`, with an event for each rev."""
    return Changes(1, after, revs[-1] if revs else after, [(rev, rev, b"rev %d" % rev) for rev in revs])


def lines(first: int, last: int) -> list[bytes]:
    return [b"rev %d" % rev for rev in range(first, last + 1)]


def follow(channel: Channel, *clients: Client) -> None:
    channel.clients = {client: client.ws.fd for client in clients}


def test_changes_that_continue_at_the_head_are_taken() -> None:
    channel = Channel(changes(0))

    assert channel.accept(changes(0, 1, 2))
    assert channel.accept(changes(2, 3))

    assert channel.head == 3
    assert since(channel, 0) == lines(1, 3)


def test_changes_after_a_gap_are_refused_until_it_is_filled() -> None:
    channel = Channel(changes(0, 1))

    assert not channel.accept(changes(2, 3))
    assert channel.head == 1

    assert channel.accept(changes(1, 2, 3))
    assert since(channel, 0) == lines(1, 3)


@pytest.mark.parametrize("again", [changes(0, 1, 2), changes(1, 2), changes(0, 1, 2, 3), changes(2, 3)])
def test_what_was_published_before_is_dropped(again: Changes) -> None:
    channel = Channel(changes(0, 1, 2))

    assert channel.accept(again)

    assert since(channel, 0) == lines(1, again.upto if again.upto > 2 else 2)


def test_revs_that_a_later_change_replaced_may_be_missing() -> None:
    channel = Channel(changes(0))

    assert channel.accept(Changes(1, 0, 5, [(2, 1, b"rev 2"), (5, 2, b"rev 5")]))

    assert channel.head == 5
    assert since(channel, 1) == [b"rev 2", b"rev 5"]
    assert since(channel, 2) == [b"rev 5"]
    assert since(channel, 5) == []


def test_what_a_later_change_replaced_is_not_sent_again() -> None:
    channel = Channel(changes(0, 1, 2, 3))

    assert channel.accept(Changes(1, 3, 5, [(4, 1, b"1, deleted"), (5, 3, b"3, edited")]))

    assert since(channel, 0) == [b"rev 2", b"1, deleted", b"3, edited"]
    assert since(channel, 2) == [b"1, deleted", b"3, edited"]
    assert since(channel, 4) == [b"3, edited"]


def test_memory_has_no_answer_for_what_it_does_not_reach_back_to() -> None:
    channel = Channel(changes(10, 11))

    assert channel.since(9) is None
    assert since(channel, 10) == lines(11, 11)
    assert channel.since(12) is None

    channel.accept(changes(11, *range(12, 12 + RECENT_EVENTS)))
    assert channel.since(10) is None
    assert since(channel, 11) == lines(12, 11 + RECENT_EVENTS)


def test_memory_keeps_fewer_events_where_they_are_large() -> None:
    channel = Channel(changes(0))
    events = [(rev, rev, b"x" * (RECENT_BYTES // 4)) for rev in range(1, 11)]

    channel.accept(Changes(1, 0, 10, events))
    assert channel.since(5) is None
    assert since(channel, 6) == [line for _, _, line in events[6:]]

    channel.accept(Changes(1, 10, 11, [(11, 10, b"the tenth, deleted")]))
    channel.accept(Changes(1, 11, 12, [(12, 12, b"x" * (RECENT_BYTES // 4 - 100))]))
    assert [rev for rev in range(13) if channel.since(rev)] == [6, 7, 8, 9, 10, 11, 12]


def test_the_first_of_some_changes_are_so_many_bytes_but_at_least_one() -> None:
    all_of_it = changes(3, 4, 5, 9)

    assert all_of_it.first(15) is all_of_it
    assert all_of_it.first(14) == Changes(1, 3, 5, all_of_it.events[:2])
    assert all_of_it.first(0) == Changes(1, 3, 4, all_of_it.events[:1])
    assert changes(3).first(0) == changes(3)


async def test_everyone_gets_one_frame_and_ephemera_come_last(make_client: MakeClient) -> None:
    channel = Channel(changes(0))
    (alice, alice_reads), (bob, bob_reads) = await make_client(1), await make_client(2)
    follow(channel, alice, bob)

    channel.announce(b"typing")
    channel.accept(changes(0, 1, 2))
    channel.flush(set())

    assert await alice_reads.frame() == (1, b"rev 1\nrev 2\ntyping")
    assert await bob_reads.frame() == (1, b"rev 1\nrev 2\ntyping")
    channel.flush(set())
    channel.accept(changes(2, 3))
    channel.flush(set())
    assert await alice_reads.frame() == (1, b"rev 3")


async def test_a_slow_reader_keeps_what_must_arrive_and_misses_what_need_not(make_client: MakeClient) -> None:
    channel = Channel(changes(0))
    (slow, slow_reads), (quick, quick_reads) = await make_client(1), await make_client(2)
    follow(channel, slow, quick)
    line, filled = b"x" * 100_000, 0
    while slow.deliver(text_frame([line])):
        filled += 1

    channel.announce(b"typing")
    channel.accept(changes(0, 1))

    channel.flush({slow})

    assert await quick_reads.frame() == (1, b"rev 1\ntyping")
    assert [await slow_reads.frame() for _ in range(filled)] == [(1, line)] * filled
    slow.flush(0)
    assert await slow_reads.frame() == (1, b"rev 1")


async def test_what_one_reader_gets_goes_along_with_what_everyone_gets(make_client: MakeClient) -> None:
    channel = Channel(changes(0))
    (writer, writer_reads), (reader, reader_reads) = await make_client(1), await make_client(2)
    follow(channel, writer, reader)
    writer.keep([b"ack"])

    channel.accept(changes(0, 1))

    channel.flush({writer})

    assert not writer.waiting
    assert [await writer_reads.frame(), await writer_reads.frame()] == [(1, b"ack"), (1, b"rev 1")]
    assert await reader_reads.frame() == (1, b"rev 1")


async def test_a_frame_that_the_network_takes_in_part_arrives_whole(make_client: MakeClient) -> None:
    channel = Channel(changes(0))
    (slow, slow_reads), (quick, quick_reads) = await make_client(1), await make_client(2)
    follow(channel, slow, quick)
    line = b"x" * 250_000
    reading = asyncio.create_task(quick_reads.frame())

    channel.accept(Changes(1, 0, 1, [(1, 1, line)]))
    channel.flush(set())

    assert slow.ws.lagging
    assert await reading == (1, line)
    assert await slow_reads.frame() == (1, line)


async def test_a_large_batch_waits_in_the_outbox_of_who_does_not_read_and_others_get_it_at_once(
    make_client: MakeClient,
) -> None:
    channel = Channel(changes(0))
    (deaf, _), (quick, quick_reads) = await make_client(1), await make_client(2)
    follow(channel, deaf, quick)
    batch = [(rev, rev, b"%d" % rev * 30_000) for rev in range(1, 41)]
    reading = asyncio.create_task(quick_reads.lines(41))

    channel.announce(b"typing")
    channel.accept(Changes(1, 0, 40, batch))
    apart = {*channel.flush(set())}

    assert apart == {deaf, quick}
    assert not deaf.closed
    assert deaf.ws.transport.get_write_buffer_size() < 2 * FRAME_BYTES
    await quick.until_taken()
    assert await reading == [*(line for _, _, line in batch), b"typing"]


async def test_a_connection_that_was_reset_keeps_nobody_else_from_their_frame(make_client: MakeClient) -> None:
    channel = Channel(changes(0))
    (broken, broken_reads), (other, other_reads) = await make_client(1), await make_client(2)
    follow(channel, broken, other)
    broken_reads.writer.transport.abort()
    await broken_reads.writer.wait_closed()

    channel.accept(changes(0, 1))
    channel.flush(set())

    assert await other_reads.frame() == (1, b"rev 1")
