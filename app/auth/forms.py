"""What stands in the forms, checked: fields in, a frozen struct out, or `BadForm` with a sentence a field. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.auth import names
from app.auth.passwords import objection
from app.base.errors import BadForm


@dataclass(frozen=True)
class NewAccount:
    login: str
    typed_login: str
    name: str
    email: str | None
    password: str = field(repr=False)


@dataclass(frozen=True)
class Credentials:
    login_or_email: str
    password: str = field(repr=False)


def new_account(fields: Mapping[str, str]) -> NewAccount:
    """Check the form "Create account", all fields at once; the name defaults to the login as typed.

    Raises:
        BadForm
    """
    reasons: dict[str, str] = {}

    def checked(name: str, check: Callable[[str], str], typed: str) -> str:
        try:
            return check(typed)
        except names.BadName as error:
            reasons[name] = str(error)
            return ""

    typed_login, typed_email = fields.get("login", "").strip(), fields.get("email", "").strip()
    login = checked("login", names.login, typed_login)
    typed_name = fields.get("display_name", "").strip()
    name = checked("display_name", names.display_name, typed_name or typed_login) if typed_name or login else ""
    email = checked("email", names.email, typed_email) if typed_email else None
    reasons |= password_reasons(fields, login, typed_login, email or "")
    if reasons:
        raise BadForm(reasons)
    return NewAccount(login, typed_login, name, email, fields.get("password", ""))


def password_reasons(fields: Mapping[str, str], *names: str) -> dict[str, str]:
    """What is wrong with a new password that was typed twice, by field; `names` are its owner's."""
    password = fields.get("password", "")
    if reason := objection(password, *names):
        return {"password": reason}
    if password != fields.get("password2", ""):
        return {"password2": "The two passwords differ. Type the same one twice."}
    return {}


def credentials(fields: Mapping[str, str]) -> Credentials:
    """Check the form "Log in".

    Raises:
        BadForm
    """
    typed, password = fields.get("login", ""), fields.get("password", "")
    reasons = {}
    if not typed.strip():
        reasons["login"] = "Type your login or e-mail address."
    if not password:
        reasons["password"] = "Type your password."  # noqa: S105 (a sentence)
    if reasons:
        raise BadForm(reasons)
    return Credentials(typed, password)
