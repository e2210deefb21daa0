"""What a form says while its password waits for its turn."""

import asyncio
import threading
from collections.abc import Iterator

import bcrypt
import pytest

from tests.browser.conftest import Visit
from tests.support.browsing import PASSWORD
from tests.support.load import PATIENCE_S

# Whether the sentence is hidden, and its text, when that comes.
NEXT_SENTENCE = """
() => new Promise((done) => {
  const note = document.querySelector("[role=status]");
  new MutationObserver(() => done([note.hidden, note.textContent])).observe(note, { childList: true });
})
"""


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Nobody's password is verified before it is set."""
    gate, checkpw = threading.Event(), bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: gate.wait(PATIENCE_S) and checkpw(*given))
    yield gate
    gate.set()


async def test_a_log_in_that_has_to_wait_says_so_and_goes_on_by_itself(visit: Visit, gate: threading.Event) -> None:
    await visit("alice")
    again = await visit()
    await again.page.goto(f"{again.address}/login")
    says = asyncio.create_task(again.page.evaluate(NEXT_SENTENCE))  # the browser asks nobody else while it goes on
    await again.page.fill("#login", "alice")
    await again.page.fill("#password", PASSWORD)
    await again.page.click("button.form__submit", no_wait_after=True)

    assert await says == [False, "The server is busy just now. This goes on by itself: please wait."]
    gate.set()
    await again.is_up_to_date()
