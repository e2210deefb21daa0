"""The provider: where to send a browser, and who came back. Owns what was read of it: its addresses and its keys."""

import base64
import hashlib
import logging
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from yarl import URL

from app.base.config import Config
from app.base.log_fields import fields
from app.base.secrets import new_token
from app.providers.asking import Asking
from app.providers.claims import Person, person_of
from app.providers.failures import SignInFailed
from app.providers.tokens import BadClock, BadToken, UnknownKey, claims_of

log = logging.getLogger(__name__)

READ_ANEW_S = 3_600.0
SCOPE = "openid profile email"
_BASIC, _POST = "client_secret_basic", "client_secret_post"
_WORD = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class Begun:
    """What the browser keeps of a log-in until it comes back; `secret` is the verifier of PKCE (RFC 7636)."""

    state: str
    nonce: str
    secret: str
    return_to: str


@dataclass(frozen=True)
class Read:
    """What was read of the provider, and when, by the monotonic clock."""

    addresses: Mapping[str, Any]
    keys: KeySet
    at_s: float


class Provider:
    """One a process."""

    def __init__(self, config: Config, asking: Asking) -> None:
        self._name = config.oidc_name
        self._issuer, self._id = str(config.oidc_issuer), str(config.oidc_client_id)
        secret = config.oidc_client_secret
        self._secret = None if secret is None else secret.get_secret_value()
        self._asking = asking
        self._read: Read | None = None

    async def begin(self, return_to: str) -> tuple[str, Begun]:
        """Where to send a browser, and what it keeps until it comes back to `return_to`.

        Raises:
            ProviderAway, SignInFailed
        """
        begun = Begun(new_token(), new_token(), new_token(), return_to)
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": return_to,
            "scope": SCOPE,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(begun.secret.encode()).digest()).decode()[:-1],
            "code_challenge_method": "S256",
        }
        read = await self._known()
        return str(URL(self._address(read.addresses, "authorization_endpoint")).update_query(asked)), begun

    async def person(self, begun: Begun, code: str, issuer: str) -> Person:
        """Who came back with a code, good once; `issuer` is who says so, where the provider adds that (RFC 9207).

        Raises:
            ProviderAway, SignInFailed
        """
        read = await self._known()
        says_who = bool(read.addresses.get("authorization_response_iss_parameter_supported"))
        if issuer != read.addresses["issuer"] and (issuer or says_who):
            raise SignInFailed(f"This answer came from somebody else than {self._name}. Nobody was logged in.")
        answer = await self._redeem(read.addresses, begun, code)
        claims = await self._checked(str(answer.get("id_token", "")), begun.nonce, read)
        if not claims.keys() >= {"email", "preferred_username"} and "userinfo_endpoint" in read.addresses:
            claims |= await self._more(read.addresses, str(answer.get("access_token", "")), claims["sub"])
        return person_of(self._issuer, claims)

    def refused(self, error: str) -> SignInFailed:
        """What to say where the provider sent a browser back without a code."""
        if error == "access_denied":
            return SignInFailed(f"{self._name} was not allowed to say who you are, so nobody was logged in.")
        word = error if _WORD.fullmatch(error) else "unknown"
        log.warning("the provider refused", extra=fields(error=word))
        return SignInFailed(f"{self._name} did not log you in ({word}). Ask whoever runs this chat.")

    # What was read

    async def _known(self) -> Read:
        if self._read is None or time.monotonic() - self._read.at_s > READ_ANEW_S:
            self._read = await self._read_anew()
        return self._read

    async def _read_anew(self) -> Read:
        _, addresses = await self._asking.ask("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(addresses.get("issuer", "")).rstrip("/") != self._issuer.rstrip("/"):
            raise self._misled("its issuer is another")
        _, listed = await self._asking.ask("GET", self._address(addresses, "jwks_uri"))
        try:
            keys = KeySet.import_key_set(listed)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise self._misled("its keys cannot be read") from error
        return Read(addresses, keys, time.monotonic())

    def _address(self, addresses: Mapping[str, Any], name: str) -> str:
        """One of the provider's addresses, as safe as that of the provider itself."""
        address = str(addresses.get(name, ""))
        if not address.startswith(("https://", "http://") if self._issuer.startswith("http://") else "https://"):
            raise self._misled(f"no {name}")
        return address

    def _misled(self, why: str) -> SignInFailed:
        log.error("the provider is not set up as it should be", extra=fields(issuer=self._issuer, reason=why))
        return SignInFailed(f"{self._name} is not set up rightly for this chat. Ask whoever runs this chat.")

    # The code, and the tokens

    async def _redeem(self, addresses: Mapping[str, Any], begun: Begun, code: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": begun.return_to}
        headers, more = self._credentials(addresses.get("token_endpoint_auth_methods_supported") or [_BASIC])
        form |= more | {"code_verifier": begun.secret}
        url = self._address(addresses, "token_endpoint")
        status, answer = await self._asking.ask("POST", url, data=form, headers=headers)
        if status == 200:
            return answer
        if answer.get("error") == "invalid_grant":
            raise SignInFailed(f"What {self._name} sent was used before, or took too long. Log in again.")
        raise self._misled(f"status {status} for a code: {answer.get('error', 'no reason')}")

    def _credentials(self, ways: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
        """What proves to the provider that it is this chat: headers, and fields of the form.

        A header, as each provider has to take it (RFC 6749, 2.3.1), but not all take percent-encoded characters out of
        it. So where there are any, and the form is listed, it is the form.
        """
        if self._secret is None:
            return {}, {"client_id": self._id}
        plain, encoded = (f"{part(self._id)}:{part(self._secret)}" for part in (str, quote_plus))
        if _POST in ways and (plain != encoded or _BASIC not in ways):
            return {}, {"client_id": self._id, "client_secret": self._secret}
        return {"Authorization": f"Basic {base64.b64encode(encoded.encode()).decode()}"}, {}

    async def _checked(self, token: str, nonce: str, read: Read) -> dict[str, Any]:
        wanted = {"issuer": str(read.addresses["issuer"]), "client_id": self._id, "nonce": nonce}
        try:
            try:
                return claims_of(token, read.keys, **wanted)
            except UnknownKey:  # it has new ones
                self._read = await self._read_anew()
                return claims_of(token, self._read.keys, **wanted)
        except BadToken as error:
            log.warning("a token that is not good", extra=fields(reason=str(error)))
            if isinstance(error, BadClock):
                raise SignInFailed(
                    f"The clocks of this server and of {self._name} differ. Ask whoever runs this chat."
                ) from error
            raise SignInFailed(
                f"{self._name} sent a proof that is not good. Nobody was logged in; try again."
            ) from error

    async def _more(self, addresses: Mapping[str, Any], access_token: str, subject: str) -> dict[str, Any]:
        """What the provider says beside the ID token, of the same person."""
        url = self._address(addresses, "userinfo_endpoint")
        status, claims = await self._asking.ask("GET", url, headers={"Authorization": f"Bearer {access_token}"})
        if status != 200 or claims.get("sub") != subject:
            raise self._misled(f"status {status} for what it says of a person")
        return claims
