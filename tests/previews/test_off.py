"""Where previews are turned off, nobody asks the addresses of links."""

from sqlalchemy import Engine, func, select

from app.db.schema import previews
from tests.chat.conftest import Join, join, server
from tests.search.conftest import is_level

__all__ = ["join", "server"]


async def test_no_preview_is_wanted(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("https://example.org/")
    await is_level(database)

    with database.connect() as conn:
        assert conn.execute(select(func.count()).select_from(previews)).scalar_one() == 0
