"""Hashes of passwords, and passwords that are refused."""

import asyncio
import threading
from collections.abc import Iterator

import bcrypt
import pytest

from app.auth import passwords as module
from app.auth.passwords import MAX_WAITING, THREADS, Passwords, objection
from app.base.errors import Unavailable


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


async def test_too_many_at_once_are_told_to_come_again(passwords: Passwords) -> None:
    room = THREADS + MAX_WAITING
    answers = await asyncio.gather(*(passwords.hash("correct horse") for _ in range(room + 5)), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert len(refused) == 5
    assert all(error.retry_after_s for error in refused)
    assert (await passwords.hash("afterwards")).startswith("v1:")


@pytest.mark.parametrize("password", ["zx8!kq#p", "x" * 8, "ж" * 4, "correct horse", "ж" * 512, "        "])
def test_password_of_8_to_1024_bytes_is_taken(password: str) -> None:
    assert objection(password) is None


@pytest.mark.parametrize("password", ["", "1234567", "ж" * 3, "x" * 1025, "ж" * 513])
def test_password_of_another_length_is_refused(password: str) -> None:
    assert objection(password)


@pytest.mark.parametrize("password", ["password", "PassWord", "12345678", "baseball", "qwertyuiop", "iloveyou1"])
def test_common_password_is_refused(password: str) -> None:
    assert objection(password)


def test_three_thousand_common_passwords_are_known() -> None:
    assert len(module._common()) == 3000
    assert all(len(password) >= 8 and password == password.casefold() for password in module._common())


def test_password_equal_to_login_or_email_is_refused() -> None:
    assert objection("Alice.Moreau", "alice.moreau", "")
    assert objection("alice@example.org", "alice", "alice@example.org")
    assert objection("alice.moreau.", "alice.moreau", "") is None
