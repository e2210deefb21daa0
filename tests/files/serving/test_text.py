"""The first lines of a text, as a message folds them open."""

import json

import pytest

from app.files.serving.text import MAX_BYTES, Lines, first_lines
from tests.chat.conftest import Join, Member
from tests.files.serving.conftest import Give, Given, read


@pytest.mark.parametrize(
    ("begin", "text", "more"),
    [
        (b"", "", False),
        (b"one", "one", False),
        (b"one\ntwo", "one\ntwo", False),
        (b"one\ntwo\n", "one\ntwo", False),
        (b"one\ntwo\n\n", "one\ntwo", True),
        (b"one\ntwo\nthree", "one\ntwo", True),
        (b"\r\none\r\n", "\r\none\r", False),
        ("\ufeffпривіт\n👩‍💻".encode(), "привіт\n👩‍💻", False),
        (b"broken \xff", "broken \ufffd", False),
        (b"cut \xd0", "cut \ufffd", False),
    ],
)
def test_two_lines_of_a_text(begin: bytes, text: str, more: bool) -> None:
    assert first_lines(begin, 2, is_all=True) == Lines(text, more)


def test_a_sign_that_is_cut_in_two_is_left_out() -> None:
    assert first_lines("яя".encode()[:-1], 2, is_all=False) == Lines("я", more=True)


async def lines(person: Member, file: Given, count: int) -> Lines:
    answer = await read(person, file.path(lines=str(count)))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return Lines(**json.loads(answer.body))


async def test_a_text_is_read_by_its_first_lines(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, "".join(f"line {number} <b>ї</b>\n" for number in range(1_000)).encode(), kind="text")

    assert await lines(alice, file, 2) == Lines("line 0 <b>ї</b>\nline 1 <b>ї</b>", more=True)
    assert not (await lines(alice, file, 1_000)).more


async def test_long_lines_end_somewhere(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, b"x" * (MAX_BYTES + 1), kind="text")

    assert await lines(alice, file, 1) == Lines("x" * MAX_BYTES, more=True)


async def test_an_empty_text_has_no_lines(join: Join, give: Give) -> None:
    alice = await join("alice")

    assert await lines(alice, give(alice, b"", kind="text"), 5) == Lines("", more=False)


async def test_lines_that_one_has_are_not_sent_again(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, b"one\ntwo\nthree", kind="text")
    known = (await read(alice, file.path(lines="2"))).headers["ETag"]

    assert (await read(alice, file.path(lines="2"), If_None_Match=known)).status == 304
    assert (await read(alice, file.path(lines="1"), If_None_Match=known)).status == 200
    assert (await read(alice, file.path(), If_None_Match=known)).status == 200


async def test_only_a_text_has_lines(join: Join, give: Give) -> None:
    alice = await join("alice")

    assert (await read(alice, give(alice, kind="picture", type="image/png").path(lines="5"))).status == 400
