"""Who may create an account: anyone while sign-up is open, else whoever holds a living invitation.

An invitation is a link with a token of 256 random bits, of which only the SHA-256 is stored, as with sessions.
"""

import hashlib
import re
import secrets

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from app.base.errors import DeadInvitation, SignUpClosed
from app.db.schema import instance, invitations, users

_DEAD_CHARS = 100  # kept of what is no token, so that the form refuses it
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_in(typed: str) -> str:
    """The token at the end of a link, without what a sentence, a quotation or a bracket put behind it.

    All tokens have the same length, so that even a hyphen or a letter is no part of them.
    """
    found = _TOKEN.search(typed)
    return found[0] if found else typed[:_DEAD_CHARS]


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def is_living() -> ColumnElement[bool]:
    """Of an invitation: neither revoked, nor expired, nor used up."""
    return and_(
        invitations.c.revoked_at.is_(None),
        invitations.c.expires_at > func.clock_timestamp(),
        or_(invitations.c.max_uses.is_(None), invitations.c.uses < invitations.c.max_uses),
    )


async def check_admission(conn: AsyncConnection, token: str) -> None:
    """Let pass who may create an account just now; `token` is empty for those without an invitation.

    Raises:
        SignUpClosed, DeadInvitation
    """
    alive = exists().where(invitations.c.token_hash == digest(token), is_living())
    if not (await conn.execute(select(or_(_is_open(), alive)))).scalar_one():
        raise DeadInvitation if token else SignUpClosed


async def admit(conn: AsyncConnection, token: str) -> int | None:
    """The same, for the transaction that creates the account: counts the use, and returns the invitation's id if any.

    One conditional UPDATE: a link for one makes one account, however many use it at once.

    Raises:
        SignUpClosed, DeadInvitation
    """
    statement = (
        update(invitations)
        .where(invitations.c.token_hash == digest(token), is_living())
        .values(uses=invitations.c.uses + 1)
        .returning(invitations.c.id)
    )
    used: int | None = (await conn.execute(statement)).scalar_one_or_none() if token else None
    if used is None:
        await check_admission(conn, token)
    return used


def _is_open() -> ColumnElement[bool]:
    """Anyone may come; the very first always."""
    return or_(select(instance.c.open_sign_up).scalar_subquery(), ~exists(select(users.c.id)))
