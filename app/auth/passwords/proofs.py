"""What a browser keeps of a password that was verified in it, so that bcrypt need not do it there again.

A proof is an HMAC of the password and of what is stored of it, so a new password makes it worthless. It only goes where
nobody can read it: whoever could, and had `SECRET_KEY` and the stored hash, would guess quicker than bcrypt lets them.
"""

import base64
import hashlib
import hmac

from app.auth.passwords import prehash


class Proofs:
    """`key` is for these alone."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, password: str, stored: str) -> str:
        """The proof that this is the password of which `stored` was made; it must have been verified. 43 letters."""
        whole = stored.encode() + b"\0" + prehash(password)
        return base64.urlsafe_b64encode(hmac.digest(self._key, whole, hashlib.sha256)).decode().rstrip("=")

    def holds(self, proof: str, password: str, stored: str | None) -> bool:
        """Whether a proof is that of this password, and still of what is stored; in constant time."""
        return stored is not None and hmac.compare_digest(self.of(password, stored).encode(), proof.encode())
