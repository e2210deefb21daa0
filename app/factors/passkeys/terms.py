"""The words of a ceremony, for those who need no py_webauthn: its end in time, whom it is for, why it fails."""

from dataclasses import dataclass, field

from app.base.errors import AppError

LIVES_S = 5 * 60  # of a challenge; a browser gives people as long


class BadPasskey(AppError):
    """What a browser sent proves nothing: one answer for all reasons; `reason` is for the log."""

    code = "bad_passkey"
    http_status = 422
    default_message = "This passkey does not let you in here. Try again, or log in with your password."

    def __init__(self, reason: str, message: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Owner:
    """For whom a passkey is made: what their authenticator shows and keeps."""

    handle: bytes
    login: str
    name: str


@dataclass(frozen=True)
class Stored:
    """What is kept of a passkey."""

    public_key: bytes = field(repr=False)
    user_handle: bytes
