"""A passkey in software: what a browser with an authenticator answers, made with real keys (WebAuthn Level 3).

`lies` are what a test has it say otherwise than is true.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey, at pages of `origin`."""

    origin: str
    verifies: bool = True  # asks for a finger, a face or a PIN
    counts: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""
    count: int = 0

    def make(self, options: dict[str, Any], **lies: Any) -> str:
        """The answer to `navigator.credentials.create`, as JSON."""
        self.handle = unb64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, **point, **lies.get("key", {})})
        kept = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        known = self._known(options["rp"]["id"], kept, **lies)
        statement = {"fmt": "none", "attStmt": {}, "authData": known}
        client = self._client("webauthn.create", options, **lies)
        return self._answer(clientDataJSON=b64(client), attestationObject=b64(cbor2.dumps(statement)))

    def prove(self, options: dict[str, Any], **lies: Any) -> str:
        """The answer to `navigator.credentials.get`, as JSON."""
        known, client = self._known(options["rpId"], **lies), self._client("webauthn.get", options, **lies)
        signature = self.key.sign(known + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = {"clientDataJSON": b64(client), "authenticatorData": b64(known), "signature": b64(signature)}
        return self._answer(**answer, userHandle=b64(lies.get("handle", self.handle)))

    def _answer(self, **response: str) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})

    def _client(self, kind: str, options: dict[str, Any], **lies: Any) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | {name: lies[name] for name in said if name in lies}).encode()

    def _known(self, host: str, kept: bytes = b"", **lies: Any) -> bytes:
        self.count += self.counts
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | (_NEW if kept else 0)
        count = lies.get("count", self.count).to_bytes(4, "big")
        return hashlib.sha256(lies.get("for_host", host).encode()).digest() + bytes([flags]) + count + kept
