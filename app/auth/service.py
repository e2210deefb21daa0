"""Sign up, log in, stay logged in, sign out, revoke. Owns the transactions on users and sessions.

A session is a row; its token, 256 random bits, is kept by the browser alone, and the row has the token's SHA-256.
No cookies and no pages here.
"""

import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth import invitations, queries, throttle
from app.auth.forms import NewAccount
from app.auth.names import account_key
from app.auth.passwords import Passwords
from app.base.config import Config
from app.base.errors import AccountDisabled, BadForm, Unavailable, WrongPassword
from app.base.log_fields import fields
from app.db.driver.engine import DATABASE_GONE, autocommit
from app.db.driver.gathering import Gathered

log = logging.getLogger(__name__)

SEEN_EVERY = timedelta(minutes=5)
USER_AGENT_CHARS = 256
_SIGN_UP = "sign-up"

OnAccountCreated = Callable[[AsyncConnection, int], Awaitable[None]]
OnSessionEnded = Callable[[int], None]


@dataclass(frozen=True)
class User:
    id: int
    login: str
    name: str
    role: str
    hue: int | None = None  # of the avatar, where the person chose one
    avatar: int | None = None  # the number of its picture, likewise


@dataclass(frozen=True)
class Session:
    """A living login."""

    id: int
    user: User


@dataclass(frozen=True)
class Visitor:
    """Who sends a request, as the network shows them."""

    address: str
    user_agent: str


