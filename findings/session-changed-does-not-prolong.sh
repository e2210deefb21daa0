#!/bin/sh
# Guess: with max_age=3, a session of aiohttp-session that changes each second goes on: each change is saved, and sends
# the browser a cookie for three more seconds. For a list in it, which is changed in place, one calls changed().
# In fact: only the assignment of an item, session["seen"] = …, makes a session young again. After changed() it is saved,
# and the cookie is sent for three more seconds, but its time of birth stays. Three seconds after the last assignment its
# content is dropped in mid use, without a word in the log; the browser still sends the cookie.
# Versions: aiohttp-session 2.12.1, aiohttp 3.14.5, cryptography 50.0.2.
# Source: aiohttp_session/__init__.py, Session.__setitem__ and Session.changed.

. "$(dirname "$0")/lib.sh"
install aiohttp==3.14.5 aiohttp-session==2.12.1 cryptography==50.0.2

expect 'appended, and changed(): begins again when it is three seconds old
its cookies were for three seconds
assigned anew: goes on' <<'END'
import asyncio
import warnings

from aiohttp import ClientSession, CookieJar, web
from aiohttp_session import get_session, setup
from aiohttp_session.cookie_storage import EncryptedCookieStorage
from cryptography.fernet import Fernet

warnings.simplefilter("ignore")  # of aiohttp: the key under which aiohttp-session keeps its storage is a string


async def appended(request: web.Request) -> web.Response:
    session = await get_session(request)
    seen = session.setdefault("seen", [])
    seen.append(1)
    session.changed()
    return web.Response(text=str(len(seen)))


async def assigned(request: web.Request) -> web.Response:
    session = await get_session(request)
    session["seen"] = [*session.get("seen", []), 1]
    return web.Response(text=str(len(session["seen"])))


async def ask(url: str) -> tuple[list[int], set[str]]:
    counts, ages = [], set()
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        for _ in range(6):
            async with client.get(url) as answer:
                counts.append(int(await answer.text()))
                ages.add(answer.cookies["AIOHTTP_SESSION"]["max-age"])
            await asyncio.sleep(1.1)
    return counts, ages


def told(counts: list[int]) -> str:
    if counts == [*range(1, 7)]:
        return "goes on"
    began_again = counts.index(1, 1)
    is_so = began_again in (3, 4, 5) and counts[:began_again] == [*range(1, began_again + 1)]
    return "begins again when it is three seconds old" if is_so else str(counts)


async def main() -> None:
    app = web.Application()
    setup(app, EncryptedCookieStorage(Fernet.generate_key().decode(), max_age=3))
    app.add_routes([web.get("/appended", appended), web.get("/assigned", assigned)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    (counts, ages), (others, _) = await asyncio.gather(ask(f"{address}/appended"), ask(f"{address}/assigned"))
    await runner.cleanup()
    print("appended, and changed():", told(counts))
    print("its cookies were for", "three seconds" if ages == {"3"} else ages)
    print("assigned anew:", told(others))


asyncio.run(main())
END
