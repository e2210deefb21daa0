"""A file that is opened by itself, away from any page of ours: it plays or shows, and nothing in it runs."""

import pytest

from tests.browser.conftest import Fill, Visit
from tests.browser.files.conftest import Carry, picture, sound

SHOWN = {
    "sound": ({"content": sound(2), "name": "a.wav", "kind": "audio", "type": "audio/wav"}, "video", "readyState"),
    "picture": (picture(300, 200), "img", "naturalWidth"),
}


@pytest.mark.parametrize("what", SHOWN)
async def test_a_file_that_is_opened_by_itself_is_shown(what: str, visit: Visit, fill: Fill, carry: Carry) -> None:
    alice = await visit("alice")
    fill("alice", 1)
    columns, element, sign = SHOWN[what]
    complaints: list[str] = []
    alice.page.on("console", lambda message: complaints.append(message.text))

    await alice.page.goto(f"{alice.address}/files/{carry(1, **columns)}/name")

    await alice.page.wait_for_function(f"document.querySelector('{element}')?.{sign} > 0")
    assert complaints == []
