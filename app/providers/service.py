"""Which account belongs to a person at the provider: found, joined, made, connected. Owns the transactions on it."""

import logging
import secrets

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth import User, throttle
from app.auth.forms import NewAccount
from app.auth.lookalikes import check_name
from app.auth.queries import lock
from app.auth.service import SIGN_UP, Accounts
from app.auth.sessions import Proven, Visitor, proven
from app.base.config import Config
from app.base.errors import AccountDisabled, BadForm, Forbidden, Unavailable
from app.base.log_fields import fields
from app.db.driver.engine import autocommit
from app.providers import queries
from app.providers.claims import Person, logins_for, names_for

log = logging.getLogger(__name__)


class Identities:
    """One a process."""

    def __init__(self, engine: AsyncEngine, accounts: Accounts, config: Config) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._accounts = accounts
        self._name, self._issuer = config.oidc_name, str(config.oidc_issuer)
        self._sign_ups_per_hour, self._has_passwords = config.sign_ups_per_hour, config.local_accounts

    async def user_of(self, person: Person, visitor: Visitor, invitation: str) -> Proven:
        """The user who is this person: by the identity, else by an e-mail that both sides have verified, else new.

        Raises:
            AccountDisabled
            Forbidden: the account with this e-mail is connected with somebody else there.
            SignUpClosed, DeadInvitation, RateLimited: no account may be made.
        """
        async with self._autocommit.connect() as conn:
            found = await queries.user_with(conn, person)
        if found is not None:
            return _living(found, visitor)
        try:
            async with self._transactions.begin() as conn:
                return await self._join_or_make(conn, person, visitor, invitation)
        except IntegrityError as error:  # somebody confirmed this address in the same moment
            raise Unavailable("Somebody else did the same just now. Try again.") from error

    async def _join_or_make(self, conn: AsyncConnection, person: Person, visitor: Visitor, invitation: str) -> Proven:
        await lock(conn, SIGN_UP)  # of two at once, the second finds what the first made
        if (found := await queries.user_with(conn, person)) is not None:
            return _living(found, visitor)
        found = None if person.email is None else await queries.user_with_email(conn, person.email)
        if found is None:
            return await self._make(conn, person, visitor, invitation)
        user = _living(found, visitor)
        if not await queries.add_identity(conn, user.id, person):
            raise Forbidden(
                f"The account with your e-mail address belongs to somebody else at {self._name}. Ask an administrator "
                "of this chat."
            )
        log.info("joined by e-mail", extra=fields(user=user.id))
        return user

    async def _make(self, conn: AsyncConnection, person: Person, visitor: Visitor, invitation: str) -> Proven:
        await throttle.reserve_sign_up(conn, visitor.address, self._sign_ups_per_hour)
        login = await _login_for(conn, person)
        new = NewAccount(login, login, await _name_for(conn, person, login), person.email, "")
        user = await self._accounts.create(conn, new, None, visitor, invitation)
        await queries.add_identity(conn, user.id, person)
        return user

    # One's own

    async def connect(self, user: User, person: Person) -> None:
        """Let a user log in as this person from now on.

        Raises:
            Forbidden: the person is somebody else here, or the user somebody else there.
        """
        async with self._transactions.begin() as conn:
            if not await queries.add_identity(conn, user.id, person):
                found = await queries.user_with(conn, person)
                if found is None:
                    raise Forbidden(f"Your account is connected with somebody at {self._name}. Disconnect that first.")
                if found.id != user.id:
                    raise Forbidden(f"Somebody else here is connected with this account of {self._name}.")
        log.info("connected", extra=fields(user=user.id))

    async def disconnect(self, user: User) -> None:
        """Let a user log in with the password alone. The view has checked that there is one."""
        if not self._has_passwords:
            raise Forbidden("Without it you could not log in any more: this chat takes no passwords.")
        async with self._transactions.begin() as conn:
            await queries.remove_identity(conn, user.id, self._issuer)
        log.info("disconnected", extra=fields(user=user.id))

    async def connected_since(self, user: User) -> queries.AnyRow | None:
        """When a user was connected (`created_at`); None where they are not."""
        async with self._autocommit.connect() as conn:
            return await queries.identity_of(conn, user.id, self._issuer)


def _living(row: queries.AnyRow, visitor: Visitor) -> Proven:
    if row.disabled_at is not None:
        log.info("refused a disabled account", extra=fields(user=row.id, address=visitor.address))
        raise AccountDisabled
    return proven(row, row.password_hash)


async def _login_for(conn: AsyncConnection, person: Person) -> str:
    """A login that nobody has, and none looks like; the account is made while nobody else makes one."""
    for login in logins_for(person):
        if await queries.is_free(conn, login):
            return login
    return f"member-{secrets.randbelow(10**9):09}"


async def _name_for(conn: AsyncConnection, person: Person, login: str) -> str:
    """The name of a new account that passes for no administrator's."""
    for name in names_for(person, login):
        try:
            await check_name(conn, 0, name)
        except BadForm:
            continue
        return name
    return login
