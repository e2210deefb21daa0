"""What can go wrong for a user, as exceptions with a stable `code`.

Services raise these; exactly two places translate them: `edge/middleware.py` to HTTP and `chat/socket.py` to an `error`
event. The message is a sentence for people and never holds a secret.
"""

from collections.abc import Mapping
from typing import ClassVar


class AppError(Exception):
    """A refusal with a reason.

    Attributes:
        code: stable word for programs.
        http_status: status of the HTTP answer.
        retry_after_s: seconds after which trying again makes sense, or None when it never will.
    """

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500
    default_message: ClassVar[str] = "Something went wrong on our side."

    def __init__(self, message: str | None = None, *, retry_after_s: float | None = None) -> None:
        super().__init__(message or self.default_message)
        self.retry_after_s = retry_after_s

    @property
    def message(self) -> str:
        return str(self.args[0])


class BadConfig(AppError):
    """A setting is missing or wrong; the process cannot start."""

    code = "bad_config"


class BadCommand(AppError):
    """A frame or a parameter that makes no sense; `command_id` names the command where it had an id."""

    code = "bad_command"
    http_status = 400
    default_message = "That request makes no sense to the server."

    def __init__(self, message: str | None = None, *, command_id: str | None = None) -> None:
        super().__init__(message)
        self.command_id = command_id


class BadText(BadCommand):
    code = "bad_text"
    default_message = "The text contains characters that cannot be stored."


class BadFiles(BadCommand):
    """A message names a file that is not its author's, has not arrived, or is gone."""

    code = "bad_files"
    http_status = 422
    default_message = "A file of this message has not arrived, or is gone. Take it away, and choose it once more."


class TooLong(BadCommand):
    code = "too_long"
    http_status = 422
    default_message = "The message is too long."


class NotLoggedIn(AppError):
    code = "not_logged_in"
    http_status = 401
    default_message = "Please log in first."


class BadForm(AppError):
    """A form to be corrected; `reasons` has a sentence for each wrong field, by the field's name."""

    code = "bad_form"
    http_status = 422
    default_message = "Some of this needs another look."

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(" ".join(reasons.values()))
        self.reasons = reasons


class WrongPassword(AppError):
    """Login or password is wrong, or there is no such account: one answer for all."""

    code = "wrong_password"
    http_status = 422
    default_message = "This login and password do not belong together. Check both and try again."


class AccountDisabled(AppError):
    """Said only to those who know the password."""

    code = "account_disabled"
    http_status = 403
    default_message = "This account is switched off. Ask an administrator of this chat."


class Forbidden(AppError):
    code = "forbidden"
    http_status = 403
    default_message = "That is not allowed."


class NotAdmin(Forbidden):
    code = "not_admin"
    default_message = "Only an administrator of this chat may do that."


class SignUpClosed(Forbidden):
    """Nobody may create an account here without an invitation."""

    code = "sign_up_closed"
    default_message = "This chat is by invitation only. Ask someone who is in it for a link."


class NoAdminYet(SignUpClosed):
    """The first account is to be made by whoever runs this chat, and not by whoever comes first."""

    code = "no_admin_yet"
    default_message = (
        "Nobody is here yet. Whoever runs this chat creates the first account, by the link that was shown when it "
        "started or that “python -m app invite --admin” makes."
    )


class DeadInvitation(SignUpClosed):
    """Unknown, expired, used up or revoked: one answer for all."""

    code = "dead_invitation"
    default_message = "This invitation no longer works: it has expired, or was used up or withdrawn. Ask for a new one."


class DeadLink(AppError):
    """Of a link to an account: unknown, used or expired: one answer for all."""

    code = "dead_link"
    http_status = 410
    default_message = "This link no longer works: it was used, or its time is over. Ask for a new one."


class LastAdmin(AppError):
    code = "last_admin"
    http_status = 409
    default_message = "This is the last administrator. Make someone else an administrator first."


class BadOrigin(Forbidden):
    code = "bad_origin"
    default_message = "This request came from another site."


class BadCsrf(Forbidden):
    code = "bad_csrf"
    default_message = "This form has expired. Go back, reload the page and send it again."


class StaleForm(BadCsrf):
    """A form that logs in, open since before somebody logged in or out in this browser."""

    default_message = "Somebody logged in or out in another tab meanwhile. Type the password again."


class NotAMember(Forbidden):
    code = "not_a_member"
    default_message = "You are not a member of this room."


class RoomArchived(Forbidden):
    code = "archived"
    default_message = "This room is archived: nobody posts here any more."


class BadRoomName(AppError):
    code = "bad_name"
    http_status = 422
    default_message = "Give the room a name."


class RoomNameTaken(BadRoomName):
    code = "name_taken"
    http_status = 409
    default_message = "There is a room of that name already. Try another."


class BadTopic(AppError):
    code = "bad_topic"
    http_status = 422
    default_message = "Use at most 250 characters."


class BadPeople(AppError):
    """The people that were named cannot be taken."""

    code = "bad_people"
    http_status = 422
    default_message = "Choose at least one person."


class BadQuestion(AppError):
    """What was asked of the search cannot be meant."""

    code = "bad_question"
    http_status = 422
    default_message = "Nothing can be searched for like that."


class LastRoom(AppError):
    code = "last_room"
    http_status = 409
    default_message = "This is your only room: join another one first."


class NotFound(AppError):
    code = "not_found"
    http_status = 404
    default_message = "There is nothing here."


class IdConflict(AppError):
    """The same author used the same id in this room for another text."""

    code = "id_conflict"
    http_status = 409
    default_message = "Another message was already sent with this id."


class RateLimited(AppError):
    code = "rate_limited"
    http_status = 429
    default_message = "You are sending faster than this room can read."


class Unavailable(AppError):
    """The database cannot be reached, or is too busy; nothing was promised, trying again is safe."""

    code = "unavailable"
    http_status = 503
    default_message = "The server cannot reach its database. It keeps trying."

    def __init__(self, message: str | None = None, *, retry_after_s: float = 2) -> None:
        super().__init__(message, retry_after_s=retry_after_s)


class SearchTooSlow(Unavailable):
    """Nothing was found in the time that a search may take."""

    code = "search_too_slow"
    default_message = "This search takes too long. Use rarer words, or search in one room."
