"""The parts of the chat that the app keeps: whoever needs one asks for it, and is handed nothing else."""

from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from app.chat.memberships.following import Following
from app.chat.memberships.surfacing import Surfacing
from app.chat.messages.history import History
from app.chat.messages.journal import Journal
from app.chat.presence.presence import Presence
from app.chat.service import ChatService
from app.chat.wire.notes import Note
from app.limits.sockets import Sockets
from app.live.bus.bus import Bus
from app.live.frames import FrameRates
from app.live.hub import Hub
from app.pulse.pulse import Pulse

BUS = web.AppKey("bus", Bus[Note])
CHAT = web.AppKey("chat", ChatService)
FOLLOWING = web.AppKey("following", Following)
FRAME_RATES = web.AppKey("frame_rates", FrameRates)
HISTORY = web.AppKey("history", History)
HUB = web.AppKey("hub", Hub)
JOURNAL = web.AppKey("journal", Journal)
PULSE = web.AppKey("pulse", Pulse)
PRESENCE = web.AppKey("presence", Presence)
SOCKETS = web.AppKey("sockets", Sockets)
SURFACING = web.AppKey("surfacing", Surfacing)

# What a page of a room shows to who is no member of it, by the room's id.
ON_OUTSIDER: web.AppKey[Callable[[web.Request, int], Awaitable[web.Response]]] = web.AppKey("on_outsider")

# Set by features above this one: called when a room has come to a rev, here or in another process. Must not wait.
ON_WRITTEN: web.AppKey[Callable[[int, int], None]] = web.AppKey("on_written")
# The same: called with the blobs that a deleted file pointed to. Must not wait.
ON_BYTES_LEFT: web.AppKey[Callable[[Collection[int]], None]] = web.AppKey("on_bytes_left")
