"""Two chats that share a Redis: the ids of both count from 1, and nothing of one reaches the other."""

from aiohttp.test_utils import TestServer
from redis import Redis
from sqlalchemy import Engine

from app.chat.keys import BUS
from app.db import migrate
from tests.chat.conftest import Join
from tests.conftest import Serve, sync_engine
from tests.support.redis_server import RedisServer
from tests.support.sockets import until


async def test_people_of_two_chats_on_one_redis_notice_nothing_of_one_another(
    serve: Serve, redis: RedisServer, empty_url: str, database: Engine, join: Join
) -> None:
    migrate.upgrade(empty_url, print)
    ours = [await serve(redis_url=redis.url) for _ in range(2)]
    theirs = await serve(redis_url=redis.url, database_url=empty_url)
    await until(lambda: all(server.app[BUS].is_open for server in (*ours, theirs)))
    alice, eve = await join("alice", at=ours[0]), await join("eve123", at=theirs)
    assert (alice.author["id"], session_of(database), session_of(sync_engine(empty_url))) == (eve.author["id"], 1, 1)

    with Redis.from_url(redis.url) as asked:
        assert len([*asked.pubsub_channels("parley*")]) == 2

    await eve.socket.say(type="typing", room=1)
    await eve.browser.sign_out()
    assert await eve.socket.close_code() == 4001
    bob = await join("bobby", at=ours[1])
    await bob.socket.say(type="typing", room=1)

    assert (await alice.socket.until("typing"))["user"] == bob.author
    assert "eve123" not in str(await alice.socket.so_far())
    assert (await alice.browser.ask("GET", "/settings")).status == 200


def session_of(database: Engine) -> int:
    with database.connect() as conn:
        return int(conn.exec_driver_sql("SELECT id FROM sessions").scalar_one())


async def test_the_processes_of_one_chat_still_reach_one_another(
    serve: Serve, redis: RedisServer, database: Engine, join: Join
) -> None:
    servers: list[TestServer] = [await serve(redis_url=redis.url) for _ in range(2)]
    await until(lambda: all(server.app[BUS].is_open for server in servers))
    alice, bob = [await join(login, at=at) for login, at in zip(("alice", "bobby"), servers, strict=True)]

    await bob.socket.say(type="typing", room=1)

    assert (await alice.socket.until("typing"))["user"] == bob.author
