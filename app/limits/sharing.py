"""What is spent in one process counts in the others: each sends them what somebody has spent, over the bus.

Only who has spent a good part of what they may is sent, a tenth of a second later, so no post waits for this. What is
spent meanwhile is charged as well, and made up for later.
"""

import asyncio
from itertools import islice

from app.chat.wire.notes import Note, Spent
from app.limits.limits import Limits
from app.live.bus.bus import Bus

SHARE_S = 0.1
MOST_IN_A_NOTE = 80  # each has up to 90 bytes


async def share_for_ever(limits: Limits, bus: Bus[Note]) -> None:
    """Send the other processes what people have spent; endless."""
    while True:
        await limits.is_unshared.wait()
        await asyncio.sleep(SHARE_S)
        if bus.is_alone:
            continue
        spent = limits.unshared()
        while part := [*islice(spent, MOST_IN_A_NOTE)]:
            bus.send(Spent(part))
