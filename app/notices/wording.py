"""What a notice shows, and whether it is shown at all. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.chat.messages.parts.quote import first_words
from app.chat.wire.events import Notice

DAY_MINUTES = 24 * 60
LATE = timedelta(hours=12)  # after which nobody is called any more for a message


class Hours(Struct, frozen=True):
    """When somebody wants no notices: from one minute of the day until another, where `zone` says; and a pause."""

    quiet_from: int | None = None
    quiet_until: int | None = None
    zone: str = "UTC"
    paused_until: datetime | None = None

    def are_quiet(self, now: datetime) -> bool:
        """Whether they want none now."""
        if self.paused_until is not None and now < self.paused_until:
            return True
        if self.quiet_from is None or self.quiet_until is None:
            return False
        local = now.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        return (minute - self.quiet_from) % DAY_MINUTES < (self.quiet_until - self.quiet_from) % DAY_MINUTES


class Calling(Struct, frozen=True):
    """A message that calls for a person, as both are now. `room_name` is "" in a direct room.

    `is_in_use`: they have a page before their eyes.
    """

    room: int
    seq: int
    user: int
    time: datetime
    author: str
    room_name: str
    text: str
    sound: bool
    hours: Hours
    is_in_use: bool

    def is_wanted(self, now: datetime) -> bool:
        return now < self.time + LATE and not self.hours.are_quiet(now)


def tag_of(room: int) -> str:
    """By which a browser shows the notices of a room, and a push service keeps them: the newest replaces the others."""
    return f"room-{room}"


def notice_of(calling: Calling) -> Notice:
    title = f"{calling.author} · {calling.room_name}" if calling.room_name else calling.author
    milliseconds = round(calling.time.timestamp() * 1000)
    path = f"/rooms/{calling.room}/{calling.seq}"
    return Notice(calling.room, calling.seq, title, first_words(calling.text), path, calling.sound, milliseconds)
