"""Sign up, log in, new passwords. Owns the transactions on users. No cookies and no pages here."""

import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import nullcontext
from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth import invitations, queries, throttle
from app.auth.chat_settings import keep_address
from app.auth.forms import NewAccount
from app.auth.lookalikes import check_name, mark_namesakes, taken
from app.auth.names import account_key
from app.auth.passwords import Passwords, Turns
from app.auth.passwords.proofs import Proofs
from app.auth.queries import AnyRow
from app.auth.sessions import OnSessionEnded, Proven, Sessions, User, Visitor, proven
from app.base.config import Config
from app.base.errors import AccountDisabled, WrongPassword
from app.base.log_fields import fields
from app.base.secrets import derived_key
from app.db.driver.gathering import Gathered

log = logging.getLogger(__name__)

SIGN_UP, _RESET = "sign-up", "reset"

OnAccountCreated = Callable[[AsyncConnection, int], Awaitable[None]]
Claim = Callable[[AsyncConnection], Awaitable[int]]


class Accounts(Sessions):
    """Everything that can be done with accounts and their sessions.

    `on_account_created` is called with the id of each new user, in the transaction that creates them.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        for_known: Passwords,
        for_strangers: Passwords,
        config: Config,
        on_account_created: OnAccountCreated,
        on_session_ended: OnSessionEnded,
    ) -> None:
        super().__init__(engine, config, on_session_ended)
        self._for_known, self._for_strangers = for_known, for_strangers
        self._proofs = Proofs(derived_key(config, "proof of a password"))
        self._looks = Turns(1)
        self._credentials = Gathered(self._load_credentials)
        self._sign_ups_per_hour = config.sign_ups_per_hour
        self._created = on_account_created
        self.log_ins_refused = 0  # with a wrong password, or to an account that is switched off

    @property
    def waiting(self) -> int:
        """How many wait in this process for their turn to have a password hashed."""
        return self._for_known.turns.waiting + self._for_strangers.turns.waiting

    async def check_admission(self, visitor: Visitor, invitation: str) -> None:
        """Raises SignUpClosed, DeadInvitation: this visitor could not create an account with this invitation."""
        async with self._autocommit.connect() as conn:
            await invitations.check_admission(conn, invitation, is_local=visitor.is_local)

    async def sign_up(self, new: NewAccount, visitor: Visitor, invitation: str = "") -> str:
        """Create an account, a member of the rooms for everyone, and log it in; returns the session's token.

        The first account of all is an admin. A use of the invitation is counted if, and only if, the account is made.

        Raises:
            BadForm: the login is taken, or login or name look like those of others.
            SignUpClosed, DeadInvitation
            RateLimited: too many accounts from this address.
            Unavailable: too many passwords are being hashed.
        """
        async with self._for_strangers.turns.turn(throttle.network_of(visitor.address)):
            async with self._transactions.begin() as conn:
                await throttle.reserve_sign_up(conn, visitor.address, self._sign_ups_per_hour)
            password_hash = await self._for_strangers.hash(new.password)
            return await self._create(new, password_hash, visitor, invitation)

    async def _create(self, new: NewAccount, password_hash: str, visitor: Visitor, invitation: str) -> str:
        try:
            async with self._transactions.begin() as conn:
                user = await self.create(conn, new, password_hash, visitor, invitation)
                return await self._start_session(conn, user.id, visitor)
        except IntegrityError as error:
            raise taken(error, new.typed_login) from error

    async def create(
        self, conn: AsyncConnection, new: NewAccount, password_hash: str | None, visitor: Visitor, invitation: str
    ) -> Proven:
        """Create an account for who may come in, in the caller's transaction; without a password for a provider's.

        Raises:
            BadForm, SignUpClosed, DeadInvitation: as `sign_up` does.
            IntegrityError: the login is taken.
        """
        await queries.lock(conn, SIGN_UP)  # "the first" must be one
        invitation_id, role = await invitations.admit(conn, invitation, is_local=visitor.is_local)
        row = await queries.create_user(conn, new.login, new.name, new.email, password_hash, role)
        await self._created(conn, row.id)
        if row.role == "admin":
            await keep_address(conn, visitor.origin)
        await check_name(conn, row.id, new.name)
        await mark_namesakes(conn, new.name, new.login)
        of_visitor = {"address": visitor.address, "invitation": invitation_id or "none"}
        log.info("signed up", extra=fields(user=row.id, role=row.role, **of_visitor))
        return proven(row, password_hash)

    async def prove(self, login_or_email: str, password: str, visitor: Visitor) -> Proven:
        """The user whose password this is; `enter` lets them in. Unknown logins cost the same time and answer.

        Raises:
            WrongPassword, AccountDisabled
            RateLimited: too many wrong passwords for this account or from this address.
            Unavailable: too many passwords are being verified.
        """
        key = account_key(login_or_email)
        typed = key or login_or_email
        found, tried = await self._try_of(key, typed, visitor)
        if tried.proof:
            await self._reserve(tried)
        if matches := found is not None and self._proofs.holds(tried.proof, password, found.password_hash):
            self._for_known.turns.charge(tried.known_as)
        else:
            found, tried, matches = await self._verify(key, typed, password, visitor, tried)
        if found is None or not matches:
            log.info("wrong password", extra=fields(account=tried.account, address=visitor.address))
            self.log_ins_refused += 1
            raise WrongPassword
        if found.disabled_at is not None:
            log.info("refused a disabled account", extra=fields(user=found.id, address=visitor.address))
            self.log_ins_refused += 1
            raise AccountDisabled
        async with self._autocommit.connect() as conn:
            await tried.succeeded(conn)
        return replace(proven(found, found.password_hash), proof=self._proofs.of(password, found.password_hash))

    async def _verify(
        self, key: str | None, typed: str, password: str, visitor: Visitor, tried: throttle.Try
    ) -> tuple[AnyRow | None, throttle.Try, bool]:
        """By bcrypt, in turn: the user, the try, and whether the password is right."""
        is_reserved = bool(tried.proof)  # it was, before the proof was looked at
        names = (tried.account,) if tried.known_as else throttle.in_line(visitor, typed)
        if not is_reserved:
            line = nullcontext() if tried.known_as else self._looks.turn(*names)  # the known wait behind no stranger
            async with line, self._autocommit.connect() as conn:
                await tried.check(conn)
        passwords = self._passwords_for(tried.account, is_known=bool(tried.known_as))
        async with passwords.turns.turn(*names):
            found, tried = await self._try_of(key, typed, visitor)  # as it is after the wait
            if not is_reserved:
                await self._reserve(tried)
            matches = await passwords.verify(password, found.password_hash if found else None)
        if matches and passwords is self._for_strangers:
            self._for_known.turns.charge(tried.account)
        return found, tried, matches

    async def _reserve(self, tried: throttle.Try) -> None:
        async with self._transactions.begin() as conn:
            await tried.reserve(conn)

    async def _try_of(self, key: str | None, typed: str, visitor: Visitor) -> tuple[AnyRow | None, throttle.Try]:
        """The user whom a visitor names, if there is one, and what is written down of their try."""
        found = None if key is None else await self._credentials.get(key)
        if found is None:
            return None, throttle.try_of(None, typed, visitor, ())
        tried = throttle.try_of(found.id, typed, visitor, found.addresses)
        return found, replace(tried, proof="") if self._for_known.turns.owes(tried.known_as) else tried

    async def _load_credentials(self, keys: Collection[str]) -> dict[str, AnyRow]:
        async with self._autocommit.connect() as conn:
            return await queries.credentials_of(conn, keys, self._idle)

    def _passwords_for(self, account: str, *, is_known: bool) -> Passwords:
        """Those for the known, once in ten minutes: so who has an account does not keep others waiting with it."""
        return self._for_known if is_known and not self._for_known.turns.owes(account) else self._for_strangers

    async def enter(self, user: User, visitor: Visitor, claim: Claim | None = None) -> str:
        """Start a session of a user who proved who they are; returns its token.

        `claim`, in the same transaction, takes the passkey by which they proved it, and returns its id.

        Raises:
            WrongPassword: their password was changed meanwhile, or the account switched off.
            And what `claim` raises.
        """
        async with self._transactions.begin() as conn:
            await queries.lock(conn, throttle.account_of(user.id, ""))
            found = await queries.standing_of(conn, user.id)
            if found is None or (isinstance(user, Proven) and user.password_hash != found.password_hash):
                raise WrongPassword
            await queries.prune_sessions_of(conn, user.id, self._idle)
            passkey_id = None if claim is None else await claim(conn)
            token = await self._start_session(conn, user.id, visitor, passkey_id)
        by = "passkey" if passkey_id is not None else "provider" if visitor.by_provider else "password"
        log.info("logged in", extra=fields(user=user.id, by=by, address=visitor.address))
        return token

    async def has_password(self, user_id: int) -> bool:
        """Whether a user has one; who comes by a provider alone has none."""
        async with self._autocommit.connect() as conn:
            return await queries.password_hash_of(conn, user_id) is not None

    async def replace_password(self, user: User, old: str, new: str, visitor: Visitor) -> str:
        """Give a new password to whoever knows the old one; tries count as with log in.

        All sessions end, and a new one begins, whose token is returned: a cookie that was copied before is worth
        nothing after it.

        Raises:
            WrongPassword: `old` is not the password.
            RateLimited, Unavailable
        """
        account = throttle.account_of(user.id, "")
        passwords = self._passwords_for(account, is_known=True)
        async with passwords.turns.turn(account):
            found, tried = await self._try_of(user.login, user.login, visitor)
            await self._reserve(tried)
            stored = found.password_hash if found else None
            matches = await passwords.verify(old, stored)
            new_hash = await passwords.hash(new) if matches else ""
        async with self._transactions.begin() as conn:
            await queries.lock(conn, tried.account)
            if not matches or not await queries.replace_password(conn, user.id, stored or "", new_hash):
                log.info("wrong password", extra=fields(account=tried.account, address=visitor.address))
                raise WrongPassword
            await tried.succeeded(conn)
            await queries.end_account_links(conn, user.id)
            session_ids = await queries.end_sessions(conn, user.id)
            token = await self._start_session(conn, user.id, visitor)
        log.info("changed the password", extra=fields(user=user.id, sessions=len(session_ids)))
        self.announce_ended(session_ids)
        return token

    async def reset_password(self, new: str, claim: Claim) -> int:
        """Give a new password to the user whom `claim` names in the same transaction, and end all their sessions.

        Returns their id. Whoever was locked out by wrong passwords may log in at once.

        Raises:
            Unavailable: too many passwords are being hashed. And what `claim` raises.
        """
        async with self._for_strangers.turns.turn(_RESET):
            new_hash = await self._for_strangers.hash(new)
        async with self._transactions.begin() as conn:
            user_id = await claim(conn)
            account = throttle.account_of(user_id, "")
            await queries.lock(conn, account)
            await queries.set_password(conn, user_id, new_hash)
            await queries.forget_tries_of(conn, account)
            await queries.end_account_links(conn, user_id)
            session_ids = await queries.end_sessions(conn, user_id)
        log.info("reset the password", extra=fields(user=user_id, sessions=len(session_ids)))
        self.announce_ended(session_ids)
        return user_id
