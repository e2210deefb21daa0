"""Who may do what with a room, by what they are in it. Pure."""

from msgspec import UNSET

from app.auth.sessions import User
from app.base.errors import Forbidden, NotAdmin, NotAMember, NotFound, RoomArchived
from app.rooms.commands import UpdateRoom
from app.rooms.queries import Standing


def member(room: Standing | None) -> Standing:
    """The room, for one of its members.

    Raises:
        NotAMember
    """
    if room is None or not room.is_member:
        raise NotAMember()
    return room


def check_joinable(room: Standing | None) -> None:
    """Let pass who may join the room, or is in it already.

    Raises:
        NotFound: there is none, or it is not open.
        RoomArchived
    """
    if room is None or (room.kind != "open" and not room.is_member):
        raise NotFound("There is no such room that you could join.")
    if room.is_archived and not room.is_member:
        raise RoomArchived()


def living(room: Standing) -> Standing:
    """The room, if it can be changed.

    Raises:
        Forbidden: it is direct.
        RoomArchived
    """
    if room.kind == "direct":
        raise Forbidden("A direct conversation stays as it is. Open another one instead.")
    if room.is_archived:
        raise RoomArchived("This room is archived: nothing changes here any more.")
    return room


def managed(user: User, room: Standing | None, *, revived: bool = False) -> Standing:
    """The room, for its creator while a member, and for admins; `revived`: an archived one too.

    Raises:
        NotAMember, Forbidden, RoomArchived
    """
    if room is None or not (room.is_member or user.role == "admin"):
        raise NotAMember()
    if room.kind == "direct" or not (revived and room.is_archived):
        living(room)
    if user.role != "admin" and room.creator_id != user.id:
        raise Forbidden("Only who made this room, and admins, may do that.")
    return room


def check_retention(user: User, update: UpdateRoom) -> None:
    """Judge whether somebody may set for how long messages stay.

    Raises:
        NotAdmin
    """
    if update.retention_days is not UNSET and user.role != "admin":
        raise NotAdmin("Only an administrator may set this: it deletes what others wrote.")


def check_landing(user: User, room: Standing, update: UpdateRoom) -> None:
    """Judge what a change does to where new people land.

    Raises:
        NotAdmin, Forbidden
    """
    if update.archived is True and room.for_everyone:
        raise Forbidden("New people land in this room, so it cannot be archived.")
    if update.for_everyone is UNSET:
        return
    if user.role != "admin":
        raise NotAdmin
    if update.for_everyone and room.kind != "open":
        raise Forbidden("Only an open room can be for everyone.")
