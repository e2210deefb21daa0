"""What Zulip's export holds (zerver/lib/export.py), as far as it is read."""

from typing import Any

import msgspec


class Account(msgspec.Struct):
    id: int
    full_name: str = ""
    email: str | None = None
    delivery_email: str | None = None
    is_active: bool = True
    is_bot: bool = False
    is_mirror_dummy: bool = False
    is_realm_admin: bool = False  # in old exports
    role: int | None = None


class Stream(msgspec.Struct):
    id: int
    name: str
    description: str | None = None
    invite_only: Any = False
    deactivated: bool = False
    date_created: float | None = None
    creator: int | None = None
    creator_id: int | None = None


class Recipient(msgspec.Struct):
    id: int
    type: int
    type_id: int


class Subscription(msgspec.Struct):
    recipient: int
    user_profile: int
    active: bool = True


class Reacted(msgspec.Struct):
    message: int
    user_profile: int
    emoji_code: str = ""
    reaction_type: str = "unicode_emoji"


class Realm(msgspec.Struct):
    """realm.json, without its reactions: there may be as many as messages."""

    zerver_userprofile: list[Account] = []
    zerver_recipient: list[Recipient] = []
    zerver_stream: list[Stream] = []
    zerver_userprofile_crossrealm: list[Account] = []
    zerver_userprofile_mirrordummy: list[Account] = []
    zerver_subscription: list[Subscription] = []


class Posted(msgspec.Struct):
    id: int
    sender: int
    recipient: int
    content: str = ""
    rendered_content: str | None = None
    subject: str = ""
    date_sent: float | None = None
    pub_date: float | None = None  # in old exports
    last_edit_time: float | None = None
    edit_history: str | None = None


class Attachment(msgspec.Struct):
    path_id: str
    file_name: str = ""
    messages: list[int] = []


class Edit(msgspec.Struct):
    """One entry of `edit_history`; it is of the text where it has what was there before."""

    timestamp: float | None = None
    prev_content: str | None = None


LISTS: dict[str, tuple[str, type[msgspec.Struct]]] = {
    "zerver_userprofile": ("people", Account),
    "zerver_recipient": ("recipients", Recipient),
    "zerver_stream": ("streams", Stream),
    "zerver_userprofile_crossrealm": ("people", Account),
    "zerver_userprofile_mirrordummy": ("people", Account),
    "zerver_subscription": ("memberships", Subscription),
    "zerver_reaction": ("reactions", Reacted),
}  # of realm.json, with a word for their rows
decode_edits = msgspec.json.Decoder(list[Edit]).decode
