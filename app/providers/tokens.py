"""Whether an ID token is good: signed by the provider, for this chat, of this log-in, and of now. Pure.

OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725 for the algorithms.
"""

import time
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

# Neither `none`, nor HMAC: with it whoever has the public key could sign.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
LEEWAY_S = 60  # by which clocks may differ
SUBJECT_CHARS = 255


class BadToken(Exception):
    """The message says why, for the log."""


class UnknownKey(BadToken):
    """It is signed with a key that the provider did not publish, or had not when its keys were read."""


class BadClock(BadToken):
    """It is of another time than now: the clocks differ, or it lay somewhere."""


def now() -> int:
    """Seconds since 1970, as tokens count them."""
    return int(time.time())


def claims_of(token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """What a good ID token says.

    Raises:
        BadToken
    """
    registry = jwt.JWTClaimsRegistry(
        now=now(),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        registry.validate(claims)
    except InvalidKeyIdError as error:
        raise UnknownKey(str(error)) from error
    except ExpiredTokenError as error:
        raise BadClock(str(error)) from error
    except InvalidClaimError as error:
        raise (BadClock if error.claim in ("iat", "nbf") else BadToken)(str(error)) from error
    except (JoseError, ValueError) as error:
        raise BadToken(str(error)) from error
    is_for_others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if is_for_others else client_id) != client_id:
        raise BadToken("issued to another client")
    if not 0 < len(claims["sub"]) <= SUBJECT_CHARS:
        raise BadToken("no subject")
    return dict(claims)
