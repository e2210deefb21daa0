"""What DiscordChatExporter's JSON holds (its JsonMessageWriter.cs), as far as it is read; fields in its order."""

from typing import Any

import msgspec


class Role(msgspec.Struct):
    id: str
    name: str


class Account(msgspec.Struct, rename="camel"):
    id: str
    name: str = ""
    discriminator: str | None = None
    nickname: str | None = None
    is_bot: bool = False
    roles: list[Role] | None = None
    avatar_url: str | None = None

    @property
    def key(self) -> str:
        """Its id; a webhook, which has one id under all names that programs give it, is somebody under each of them."""
        return f"{self.id}/{self.name}" if self.is_bot and not (self.discriminator or "").strip("0") else self.id


class GuildChannel(msgspec.Struct):
    id: str
    type: str
    category: str | None = None
    name: str | None = None
    topic: str | None = None


class Attachment(msgspec.Struct, rename="camel"):
    url: str = ""
    file_name: str = ""


class Field(msgspec.Struct):
    name: str | None = None
    value: str | None = None


class Written(msgspec.Struct):
    """The author of an embed, who has a name, or its last line, which has a text."""

    name: str | None = None
    text: str | None = None


class Picture(msgspec.Struct, rename="camel"):
    url: str | None = None
    canonical_url: str | None = None


class Embed(msgspec.Struct):
    """Older files have one `image`, newer ones `images`, the first of which it is again."""

    title: str | None = None
    url: str | None = None
    description: str | None = None
    author: Written | None = None
    footer: Written | None = None
    image: Picture | None = None
    images: list[Picture] | None = None
    thumbnail: Picture | None = None
    fields: list[Field] | None = None


class Sticker(msgspec.Struct):
    name: str


class Emoji(msgspec.Struct):
    id: str | None = None
    name: str = ""


class Reacted(msgspec.Struct):
    emoji: Emoji
    count: int = 0
    users: list[Account] | None = None


class Reference(msgspec.Struct, rename="camel"):
    type: Any = None
    message_id: str | None = None
    channel_id: Any = None


class Forwarded(msgspec.Struct):
    content: str | None = None
    attachments: list[Attachment] | None = None
    embeds: list[Embed] | None = None
    stickers: list[Sticker] | None = None


class Posted(msgspec.Struct, rename="camel", kw_only=True):
    id: str
    type: str
    timestamp: str | None = None
    timestamp_edited: str | None = None
    is_pinned: bool = False
    content: str | None = None
    author: Account
    attachments: list[Attachment] | None = None
    embeds: list[Embed] | None = None
    stickers: list[Sticker] | None = None
    reactions: list[Reacted] | None = None
    mentions: list[Account] | None = None
    reference: Reference | None = None
    forwarded_message: Forwarded | None = None
