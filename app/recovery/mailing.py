"""Mail about accounts: a forgotten password, and whose an address is. Owns the transactions that change addresses.

Whoever asks gets the same answer in the same time, whether an account has the address or not: what depends on that is
done when the letter is written.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth import User, queries, throttle
from app.auth.throttle import Limit
from app.base.errors import BadForm, RateLimited
from app.base.log_fields import fields
from app.base.secrets import new_token
from app.db.driver.engine import autocommit
from app.mail.letter import Letter
from app.mail.mailer import Mailer
from app.recovery import letters, links

log = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
TO_ADDRESS = Limit(3, _HOUR, "Enough was mailed to this address for now.")
FROM_NETWORK = Limit(20, _HOUR, "Enough was mailed for your network for now.")
_ONE_EACH = "users_verified_email_key"

Chat = Callable[[], Awaitable[tuple[str, str]]]
"""What this chat is called, and what its links begin with."""


class Mailing:
    """One a process."""

    def __init__(self, engine: AsyncEngine, mailer: Mailer, chat: Chat) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._mailer, self._chat = mailer, chat

    @property
    def is_on(self) -> bool:
        """Whether anything can be mailed."""
        return self._mailer.is_on

    async def forgot(self, email: str, address: str) -> None:
        """Mail a link to choose a new password to the account whose confirmed address this is, if there is one.

        Raises:
            RateLimited: too many letters to this address, or for this network.
        """
        await self._count(email, address)
        self._mailer.post(lambda: self._letter_to_reset(email))

    async def confirm(self, login: str, email: str, address: str) -> None:
        """Mail a link by which somebody shows that an address is theirs. Raises as `forgot` does."""
        await self._count(email, address)
        self._mailer.post(lambda: self._letter_to_confirm(login, email))

    async def confirm_new(self, login: str, email: str, address: str) -> None:
        """The same for a new account, which was made whether a letter goes out or not."""
        if self.is_on:
            with suppress(RateLimited):
                await self.confirm(login, email, address)

    def new_device(self, user_id: int, device: str, address: str) -> None:
        """Mail to a person that somebody logged in from where nobody did before, if they have confirmed an address."""
        if self.is_on:
            self._mailer.post(lambda: self._letter_of_device(user_id, device, address))

    async def confirming(self, token: str) -> tuple[str, str]:
        """The login and the address that a link confirms.

        Raises:
            DeadLink
        """
        async with self._autocommit.connect() as conn:
            found = await links.living_link(conn, "email", token)
        return found.login, found.email

    async def confirmed(self, token: str) -> None:
        """Use a link: its address is that of its person now. The one before gets a letter.

        Raises:
            DeadLink
            BadForm: another account has this address, confirmed.
        """
        try:
            async with self._transactions.begin() as conn:
                used = await links.use_link(conn, "email", token)
                await self._set(conn, used.user_id, used.email, is_confirmed=True)
        except IntegrityError as error:
            if _ONE_EACH not in str(error.orig):
                raise
            raise BadForm({"email": "Another account has this address. Use another, or write to us."}) from error

    async def set_unconfirmed(self, user: User, email: str | None) -> None:
        """Give a person another address that nobody has confirmed, or none."""
        async with self._transactions.begin() as conn:
            await conn.execute(links.end_links_of(user.id, "email"))
            await self._set(conn, user.id, email, is_confirmed=False)

    async def email_of(self, user_id: int) -> tuple[str | None, bool]:
        """The address of a person, and whether they have confirmed it."""
        async with self._autocommit.connect() as conn:
            found = (await conn.execute(links.email_of(user_id))).one()
        return found.email, found.email_verified_at is not None

    async def _set(self, conn: AsyncConnection, user_id: int, email: str | None, *, is_confirmed: bool) -> None:
        before = (await conn.execute(links.email_of(user_id))).one()
        await conn.execute(links.set_email(user_id, email, is_confirmed=is_confirmed))
        await conn.execute(links.end_links_of(user_id, "password"))  # one may wait in the mail of the old address
        log.info("e-mail changed", extra=fields(user=user_id, confirmed=is_confirmed))
        if before.email_verified_at is not None and before.email != email:
            self._mailer.post(lambda: self._letter_of_change(before.email, before.login, email))

    async def _count(self, email: str, address: str) -> None:
        account = f"mail:{throttle.account_of(None, email)}"
        network = f"mail:{throttle.network_of(address)}"
        async with self._transactions.begin() as conn:
            await queries.lock(conn, account)
            await queries.lock(conn, network)
            await TO_ADDRESS.check(conn, {"account": account})
            await FROM_NETWORK.check(conn, {"address": network})
            await queries.record_try(conn, account, network)

    async def _letter_to_reset(self, email: str) -> Letter | None:
        name, begin = await self._chat()
        token = new_token()
        async with self._transactions.begin() as conn:
            found = (await conn.execute(links.account_with_email(email))).one_or_none()
            if found is None:
                return None
            await conn.execute(links.prune_links_of(found.id))
            await conn.execute(links.new_link(found.id, "password", token, email))
        return letters.to_reset(email, found.login, name, f"{begin}/reset/{token}")

    async def _letter_to_confirm(self, login: str, email: str) -> Letter:
        name, begin = await self._chat()
        token = new_token()
        async with self._transactions.begin() as conn:
            user_id = (await conn.execute(links.id_of(login))).scalar_one()
            await conn.execute(links.end_links_of(user_id, "email"))
            await conn.execute(links.new_link(user_id, "email", token, email))
        return letters.to_confirm(email, login, name, f"{begin}/confirm/{token}")

    async def _letter_of_change(self, old: str, login: str, new: str | None) -> Letter:
        name, _ = await self._chat()
        return letters.of_change(old, login, name, new)

    async def _letter_of_device(self, user_id: int, device: str, address: str) -> Letter | None:
        name, begin = await self._chat()
        async with self._autocommit.connect() as conn:
            found = (await conn.execute(links.email_of(user_id))).one()
        if found.email_verified_at is None:
            return None
        return letters.of_device(
            found.email, found.login, name, f"{device}, from {address}", f"{begin}/settings/sessions"
        )