class Accounts:
    """Everything that can be done with accounts and their sessions.

    `on_account_created` is called with the id of each new user, in the transaction that creates them.
    `on_session_ended` is called with the id of each session ended in this process, after the commit; it must not block.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        passwords: Passwords,
        config: Config,
        on_account_created: OnAccountCreated,
        on_session_ended: OnSessionEnded,
    ) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._passwords = passwords
        self._lifetime = timedelta(days=config.session_days)
        self._idle = timedelta(days=config.session_idle_days)
        self._sign_ups_per_hour = config.sign_ups_per_hour
        self._created, self._ended = on_account_created, on_session_ended
        self._sessions = Gathered(self._load_sessions)

    async def check_admission(self, invitation: str) -> None:
        """Raises SignUpClosed, DeadInvitation: nobody could create an account with this invitation."""
        async with self._autocommit.connect() as conn:
            await invitations.check_admission(conn, invitation)

    async def sign_up(self, new: NewAccount, visitor: Visitor, invitation: str = "") -> str:
        """Create an account, a member of the rooms for everyone, and log it in; returns the session's token.

        The first account of all is an admin. A use of the invitation is counted if, and only if, the account is made.

        Raises:
            BadForm: login or e-mail is taken.
            SignUpClosed, DeadInvitation
            RateLimited: too many accounts from this address.
            Unavailable: too many passwords are being hashed.
        """
        async with self._transactions.begin() as conn:
            try_id = await throttle.reserve_sign_up(conn, visitor.address, self._sign_ups_per_hour)
        try:
            password_hash = await self._passwords.hash(new.password)
        except Unavailable:
            await self._forget(try_id)
            raise
        try:
            async with self._transactions.begin() as conn:
                await queries.lock(conn, _SIGN_UP)  # "the first" must be one
                invitation_id = await invitations.admit(conn, invitation)
                row = await queries.create_user(conn, new.login, new.name, new.email, password_hash)
                await self._created(conn, row.id)
                token = await self._start_session(conn, row.id, visitor)
        except IntegrityError as error:
            raise _taken(error, new) from error
        log.info(
            "signed up",
            extra=fields(user=row.id, role=row.role, address=visitor.address, invitation=invitation_id or "none"),
        )
        return token

    async def log_in(self, login_or_email: str, password: str, visitor: Visitor) -> str:
        """Start a session; returns its token. Unknown logins cost the same time and give the same answer.

        Raises:
            WrongPassword, AccountDisabled
            RateLimited: too many wrong passwords for this account or from this address.
            Unavailable: too many passwords are being verified.
        """
        key = account_key(login_or_email)
        async with self._transactions.begin() as conn:
            found = None if key is None else await queries.credentials_of(conn, key)
            account = throttle.account_of(found.id if found else None, key or login_or_email)
            try_id = await throttle.reserve_log_in(conn, account, visitor.address)
        try:
            matches = await self._passwords.verify(password, found.password_hash if found else None)
        except Unavailable:
            await self._forget(try_id)
            raise
        if found is None or not matches:
            log.info("wrong password", extra=fields(account=account, address=visitor.address))
            raise WrongPassword
        if found.disabled_at is not None:
            log.info("refused a disabled account", extra=fields(user=found.id, address=visitor.address))
            raise AccountDisabled
        async with self._transactions.begin() as conn:
            await queries.lock(conn, account)
            if await queries.password_hash_of(conn, found.id) != found.password_hash:
                raise WrongPassword  # it was changed meanwhile, or the account switched off
            await queries.forget_tries_of(conn, account)
            await queries.prune_sessions_of(conn, found.id, self._idle)
            token = await self._start_session(conn, found.id, visitor)
        log.info("logged in", extra=fields(user=found.id, address=visitor.address))
        return token

    async def replace_password(self, user: User, session_id: int, old: str, new: str, address: str) -> None:
        """Give a new password to whoever knows the old one, and end all other sessions; tries count as with log in.

        Raises:
            WrongPassword: `old` is not the password.
            RateLimited, Unavailable
        """
        account = throttle.account_of(user.id, "")
        async with self._transactions.begin() as conn:
            stored = await queries.password_hash_of(conn, user.id)
            try_id = await throttle.reserve_log_in(conn, account, address)
        try:
            matches = await self._passwords.verify(old, stored)
            new_hash = await self._passwords.hash(new) if matches else ""
        except Unavailable:
            await self._forget(try_id)
            raise
        async with self._transactions.begin() as conn:
            await queries.lock(conn, account)
            if not matches or not await queries.replace_password(conn, user.id, stored or "", new_hash):
                log.info("wrong password", extra=fields(account=account, address=address))
                raise WrongPassword
            await queries.forget_tries_of(conn, account)
            session_ids = await queries.end_sessions(conn, user.id, but=session_id)
        log.info("changed the password", extra=fields(user=user.id, sessions=len(session_ids)))
        self._end(session_ids)

    async def session(self, token: str) -> Session | None:
        """The living session of a token: neither ended, nor expired, nor its user disabled."""
        return await self._sessions.get(_digest(token))

    async def _load_sessions(self, digests: Collection[bytes]) -> dict[bytes, Session]:
        async with self._autocommit.connect() as conn:
            rows = await queries.sessions_of(conn, digests, self._idle, SEEN_EVERY)
            if stale := [row.session_id for row in rows if row.stale]:
                await _note_visit(conn, stale)
        return {bytes(row.token_hash): Session(row.session_id, _user(row)) for row in rows}

    async def living(self, session_ids: Collection[int]) -> set[int]:
        """Those of the sessions that still live. Whoever asks has them in use: it counts as a visit."""
        async with self._autocommit.connect() as conn:
            living = await queries.living_session_ids(conn, session_ids, self._idle)
            await _note_visit(conn, living)
        return living

    async def sign_out(self, token: str) -> None:
        """End a session; nothing for a token that has none."""
        async with self._transactions.begin() as conn:
            session_id = await queries.end_session(conn, _digest(token))
        if session_id is not None:
            log.info("signed out", extra=fields(session=session_id))
            self._ended(session_id)

    async def end_sessions(self, user_id: int) -> None:
        """End all sessions of a user."""
        async with self._transactions.begin() as conn:
            session_ids = await queries.end_sessions(conn, user_id)
        log.info("revoked", extra=fields(user=user_id, sessions=len(session_ids)))
        self._end(session_ids)

    def _end(self, session_ids: Collection[int]) -> None:
        for session_id in session_ids:
            self._ended(session_id)

    async def _start_session(self, conn: AsyncConnection, user_id: int, visitor: Visitor) -> str:
        token = secrets.token_urlsafe(32)
        agent = visitor.user_agent.encode("utf-8", "replace").decode()[:USER_AGENT_CHARS]
        await queries.create_session(conn, _digest(token), user_id, self._lifetime, agent, visitor.address)
        return token

    async def _forget(self, try_id: int) -> None:
        async with self._transactions.begin() as conn:
            await queries.forget_try(conn, try_id)


async def _note_visit(conn: AsyncConnection, session_ids: Collection[int]) -> None:
    try:
        await queries.mark_seen(conn, session_ids, SEEN_EVERY)
    except DATABASE_GONE:  # it may be read-only for a while, which must keep nobody from reading
        log.warning("visits cannot be noted")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _user(row: queries.AnyRow) -> User:
    return User(row.id, row.login, row.display_name, row.role, row.hue, row.avatar_id)


def _taken(error: IntegrityError, new: NewAccount) -> Exception:
    """The refusal for a violated constraint, by its name; the error itself where it is none of these."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint == "users_login_key":
        return BadForm({"login": f"“{new.typed_login}” is taken. Try another."})
    if constraint == "users_email_key":
        return BadForm({"email": "This e-mail address has an account already. Log in, or use another."})
    return error
