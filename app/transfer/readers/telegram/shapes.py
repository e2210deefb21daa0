"""What Telegram Desktop's result.json holds (its export_output_json.cpp), as far as it is read; fields in its order."""

from typing import Any

import msgspec


class Entity(msgspec.Struct):
    type: str = "plain"
    text: str = ""
    href: str | None = None
    user_id: int | str | None = None
    language: str | None = None


Text = str | list[str | Entity]


class Recent(msgspec.Struct, rename={"name": "from"}):
    name: str | None = None
    from_id: str | int | None = None


class Reacted(msgspec.Struct):
    type: str = ""
    count: int = 0
    emoji: str | None = None
    recent: list[Recent] | None = None


class Answer(msgspec.Struct):
    text: Text = ""
    voters: int = 0


class Listed(msgspec.Struct):
    """A poll, which has a question, or a list of what is to be done, which has a title."""

    question: Text = ""
    title: Text = ""
    answers: list[Answer] = []


class Contact(msgspec.Struct):
    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None


class Location(msgspec.Struct):
    latitude: float
    longitude: float


class Posted(msgspec.Struct, rename={"name": "from"}):
    id: int
    type: str = "message"
    date: str | None = None
    date_unixtime: str | int | None = None
    edited: str | None = None
    edited_unixtime: str | int | None = None
    name: str | None = None
    from_id: str | int | None = None
    action: str | None = None  # of a notice; a topic that it begins has a title
    title: str | None = None
    forwarded_from: str | msgspec.UnsetType | None = msgspec.UNSET
    reply_to_message_id: int | None = None
    reply_to_peer_id: Any = None
    photo: str | None = None
    file: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    performer: str | None = None  # of music, which has a title, too
    sticker_emoji: str | None = None
    mime_type: str | None = None
    contact_information: Contact | None = None
    place_name: str | None = None
    address: str | None = None
    location_information: Location | None = None
    game_title: str | None = None
    game_description: str | None = None
    game_link: str | None = None
    poll: Listed | None = None
    todo_list: Listed | None = None
    rich_message: dict[str, Any] | None = None
    text: Text = ""
    text_entities: list[Entity] | None = None
    reactions: list[Reacted] | None = None


class Chat(msgspec.Struct):
    """All of a chat but its messages, which are too many to have at once."""

    id: int | None = None
    type: str | None = None
    name: str | None = None


class Owner(msgspec.Struct):
    """Whose account was exported."""

    user_id: int
    first_name: str | None = None
    last_name: str | None = None
