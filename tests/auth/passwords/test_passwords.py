"""Hashes of passwords, and passwords that are refused."""

import os
import sys
import threading
from collections.abc import Iterator

import bcrypt
import pytest

from app.auth import passwords as module
from app.auth.passwords import Passwords, objection, objections


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    cheap = Passwords(cost=4)
    yield cheap
    cheap.close()


async def test_password_verifies_against_its_own_hash_only(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse")

    assert await passwords.verify("correct horse", stored)
    assert not await passwords.verify("correct horsf", stored)
    assert not await passwords.verify("", stored)


async def test_every_byte_of_a_long_password_counts(passwords: Passwords) -> None:
    long = "x" * 255
    stored = await passwords.hash(long + "a")

    assert await passwords.verify(long + "a", stored)
    assert not await passwords.verify(long + "b", stored)
    assert not await passwords.verify(long[:100] + "y" + long[101:] + "a", stored)


async def test_password_goes_on_after_a_nul(passwords: Passwords) -> None:
    stored = await passwords.hash("before\0after")

    assert await passwords.verify("before\0after", stored)
    assert not await passwords.verify("before\0other", stored)


async def test_password_is_the_same_in_every_normal_form(passwords: Passwords) -> None:
    stored = await passwords.hash("cafe\u0301 ｃｒème")

    assert await passwords.verify("caf\u00e9 cre\u0300me", stored)


async def test_the_same_password_has_different_hashes(passwords: Passwords) -> None:
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


async def test_hash_of_an_unknown_version_is_not_guessed_at(passwords: Passwords) -> None:
    with pytest.raises(ValueError, match="version"):
        await passwords.verify("correct horse", "$2b$04$" + "." * 53)


async def test_verifying_without_a_hash_does_the_same_work(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[bytes] = []
    checkpw = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda given, stored: done.append(stored[:7]) or checkpw(given, stored))

    stored = await passwords.hash("correct horse")
    assert not await passwords.verify("wrong", stored)
    assert not await passwords.verify("wrong", None)

    assert done == [b"$2b$04$", b"$2b$04$"]


def test_cost_is_twelve_unless_a_test_says_otherwise() -> None:
    assert module.COST == 12
    assert Passwords()._dummy.startswith("v1:$2b$12$")


async def test_work_is_not_done_on_the_event_loop(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    hashpw = bcrypt.hashpw
    monkeypatch.setattr(bcrypt, "hashpw", lambda *given: threads.append(threading.get_ident()) or hashpw(*given))

    await passwords.hash("correct horse")

    assert threads
    assert threading.get_ident() not in threads


@pytest.mark.parametrize(
    "password", ["zx8!kq#p", "жизньмоя", "correct horse", "пароль и ключ", "ab 12 ab 34", "hgfe4321zx", "aaaa bcde fx"]
)
def test_password_of_8_characters_or_more_is_taken(password: str) -> None:
    assert objection(password) is None


def test_password_of_1024_characters_is_taken() -> None:
    assert objection("жизнь моя" + "ж" * 1015) is None
    assert objection("жизнь моя" + "ж" * 1016)


@pytest.mark.parametrize("password", ["", "1234567", "жизнь м", "zx8!kq#", "👩‍👩‍👧", "e\u0301a\u0301k!7x9"])
def test_password_of_fewer_characters_is_refused_whatever_its_bytes(password: str) -> None:
    assert objection(password) == "Use at least 8 characters."


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("aaaaaaaa", "different"),
        (" " * 8, "different"),
        ("\u3000" * 8, "different"),
        ("aabbccdd", "different"),
        ("ａａａａaaaa", "different"),
        ("abcdeabcde", "over and over"),
        ("k7!pqk7!pq", "over and over"),
        ("zx8kqzx8kqzx", "over and over"),
        ("23456789", "follow"),
        ("abcdefghijkl", "follow"),
        ("абвгдежз", "follow"),
        ("HGFEDCBA", "follow"),
        ("abcde54321", "follow"),
        ("7890uiop", "follow"),
        ("lkjhgfdsa", "follow"),
    ],
)
def test_password_that_needs_no_thought_is_refused_with_a_sentence(password: str, part: str) -> None:
    assert part in (objection(password) or "")


@pytest.mark.parametrize("password", ["password", "PassWord", "12345678", "baseball", "qwertyuiop", "iloveyou1"])
def test_common_password_is_refused(password: str) -> None:
    assert objection(password)


@pytest.mark.parametrize(
    "password", ["Parley-2026", "parleychat", "admin.password.1", "My Chat Room 7", "ＰＡＲＬＥＹ ２０２６"]
)
def test_password_of_words_of_a_chat_alone_is_refused(password: str) -> None:
    assert "try here first" in (objection(password) or "")
    assert objection(f"{password}, otter") is None


def test_three_thousand_common_passwords_are_known() -> None:
    assert len(objections._common()) == 3000
    assert all(len(password) >= 8 and password == password.casefold() for password in objections._common())


def test_password_equal_to_login_or_email_is_refused() -> None:
    assert objection("Alice.Moreau", "alice.moreau", "")
    assert objection("alice@example.org", "alice", "alice@example.org")
    assert objection("alice.moreau.", "alice.moreau", "") is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere niceness is that of the whole process")
async def test_what_strangers_wait_for_leaves_the_cores_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    niceness: list[int] = []
    hashpw = bcrypt.hashpw
    monkeypatch.setattr(
        bcrypt,
        "hashpw",
        lambda *given: niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())) or hashpw(*given),
    )
    before = os.getpriority(os.PRIO_PROCESS, 0)

    for nice in (0, 5):
        passwords = Passwords(cost=4, nice=nice)
        await passwords.hash("correct horse")
        passwords.close()

    assert niceness == [before, before + 5]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
