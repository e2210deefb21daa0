"""Why nobody was logged in: sentences for people, which say whose turn it is to mend what."""

from app.base.errors import AppError, Unavailable


class SignInFailed(AppError):
    code = "sign_in_failed"
    http_status = 400
    default_message = "Nobody was logged in. Try again."


class ProviderAway(Unavailable):
    """The provider does not answer, or not in time."""

    code = "provider_away"
    default_message = "The provider cannot be reached just now. Try again in a minute."
