"""The lines of Mattermost's bulk export (server/channels/app/imports/import_types.go), as far as they are read.

Fields stand in the order of that file.
"""

from collections.abc import Iterator
from typing import IO, Any

import msgspec

from app.transfer.readers.halves import decoded
from app.transfer.records import BadExport


class Membership(msgspec.Struct):
    name: str
    channels: "list[Membership] | None" = None


class Account(msgspec.Struct, kw_only=True):
    profile_image: str | None = None
    username: str
    email: str | None = None
    nickname: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    roles: str | None = None
    delete_at: int | None = None
    teams: list[Membership] | None = None
    display_name: str | None = None  # of a bot


class TeamChannel(msgspec.Struct):
    team: str
    name: str
    display_name: str | None = None
    type: str | None = None
    header: str | None = None
    purpose: str | None = None
    deleted_at: int | None = None


class Participant(msgspec.Struct):
    username: str


class DirectChannel(msgspec.Struct):
    members: list[str] | None = None
    participants: list[Participant] | None = None


class Reacted(msgspec.Struct):
    user: str
    emoji_name: str


class Attachment(msgspec.Struct):
    path: str | None = None


class Post(msgspec.Struct, kw_only=True):
    team: str | None = None
    channel: str | None = None
    channel_members: list[str] | None = None  # of a direct one, in place of both
    user: str
    type: str | None = None
    message: str | None = None
    props: dict[str, Any] | None = None
    create_at: int
    edit_at: int | None = None
    reactions: list[Reacted] | None = None
    replies: "list[Post] | None" = None
    attachments: list[Attachment] | None = None


class Line(msgspec.Struct):
    type: str
    channel: TeamChannel | None = None
    user: Account | None = None
    bot: Account | None = None
    post: Post | None = None
    direct_channel: DirectChannel | None = None
    direct_post: Post | None = None


_decode_line = msgspec.json.Decoder(Line).decode


def lines_of(file: IO[bytes]) -> Iterator[Line]:
    """The lines of a file, decoded.

    Raises:
        BadExport: it is empty, or a line is not as Mattermost writes it.
    """
    number = 0
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            yield decoded(_decode_line, line.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadExport(f"Line {number} is not as Mattermost's bulk export writes it: {error}.") from error
    if not number:
        raise BadExport("The export is empty.")
