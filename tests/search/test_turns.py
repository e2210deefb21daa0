"""Who makes the lines of the index lets others have their turn of the event loop."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from app.search.index.indexed import indexed
from app.search.index.reading import Found


def message(seq: int) -> Found:
    return Found(
        *(1, 0, 1, False, False, seq, seq, 1, "the zebrafinch sings", datetime.now(UTC), False),
        mentions=None,
        has_reactions=False,
        files=None,
        number=None,
    )


async def test_others_have_a_turn_after_each_message() -> None:
    order: list[str] = []

    def read() -> Iterator[Found]:
        for seq in (1, 2, 3):
            order.append(f"message {seq}")
            yield message(seq)

    async def other() -> None:
        while True:
            order.append("other")
            await asyncio.sleep(0)

    others = asyncio.create_task(other())
    await indexed(read())
    others.cancel()

    assert order[:5] == ["message 1", "other", "message 2", "other", "message 3"]
