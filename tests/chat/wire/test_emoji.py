"""One emoji has one form, whatever keyboard it comes from; tests/js/lib/emoji.test.js reads the same table."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from app.chat.wire.emoji import fully_qualified, is_emoji
from app.db.schema import reactions
from tests.chat.conftest import Join
from tests.chat.messages.test_changing import changed, done

TABLE: dict[str, Any] = json.loads((Path(__file__).parents[2] / "emoji.json").read_text("utf-8"))
QUALIFIED = [emoji for line in TABLE["qualified"] for emoji in line.split()]


def forms(emoji: str) -> Iterator[str]:
    """An emoji with each of its U+FE0F there or not."""
    first, *rest = emoji.split("\ufe0f")
    for kept in range(2 ** len(rest)):
        yield first + "".join(("\ufe0f" if kept >> n & 1 else "") + part for n, part in enumerate(rest))


def test_every_form_of_an_emoji_is_kept_fully_qualified() -> None:
    assert len(QUALIFIED) > 3_900
    for emoji in QUALIFIED:
        for form in forms(emoji):
            assert is_emoji(form), ascii(form)
            assert fully_qualified(form) == emoji, ascii(form)


def test_forms_that_other_programs_make_are_kept_as_the_same_emoji() -> None:
    for form, emoji in TABLE["same"]:
        assert is_emoji(form), ascii(form)
        assert fully_qualified(form) == emoji, ascii(form)


def test_less_or_more_than_one_emoji_is_none() -> None:
    for text in TABLE["none"]:
        assert not is_emoji(text), ascii(text)


@given(st.text(st.sampled_from("❤👍☝1#⃣🇺🇦🏽‍️︎a🏴"), max_size=8))
def test_what_is_fully_qualified_stays_so(text: str) -> None:
    once = fully_qualified(text)

    assert fully_qualified(once) == once
    assert is_emoji(once) == is_emoji(text)


async def test_two_forms_of_an_emoji_are_one_reaction_and_either_takes_it_back(join: Join, database: Engine) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.posted("hello")

    await done(alice, "react", 1, emoji="❤", on=True)
    await done(bob, "react", 1, emoji="❤️", on=True)
    assert (await changed(bob, 1, 3))["reactions"] == [{"emoji": "❤️", "people": [alice.named, bob.named]}]
    await done(alice, "react", 1, emoji="❤️", on=False)
    await done(bob, "react", 1, emoji="❤", on=False)

    assert "reactions" not in await changed(alice, 1, 5)
    with database.connect() as conn:
        assert conn.execute(select(reactions)).all() == []
