"""Messages are found by their files: that there are some, and the words of their names."""

import pytest
from sqlalchemy import Engine

from tests.chat.conftest import Join, Member
from tests.files.serving.conftest import Give, give
from tests.rooms.conftest import by
from tests.search.asking.conftest import found, search
from tests.search.conftest import found_by, is_level

__all__ = ["give"]

# The names of the files of each message, the newest first, by its text.
SAID = {
    "": ["IMG_1.jpg", "Printer_manual.pdf"],
    "two": ["Quarterly reports.xlsx", "відпустка.png"],
    "see https://example.org about reports": [],
    "the manual for you": ["notes.txt"],
}
PICTURES = (".jpg", ".png")
# Each question with the texts of what it finds.
FOUND = {
    "has:file": ["", "two", "the manual for you"],
    "has:picture": ["", "two"],
    "HAS:Picture -jpg": ["two"],
    "-has:file": ["see https://example.org about reports"],
    "has:file -has:picture": ["the manual for you"],
    "manual": ["", "the manual for you"],
    "manual -has:picture": ["the manual for you"],
    "report": ["two", "see https://example.org about reports"],
    "report -quarterly": ["see https://example.org about reports"],
    '"printer manual"': [""],
    "manual.pdf": [""],
    "xlsx": ["two"],
    "відпустки": ["two"],
    "quart*": ["two"],
    "two quarterly": ["two"],
    # Words of a text and of a name, or of two names, do not stand next to each other.
    '"two quarterly"': [],
    '"jpg printer"': [],
    '"you notes"': [],
}


@pytest.fixture
async def alice(join: Join, give: Give, database: Engine) -> Member:
    """She has written the messages above to the first room."""
    alice = await join("alice")
    for text, names in reversed(SAID.items()):
        kinds = ["picture" if name.endswith(PICTURES) else "file" for name in names]
        given = [give(alice, name=name, kind=kind) for name, kind in zip(names, kinds, strict=True)]
        await alice.socket.posted(text, files=[str(file.id) for file in given])
    await is_level(database)
    return alice


async def test_messages_are_found_by_files_and_words_of_their_names(alice: Member) -> None:
    for q, texts in FOUND.items():
        assert await found(alice, q) == texts, q


async def test_a_hit_shows_the_names_of_its_files_behind_its_words(alice: Member) -> None:
    excerpts = {q: (await search(alice, q)).wire["hits"][0]["excerpt"] for q in ("manual", "two", "відпустка", "notes")}

    assert excerpts == {
        "manual": [["📎 IMG_1.jpg 📎 Printer_", False], ["manual", True], [".pdf", False]],
        "two": [["two", True], [" 📎 Quarterly reports.xlsx 📎 відпустка.png", False]],
        "відпустка": [["two 📎 Quarterly reports.xlsx 📎 ", False], ["відпустка", True], [".png", False]],
        "notes": [["the manual for you 📎 ", False], ["notes", True], [".txt", False]],
    }


async def test_files_of_rooms_of_others_and_of_deleted_messages_are_not_found(
    alice: Member, join: Join, give: Give, database: Engine
) -> None:
    bob = await join("bobby")
    closed = await by(alice).make("Plans", kind="closed")
    await alice.socket.posted("", room=closed, files=[str(give(alice, name="secret.pdf").id)])
    await is_level(database)
    assert await found(alice, "secret") == [""]
    assert await found(bob, "secret") == []
    assert await found(bob, "manual") == ["", "the manual for you"]

    id = "0b0f6a52-7f3c-4c1e-9d0a-6a1d7c1f2e11"
    await alice.socket.say(type="delete", id=id, room=1, seq=4)
    await alice.socket.until("ack", id=id)

    assert await found(bob, "manual") == ["the manual for you"]
    await is_level(database)
    assert await found_by(bob, "printer") == []
