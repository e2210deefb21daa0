#!/bin/sh
# Guess: Redis(…) and Redis.from_url(…) make the same client; and a subscriber whose connection was cut learns of it.
# In fact: Redis(…) tries ten times, Redis.from_url(…) never. So the first subscribes again without a word, and what
# was published meanwhile is gone unnoticed; the second raises ConnectionError once, and has then subscribed again,
# too. Both the synchronous and the asyncio client. Who must read what was missed has to pass `retry`.
# Versions: redis-py 8.1.0, Redis 7.0.15.
# Source: redis-py's documentation of Redis.__init__ ("When 'connection_pool' is provided - the retry configuration of
# the provided pool will be used"): from_url makes such a pool, without any.

. "$(dirname "$0")/lib.sh"
need redis-server
install redis==8.1.0
start_redis

expect 'Redis: retries 10, heard nothing, nothing, after
Redis.from_url: retries 0, heard ConnectionError, nothing, after
asyncio Redis: retries 10, heard nothing, nothing, after
asyncio Redis.from_url: retries 0, heard ConnectionError, nothing, after' <<'END'
import asyncio
import inspect
import os

import redis
import redis.asyncio

path = os.environ["REDIS"]
server = redis.Redis(unix_socket_path=path)


async def heard(client: object) -> str:
    async def done(result: object) -> object:
        return await result if inspect.isawaitable(result) else result

    async def next_word() -> str:
        try:
            message = await done(subscriber.get_message(timeout=1))
        except redis.ConnectionError as error:
            return type(error).__name__
        return message["data"].decode() if message else "nothing"

    subscriber = client.pubsub(ignore_subscribe_messages=True)
    await done(subscriber.subscribe("room"))
    await next_word()
    server.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    server.publish("room", "meanwhile")
    words = [await next_word(), await next_word()]
    server.publish("room", "after")
    words.append(await next_word())
    retry = client.get_retry()
    return f"retries {retry.get_retries() if retry else 0}, heard {', '.join(words)}"


async def main() -> None:
    for name, kind in (("", redis.Redis), ("asyncio ", redis.asyncio.Redis)):
        print(f"{name}Redis:", await heard(kind(unix_socket_path=path)))
        print(f"{name}Redis.from_url:", await heard(kind.from_url(f"unix://{path}")))


asyncio.run(main())
END
