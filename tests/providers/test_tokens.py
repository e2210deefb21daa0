"""Which ID tokens are good, and that each part of one counts."""

import base64
import json
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from app.providers import tokens
from app.providers.tokens import ALGORITHMS, LEEWAY_S, BadClock, BadToken, UnknownKey, claims_of

ISSUER, CLIENT, NONCE = "https://login.example.org", "parley", "n-7"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
ANOTHER = RSAKey.generate_key(2048, {"kid": "one"})
CURVE = ECKey.generate_key("P-256", {"kid": "two"})
KEYS = KeySet([KEY, CURVE])
NOW = 1_800_000_000
GOOD = {"iss": ISSUER, "aud": CLIENT, "sub": "1", "nonce": NONCE, "exp": NOW + 600, "iat": NOW}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands still."""
    monkeypatch.setattr(tokens, "now", lambda: NOW)


def signed(claims: dict[str, Any], key: Any = KEY, alg: str = "RS256", **header: str) -> str:
    """A token with these claims; what is `...` is left out."""
    given = {"alg": alg, "kid": key.kid} | header
    return jwt.encode(given, {name: value for name, value in claims.items() if value is not ...}, key, [alg])


def read(token: str) -> dict[str, Any]:
    return claims_of(token, KEYS, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"aud": [CLIENT]},
        {"aud": ["another", CLIENT], "azp": CLIENT},
        {"azp": CLIENT},
        {"exp": NOW - LEEWAY_S + 30},
        {"iat": NOW + LEEWAY_S - 30},
    ],
)
def test_a_good_token_is_taken(changed: dict[str, Any]) -> None:
    assert read(signed(GOOD | changed))["sub"] == "1"


@pytest.mark.parametrize(("key", "alg"), [(KEY, "RS512"), (KEY, "PS256"), (CURVE, "ES256")])
def test_each_way_to_sign_with_a_pair_of_keys_is_taken(key: Any, alg: str) -> None:
    assert read(signed(GOOD, key, alg))["sub"] == "1"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://login.example.org.evil.example"},
        {"iss": ...},
        {"iss": [ISSUER]},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["another", CLIENT]},
        {"aud": ...},
        {"azp": "another"},
        {"azp": None},
        {"nonce": "another"},
        {"nonce": ...},
        {"sub": ...},
        {"sub": ""},
        {"sub": 7},
        {"sub": "1" * 256},
        {"exp": ...},
        {"exp": "tomorrow"},
        {"iat": ...},
    ],
)
def test_each_part_of_a_token_counts(changed: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        read(signed(GOOD | changed))


@pytest.mark.parametrize(
    "changed",
    [{"exp": NOW - LEEWAY_S - 30}, {"iat": NOW + LEEWAY_S + 30}, {"nbf": NOW + LEEWAY_S + 30}],
)
def test_a_token_of_another_time_is_one_of_a_wrong_clock(changed: dict[str, Any]) -> None:
    with pytest.raises(BadClock):
        read(signed(GOOD | changed))


def test_a_key_that_is_not_published_is_unknown_and_a_wrong_one_is_refused() -> None:
    with pytest.raises(UnknownKey):
        read(signed(GOOD, kid="three"))
    with pytest.raises(BadToken):
        read(signed(GOOD, ANOTHER))


def test_what_anybody_could_have_signed_is_refused() -> None:
    """Without a signature, and with the public key as a secret."""
    head, body, _ = signed(GOOD).split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "one"}).encode()).decode().rstrip("=")
    public = OctKey.import_key(KEY.as_pem(private=False).hex())
    hmac = jws.serialize_compact({"alg": "HS256", "kid": "one"}, json.dumps(GOOD).encode(), public, ["HS256"])

    for forged in (f"{none}.{body}.", f"{head}.{body}.", hmac, "", "a.b.c", "x" * 10_000):
        with pytest.raises(BadToken):
            read(forged)
    assert not {"none", "HS256", "HS384", "HS512"} & {*ALGORITHMS}
