"""What this chat is called and how its admins have set it up: on every page, so it must not break one."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.driver.engine import DATABASE_GONE, autocommit
from app.db.driver.gathering import Gathered
from app.db.schema import instance
from app.web.origins import is_loopback, origin_in

# Built once, in the order of `ChatSettings`.
_SETTINGS = select(
    *(instance.c.name, instance.c.open_sign_up, instance.c.welcomed_at.is_not(None)),
    *(instance.c.address, instance.c.second_factor),
)


@dataclass(frozen=True)
class ChatSettings:
    """This chat; `is_welcomed` once an admin has set it up, or said that it may stay as it is."""

    name: str = "Parley"
    open_sign_up: bool = True
    is_welcomed: bool = True
    address: str | None = None  # that stands before links, where `PUBLIC_URL` names none
    second_factor: bool = False  # whoever has none sees nothing but the page that sets one up


class ChatSettingsReader:
    """Reads the settings anew for each page; while the database is away, as this process saw them last.

    All that ask at once take one connection: also pages that are refused show the name of the chat.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._autocommit = autocommit(engine)
        self._last = ChatSettings()
        self._reads = Gathered(self._load)

    async def read(self) -> ChatSettings:
        """The settings, from the database where it is there."""
        with suppress(*DATABASE_GONE):  # a form that was refused for it must come back with what was typed
            self._last = await self._reads.get(True) or self._last
        return self._last

    async def _load(self, _: Collection[bool]) -> dict[bool, ChatSettings]:
        async with self._autocommit.connect() as conn:
            return {True: ChatSettings(*(await conn.execute(_SETTINGS)).one())}

    @property
    def last(self) -> ChatSettings:
        """As this process saw them last: for answers that must not ask the database."""
        return self._last


async def keep_address(conn: AsyncConnection, origin: str) -> None:
    """Keep the address by which an admin came, unless the chat has one, or this leads to their own machine."""
    if (found := origin_in(origin)) is not None and not is_loopback(found):
        await conn.execute(update(instance).where(instance.c.address.is_(None)).values(address=found))
