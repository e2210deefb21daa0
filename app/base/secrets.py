"""Tokens that links carry, and keys for one purpose each, made of `SECRET_KEY`: whoever has one has no other."""

import hashlib
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.base.config import Config
from app.base.errors import BadConfig


def new_token() -> str:
    """256 random bits as text; only their `digest` is stored."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """The SHA-256 of a token, which is what the database has of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def derived_key(config: Config, purpose: str) -> bytes:
    """32 bytes for a purpose, by HKDF (RFC 5869).

    Raises:
        BadConfig: there is no `SECRET_KEY`.
    """
    if config.secret_key is None:
        raise BadConfig("SECRET_KEY: is required to encrypt cookies")
    secret = config.secret_key.get_secret_value().encode()
    return HKDF(SHA256(), length=32, salt=None, info=f"parley {purpose} v1".encode()).derive(secret)
