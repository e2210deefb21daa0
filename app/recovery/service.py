"""Ways back to an account whose password is lost. Owns the transactions on links to accounts."""

import logging

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.audit.recording import record
from app.auth import User
from app.auth.service import Accounts
from app.base.log_fields import fields
from app.base.secrets import new_token
from app.db.driver.engine import autocommit
from app.recovery import links

log = logging.getLogger(__name__)


async def make_reset_link(conn: AsyncConnection, actor_id: int | None, user_id: int) -> str:
    """Store a link by which somebody chooses a new password, and who made it; returns its token."""
    token = new_token()
    await conn.execute(links.prune_links_of(user_id))
    await conn.execute(links.new_link(user_id, "password", token))
    await record(conn, actor_id, "reset_link", user_id=user_id)
    return token


class Recovery:
    """One a process."""

    def __init__(self, engine: AsyncEngine, accounts: Accounts) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._accounts = accounts

    async def make_reset_link(self, admin: User, user_id: int) -> str:
        """Make a link by which somebody chooses a new password; returns its token. The view has checked the admin."""
        async with self._transactions.begin() as conn:
            token = await make_reset_link(conn, admin.id, user_id)
        log.info("reset link made", extra=fields(user=user_id, by=admin.id))
        return token

    async def end_sessions(self, admin: User, user_id: int) -> None:
        """End all sessions of somebody, and write down who did so. The view has checked the admin."""
        async with self._transactions.begin() as conn:
            await record(conn, admin.id, "sessions_ended", user_id=user_id)
        await self._accounts.end_sessions(user_id)

    async def login_for_reset(self, token: str) -> str:
        """The login of the person who may choose a new password by this link.

        Raises:
            DeadLink
        """
        async with self._autocommit.connect() as conn:
            return str((await links.living_link(conn, "password", token)).login)

    async def reset(self, token: str, password: str) -> None:
        """Use a link: its person has this password now, and no session and no other such link.

        Raises:
            DeadLink: also for the second of two at once.
            Unavailable: the link is as good as before.
        """

        async def claim(conn: AsyncConnection) -> int:
            return int((await links.use_link(conn, "password", token)).user_id)

        await self._accounts.reset_password(password, claim)
