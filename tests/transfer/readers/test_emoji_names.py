"""Emoji by the names that chats give them."""

import pytest

from app.transfer.readers.emoji_names import Source, emoji_of, with_emoji


@pytest.mark.parametrize(
    ("source", "name", "char"),
    [
        ("mattermost", "+1", "👍"),
        ("mattermost", "+1::skin-tone-3", "👍🏼"),
        ("mattermost", "male-technologist::skin-tone-2", "👨🏻\u200d💻"),
        ("mattermost", "flag-ua", "🇺🇦"),
        ("mattermost", "simple_smile", "🙂"),
        ("mattermost", "heart", "❤️"),
        ("mattermost", "raised_hand_with_fingers_splayed::skin-tone-6", "🖐🏿"),
        ("mattermost", "man-woman-boy", "👨\u200d👩\u200d👦"),
        ("mattermost", "white_check_mark", "✅"),
        ("mattermost", "+1_medium_skin_tone", "👍🏽"),
        ("mattermost", "world_map", "🗺️"),
        ("rocketchat", ":thumbsup_tone1:", "👍🏻"),
        ("rocketchat", ":grin:", "😁"),
        ("rocketchat", ":flag_ua:", "🇺🇦"),
    ],
)
def test_a_name_is_the_emoji_of_its_chat(source: Source, name: str, char: str) -> None:
    assert emoji_of(name, source) == char


@pytest.mark.parametrize("name", ["squirrel", "bowtie", "our_logo", "our_logo::skin-tone-3", "", "::"])
@pytest.mark.parametrize("source", ["rocketchat", "mattermost"])
def test_a_picture_that_a_team_made_is_none(source: Source, name: str) -> None:
    assert emoji_of(name, source) is None


def test_names_in_a_text_become_emoji_and_other_colons_stay() -> None:
    text = "hi :smile: at 10:30:45 :our_logo: a:smile:b"

    assert with_emoji(text, "mattermost") == text.replace(":smile: ", "😄 ")
