"""How a person becomes a former member: statements for one transaction, by an app that serves and by the command line.

Their row stays, as messages have an author: without name, login, address, password or picture. What their login looked
like stays as well (`users.skeleton`), so that nobody can take that login, or one like it, and pose as them.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.auth.lookalikes import lock_names, mark_namesakes
from app.auth.queries import end_sessions, lock
from app.auth.throttle import account_of
from app.base.errors import LastAdmin, NotFound
from app.base.folding import person_key
from app.base.skeleton import skeleton
from app.chat.memberships import members, numbering
from app.db.schema import (
    account_links,
    blocks,
    departures,
    devices,
    identities,
    invitations,
    login_failures,
    notice_settings,
    notices,
    passkey_challenges,
    passkeys,
    recovery_codes,
    rooms,
    sessions,
    totals,
    totp,
    users,
)
from app.db.tables.sorting import person_sort_key
from app.people.changing import ADMINS
from app.people.queries import living_admin_ids, name_of

NAME = "Former member"
SETTLED_AFTER = timedelta(seconds=2)  # by then every process has closed their sockets
# By which column somebody's rows are found that go with the account. What goes with their sessions is not named.
GOES = (
    *(account_links.c.user_id, devices.c.user_id, totals.c.user_id, totp.c.user_id, recovery_codes.c.user_id),
    *(identities.c.user_id, passkeys.c.user_id, passkey_challenges.c.user_id, invitations.c.created_by),
    *(blocks.c.user_id, blocks.c.blocked_id, notices.c.user_id, notice_settings.c.user_id, sessions.c.user_id),
)


@dataclass(frozen=True)
class Left:
    """What is to be closed and swept once the transaction is committed."""

    user_id: int
    session_ids: list[int]
    avatar_id: int | None


async def make(conn: AsyncConnection, actor_id: int | None, user_id: int, *, keeps_messages: bool) -> Left:
    """Make somebody a former member, once the transaction is committed; `actor_id` as for the log.

    Raises:
        NotFound: they are one already.
        LastAdmin: nobody would be left to look after the chat.
    """
    await lock(conn, ADMINS)
    if await living_admin_ids(conn) == {user_id}:
        raise LastAdmin
    await lock(conn, account_of(user_id, ""))  # nobody logs in meanwhile
    lists_rev = await numbering.raise_lists_rev(conn)
    await lock_names(conn)
    session_ids = await end_sessions(conn, user_id)
    for column in GOES:
        await conn.execute(sa.delete(column.table).where(column == user_id))
    await conn.execute(sa.delete(login_failures).where(login_failures.c.account == account_of(user_id, "")))
    await _leave_rooms(conn, lists_rev, user_id)
    avatar_id = await _strip(conn, user_id)
    due_at = sa.func.clock_timestamp() + SETTLED_AFTER
    new = sa.insert(departures).values(user_id=user_id, keeps_messages=keeps_messages, due_at=due_at)
    await conn.execute(new)
    detail = "their messages stay" if keeps_messages else "with their messages"
    await record(conn, actor_id, "person_deleted", user_id=user_id, detail=detail)
    return Left(user_id, session_ids, avatar_id)


async def _leave_rooms(conn: AsyncConnection, lists_rev: int, user_id: int) -> None:
    """Take them out of all rooms. Who talked with them alone keeps that conversation, where nobody writes any more."""
    theirs = members.directs_of(user_id)
    people = sa.func.cardinality(sa.func.string_to_array(rooms.c.direct_key, "-"))
    closed = sa.update(rooms).where(rooms.c.id.in_(theirs), people == 2, rooms.c.archived_at.is_(None))
    await conn.execute(closed.values(archived_at=sa.func.clock_timestamp()))
    await numbering.stamp_directs_of(conn, lists_rev, user_id)
    await members.leave_all(conn, user_id)
    await numbering.stamp_users(conn, lists_rev, [user_id])


async def _strip(conn: AsyncConnection, user_id: int) -> int | None:
    """Take from somebody's row all that says who they were; returns the picture that they had."""
    found = sa.select(users.c.avatar_id).where(users.c.id == user_id, users.c.deleted_at.is_(None)).with_for_update()
    row = (await conn.execute(found)).one_or_none()
    if row is None:
        raise NotFound("Nobody here has this login.")
    before, login, now = await name_of(conn, user_id), f"former-{user_id}", sa.func.clock_timestamp()
    nothing = dict.fromkeys(("email", "email_verified_at", "password_hash", "hue", "avatar_id"))
    named = {"login": login, "display_name": NAME, "search_key": person_key(NAME, login)}
    named |= {"name_skeleton": skeleton(NAME), "sort_key": person_sort_key(NAME)}
    values = {**nothing, **named, "role": "member", "disabled_at": now, "deleted_at": now}
    await conn.execute(sa.update(users).where(users.c.id == user_id).values(values))
    await mark_namesakes(conn, before, NAME)
    return None if row.avatar_id is None else int(row.avatar_id)
