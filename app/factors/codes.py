"""Codes that an app shows (RFC 6238, by pyotp), and recovery codes: made, read, and checked. No database here."""

import hmac
import logging
import secrets
import time
from base64 import b32encode, urlsafe_b64encode

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from app.base.config import Config
from app.base.secrets import derived_key

log = logging.getLogger(__name__)

now = time.time  # the clock, in a name of its own so that tests can move it
STEP_S, DIGITS = 30, 6
RECOVERY_CODES, _RECOVERY_BYTES = 10, 15
# A clock may be wrong by half a minute, or the code have changed while it was typed: RFC 6238, 5.2.
_OFFSETS = (0, -1, 1)


class Codes:
    """Secrets are kept encrypted, with a key made of `SECRET_KEY`: a copy of the database alone makes no code."""

    def __init__(self, config: Config) -> None:
        self._fernet = Fernet(urlsafe_b64encode(derived_key(config, "second factor")))

    def encrypted(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def step_of(self, encrypted: bytes, code: str) -> int | None:
        """The number of the half minute that a code is of; None for one that is not good just now."""
        try:
            return step_of(self._fernet.decrypt(encrypted).decode(), code)
        except InvalidToken:
            log.warning("a second factor was stored with another SECRET_KEY: no code is good for it")
            return None


def step_of(secret: str, code: str) -> int | None:
    """The number of the half minute that a code is of; None for one that is not good just now."""
    totp, at = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S), int(now())
    typed = code.encode("utf-8", "replace")
    good = [offset for offset in _OFFSETS if hmac.compare_digest(totp.at(at, counter_offset=offset).encode(), typed)]
    return at // STEP_S + good[0] if good else None


def new_secret() -> str:
    """160 random bits in Base32, as apps take them."""
    return pyotp.random_base32()


def link_of(secret: str, login: str, brand: str) -> str:
    """What an app opens: https://github.com/google/google-authenticator/wiki/Key-Uri-Format."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(name=login, issuer_name=brand)


def picture_of(link: str) -> str:
    """A QR code as a `data:` address; dark on white in any theme, as cameras want it."""
    return segno.make(link, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff")


def new_recovery_codes() -> list[str]:
    """Ten, of 120 random bits each, in groups of four: enough for a hash without salt (OWASP ASVS 5.0, 6.5.2)."""
    made = [b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in made]


def plain(typed: str) -> str:
    """A code as it is compared: people type blanks, hyphens and capitals as they like."""
    return "".join(each for each in typed if not each.isspace() and each != "-").lower()
