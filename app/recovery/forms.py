"""What stands in these forms, checked: fields in, a value out, or `BadForm`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.auth import names
from app.auth.forms import password_reasons
from app.base.errors import BadForm


@dataclass(frozen=True)
class NewEmail:
    """No address: it is to be removed."""

    email: str | None
    password: str = field(repr=False)


def new_password(fields: Mapping[str, str], login: str) -> str:
    """Raises BadForm."""
    if reasons := password_reasons(fields, login):
        raise BadForm(reasons)
    return fields["password"]


def email(fields: Mapping[str, str]) -> str:
    """The address that somebody typed. Raises BadForm."""
    try:
        return names.email(fields.get("email", ""))
    except names.BadName:
        raise BadForm({"email": "Type an e-mail address such as name@example.org."}) from None


def new_email(fields: Mapping[str, str]) -> NewEmail:
    """Raises BadForm."""
    password, wanted = fields.get("password", ""), fields.get("email", "").strip()
    if not password:
        raise BadForm({"password": "Type your password."})
    return NewEmail(email(fields) if wanted else None, password)
