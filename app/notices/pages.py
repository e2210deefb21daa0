"""Notices to the open pages of their people, in this process and in others."""

from collections.abc import Sequence

from app.chat.wire import events, notes
from app.live.bus.bus import Bus
from app.live.hub import Hub
from app.notices.wording import Calling, notice_of


def show_pages(hub: Hub, bus: Bus[notes.Note], wanted: Sequence[Calling]) -> None:
    """Send each notice to the pages that its person has open. It may be lost, as all notes; a push is not."""
    for calling in wanted:
        notice = notice_of(calling)
        hub.send_to(calling.user, events.encode(notice))
        bus.send(notes.Noticed(calling.user, notice))
