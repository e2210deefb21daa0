"""Statements on who is in a room."""

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.wire.events import Author
from app.db.finding import begins
from app.db.schema import memberships, users


async def members_like(
    conn: AsyncConnection, room_id: int, user_id: int, begin: str, limit: int
) -> list[Author] | None:
    """The other members of a room whose login or a word of whose name begins so, by name; None for outsiders."""
    others = memberships.alias("others")
    page = (
        select(users.c.id, users.c.login, users.c.display_name)
        .join_from(others, users, users.c.id == others.c.user_id)
        .where(others.c.room_id == memberships.c.room_id, users.c.id != user_id, users.c.disabled_at.is_(None))
        .where(begins(users.c.search_key, begin))
        .order_by(users.c.search_key, users.c.id)
        .limit(limit)
        .lateral("page")
    )
    mine = (memberships.c.room_id == room_id, memberships.c.user_id == user_id)
    rows = (await conn.execute(select(*page.c).select_from(memberships.outerjoin(page, true())).where(*mine))).all()
    return [Author(*row) for row in rows if row.id is not None] if rows else None
