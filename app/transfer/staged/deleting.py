"""What a newer export says is deleted goes here too, as if its author had deleted it here: with all that it carries."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.messages.amend import remove
from app.db.driver.engine import autocommit
from app.transfer.staged.own import Own

_GONE = text("SELECT room_id, seq, author_id FROM gone ORDER BY room_id, seq")
_COUNT = text("SELECT count(*) FROM gone")


async def foresee(own: Own) -> int:
    """How many `delete_gone` would delete."""
    return int((await own.execute(_COUNT)).scalar_one())


async def delete_gone(own: Own, engine: AsyncEngine) -> int:
    """Delete what was found to be gone when messages were staged; how many that were. `own` is in no transaction."""
    async with own.begin():
        gone = (await own.execute(_GONE)).all()
    for message in gone:
        await remove(autocommit(engine), message.author_id, message.room_id, message.seq)
    return len(gone)
