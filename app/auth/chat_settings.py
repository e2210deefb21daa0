"""What this chat is called and how its admins have set it up: on every page, so it must not break one."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.engine import DATABASE_GONE, autocommit
from app.db.schema import instance


@dataclass(frozen=True)
class ChatSettings:
    """This chat; `is_welcomed` once an admin has set it up, or said that it may stay as it is."""

    name: str = "Parley"
    open_sign_up: bool = True
    is_welcomed: bool = True


class ChatSettingsReader:
    """Reads the settings anew for each page; while the database is away, as this process saw them last."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._autocommit = autocommit(engine)
        self._last = ChatSettings()

    async def read(self) -> ChatSettings:
        """The settings, from the database where it is there."""
        columns = (instance.c.name, instance.c.open_sign_up, instance.c.welcomed_at.is_not(None))
        try:
            async with self._autocommit.connect() as conn:
                self._last = ChatSettings(*(await conn.execute(select(*columns))).one())
        except DATABASE_GONE:
            pass  # a form that was refused for it must come back with what was typed
        return self._last

    @property
    def last(self) -> ChatSettings:
        """As this process saw them last: for answers that must not ask the database."""
        return self._last
