"""Brings an export in: people, then rooms, then messages, each step whole by itself.

Whatever ends it, it is run again and goes on: who, where and what is here already is found by the source's own keys.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.audit.recording import record
from app.db.schema import rooms
from app.files.uploads.bringing import Bringing
from app.transfer import accounts, places, staging, writing
from app.transfer.accounts import Account
from app.transfer.carrying import Carrying
from app.transfer.mentions import Resolver
from app.transfer.report import Report
from app.transfer.spool import Spool
from app.transfer.staged import amending
from app.transfer.staged.amending import Amended
from app.transfer.staging import Staged
from app.transfer.writing import Written

Show = Callable[[str], None]
Hash = Callable[[str], Awaitable[str]]


@dataclass(frozen=True)
class Importing:
    """One import: `source` names where it comes from, and must be the same in the next import of the same chat.

    `show` gets a line for each step, and again as messages come. Without `bringing` no files come.
    """

    engine: AsyncEngine
    source: str
    show: Show
    bringing: Bringing | None = None

    async def look(self, spool: Spool) -> Report:
        """What would come. Nothing is written."""
        async with self.engine.connect() as conn:
            found = await accounts.find(conn, self.source, spool.people)
            known = await places.find(conn, self.source)
        report = Report.of(spool, found, known)
        report.is_dry = True
        return report

    async def bring(self, spool: Spool, hashed: Hash) -> Report:
        """Bring all of it in; `hashed` makes what is stored of a password."""
        if spool.chat is not None:
            async with self.engine.begin() as conn:
                await places.become(conn, spool.chat)
        self.show("People")
        people = await self._people(spool, hashed)
        ids = {key: account.id for key, account in people.items()}
        self.show("Rooms")
        known, settled = await self._rooms(spool, ids)
        report = Report.of(spool, people, known)
        resolver = Resolver({key: account.login for key, account in people.items()}, await self._names(settled))
        carrying = Carrying(self.source, self.bringing, spool.opens)
        staged, written, amended = await self._messages(spool, settled, ids, resolver, carrying)
        report.count_messages(staged, written, amended)
        report.count_files(carrying)
        async with self.engine.begin() as conn:
            await places.seat(conn, spool.rooms, settled, ids)
            await record(conn, None, "imported", detail=f"{self.source}: {written.messages} messages")
        return report

    async def _people(self, spool: Spool, hashed: Hash) -> dict[str, Account]:
        async with self.engine.connect() as conn:
            found = await accounts.find(conn, self.source, spool.people)
        lacking = [person for person in spool.everybody() if person.key not in found]
        passwords = {each.key: await hashed(each.password) for each in lacking if each.password}
        async with self.engine.begin() as conn:
            await accounts.lock_names(conn)
            found = await accounts.find(conn, self.source, spool.people)
            lacking = [person for person in lacking if person.key not in found]
            found |= await accounts.make(conn, lacking, passwords)
            await accounts.keep(conn, self.source, found)
        return found

    async def _rooms(self, spool: Spool, ids: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        async with self.engine.begin() as conn:
            known = await places.find(conn, self.source)
            return known, await places.settle(conn, self.source, spool.every_room(), ids)

    async def _messages(
        self, spool: Spool, settled: Mapping[str, int], ids: Mapping[str, int], resolver: Resolver, carrying: Carrying
    ) -> tuple[Staged, Written, Amended]:
        """Write the messages, on a connection that is closed at the end, with the tables of its session."""
        async with self.engine.connect() as conn:
            try:
                await _let_it_last(conn)
                self.show("Sorting messages")
                async with conn.begin():
                    staged = await staging.stage(conn, self.source, spool.messages(), settled, ids, resolver)
                written = await writing.write(conn, self.source, carrying, partial(self._show_count, spool))
                is_all_new = staged.rows == written.messages
                return staged, written, Amended() if is_all_new else await amending.amend(conn)
            finally:
                await conn.invalidate()

    def _show_count(self, spool: Spool, written: int) -> None:
        self.show(f"Messages {written:,} of {spool.message_count:,}")

    async def _names(self, settled: Mapping[str, int]) -> dict[str, str]:
        statement = select(rooms.c.id, rooms.c.name).where(rooms.c.id.in_(settled.values()))
        async with self.engine.connect() as conn:
            names = {row.id: row.name for row in await conn.execute(statement)}
        return {key: names[room_id] for key, room_id in settled.items()}


async def _let_it_last(conn: AsyncConnection) -> None:
    """Sorting a million messages takes longer than a statement of somebody who waits for an answer may."""
    async with conn.begin():
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            await conn.execute(text(f"SET {setting} = 0"))
