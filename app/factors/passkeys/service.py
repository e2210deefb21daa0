"""Passkeys of people: added, named, removed, and proved to log in. Owns the transactions on them."""

import asyncio
import logging
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.audit.recording import record
from app.auth import User, throttle
from app.auth import queries as accounts_queries
from app.auth.service import Accounts
from app.auth.sessions import Visitor, user_in
from app.base.errors import AccountDisabled, Forbidden, NotFound
from app.base.log_fields import fields
from app.db.driver.engine import autocommit
from app.factors.passkeys import queries
from app.factors.passkeys.party import Party
from app.factors.passkeys.terms import LIVES_S, BadPasskey, Owner, Stored

if TYPE_CHECKING:
    from app.factors.passkeys.ceremony import Ceremony

log = logging.getLogger(__name__)

MOST = 20  # of a person
OF_CHANGES = throttle.Limit(20, timedelta(hours=1), "You changed your passkeys too often.")
CHALLENGE_LIVES = timedelta(seconds=LIVES_S)
_CHALLENGE_BYTES = _HANDLE_BYTES = 64  # https://www.w3.org/TR/webauthn-3/#user-handle says so of the handle
_ADD, _ENTER, _SECOND = "add", "enter", "second"
_GONE = "This passkey is none of this chat, or was removed. Log in with your password."
_WENT_BACK = "This passkey seems to have been copied: its counter went back. Log in with your password, and remove it."


class Passkeys:
    """One a process. The view has checked who asks, and passes on the challenge that it kept in their browser."""

    def __init__(self, engine: AsyncEngine, accounts: Accounts) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._accounts = accounts

    async def of(self, user_id: int) -> list[queries.AnyRow]:
        """The passkeys of a person, the oldest first."""
        async with self._autocommit.connect() as conn:
            return await queries.passkeys_of(conn, user_id)

    async def begin_to_add(self, user: User, party: Party, brand: str) -> tuple[str, bytes]:
        """What a browser needs to make a passkey for somebody who has just proved their password; and the challenge.

        Raises:
            Forbidden: they have enough.
            RateLimited
        """
        async with self._transactions.begin() as conn:
            await _count_change(conn, user.id)
            others = await queries.passkeys_of(conn, user.id)
            if len(others) >= MOST:
                raise Forbidden(f"You have {MOST} passkeys. Remove one that you do not use any more.")
            handle = others[0].user_handle if others else secrets.token_bytes(_HANDLE_BYTES)
            challenge = await _new_challenge(conn, _ADD, user.id, handle)
        owner, ids = Owner(bytes(handle), user.login, user.name), [bytes(each.credential_id) for each in others]
        return (await _ceremony(party)).options_to_make(brand, owner, challenge, ids), challenge

    async def add(self, user: User, party: Party, challenge: bytes, credential: str, name: str) -> None:
        """Keep the passkey that a browser made.

        Raises:
            BadPasskey: it is none, it is kept already, or this took too long.
        """
        async with self._transactions.begin() as conn:  # on its own: also a wrong answer uses a challenge up
            handle = (await _taken(conn, challenge, _ADD, user.id)).user_handle
        made = (await _ceremony(party)).made(credential, challenge)
        values = {"credential_id": made.credential_id, "public_key": made.credential_public_key, "host": party.host}
        try:
            async with self._transactions.begin() as conn:
                await queries.add_passkey(
                    conn, user.id, **values, sign_count=made.sign_count, user_handle=handle, name=name
                )
                await record(conn, user.id, "passkey_added", detail=name)
        except IntegrityError:
            raise BadPasskey("kept already", "This passkey is in use already. Try another one.") from None
        log.info("passkey added", extra=fields(user=user.id))

    async def rename(self, user: User, passkey_id: int, name: str) -> None:
        """Give a passkey of one's own another name.

        Raises:
            NotFound
        """
        async with self._transactions.begin() as conn:
            if not await queries.name_passkey(conn, user.id, passkey_id, name):
                raise NotFound

    async def remove(self, user: User, passkey_id: int) -> None:
        """Remove a passkey of one's own, and end the sessions that began with it.

        Raises:
            Forbidden: it is the only second factor, in a chat that asks for one.
            NotFound, RateLimited
        """
        async with self._transactions.begin() as conn:
            await _count_change(conn, user.id)
            name = await queries.hold_passkey(conn, user.id, passkey_id)
            if name is None:
                raise NotFound
            if await queries.needs_passkey(conn, user.id):
                raise Forbidden("This chat asks everybody for a second factor. Set another one up before.")
            session_ids = await queries.end_sessions_by(conn, passkey_id)
            await queries.remove_passkey(conn, passkey_id)
            await record(conn, user.id, "passkey_removed", detail=name)
        log.info("passkey removed", extra=fields(user=user.id, sessions=len(session_ids)))
        self._accounts.announce_ended(session_ids)

    async def begin_to_enter(self, party: Party, proved: User | None = None) -> tuple[str, bytes]:
        """What a browser needs to prove a passkey, and the challenge; `proved`: whose password was right already."""
        async with self._transactions.begin() as conn:
            others = [] if proved is None else await queries.passkeys_of(conn, proved.id)
            purpose, user_id = (_ENTER, None) if proved is None else (_SECOND, proved.id)
            challenge = await _new_challenge(conn, purpose, user_id)
        allowed = [bytes(each.credential_id) for each in others if each.host == party.host]
        if proved is not None and not allowed:
            raise BadPasskey("none for this host", f"You have no passkey for {party.host}.")
        return (await _ceremony(party)).options_to_prove(challenge, allowed), challenge

    async def enter(
        self, party: Party, challenge: bytes, credential: str, visitor: Visitor, proved: User | None = None
    ) -> str:
        """Log in by a passkey, alone or after the password of `proved`; returns the session's token.

        Raises:
            BadPasskey: it does not prove who they are, or not any more.
            AccountDisabled, WrongPassword
        """
        try:
            return await self._enter(party, challenge, credential, visitor, proved)
        except BadPasskey as refusal:
            log.info("refused a passkey", extra=fields(reason=refusal.reason, address=visitor.address))
            raise

    async def _enter(
        self, party: Party, challenge: bytes, credential: str, visitor: Visitor, proved: User | None
    ) -> str:
        purpose, user_id = (_ENTER, None) if proved is None else (_SECOND, proved.id)
        ceremony = await _ceremony(party)
        given = ceremony.read(credential)
        async with self._transactions.begin() as conn:  # on its own, as in `add`
            await _taken(conn, challenge, purpose, user_id)
            found = await queries.passkey(conn, given.raw_id, party.host)
        if found is None:
            raise BadPasskey("not one of ours", _GONE)
        if proved is not None and found.id != proved.id:
            raise BadPasskey("another person's")
        stored = Stored(bytes(found.public_key), bytes(found.user_handle))
        count = ceremony.proved(given, stored, challenge, alone=proved is None).new_sign_count
        if found.disabled_at is not None:
            raise AccountDisabled

        async def claim(conn: AsyncConnection) -> int:
            if not await queries.count_up(conn, found.passkey_id, count):
                raise _WentBack
            return int(found.passkey_id)

        try:
            return await self._accounts.enter(proved or user_in(found), visitor, claim)
        except _WentBack:
            raise await self._doubt(found.id, found.passkey_id) from None

    async def _doubt(self, user_id: int, passkey_id: int) -> BadPasskey:
        """Why a passkey was not taken though its signature is right, written down."""
        async with self._transactions.begin() as conn:
            if not await queries.is_there(conn, passkey_id):
                return BadPasskey("removed meanwhile", _GONE)
            await record(conn, user_id, "passkey_doubted")
        log.warning("the counter of a passkey went back", extra=fields(user=user_id, passkey=passkey_id))
        return BadPasskey("its counter went back", _WENT_BACK)


