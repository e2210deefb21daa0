"""Logged in, and for how long: sessions, each a row that ends. Owns their transactions.

The token of a session, 256 random bits, is kept by the browser alone; the row has the token's SHA-256. No cookies here.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth import queries
from app.base.config import Config
from app.base.log_fields import fields
from app.db.driver.engine import DATABASE_GONE, autocommit
from app.db.driver.gathering import Gathered

log = logging.getLogger(__name__)

SEEN_EVERY = timedelta(minutes=5)
SHARED_LIVES = timedelta(hours=12)  # on a shared computer, where somebody forgets to sign out
USER_AGENT_CHARS = ORIGIN_CHARS = 256

OnSessionEnded = Callable[[int], None]


@dataclass(frozen=True)
class User:
    id: int
    login: str
    name: str
    role: str
    hue: int | None = None  # of the avatar, where the person chose one
    avatar: int | None = None  # the number of its picture, likewise
    namesake: bool = False  # somebody else has a name that looks the same


@dataclass(frozen=True)
class Proven(User):
    """A user who proved who they are, and what was stored of their password then, which is None if they have none.

    Who enters later finds out if it was changed. With the `proof` their browser needs no bcrypt the next time.
    """

    password_hash: str | None = field(kw_only=True, repr=False)
    proof: str = field(default="", kw_only=True, repr=False)


@dataclass(frozen=True)
class Session:
    """A living login."""

    id: int
    user: User
    lacks_factor: bool  # which this chat asks for


@dataclass(frozen=True)
class Device:
    """A browser as one account knows it: by a name, and by a proof of its password where that was typed there."""

    name: str
    proof: str = ""


@dataclass(frozen=True)
class Visitor:
    """Who sends a request, as the network shows them."""

    address: str
    user_agent: str
    origin: str = ""  # of the page that they see
    is_local: bool = False  # at the machine that we run on
    is_shared: bool = False  # at a computer that others use, too
    by_provider: bool = False  # proved by an OpenID Connect provider, and by as many factors as that asks for
    devices: Mapping[int, Device] = field(default_factory=dict)  # see `cookies.devices_of`


class Sessions:
    """What begins, finds and ends sessions.

    `on_session_ended` is called with the id of each session ended in this process, after the commit; it must not block.
    """

    def __init__(self, engine: AsyncEngine, config: Config, on_session_ended: OnSessionEnded) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._lifetime = timedelta(days=config.session_days)
        self._idle = timedelta(days=config.session_idle_days)
        self._ended = on_session_ended
        self._sessions = Gathered(self._load_sessions)

    async def session(self, token: str) -> Session | None:
        """The living session of a token: neither ended, nor expired, nor its user disabled."""
        return await self._sessions.get(_digest(token))

    async def _load_sessions(self, digests: Collection[bytes]) -> dict[bytes, Session]:
        async with self._autocommit.connect() as conn:
            rows = await queries.sessions_of(conn, digests, self._idle, SEEN_EVERY)
            if stale := [row.session_id for row in rows if row.stale]:
                await _note_visit(conn, stale)
        return {bytes(row.token_hash): Session(row.session_id, user_in(row), row.lacks_factor) for row in rows}

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

    async def end_sessions(self, user_id: int, *, but: int | None = None) -> None:
        """End all sessions of a user, or all but one."""
        async with self._transactions.begin() as conn:
            session_ids = await queries.end_sessions(conn, user_id, but)
        log.info("revoked", extra=fields(user=user_id, sessions=len(session_ids)))
        self.announce_ended(session_ids)

    async def end_sessions_without_factor(self) -> None:
        """End the sessions of all who have no second factor, in a chat that asks for one."""
        async with self._transactions.begin() as conn:
            session_ids = await queries.end_sessions_without_factor(conn)
        log.info("revoked all without a second factor", extra=fields(sessions=len(session_ids)))
        self.announce_ended(session_ids)

    async def end_session_of(self, user_id: int, session_id: int) -> None:
        """End one session of a user; nothing where it has ended, or is somebody else's."""
        async with self._transactions.begin() as conn:
            found = await queries.end_session_of(conn, user_id, session_id)
        if found:
            log.info("revoked", extra=fields(user=user_id, sessions=1))
            self._ended(session_id)

    async def sessions_of(self, user_id: int) -> list[queries.AnyRow]:
        """The living sessions of a user, the one that was used last first."""
        async with self._autocommit.connect() as conn:
            return await queries.living_sessions(conn, user_id, self._idle)

    def announce_ended(self, session_ids: Collection[int]) -> None:
        """Close what is open with sessions that were deleted, after the commit."""
        for session_id in session_ids:
            self._ended(session_id)

    async def _start_session(
        self, conn: AsyncConnection, user_id: int, visitor: Visitor, passkey_id: int | None = None
    ) -> str:
        token = secrets.token_urlsafe(32)
        agent = visitor.user_agent.encode("utf-8", "replace").decode()[:USER_AGENT_CHARS]
        of_visitor = {"user_agent": agent, "address": visitor.address, "origin": visitor.origin[:ORIGIN_CHARS]}
        lifetime = min(self._lifetime, SHARED_LIVES) if visitor.is_shared else self._lifetime
        by = {"by_provider": visitor.by_provider}
        await queries.create_session(conn, _digest(token), user_id, lifetime, passkey_id, **of_visitor, **by)
        return token


async def _note_visit(conn: AsyncConnection, session_ids: Collection[int]) -> None:
    try:
        await queries.mark_seen(conn, session_ids, SEEN_EVERY)
    except DATABASE_GONE:  # it may be read-only for a while, which must keep nobody from reading
        log.warning("visits cannot be noted")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def proven(row: queries.AnyRow, password_hash: str | None) -> Proven:
    """Of a row with `queries.USER_COLUMNS`."""
    return Proven(**asdict(user_in(row)), password_hash=password_hash)


def user_in(row: queries.AnyRow) -> User:
    """Of a row with `queries.USER_COLUMNS`."""
    return User(row.id, row.login, row.display_name, row.role, row.hue, row.avatar_id, row.namesake)
