"""Links to an account: made, looked up and used, by an app that serves and by the command line.

A link has a token of 256 random bits, of which only the SHA-256 is stored, as with invitations. Using it deletes it.
"""

from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Delete, Executable, Insert, Row, Select, Update, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from app.base.errors import DeadLink
from app.base.secrets import digest
from app.db.schema import account_links, users

Purpose = Literal["password", "email"]

LIFETIME = {"password": timedelta(hours=1), "email": timedelta(days=1)}


def new_link(user_id: int, purpose: Purpose, token: str, email: str | None = None) -> Insert:
    """Store the link whose token this is; it returns the link's id."""
    now = func.clock_timestamp()
    values = {"token_hash": digest(token), "user_id": user_id, "purpose": purpose, "email": email}
    return insert(account_links).values(expires_at=now + LIFETIME[purpose], **values).returning(account_links.c.id)


async def living_link(conn: AsyncConnection, purpose: Purpose, token: str) -> Row[Any]:
    """The `login` of the person whose account a link leads to, and the `email` that it was mailed to.

    Raises:
        DeadLink: it was used, has expired, or was never made.
    """
    columns = (users.c.login, account_links.c.email)
    return await _alive(conn, select(*columns).join_from(account_links, users).where(_is_living(purpose, token)))


async def use_link(conn: AsyncConnection, purpose: Purpose, token: str) -> Row[Any]:
    """Delete a link; returns the `user_id` of its person and its `email`. Of two who use it at once, one gets them.

    Raises:
        DeadLink: as `living_link`.
    """
    statement = delete(account_links).where(_is_living(purpose, token))
    return await _alive(conn, statement.returning(account_links.c.user_id, account_links.c.email))


def end_links_of(user_id: int, purpose: Purpose) -> Delete:
    """Delete all links of a person for this purpose."""
    return delete(account_links).where(account_links.c.user_id == user_id, account_links.c.purpose == purpose)


def prune_links_of(user_id: int) -> Delete:
    """Delete the links of a person that have expired."""
    expired = account_links.c.expires_at <= func.clock_timestamp()
    return delete(account_links).where(account_links.c.user_id == user_id, expired)


def account_with_email(email: str) -> Select[Any]:
    """The id and login of the account whose owner has confirmed this address, unless it is switched off."""
    is_theirs = and_(users.c.email == email, users.c.email_verified_at.is_not(None), users.c.disabled_at.is_(None))
    return select(users.c.id, users.c.login).where(is_theirs)


def id_of(login: str) -> Select[Any]:
    """The id of the account with a login."""
    return select(users.c.id).where(users.c.login == login)


def email_of(user_id: int) -> Select[Any]:
    """The address of an account, and when its owner confirmed it, if they did."""
    return select(users.c.login, users.c.email, users.c.email_verified_at).where(users.c.id == user_id)


def set_email(user_id: int, email: str | None, *, is_confirmed: bool) -> Update:
    """Give an account an address, or none."""
    confirmed_at = func.clock_timestamp() if is_confirmed else None
    return update(users).where(users.c.id == user_id).values(email=email, email_verified_at=confirmed_at)


async def _alive(conn: AsyncConnection, statement: Executable) -> Row[Any]:
    found = (await conn.execute(statement)).one_or_none()
    if found is None:
        raise DeadLink
    return found


def _is_living(purpose: Purpose, token: str) -> ColumnElement[bool]:
    return and_(
        account_links.c.token_hash == digest(token),
        account_links.c.purpose == purpose,
        account_links.c.expires_at > func.clock_timestamp(),
    )
