"""Emoji by the names that chats give them."""

import pytest

from app.transfer.readers.emoji_names import Source, emoji_of, with_emoji

NAMES: dict[Source, dict[str, str]] = {
    "mattermost": {
        "+1": "👍",
        "+1::skin-tone-3": "👍🏼",
        "male-technologist::skin-tone-2": "👨🏻\u200d💻",
        "flag-ua": "🇺🇦",
        "simple_smile": "🙂",
        "heart": "❤️",
        "raised_hand_with_fingers_splayed::skin-tone-6": "🖐🏿",
        "man-woman-boy": "👨\u200d👩\u200d👦",
        "white_check_mark": "✅",
        "+1_medium_skin_tone": "👍🏽",
        "world_map": "🗺️",
    },
    "rocketchat": {
        ":thumbsup_tone1:": "👍🏻",
        ":grin:": "😁",
        ":flag_ua:": "🇺🇦",
    },
}


@pytest.mark.parametrize("source", NAMES)
def test_a_name_is_the_emoji_of_its_chat(source: Source) -> None:
    assert {name: emoji_of(name, source) for name in NAMES[source]} == NAMES[source]


@pytest.mark.parametrize("name", ["squirrel", "bowtie", "our_logo", "our_logo::skin-tone-3", "", "::"])
@pytest.mark.parametrize("source", ["rocketchat", "mattermost"])
def test_a_picture_that_a_team_made_is_none(source: Source, name: str) -> None:
    assert emoji_of(name, source) is None


def test_names_in_a_text_become_emoji_and_other_colons_stay() -> None:
    text = "hi :smile: at 10:30:45 :our_logo: a:smile:b"

    assert with_emoji(text, "mattermost") == text.replace(":smile: ", "😄 ")
