"""Whether what one process publishes reaches the others: over LISTEN, or over Redis with the rights that takes."""

import asyncio
import select
import time
from contextlib import closing

import psycopg2

from app.doctor.finding import Finding, look, mend, ok
from app.live.bus.postgres_bus import POOLER_BREAKS_LISTEN

ANSWER_S = 3.0
CHANNEL = "parley_doctor"
RIGHTS = "+client +publish +subscribe +unsubscribe +ping &parley_*"


def over_postgres(url: str, pooled_url: str) -> Finding:
    """Whether LISTEN at `url` receives what is sent through `pooled_url`, as processes send it."""
    try:
        with closing(psycopg2.connect(url, connect_timeout=10)) as listener:
            listener.autocommit = True
            with listener.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            with closing(psycopg2.connect(pooled_url, connect_timeout=10)) as sender:
                sender.autocommit = True
                with sender.cursor() as cursor:
                    cursor.execute(f"NOTIFY {CHANNEL}")
            deadline = time.monotonic() + ANSWER_S
            while not listener.notifies and (left_s := deadline - time.monotonic()) > 0:
                select.select([listener], [], [], left_s)
                listener.poll()
            if listener.notifies:
                return ok("bus", "Processes reach each other by LISTEN and NOTIFY.")
    except psycopg2.Error as error:
        return look("bus", f"LISTEN cannot be tried: {' '.join(str(error).split())}", "Mend the database first.")
    finding, _, how = POOLER_BREAKS_LISTEN.partition(": ")
    return mend("bus", f"{finding}.", f"{how[0].upper()}{how[1:]}")


async def over_redis(url: str) -> Finding:
    """Whether a subscriber receives what is published, by an account with the rights of a process that serves."""
    # Imported here, as each process imports this module at its start, and few have Redis.
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import NoPermissionError, RedisError

    redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0), client_name="parley")
    try:
        async with asyncio.timeout(ANSWER_S), redis.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            await subscription.get_message(timeout=None)
            await subscription.ping()
            await redis.publish(CHANNEL, "are you there?")
            while True:
                message = await subscription.get_message(timeout=None)
                if message is not None and message["type"] == "message":
                    return ok("bus", "Processes reach each other through Redis.")
    except NoPermissionError as error:
        return mend("bus", f"Redis refuses its account: {error}.", f"ACL SETUSER <the account> {RIGHTS}")
    except TimeoutError:
        return mend("bus", f"Redis has not answered within {ANSWER_S:g} s.", "Start it, or mend REDIS_URL.")
    except (RedisError, OSError) as error:
        return mend("bus", f"Redis cannot be used: {error}.", "Start it, or mend REDIS_URL.")
    finally:
        await redis.aclose()
