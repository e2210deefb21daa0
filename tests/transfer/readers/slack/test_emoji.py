"""Slack's names of emoji."""

import pytest

from app.chat.wire.emoji import fully_qualified, is_emoji
from app.transfer.readers.slack.emoji import _characters, character, of_code_points


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("+1", "👍"),
        ("thumbsup", "👍"),
        ("+1::skin-tone-3", "👍🏼"),
        ("tada::skin-tone-3", "🎉"),
        ("male-technologist", "👨‍💻"),
        ("flag-ua", "🇺🇦"),
        ("us", "🇺🇸"),
        ("flag-england", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("heart", "❤️"),
        ("man-heart-man::skin-tone-2::skin-tone-3", "👨🏻‍❤️‍👨🏼"),
        ("umbrella", "☂️"),
        ("satellite", "🛰️"),
        ("simple_smile", "🙂"),
        ("fingerprint", "🫆"),
        ("squirrel", None),
        ("bowtie", None),
        ("slack", None),
    ],
)
def test_a_name_is_its_character(name: str, emoji: str | None) -> None:
    assert character(name) == emoji


def test_every_character_is_an_emoji_that_parley_takes() -> None:
    every = [char for char, tones in _characters().values() for char in (char, *tones.values())]

    assert len(every) > 3_000
    assert {char for char in every if not is_emoji(fully_qualified(char))} == {*"🏻🏼🏽🏾🏿"}  # colours alone


def test_code_points_are_an_emoji_or_nothing() -> None:
    assert [of_code_points(each) for each in ("1f44d-1f3fd", "2764", "41", "x", "")] == ["👍🏽", "❤️", None, None, None]
