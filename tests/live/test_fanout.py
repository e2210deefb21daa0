"""One frame to many sockets, in one call and in one for each: everyone gets it whole, or is reported."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from app.live import fanout
from app.live.fanout import FEW, Short, received, shared_io_uring, write_one_by_one, write_to_each
from app.live.io_uring import IoUring

Pair = tuple[socket.socket, socket.socket]
Write = Callable[[Sequence[int], bytes], Short]


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    """Connected over TCP, as browsers are; more of them than are written to one by one."""
    with socket.create_server(("127.0.0.1", 0), backlog=FEW + 10) as server:
        pairs = []
        for _ in range(FEW + 10):
            theirs = socket.create_connection(server.getsockname())
            ours, _ = server.accept()
            ours.setblocking(False)
            pairs.append((ours, theirs))
    yield pairs
    for pair in pairs:
        for one in pair:
            one.close()


@pytest.fixture
def io_uring() -> Iterator[IoUring]:
    try:
        io_uring = IoUring()
    except OSError as error:
        pytest.skip(f"no io_uring here: {error}")
    yield io_uring
    io_uring.close()


@pytest.fixture(params=["one call for all", "one call for each"])
def write(request: pytest.FixtureRequest) -> Write:
    if request.param == "one call for each":
        return write_one_by_one
    io_uring: IoUring = request.getfixturevalue("io_uring")
    return io_uring.write_to_each


def numbers(pairs: list[Pair]) -> list[int]:
    return [ours.fileno() for ours, _ in pairs]


def fill(ours: socket.socket) -> int:
    """Write until there is no room; how many bytes that were."""
    filled = 0
    try:
        while True:
            filled += ours.send(bytes(100_000))
    except BlockingIOError:
        return filled


def read(theirs: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        parts += theirs.recv(size - len(parts))
    return parts


def test_everyone_gets_every_frame_once_and_in_order(write: Write, pairs: list[Pair]) -> None:
    frames = [b"frame %d." % number for number in range(1_000)]  # more entries than an io_uring has

    assert [write(numbers(pairs), frame) for frame in frames] == [[]] * len(frames)

    for ours, theirs in pairs:
        ours.shutdown(socket.SHUT_WR)
        assert read(theirs, len(b"".join(frames))) == b"".join(frames)
        assert theirs.recv(1) == b""


def test_who_has_room_for_a_part_of_it_is_reported_to_the_byte(write: Write, pairs: list[Pair]) -> None:
    frame = os.urandom(20_000_000)

    short = dict(write(numbers(pairs[3:5]), frame))

    assert set(short) == {*numbers(pairs[3:5])}
    for ours, theirs in pairs[3:5]:
        taken = short[ours.fileno()]
        assert 0 < taken < len(frame)
        assert read(theirs, taken) == frame[:taken]
        ours.send(b"x")
        assert theirs.recv(2) == b"x"


def test_who_has_no_room_gets_nothing_and_keeps_nobody_from_it(write: Write, pairs: list[Pair]) -> None:
    filled = fill(pairs[7][0])

    assert write(numbers(pairs), b"hello") == [(pairs[7][0].fileno(), 0)]

    for ours, theirs in pairs:
        if ours is pairs[7][0]:
            assert read(theirs, filled) == bytes(filled)
            ours.send(b"there")
            assert theirs.recv(10) == b"there"
        else:
            assert theirs.recv(10) == b"hello"


def test_whose_connection_is_broken_is_reported_and_keeps_nobody_from_it(write: Write, pairs: list[Pair]) -> None:
    broken = pairs[0][0]
    broken.shutdown(socket.SHUT_WR)

    assert write(numbers(pairs), b"hello") == [(broken.fileno(), 0)]

    assert [theirs.recv(10) for _, theirs in pairs] == [b""] + [b"hello"] * (len(pairs) - 1)


def test_few_and_many_and_high_numbers_are_all_written_to(
    io_uring: IoUring, pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pairs[0]
    # The first number that a small io_uring has no entry for; a large one's is more than many systems allow.
    high = 1 << max(numbers(pairs)).bit_length()
    monkeypatch.setattr(IoUring, "SIZE", high)
    small = IoUring()
    monkeypatch.setattr(fanout, "shared_io_uring", lambda: small)
    os.dup2(ours.fileno(), high)
    try:
        assert write_to_each([high, *numbers(pairs[1:])], b"many, one high.") == []
        assert write_to_each(numbers(pairs), b"many.") == []
        assert write_to_each([high], b"few.") == []
    finally:
        os.close(high)
        small.close()

    assert read(theirs, 24) == b"many, one high.many.few."
    assert read(pairs[1][1], 20) == b"many, one high.many."


def test_what_a_kernel_does_not_take_up_is_reported_and_does_not_come_later(
    io_uring: IoUring, pairs: list[Pair]
) -> None:
    """Here because the io_uring is another thread's; a kernel without memory would refuse as well."""
    refused: list[Short] = []
    fds = numbers(pairs)
    thread = threading.Thread(target=lambda: refused.append(io_uring.write_to_each(fds, b"refused")))
    thread.start()
    thread.join()

    assert refused == [[(fd, 0) for fd in fds]]
    assert io_uring.write_to_each(fds[:2], b"hello") == []
    assert [received(theirs) for theirs in _unblocked(pairs)] == [b"hello"] * 2 + [b""] * (len(pairs) - 2)


def _unblocked(pairs: list[Pair]) -> Iterator[socket.socket]:
    for _, theirs in pairs:
        theirs.setblocking(False)
        yield theirs


class Silent(IoUring):
    """As of a kernel that reports no failure."""

    def _reports(self) -> Short:
        super()._reports()
        return []


class Boastful(IoUring):
    """As of a kernel that reports to have written more than it did."""

    def _reports(self) -> Short:
        return [(fd, taken + (taken > 0)) for fd, taken in super()._reports()]


class Idle(IoUring):
    """As of a kernel that takes entries and does nothing."""

    def write_to_each(self, fds: Sequence[int], frame: bytes) -> Short:
        return [(fds[0], 0)] if len(fds) == 1 or frame == b"last" else []


@pytest.fixture
def _no_io_uring_yet() -> Iterator[None]:
    shared_io_uring.cache_clear()
    yield
    shared_io_uring.cache_clear()


@pytest.mark.usefixtures("_no_io_uring_yet", "io_uring")
def test_an_io_uring_that_reports_the_truth_is_used() -> None:
    assert shared_io_uring() is not None


@pytest.mark.usefixtures("_no_io_uring_yet", "io_uring")
@pytest.mark.parametrize("kind", [Silent, Boastful, Idle])
def test_an_io_uring_that_does_not_report_the_truth_is_not_used(
    kind: type[IoUring], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "IoUring", kind)

    assert shared_io_uring() is None
