"""Brings an export in: people, then rooms, then messages, each step whole by itself.

Whatever ends it, it is run again and goes on: who, where and what is here already is found by the source's own keys.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.audit.recording import record
from app.db.schema import rooms
from app.files.avatars import Avatars
from app.files.uploads.bringing import Bringing
from app.transfer import accounts, places, staging
from app.transfer.accounts import Account
from app.transfer.carrying import Carrying
from app.transfer.mentions import Resolver
from app.transfer.records import LeftOut, Person, Room
from app.transfer.report import Came, Report
from app.transfer.spool import Spool
from app.transfer.staged import amending, deleting, writing
from app.transfer.staged.own import own_connection
from app.transfer.staging import Places

WITH_PICTURES = 100  # people at once: what is kept for somebody goes if it takes them a minute to be there

Show = Callable[[str], None]
Hash = Callable[[str], Awaitable[str]]


@dataclass(frozen=True)
class Importing:
    """One import: `source` names where it comes from, and must be the same in the next import of the same chat.

    `show` gets a line for each step, and again as messages come. Without `bringing` no files come, without `avatars` no
    pictures of people.
    """

    engine: AsyncEngine
    source: str
    show: Show
    bringing: Bringing | None = None
    avatars: Avatars | None = None

    async def look(self, spool: Spool) -> Report:
        """What would come, with the counts that `bring` would have but for files. Nothing is written."""
        async with self.engine.connect() as conn:
            found = await accounts.find(conn, self.source, spool.people)
            new = [person for person in spool.everybody() if person.key not in found]
            ids = {person.key: -number for number, person in enumerate(new, 1)}
            ids |= {key: account.id for key, account in found.items()}
            known = await places.find(conn, self.source)
            foreseen = await places.foresee(conn, self.source, spool.every_room(), ids)
        logins = {person.key: person.login or person.key for person in new}
        logins |= {key: account.login for key, account in found.items()}
        report = Report.of(spool, found, known, _resolved(spool.every_room(), logins))
        report.is_dry = True
        resolver = Resolver(logins, await self._names(foreseen))
        report.count_messages(await self._foreseen(spool, Places(self.source, foreseen, ids, resolver)))
        return report

    async def bring(self, spool: Spool, hashed: Hash) -> Report:
        """Bring all of it in; `hashed` makes what is stored of a password."""
        if spool.chat is not None:
            async with self.engine.begin() as conn:
                await places.become(conn, spool.chat)
        self.show("People")
        people = await self._people(spool, hashed)
        ids, logins = ({key: getattr(each, name) for key, each in people.items()} for name in ("id", "login"))
        self.show("Rooms")
        rooms_there = _resolved(spool.every_room(), logins)
        known, settled = await self._rooms(rooms_there, ids)
        report = Report.of(spool, people, known, rooms_there)
        resolver = Resolver(logins, await self._names(settled))
        carrying = Carrying(self.source, self.bringing, spool.opens)
        came = await self._messages(spool, Places(self.source, settled, ids, resolver), carrying)
        report.count_messages(came)
        report.count_files(carrying)
        async with self.engine.begin() as conn:
            await places.seat(conn, spool.rooms, settled, ids)
            await record(conn, None, "imported", detail=f"{self.source}: {came.written.messages} messages")
        return report

    async def _people(self, spool: Spool, hashed: Hash) -> dict[str, Account]:
        async with self.engine.connect() as conn:
            found = await accounts.find(conn, self.source, spool.people)
        lacking = [person for person in spool.everybody() if person.key not in found]
        passwords = {each.key: await hashed(each.password) for each in lacking if each.password}
        at_once = WITH_PICTURES if any(person.avatar for person in lacking) else len(lacking) or 1
        for first in range(0, len(lacking) or 1, at_once):
            some = lacking[first : first + at_once]
            pictures = await self._pictures(spool, some)
            async with self.engine.begin() as conn:
                await accounts.lock_names(conn)
                here = await accounts.find(conn, self.source, spool.people)
                new = [person for person in some if person.key not in here]
                here |= await accounts.make(conn, new, passwords, pictures)
                await accounts.keep(conn, self.source, here)
            found = here | found
        return found

    async def _pictures(self, spool: Spool, people: Sequence[Person]) -> dict[str, int]:
        if self.avatars is None:
            return {}
        pictures, missing = await accounts.pictures_of(self.avatars, people)
        if missing:
            spool.leave_out(LeftOut("pictures of people that cannot be shown", missing))
        return pictures

    async def _rooms(self, wanted: Mapping[str, Room], ids: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        async with self.engine.begin() as conn:
            known = await places.find(conn, self.source)
            return known, await places.settle(conn, self.source, wanted, ids)

    async def _foreseen(self, spool: Spool, places: Places) -> Came:
        self.show("Sorting messages")
        async with own_connection(self.engine.url) as own, own.begin():
            staged = await staging.stage(own, places, spool.messages())
            written, amended = await writing.foresee(own), await amending.foresee(own)
            return Came(staged, written, amended, await deleting.foresee(own))

    async def _messages(self, spool: Spool, places: Places, carrying: Carrying) -> Came:
        async with own_connection(self.engine.url) as own:
            self.show("Sorting messages")
            async with own.begin():
                staged = await staging.stage(own, places, spool.messages())
            show, bring = partial(self._show_count, spool), carrying.bring if staged.files else None
            written = await writing.write(own, bring, show)
            amended = await amending.amend(own)
            return Came(staged, written, amended, await deleting.delete_gone(own, self.engine))

    def _show_count(self, spool: Spool, written: int) -> None:
        self.show(f"Messages {written:,} of {spool.message_count:,}")

    async def _names(self, settled: Mapping[str, int]) -> dict[str, str]:
        statement = select(rooms.c.id, rooms.c.name).where(rooms.c.id.in_(settled.values()))
        async with self.engine.connect() as conn:
            names = {row.id: row.name for row in await conn.execute(statement)}
        return {key: names.get(room_id, key) for key, room_id in settled.items()}


def _resolved(wanted: Mapping[str, Room], logins: Mapping[str, str]) -> dict[str, Room]:
    """The rooms, with the people and the rooms that their topics name as the source calls these."""
    resolver = Resolver(logins, {key: room.name or key for key, room in wanted.items()})
    return {key: replace(room, topic=resolver.resolved(room.topic)) for key, room in wanted.items()}
