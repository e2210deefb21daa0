"""What is set about an account by those who look after the chat: by an admin's page, or the command line."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.auth.names import login_key
from app.auth.queries import lock
from app.base.errors import LastAdmin, NotAdmin, NotFound
from app.chat.memberships import numbering
from app.people import queries

ADMINS = "admins"


async def change(
    conn: AsyncConnection, actor_id: int | None, login: str, action: str, *, removes_admin: bool, **values: object
) -> int:
    """Set these columns of someone's row, while nobody else sets who is an admin; returns their id.

    Args:
        actor_id: who does it; None: the command line.

    Raises:
        NotAdmin, NotFound
        LastAdmin: nobody would be left.
    """
    await lock(conn, ADMINS)
    admins = await queries.living_admin_ids(conn)  # a snapshot taken after the lock
    if actor_id is not None and actor_id not in admins:
        raise NotAdmin
    target = await queries.person(conn, login_key(login))
    if target is None:
        raise NotFound("Nobody here has this login.")
    if removes_admin and admins == {target.id}:
        raise LastAdmin
    if "disabled_at" in values:  # before the person's row is locked: all transactions on lists go that way
        lists_rev = await numbering.raise_lists_rev(conn)
        await numbering.stamp_directs_of(conn, lists_rev, target.id)
        await numbering.stamp_users(conn, lists_rev, [target.id])
    await queries.update_person(conn, target.id, **values)
    await record(conn, actor_id, action, user_id=target.id, detail=str(values.get("role", "")))
    return int(target.id)