class _WentBack(Exception):
    """A passkey was removed, or is not at the count where it should be."""


async def _ceremony(party: Party) -> "Ceremony":
    """Made in a thread: py_webauthn, a tenth of a start, comes with the first passkey, and nobody else waits for it."""

    def made() -> "Ceremony":
        from app.factors.passkeys.ceremony import Ceremony

        return Ceremony(party)

    return await asyncio.to_thread(made)


async def _count_change(conn: AsyncConnection, user_id: int) -> None:
    account = f"passkeys:{user_id}"
    await accounts_queries.lock(conn, account)
    await OF_CHANGES.check(conn, {"account": account})
    await accounts_queries.record_try(conn, account, "")


async def _new_challenge(
    conn: AsyncConnection, purpose: str, user_id: int | None, handle: bytes | None = None
) -> bytes:
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    await queries.prune_challenges(conn, CHALLENGE_LIVES)
    await queries.add_challenge(conn, challenge, purpose, user_id, handle)
    return challenge


async def _taken(conn: AsyncConnection, challenge: bytes, purpose: str, user_id: int | None) -> queries.AnyRow:
    """Use a challenge up.

    Raises:
        BadPasskey: it was used, is too old, or is not for this.
    """
    found = await queries.take_challenge(conn, challenge, purpose, CHALLENGE_LIVES)
    if found is None or found.user_id != user_id:
        raise BadPasskey("a challenge that is not good any more", "That took too long, or was done already. Try again.")
    return found
