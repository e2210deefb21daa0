"""Who may create an account: anyone while sign-up is open, else whoever holds a living invitation.

The first account is the admin's. On the machine itself anyone makes it; from elsewhere a stranger could come first, so
it takes an invitation of the operator. An invitation is a link with a token (app/base/tokens.py).
"""

import re

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from app.base.errors import DeadInvitation, NoAdminYet, SignUpClosed
from app.base.secrets import digest
from app.db.schema import instance, invitations, users

_DEAD_CHARS = 100  # kept of what is no token, so that the form refuses it
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def token_in(typed: str) -> str:
    """The token at the end of a link, without what a sentence, a quotation or a bracket put behind it.

    All tokens have the same length, so that even a hyphen or a letter is no part of them.
    """
    found = _TOKEN.search(typed)
    return found[0] if found else typed[:_DEAD_CHARS]


def is_living() -> ColumnElement[bool]:
    """Of an invitation: neither revoked, nor expired, nor used up, nor for a first admin whom there is already."""
    return and_(
        or_(invitations.c.role != "first", ~exists().where(users.c.role == "admin")),
        invitations.c.revoked_at.is_(None),
        invitations.c.expires_at > func.clock_timestamp(),
        or_(invitations.c.max_uses.is_(None), invitations.c.uses < invitations.c.max_uses),
    )


async def check_admission(conn: AsyncConnection, token: str, *, is_local: bool) -> None:
    """Let pass who may create an account just now; `token` is empty for those without an invitation.

    Args:
        is_local: they are at the machine that we run on.

    Raises:
        SignUpClosed, DeadInvitation
        NoAdminYet: anybody may come, but not as the first.
    """
    alive = exists().where(invitations.c.token_hash == digest(token), is_living())
    has_users, is_open = exists(select(users.c.id)), select(instance.c.open_sign_up).scalar_subquery()
    anybody, invited, first = (await conn.execute(select(is_open, alive, ~has_users))).one()
    if invited or (is_local if first else anybody):
        return
    if token:
        raise DeadInvitation
    raise NoAdminYet if first else SignUpClosed


async def admit(conn: AsyncConnection, token: str, *, is_local: bool) -> tuple[int | None, str]:
    """The same, for the transaction that creates the account: counts the use of the invitation, if there is one.

    One conditional UPDATE: a link for one makes one account, however many use it at once.

    Returns:
        The invitation's id, and the role of the account: that of the first is "admin".

    Raises:
        SignUpClosed, DeadInvitation, NoAdminYet
    """
    first = not (await conn.execute(select(exists(select(users.c.id))))).scalar_one()
    statement = (
        update(invitations)
        .where(invitations.c.token_hash == digest(token), is_living())
        .values(uses=invitations.c.uses + 1)
        .returning(invitations.c.id, invitations.c.role)
    )
    used = (await conn.execute(statement)).one_or_none() if token else None
    if used is None:
        await check_admission(conn, token, is_local=is_local)
        return None, "admin" if first else "member"
    return used.id, "member" if used.role == "member" and not first else "admin"
