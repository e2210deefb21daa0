"""The bus over Redis or Valkey (publish/subscribe), for many processes, or a pooler that breaks LISTEN.

Redis drops what it cannot deliver, and cuts off a subscriber that falls behind. This process then reads what it
missed, as after every loss. Redis stores nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.db.driver.engine import DATABASE_GONE
from app.live.bus.bus import Bus, Identify, Note
from app.live.bus.ends import Carrier

ANSWER_S = 5.0


class RedisBus(Bus[Note]):
    """`url` as in `redis://:password@host:6379/0`, or `rediss://` for TLS."""

    KIND = "Redis"
    LOST = (RedisError, *DATABASE_GONE)  # the latter when what was missed cannot be read

    def __init__(self, decoder: msgspec.json.Decoder[Note], identify: Identify, key: bytes, url: str) -> None:
        super().__init__(decoder, identify, key)
        self._url = url

    @asynccontextmanager
    async def _carrier(self, channel: str) -> AsyncIterator[Carrier]:
        # No retries: the library would subscribe again in silence, and nobody would read what was missed.
        redis = Redis.from_url(
            self._url,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
            # We limit the waits ourselves. The library uses `asyncio.wait_for`, which on Python 3.11 may lose a
            # cancellation (python/cpython#86296): this process would never end.
            socket_timeout=None,
            socket_connect_timeout=None,
            client_name="parley",
        )
        async with aclosing(redis), redis.pubsub() as subscription:
            async with asyncio.timeout(ANSWER_S):
                await subscription.subscribe(channel)
                await subscription.get_message(timeout=None)  # the answer: from here on nothing is missed
            yield _Subscriber(redis, subscription, channel)


class _Subscriber:
    def __init__(self, redis: Redis, subscription: PubSub, channel: str) -> None:
        self._redis, self._subscription, self._channel = redis, subscription, channel

    async def receive(self) -> str:
        while True:
            message = await self._subscription.get_message(timeout=None)
            if message is not None and message["type"] == "message":
                return str(message["data"])

    async def send(self, payloads: list[str]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for payload in payloads:
                pipeline.publish(self._channel, payload)
            async with asyncio.timeout(ANSWER_S):
                await pipeline.execute()
