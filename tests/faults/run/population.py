"""Rooms, accounts and memberships, written straight into the database; sessions by logging in."""

import random
import re
from dataclasses import dataclass

from aiohttp import ClientSession, CookieJar
from sqlalchemy import Engine, insert, select

from app.auth.passwords import Passwords
from app.db.schema import memberships, rooms, users
from tests.faults.checker.witness import Member
from tests.faults.client.plan import Person
from tests.support.browsing import state_in

PASSWORD = "correct horse 9"
CHEAP = 4  # bcrypt's cost: a hash that is verified in a millisecond
NAPPING_EVERY = 10


@dataclass(frozen=True)
class Account:
    id: int
    login: str
    rooms: frozenset[int]


async def populate(engine: Engine, chance: random.Random, accounts: int, room_count: int, most: int) -> list[Account]:
    """Make rooms, and accounts that are members of 1 to `most` of them; every room has a member."""
    passwords = Passwords(cost=CHEAP)
    password_hash = await passwords.hash(PASSWORD)
    passwords.close()
    with engine.begin() as conn:
        conn.execute(insert(rooms), [{"kind": "closed", "name": f"Room {n}"} for n in range(2, room_count + 1)])
        room_ids = sorted(conn.scalars(select(rooms.c.id)))
        made = []
        for number in range(accounts):
            login = f"person{number:03}"
            row = {"login": login, "display_name": login, "password_hash": password_hash}
            id = conn.execute(insert(users).values(row).returning(users.c.id)).scalar_one()
            others = chance.sample(room_ids, chance.randint(1, most) - 1)
            made.append(Account(id, login, frozenset({room_ids[number % room_count], *others})))
        places = [{"user_id": account.id, "room_id": room} for account in made for room in account.rooms]
        conn.execute(insert(memberships), places)
    return made


async def people(url: str, accounts: list[Account], clients: int, room_count: int, sluggish_every: int) -> list[Person]:
    """The clients, spread over the accounts, each account logged in once; one in `sluggish_every` is sluggish."""
    sessions = [await log_in(url, account.login) for account in accounts]
    found = []
    for number in range(clients):
        account = accounts[number % len(accounts)]
        foreign = sorted({*range(1, room_count + 1)} - account.rooms)
        is_sluggish, naps = number % sluggish_every == 1, number % NAPPING_EVERY == 2
        session = sessions[number % len(accounts)]
        found.append(Person(number, account.id, *session, sorted(account.rooms), foreign, is_sluggish, naps))
    return found


def members(persons: list[Person]) -> dict[int, Member]:
    return {person.number: Member(person.user, frozenset(person.rooms)) for person in persons}


async def enter(http: ClientSession, login: str) -> None:
    """Send the form to log in, as a browser does."""
    async with http.get("/login") as form:
        token = re.search(r'name="csrf_token" value="([^"]+)"', await form.text())
    assert token is not None
    fields = {"csrf_token": token[1], "login": login, "password": PASSWORD}
    async with http.post("/login", data=fields, allow_redirects=False) as answer:
        assert answer.status == 303, answer.status


async def cookies_of(url: str, login: str, **headers: str) -> dict[str, str]:
    """Log in; returns all that the browser keeps."""
    async with ClientSession(url, cookie_jar=CookieJar(unsafe=True), headers=headers) as http:
        await enter(http, login)
        return {cookie.key: cookie.value for cookie in http.cookie_jar}


async def log_in(url: str, login: str, **headers: str) -> tuple[str, str]:
    """Log in; returns the session cookie and the token of its page."""
    async with ClientSession(url, cookie_jar=CookieJar(unsafe=True), headers=headers) as http:
        await enter(http, login)
        async with http.get("/") as page:
            state = state_in(await page.text())
        cookie = next(cookie.value for cookie in http.cookie_jar if cookie.key == "parley")
        return cookie, str(state["csrf_token"])
