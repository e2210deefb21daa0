"""Parts of a file, and copies that are still good: RFC 9110, sections 13 and 14."""

import pytest
from multidict import CIMultiDict

from app.files.serving.ranges import OutOfRange, asked_range
from tests.chat.conftest import Join
from tests.files.serving.conftest import CHUNK_BYTES, Give, read

ETAG, SIZE = '"abc"', 1_000
CONTENT = bytes(number % 251 for number in range(3 * CHUNK_BYTES + 500))

PARTS = {
    "bytes=0-0": range(1),
    "bytes=0-": range(1_000),
    "bytes=10-19": range(10, 20),
    "bytes=999-": range(999, 1_000),
    "bytes=990-5000": range(990, 1_000),
    "bytes=0-99999999999999999999": range(1_000),
    "bytes=-1": range(999, 1_000),
    "bytes=-5000": range(1_000),
    "Bytes=1-2": range(1, 3),
}
WHOLE = ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=0-1,5-6", "bytes= 0-1", "bytes=0-1 ", "lines=0-1"]
WHOLE += ["bytes=+1-2", "bytes=1.0-2", "bytes=٣-٤", "bytes=--1", "0-1", "bytes=" + "9" * 5_000 + "-"]
NOTHING = ["bytes=1000-", "bytes=1000-1001", "bytes=99999999999999999999-", "bytes=-0"]


def asked(size: int = SIZE, **headers: str) -> range | None:
    return asked_range(CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()}), ETAG, size)


@pytest.mark.parametrize("header", PARTS)
def test_a_range_is_those_bytes(header: str) -> None:
    assert asked(Range=header) == PARTS[header]


@pytest.mark.parametrize("header", WHOLE)
def test_what_is_no_range_is_the_whole(header: str) -> None:
    assert asked(Range=header) is None


@pytest.mark.parametrize("header", NOTHING)
def test_a_range_behind_the_end_is_out_of_range(header: str) -> None:
    with pytest.raises(OutOfRange):
        asked(Range=header)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_nothing_of_an_empty_file_is_in_any_range(header: str) -> None:
    with pytest.raises(OutOfRange):
        asked(0, Range=header)


def test_a_range_goes_on_with_the_same_copy_only() -> None:
    assert asked(Range="bytes=1-2", If_Range=ETAG) == range(1, 3)
    for other in ('"abd"', f"W/{ETAG}", "abc", "*", "", f'{ETAG}, "d"', "Sun, 29 Nov 2026 00:00:00 GMT"):
        assert asked(Range="bytes=1-2", If_Range=other) is None
        assert asked(Range="bytes=5000-", If_Range=other) is None


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (0, 1),
        (CHUNK_BYTES - 1, CHUNK_BYTES + 1),
        (CHUNK_BYTES, 2 * CHUNK_BYTES),
        (1, len(CONTENT)),
        (len(CONTENT) - 1, len(CONTENT)),
    ],
)
async def test_a_part_has_exactly_its_bytes(begin: int, end: int, join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, CONTENT, kind="video", type="video/mp4")

    part = await read(alice, file.path(), Range=f"bytes={begin}-{end - 1}", If_Range=file.etag)

    assert (part.status, part.body) == (206, CONTENT[begin:end])
    assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(CONTENT)}"
    assert part.headers["Content-Length"] == str(end - begin)
    assert part.headers["Content-Type"] == "video/mp4"
    assert part.headers["ETag"] == file.etag


async def test_the_whole_says_that_it_has_parts(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, CONTENT)

    whole = await read(alice, file.path())

    assert (whole.status, whole.body) == (200, CONTENT)
    assert (whole.headers["Accept-Ranges"], whole.headers["Content-Length"]) == ("bytes", str(len(CONTENT)))
    assert "Content-Range" not in whole.headers


async def test_another_copy_is_sent_whole(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, CONTENT)

    assert (await read(alice, file.path(), Range="bytes=0-1", If_Range='"other"')).body == CONTENT
    assert (await read(alice, file.path(), Range="bytes=0-1", If_Range=f"W/{file.etag}")).body == CONTENT


async def test_a_range_behind_the_end_is_refused_with_the_size(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, CONTENT)

    refused = await read(alice, file.path(), Range=f"bytes={len(CONTENT)}-")

    assert (refused.status, refused.headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


async def test_head_says_the_same_without_the_bytes(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, CONTENT)

    got, headed = await read(alice, file.path()), await read(alice, file.path(), "HEAD")
    ranged = await read(alice, file.path(), "HEAD", Range="bytes=0-1")

    own = {"Date": "", "X-Request-ID": ""}
    assert {**got.headers, **own} == {**headed.headers, **own} == {**ranged.headers, **own}
    assert (headed.status, headed.body, ranged.status, ranged.body) == (200, b"", 200, b"")


async def test_an_empty_file_is_sent(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, b"")

    whole = await read(alice, file.path())

    assert (whole.status, whole.body, whole.headers["Content-Length"]) == (200, b"", "0")
    assert (await read(alice, file.path(), Range="bytes=0-")).status == 416


async def test_who_has_the_copy_gets_no_bytes(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, CONTENT, small=b"small", kind="picture", type="image/png")

    for known in (file.etag, f"W/{file.etag}", f'"x", {file.etag}', "*"):
        unchanged = await read(alice, file.path(), If_None_Match=known)
        assert (unchanged.status, unchanged.body, unchanged.headers["ETag"]) == (304, b"", file.etag)
        assert unchanged.headers["Cache-Control"] == "private, no-cache"
    assert (await read(alice, file.path(), If_None_Match='"other"')).body == CONTENT
    assert (await read(alice, file.path(size="small"), If_None_Match=file.etag)).body == b"small"
    assert (await read(alice, file.path(), If_None_Match=file.etag, Range="bytes=0-1")).status == 304


async def test_parts_end_on_one_connection_as_they_should(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, CONTENT)

    parts = [
        await read(alice, file.path(), Range=f"bytes={begin}-{begin + 999}") for begin in range(0, len(CONTENT), 1_000)
    ]

    assert b"".join(part.body for part in parts) == CONTENT
