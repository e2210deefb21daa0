"""How push services know this server: a pair of keys of its own (VAPID, RFC 8292), made once, kept in the database."""

import asyncio
import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import Config
from app.base.secrets import derived_key
from app.db.schema import notice_browsers, push_keys

log = logging.getLogger(__name__)

LIVES_S, RENEW_S = 12 * 3600, 6 * 3600  # of a token: RFC 8292 allows a day


class Vapid:
    """One a process. The private key is encrypted with a key made of `SECRET_KEY`.

    `address` gives by which address people reach this chat: it names us to push services.
    """

    def __init__(self, engine: AsyncEngine, config: Config, address: Callable[[], Awaitable[str]]) -> None:
        self._transactions = engine
        self._fernet = Fernet(urlsafe_b64encode(derived_key(config, "push key")))
        self._address = address
        self._loading = asyncio.Lock()
        self._key: Vapid02 | None = None
        self._tokens: dict[str, tuple[float, str]] = {}

    async def public_key(self) -> str:
        """What browsers subscribe with, in base64url."""
        public = (await self._loaded()).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(public).rstrip(b"=").decode()

    async def authorization(self, service: str) -> str:
        """The header for one push service, by its origin: each gets a token that is good for no other."""
        made_at, token = self._tokens.get(service, (0.0, ""))
        now = time.time()
        if now - made_at < RENEW_S:
            return token
        address, key = await self._address(), await self._loaded()
        contact = address if address.startswith("https://") else "mailto:admin@localhost"  # RFC 8292 takes no http
        claims = {"aud": service, "exp": int(now) + LIVES_S, "sub": contact}
        token = str(key.sign(claims)["Authorization"])
        self._tokens[service] = now, token
        return token

    async def _loaded(self) -> Vapid02:
        async with self._loading:
            if self._key is None:
                self._key = Vapid02(await self._stored())
                self._key.conf["no-strict"] = True  # it takes no contact with a port otherwise
        return self._key

    async def _stored(self) -> ec.EllipticCurvePrivateKey:
        """The key of the database. One of another `SECRET_KEY` is replaced, and who subscribed by it has to anew."""
        private = ec.generate_private_key(ec.SECP256R1())
        encrypted = self._fernet.encrypt(_scalar(private))
        async with self._transactions.begin() as conn:
            await conn.execute(insert(push_keys).values(private_key=encrypted).on_conflict_do_nothing())
            stored = bytes((await conn.execute(select(push_keys.c.private_key).with_for_update())).scalar_one())
            try:
                return _private(self._fernet.decrypt(stored))
            except InvalidToken:
                log.warning("the push keys were stored with another SECRET_KEY: they are made anew")
                await conn.execute(update(push_keys).values(private_key=encrypted))
                await conn.execute(delete(notice_browsers).where(notice_browsers.c.endpoint.is_not(None)))
                return private


def _scalar(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_numbers().private_value.to_bytes(32, "big")


def _private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
