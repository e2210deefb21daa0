"""Hundreds return at once: the statements do not grow with their number."""

import asyncio

from sqlalchemy import Engine

from app.chat.messages.queries import CHANGES_AFTER
from bench.support.people import SECRET_KEY, logged_in
from tests.chat.conftest import Member, member, statements_of
from tests.conftest import Serve, url_of
from tests.support.browsing import Open

PEOPLE = 200


async def test_two_hundred_who_return_and_resume_need_a_few_statements_and_miss_nothing(
    serve: Serve, database: Engine, open_browser: Open
) -> None:
    settings = {"secret_key": SECRET_KEY, "post_rate": 1_000_000, "post_burst": 1_000_000}
    server = await serve(**settings)
    cookies = logged_in(url_of(database), PEOPLE)
    writer = await member(open_browser(server, Cookie=cookies[0]))
    for number in range(90):
        await writer.socket.posted(f"number {number}")
    again = await serve(**settings)  # the process that they return to

    async def come_back(cookie: str) -> tuple[Member, list[int]]:
        one = await member(open_browser(again, Cookie=cookie))
        await one.resume(40)
        seqs = []
        while (event := await one.socket.next())["type"] != "live":
            if event["type"] == "message":
                seqs.append(event["seq"])
        return one, seqs

    with statements_of(again) as asked:
        returned = await asyncio.gather(*map(come_back, cookies))

    assert all(seqs == list(range(41, 91)) for _, seqs in returned)
    assert {one.author["login"] for one, _ in returned} == {f"person{number}" for number in range(1, PEOPLE + 1)}
    assert 0 < sum(statement == CHANGES_AFTER.whole for statement, _ in asked) <= 5
    assert len(asked) < PEOPLE / 2


async def test_a_session_that_ended_is_refused_at_once(serve: Serve, open_browser: Open) -> None:
    server = await serve()
    alice = open_browser(server)
    await alice.sign_up("alice")
    thief = open_browser(server)
    thief.steal(alice.cookie())
    asking = [asyncio.create_task(thief.ask("GET", "/")) for _ in range(20)]

    await alice.sign_out()
    answers = await asyncio.gather(*(thief.ask("GET", "/") for _ in range(20)))
    await asyncio.gather(*asking)

    assert {answer.status for answer in answers} == {303}
