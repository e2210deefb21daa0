"""The lines of Mattermost's bulk export (server/channels/app/imports/import_types.go), as far as they are read.

Fields stand in the order of that file.
"""

from collections.abc import Iterator
from typing import IO, Any

import msgspec

from app.transfer.readers.fitting import Fitting, why_none
from app.transfer.readers.halves import decoded
from app.transfer.records import BadExport, LeftOut


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
    type: Any = None
    header: str | None = None
    purpose: str | None = None
    deleted_at: int | None = None


class Participant(msgspec.Struct):
    username: str


class DirectChannel(msgspec.Struct):
    """Who takes part, as tuples: these fit as a whole, for a room of some of these people is another one."""

    members: tuple[str, ...] | None = None
    participants: tuple[Participant, ...] | None = None


class Reacted(msgspec.Struct):
    user: str
    emoji_name: str
    create_at: int | None = None


class Attachment(msgspec.Struct):
    path: str | None = None


class Post(msgspec.Struct, kw_only=True):
    team: str | None = None
    channel: str | None = None
    channel_members: tuple[str, ...] | None = None  # of a direct one, in place of both
    user: str
    type: str | None = None
    message: str | None = None
    props: dict[str, Any] | None = None
    create_at: int
    edit_at: int | None = None
    is_pinned: bool | None = None
    reactions: list[Reacted] | None = None
    replies: "list[Post] | None" = None
    attachments: list[Attachment] | None = None


class _Typed(msgspec.Struct):
    type: str


class Line(msgspec.Struct, kw_only=True):
    type: str
    channel: TeamChannel | None = None
    user: Account | None = None
    bot: Account | None = None
    post: Post | None = None
    direct_channel: DirectChannel | None = None
    direct_post: Post | None = None


class _OfChannel(Line):
    channel: TeamChannel


class _OfPerson(Line):
    user: Account


class _OfBot(Line):
    bot: Account


class _OfPost(Line):
    post: Post


class _OfDirectChannel(Line):
    direct_channel: DirectChannel


class _OfDirectPost(Line):
    direct_post: Post


_decode_type = msgspec.json.Decoder(_Typed).decode


class Lines:
    """The lines of a file, decoded; what does not fit is left out, and counted by the type of its line.

    Raises:
        BadExport: it is empty, or a line is no JSON.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._any: Fitting[Any] = Fitting("lines", Line)
        self._posts: dict[str, Fitting[Any]] = {
            "post": Fitting("posts", _OfPost),
            "direct_post": Fitting("direct messages", _OfDirectPost),
        }
        self._fittings: dict[str, Fitting[Any]] = {
            **self._posts,
            "channel": Fitting("channels", _OfChannel),
            "user": Fitting("people", _OfPerson),
            "bot": Fitting("bots", _OfBot),
            "direct_channel": Fitting("direct rooms", _OfDirectChannel),
        }

    def __iter__(self) -> Iterator[Line]:
        number = 0
        for number, line in enumerate(self._file, 1):
            if not line.strip():
                continue
            try:
                found = self._decoded(line.removeprefix(b"\xef\xbb\xbf"))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadExport(f"Line {number} is not as Mattermost's bulk export writes it: {error}.") from error
            if found is not None:
                yield found
        if not number:
            raise BadExport("The export is empty.")

    def left_out(self) -> Iterator[LeftOut]:
        """What does not fit.

        Raises:
            BadExport: no message fits, of those that there are.
        """
        if why := why_none(*self._posts.values()):
            raise BadExport(f"The export is not as Mattermost's bulk export writes it: {why}.")
        for fitting in (self._any, *self._fittings.values()):
            yield from fitting.left_out()

    def _decoded(self, line: bytes) -> Line | None:
        try:
            fitting = self._fittings.get(decoded(_decode_type, line).type, self._any)
        except msgspec.ValidationError:
            fitting = self._any
        return fitting.decoded(line)
