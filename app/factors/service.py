"""Second factors: set up, asked for, used, taken away. Owns the transactions on them."""

import hashlib
import hmac
import logging
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.audit.recording import record
from app.auth import User
from app.auth import queries as accounts_queries
from app.auth.service import Accounts
from app.auth.sessions import Proven, proven
from app.auth.throttle import OF_ADDRESS, Limit, network_of
from app.base.errors import BadForm, Forbidden, WrongPassword
from app.base.log_fields import fields
from app.base.secrets import digest
from app.db.driver.engine import autocommit
from app.factors import codes, queries
from app.factors.codes import Codes

log = logging.getLogger(__name__)

OF_CODES = Limit(10, timedelta(minutes=15), "Too many wrong codes for this login.")
_WRONG = "This code is not good, or was used already. Type the one that your app shows now."


class Factors:
    """One a process. The view has checked that an `admin` is one."""

    def __init__(self, engine: AsyncEngine, accounts: Accounts, its_codes: Codes) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._accounts, self._codes = accounts, its_codes

    async def factor_of(self, user_id: int) -> queries.AnyRow:
        """See `queries.factor_of`."""
        async with self._autocommit.connect() as conn:
            return await queries.factor_of(conn, user_id)

    async def switch_on(self, user: User, secret: str, code: str) -> list[str]:
        """Ask for codes of this secret from now on; returns the recovery codes, which nothing shows again.

        Raises:
            BadForm: `code` is not one of the secret.
            Forbidden: the person has a second factor.
        """
        step = codes.step_of(secret, codes.plain(code))
        if step is None:
            raise BadForm({"code": _WRONG})
        made = codes.new_recovery_codes()
        async with self._transactions.begin() as conn:
            if not await queries.add_factor(conn, user.id, self._codes.encrypted(secret), step):
                raise Forbidden("You have a second factor already. Switch that off first.")
            await queries.set_recovery_codes(conn, user.id, _hashed(made))
        log.info("second factor switched on", extra=fields(user=user.id))
        return made

    async def new_recovery_codes(self, user: User) -> list[str]:
        """Ten recovery codes, which nothing shows again, in place of those from before.

        Raises:
            Forbidden: the person has no second factor.
        """
        made = codes.new_recovery_codes()
        async with self._transactions.begin() as conn:
            factor = await queries.factor_of(conn, user.id)
            if factor.secret is None and not factor.passkeys:
                raise Forbidden("Set up a second factor first.")
            await queries.set_recovery_codes(conn, user.id, _hashed(made))
        log.info("new recovery codes", extra=fields(user=user.id))
        return made

    async def use(self, user_id: int, code: str, address: str, *, and_remove: bool = False) -> None:
        """Take a code, of the app or for recovery, which is good no more after it.

        Wrong ones are counted in the database, for the person and for the address, so in all processes together.

        Raises:
            BadForm: the code is wrong, or was used.
            RateLimited: too many were wrong.
        """
        account, network = f"code:{user_id}", network_of(address)
        async with self._transactions.begin() as conn:
            await accounts_queries.lock(conn, account)
            await accounts_queries.lock(conn, network)
            await OF_CODES.check(conn, {"account": account})
            await OF_ADDRESS.check(conn, {"address": network})
            is_good = await self._take(conn, user_id, codes.plain(code))
            if not is_good:
                await accounts_queries.record_try(conn, account, network)
            else:
                await accounts_queries.forget_tries_of(conn, account)
                if and_remove:
                    await queries.remove_factor(conn, user_id)
        if not is_good:
            log.info("wrong code", extra=fields(user=user_id, address=address))
            raise BadForm({"code": _WRONG})
        log.info("right code", extra=fields(user=user_id, address=address))

    async def _take(self, conn: AsyncConnection, user_id: int, code: str) -> bool:
        secret = (await queries.factor_of(conn, user_id)).secret
        step = None if secret is None else self._codes.step_of(secret, code)
        if step is not None:
            return await queries.take_step(conn, user_id, step)
        return await queries.use_recovery_code(conn, user_id, digest(code))

    async def proved_before(self, user_id: int, proof: str) -> Proven:
        """The user who proved a password a moment ago, of which `proof` was kept.

        Raises:
            WrongPassword: it was changed meanwhile.
        """
        async with self._autocommit.connect() as conn:
            row = await queries.credentials(conn, user_id)
            found = proven(row, row.password_hash)
        if not hmac.compare_digest(proof_of(found), proof):
            raise WrongPassword
        return found

    async def take_away(self, admin: User, user_id: int) -> None:
        """Remove the second factor of somebody who lost it, their passkeys as well, and end their sessions."""
        async with self._transactions.begin() as conn:
            session_ids = await accounts_queries.end_sessions(conn, user_id)  # first: those of passkeys go with them
            await queries.remove_all(conn, user_id)
            await record(conn, admin.id, "factor_removed", user_id=user_id)
        log.info("second factor taken away", extra=fields(user=user_id, by=admin.id, sessions=len(session_ids)))
        self._accounts.announce_ended(session_ids)

    async def ask_all(self, admin: User, *, asked: bool) -> None:
        """Ask everybody for a second factor, or no more. The sessions of all who have none end.

        Raises:
            Forbidden: the admin has none.
        """
        async with self._transactions.begin() as conn:
            factor = await queries.factor_of(conn, admin.id)
            if asked and factor.secret is None and not factor.passkeys:
                raise Forbidden("Set up your own second factor first, in your account.")
            await queries.ask_all(conn, asked=asked)
            await record(conn, admin.id, "chat", detail=f"a second factor of all: {'yes' if asked else 'no'}")
        log.info("second factor of all", extra=fields(by=admin.id, asked=asked))
        if asked:
            await self._accounts.end_sessions_without_factor()


def _hashed(made: list[str]) -> list[bytes]:
    return [digest(codes.plain(each)) for each in made]


def proof_of(user: Proven) -> str:
    """What shows later that it is still the password that was proved."""
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()
