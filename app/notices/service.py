"""What people set of notices, and the browsers in which they are on. Owns the transactions on both."""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.memberships import members
from app.db.driver.engine import autocommit
from app.notices import settings_queries as queries
from app.notices.requests import Reached
from app.notices.wording import Hours

IN_USE = timedelta(seconds=45)  # a page says so every 20 s


class Settings(Struct, frozen=True):
    """What somebody has set; as at first where they have set nothing."""

    sound: bool
    hours: Hours


class Notices:
    """One a process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)

    async def settings_of(self, user_id: int) -> Settings | None:
        """None for who has never switched notices on."""
        async with self._autocommit.connect() as conn:
            row = await queries.settings_of(conn, user_id)
        return Settings(row.sound, Hours(*row[1:])) if row is not None else None

    async def save(self, user_id: int, hours: Hours, room_ids: Collection[int], *, sound: bool) -> None:
        """Set the hours and the sound, and the rooms of which every message is a notice."""
        async with self._transactions.begin() as conn:
            await queries.set_hours(conn, user_id, hours, sound=sound)
            await members.notify_all(conn, user_id, room_ids)

    async def pause(self, user_id: int, until: datetime | None) -> None:
        async with self._autocommit.connect() as conn:
            await queries.pause(conn, user_id, until)

    async def switch_on(self, session_id: int, user_id: int, reached: Reached | None) -> None:
        """Have notices in the browser of a session, by its push service if it has one."""
        async with self._transactions.begin() as conn:
            await queries.set_settings(conn, user_id)
            await queries.switch_on(conn, session_id, user_id, reached)

    async def switch_off(self, session_id: int) -> None:
        async with self._autocommit.connect() as conn:
            await queries.switch_off(conn, session_id)

    async def endpoint_of(self, session_id: int) -> str | None:
        """How the browser of a session is reached: "" by its pages alone; None where notices are off in it."""
        async with self._autocommit.connect() as conn:
            return await queries.endpoint_of(conn, session_id)

    async def in_use(self, session_id: int, user_id: int, *, is_in_use: bool) -> None:
        """A page of a session is before somebody's eyes, or is not any more."""
        async with self._autocommit.connect() as conn:
            await queries.set_in_use(conn, session_id, user_id, IN_USE if is_in_use else timedelta())

    async def rooms_of(self, user_id: int) -> list[queries.AnyRow]:
        async with self._autocommit.connect() as conn:
            return await queries.rooms_of(conn, user_id)
