"""Write down who did what to whom, in the transaction that does it; and read it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import audit, rooms, users

KEPT = timedelta(days=365)
# What can be done, and the sentence that says so: `{whom}` and `{room}` are who and where it was done to.
ACTIONS = {
    "role": "changed the role of {whom}",
    "disabled": "switched off the account of {whom}",
    "enabled": "switched on the account of {whom}",
    "chat": "changed the settings of this chat",
    "added": "created the account of {whom}",
    "invited": "made an invitation",
    "invitation_revoked": "revoked an invitation",
    "room": "changed {room}",
    "member_added": "added {whom} to {room}",
    "removed": "removed {whom} from {room}",
    "deleted": "deleted a message of {whom} in {room}",
    "person_deleted": "deleted the account of {whom}",
    "undone": "removed what {whom} had made",
    "settled": "settled a report on a message of {whom} in {room}",
    "reset_link": "made a link with which {whom} chooses a new password",
    "sessions_ended": "ended all sessions of {whom}",
    "saved": "saved {room} as a file",
    "exported": "took the whole chat out",
    "bringing": "began to bring conversations in",
    "imported": "brought conversations in",
    "factor_removed": "took the second factor of {whom} away",
    "passkey_added": "added a passkey",
    "passkey_removed": "removed a passkey",
    "passkey_doubted": "was kept out: the counter of a passkey went back",
}


async def record(
    conn: AsyncConnection,
    actor_id: int | None,
    action: str,
    *,
    user_id: int | None = None,
    room_id: int | None = None,
    detail: str = "",
) -> None:
    """Write down what `actor_id` does (None: the command line), and forget what is older than a year.

    Args:
        action: a key of `ACTIONS`.
        detail: what it was made to, in words, such as `admin` for a role.
    """
    assert action in ACTIONS, action  # noqa: S101 (the name is code's, not a person's)
    values = {"actor_id": actor_id, "action": action, "user_id": user_id, "room_id": room_id, "detail": detail}
    await conn.execute(insert(audit).values(values))
    await conn.execute(delete(audit).where(audit.c.created_at < func.clock_timestamp() - KEPT))


async def entries(conn: AsyncConnection, before: int | None, limit: int) -> list[Row[*tuple[Any, ...]]]:
    """What was done, newest first, with the names of those concerned; what came before the entry with that id."""
    actor, whom = users.alias("actor"), users.alias("whom")
    statement = (
        select(
            *(audit.c.id, audit.c.created_at, audit.c.action, audit.c.detail, audit.c.room_id),
            *(actor.c.login.label("actor"), actor.c.display_name.label("actor_name")),
            *(whom.c.login.label("whom"), whom.c.display_name.label("whom_name")),
            rooms.c.name.label("room_name"),
        )
        .select_from(
            audit.outerjoin(actor, actor.c.id == audit.c.actor_id)
            .outerjoin(whom, whom.c.id == audit.c.user_id)
            .outerjoin(rooms, rooms.c.id == audit.c.room_id)
        )
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(audit.c.id < before)
    return [*await conn.execute(statement)]
