"""A browser that knows a password proves it without bcrypt, and nobody gains by it who does not know the password."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from app.auth.passwords import Passwords
from app.auth.passwords.proofs import Proofs
from app.base.config import Config
from app.base.secrets import derived_key
from tests.auth.test_throttle import statuses
from tests.conftest import Browsers
from tests.support.browsing import PASSWORD, Browser

OTHER = "another horse 8"


@pytest.fixture
async def alice(browser: Browsers) -> Browser:
    """Who typed her password in this browser once, and is logged out."""
    alice = browser()
    await alice.sign_up("alice")
    await alice.sign_out()
    assert (await alice.log_in("alice")).status == 303
    await alice.sign_out()
    return alice


def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many passwords bcrypt has verified since."""
    verified = []
    verify = Passwords.verify

    async def noting(passwords: Passwords, password: str, stored: str | None) -> bool:
        verified.append(password)
        return await verify(passwords, password, stored)

    monkeypatch.setattr(Passwords, "verify", noting)
    return lambda: len(verified)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    return counted(monkeypatch)


async def test_the_second_log_in_of_a_browser_needs_no_bcrypt(alice: Browser, hashed: Callable[[], int]) -> None:
    assert (await alice.log_in("alice")).status == 303
    assert hashed() == 0


async def test_a_browser_has_that_once_in_ten_minutes(alice: Browser, hashed: Callable[[], int]) -> None:
    await alice.log_in("alice")
    page = await alice.submit("/settings/email", email="alice@example.org", password=PASSWORD)

    assert page.status == 303
    assert hashed() == 1


async def test_a_wrong_password_is_wrong_there_and_counts_once(alice: Browser, hashed: Callable[[], int]) -> None:
    assert await statuses(alice, *["alice"] * 11) == [422] * 10 + [429]
    assert hashed() == 10
    assert (await alice.log_in("alice")).status == 429
    assert hashed() == 10


async def test_a_new_password_makes_the_proof_of_the_old_one_worthless(
    alice: Browser, database: Engine, hashed: Callable[[], int]
) -> None:
    passwords = Passwords(cost=4)
    with database.begin() as conn:
        conn.execute(text("UPDATE users SET password_hash = :new"), {"new": await passwords.hash(OTHER)})
    passwords.close()

    assert (await alice.log_in("alice")).status == 422
    assert (await alice.log_in("alice", OTHER)).status == 303
    assert hashed() == 2
    await alice.sign_out()
    assert (await alice.log_in("alice", OTHER)).status == 303
    assert hashed() == 2


async def test_a_proof_is_of_one_account(alice: Browser, hashed: Callable[[], int]) -> None:
    await alice.sign_up("bobby", OTHER)
    await alice.sign_out()

    assert (await alice.log_in("bobby")).status == 422
    assert (await alice.log_in("alice")).status == 303
    assert hashed() == 1


async def test_who_is_switched_off_does_not_get_in_by_a_proof(alice: Browser, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(text("UPDATE users SET disabled_at = now()"))

    assert (await alice.log_in("alice")).status == 403


async def test_a_device_of_an_older_parley_is_known_and_has_no_proof(
    alice: Browser, config: Config, hashed: Callable[[], int]
) -> None:
    fernet = Fernet(urlsafe_b64encode(derived_key(config, "device cookie")))
    kept = json.loads(fernet.decrypt(str(alice.cookie("parley-device"))))
    older = {user_id: name for user_id, (name, _) in kept.items()}
    cookie = fernet.encrypt(json.dumps(older).encode()).decode()
    alice.session.cookie_jar.update_cookies({"parley-device": cookie}, alice.make_url("/"))

    assert (await alice.log_in("alice")).status == 303
    assert hashed() == 1


async def test_on_a_shared_computer_no_proof_is_kept(alice: Browser, hashed: Callable[[], int]) -> None:
    await alice.log_in("alice", shared="on")
    before = alice.cookie("parley-device")
    await alice.sign_out()
    await alice.log_in("alice", shared="on")

    assert alice.cookie("parley-device") == before


def test_a_proof_holds_for_its_password_its_hash_and_its_key_alone() -> None:
    proofs = Proofs(b"1" * 32)
    proof = proofs.of(PASSWORD, "v1:stored")

    assert proofs.holds(proof, PASSWORD, "v1:stored")
    assert not proofs.holds(proof, OTHER, "v1:stored")
    assert not proofs.holds(proof, PASSWORD, "v1:other")
    assert not proofs.holds(proof, PASSWORD, None)
    assert not proofs.holds("", PASSWORD, "v1:stored")
    assert not Proofs(b"2" * 32).holds(proof, PASSWORD, "v1:stored")
    assert len(urlsafe_b64decode(f"{proof}=")) == 32
