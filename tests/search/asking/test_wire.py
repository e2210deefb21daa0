"""What docs/PROTOCOL.md says of the search is so."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, func, insert, select, update

from app.base import errors
from app.db.schema import search_heads, search_segments
from app.limits import limits
from app.search import service
from app.search.asking.question import MAX_WORDS
from app.search.index.writing import ADVISORY_LOCK
from app.search.wire import Hits
from tests.chat.conftest import Join
from tests.rooms.conftest import Denied
from tests.search.asking.conftest import say, search

_, SECTION = (Path(__file__).parents[3] / "docs" / "PROTOCOL.md").read_text().split("\n## Search\n")
SECTION = SECTION.split("\n## ")[0]


def test_the_example_of_the_document_is_an_answer() -> None:
    (example,) = re.findall(r"^```json\n(.*)\n```$", SECTION, re.MULTILINE)

    decoded = msgspec.json.decode(example, type=Hits)

    assert json.loads(msgspec.json.encode(decoded)) == json.loads(example)


def test_the_document_has_every_field_of_an_answer_and_every_limit() -> None:
    assert {*Hits.__struct_fields__} <= {*re.findall(r"`(\w+)`", SECTION)} | {"hits", "took_ms"}
    assert f"the first {MAX_WORDS} words" in SECTION
    assert f"up to {service.MAX_QUESTION_CHARS:,} characters" in SECTION
    assert f"1 to {service.PAGE_MAX} hits; without it, {service.PAGE_DEFAULT}" in SECTION
    assert f"{limits.SEARCHES_PER_S} times a second, and {limits.SEARCHES_BURST} times at once" in SECTION
    assert {errors.BadQuestion.code, errors.SearchTooSlow.code} <= {*re.findall(r"`(\w+)`", SECTION)}


async def test_while_older_messages_are_still_being_indexed_an_answer_says_so(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    path = "/search?q=old"
    with database.begin() as holder:
        holder.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))  # nobody else writes to the index
        say(database, [(1, alice.author["id"], datetime(2026, 1, 31, 12, tzinfo=UTC), "old")])
        with database.begin() as conn:  # as the migration leaves a chat that was there before
            conn.execute(insert(search_heads).values(room_id=1, rev=1, filled_seq=2))

        assert (await search(alice, "old")).wire["indexing"] == {"until": None}
        assert "Older messages are still being indexed." in (await alice.browser.ask("GET", path)).text
        for asked in ("/search", path):  # an administrator gets the numbers of the whole chat, and nobody else
            assert "it has 0 of 1 messages." in (await alice.browser.ask("GET", asked)).text
            assert "of this chat is being filled" not in (await bob.browser.ask("GET", asked)).text
        with database.begin() as conn:
            conn.execute(insert(search_segments).values(segment=7, began=datetime(2026, 5, 3, 10, tzinfo=UTC)))
        assert (await search(alice, "old")).wire["indexing"] == {"until": "2026-05-03T10:00:00.000Z"}
        assert "what was said before" in (await alice.browser.ask("GET", path)).text
        with database.begin() as conn:
            conn.execute(update(search_heads).values(filled_seq=1))
        assert "indexing" not in (await search(alice, "old")).wire
    page = (await alice.browser.ask("GET", path)).text
    assert "still being indexed" not in page
    assert "of this chat is being filled" not in page


@pytest.mark.parametrize("limit", ["0", "51", "-1", "x"])
async def test_a_limit_that_is_none_is_refused(limit: str, join: Join) -> None:
    alice = await join("alice")

    with pytest.raises(Denied) as denied:
        await search(alice, "x", limit=limit)
    assert denied.value == (400, "bad_command")
