"""What a browser is asked to sign, and whether it did: WebAuthn Level 3, sections 7.1 and 7.2, by py_webauthn.

A ceremony, in the words of WebAuthn, begins with options and ends with a credential; both are JSON. No database here.
"""

from collections.abc import Sequence

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app.factors.passkeys.party import Party
from app.factors.passkeys.terms import LIVES_S, BadPasskey, Owner, Stored

MOST_CREDENTIAL_BYTES = 1023  # https://www.w3.org/TR/webauthn-3/#credential-id
# What py_webauthn 3.0.1 raises for bytes that are not what they should be, its own errors among them.
_BROKEN = (
    *(WebAuthnException, UnsupportedAlgorithm, ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, RecursionError),
)


class Ceremony:
    """The ceremonies of one party."""

    def __init__(self, party: Party) -> None:
        self._party = party

    def options_to_make(self, brand: str, owner: Owner, challenge: bytes, others: Sequence[bytes]) -> str:
        """For `navigator.credentials.create`: one that names its owner by itself, behind a PIN, a finger or a face."""
        must = AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )
        options = webauthn.generate_registration_options(
            rp_id=self._party.host,
            rp_name=brand,
            user_name=owner.login,
            user_id=owner.handle,
            user_display_name=owner.name,
            challenge=challenge,
            timeout=LIVES_S * 1_000,
            authenticator_selection=must,
            exclude_credentials=_described(others),
        )
        return webauthn.options_to_json(options)

    def options_to_prove(self, challenge: bytes, allowed: Sequence[bytes]) -> str:
        """For `navigator.credentials.get`: any passkey of the party that says whose it is, or those `allowed`."""
        verification = UserVerificationRequirement.PREFERRED if allowed else UserVerificationRequirement.REQUIRED
        options = webauthn.generate_authentication_options(
            rp_id=self._party.host,
            challenge=challenge,
            timeout=LIVES_S * 1_000,
            allow_credentials=_described(allowed),
            user_verification=verification,
        )
        return webauthn.options_to_json(options)

    def made(self, credential: str, challenge: bytes) -> VerifiedRegistration:
        """The new passkey, whose key is one.

        Raises:
            BadPasskey
        """
        try:
            verified = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._party.host,
                expected_origin=self._party.origin,
                require_user_verification=True,
            )
            decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
        except _BROKEN as error:
            raise BadPasskey(_reason(error), "This passkey cannot be used here. Try another one.") from error
        if len(verified.credential_id) > MOST_CREDENTIAL_BYTES:
            raise BadPasskey("a credential id that is too long", "This passkey cannot be used here. Try another one.")
        return verified

    def read(self, credential: str) -> AuthenticationCredential:
        """What a browser answers, before anything of it is believed.

        Raises:
            BadPasskey: it is no such answer.
        """
        try:
            return parse_authentication_credential_json(credential)
        except _BROKEN as error:
            raise BadPasskey(_reason(error)) from error

    def proved(
        self, credential: AuthenticationCredential, stored: Stored, challenge: bytes, *, alone: bool
    ) -> VerifiedAuthentication:
        """That the owner of a passkey signed the challenge; `alone`: nothing else proves who they are.

        Its count is not compared: py_webauthn 3.0.1 does so before it has looked at the signature, and anybody can send
        a count. Whoever calls this compares it.

        Raises:
            BadPasskey
        """
        handle = credential.response.user_handle
        if handle != stored.user_handle and (alone or handle):
            raise BadPasskey("another person's handle")
        try:
            return webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._party.host,
                expected_origin=self._party.origin,
                credential_public_key=stored.public_key,
                credential_current_sign_count=0,
                require_user_verification=alone,
            )
        except _BROKEN as error:
            raise BadPasskey(_reason(error)) from error


def _described(ids: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]


def _reason(error: Exception) -> str:
    return type(error).__name__
