#!/bin/sh
# Guess: a task that waits with asyncio.wait_for() and is cancelled ends as cancelled, like any other.
# In fact: on Python 3.11 not where what it waits for is done in the same turn of the event loop: wait_for returns the
# result, the cancellation is gone, and who awaits the end of the task waits for ever. asyncio.timeout(), of 3.11 too,
# keeps it, and so does wait_for from 3.12 on, which is made of it. Libraries that support 3.11 and bound their waits
# with wait_for, as redis-py 8.1 does when it sends, bring it along.
# Versions: Python 3.11.7; 3.12.1 and 3.13.0 keep it.
# Source: Lib/asyncio/tasks.py, wait_for; CPython's issue 86296.

. "$(dirname "$0")/lib.sh"
need python3.11
python=python3.11

expect 'wait_for: goes on, not cancelled
timeout: cancelled' <<'END'
import asyncio


async def with_wait_for(answer: asyncio.Future[None]) -> None:
    await asyncio.wait_for(answer, 60)


async def with_timeout(answer: asyncio.Future[None]) -> None:
    async with asyncio.timeout(60):
        await answer


async def main() -> None:
    for name, waiting in (("wait_for", with_wait_for), ("timeout", with_timeout)):
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(waiting(answer))
        await asyncio.sleep(0)
        answer.set_result(None)
        task.cancel()
        await asyncio.wait([task])
        print(f"{name}:", "cancelled" if task.cancelled() else "goes on, not cancelled")


asyncio.run(main())
END
