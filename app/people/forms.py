"""What stands in the forms of the settings, checked: fields in, a frozen struct out, or `BadForm`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.auth import names
from app.auth.chat_settings import ChatSettings
from app.auth.forms import password_reasons
from app.base.errors import BadForm
from app.web.origins import origin_in

HUES = (
    *("Orange", "Blue", "Pink", "Green", "Azure", "Red"),
    *("Teal", "Violet", "Amber", "Cyan", "Rose", "Olive"),
)
DAYS = {1: "1 day", 7: "7 days", 30: "30 days"}
USES = {1: "1 person", 10: "10 people", 100: "100 people", 0: "Any number"}


@dataclass(frozen=True)
class Looks:
    """How others see somebody; no hue: one by the id."""

    name: str
    hue: int | None


@dataclass(frozen=True)
class NewPassword:
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True)
class NewInvitation:
    days: int
    max_uses: int | None


def looks(fields: Mapping[str, str]) -> Looks:
    """Raises BadForm."""
    name = _name(fields.get("display_name", ""), "display_name", "Type the name that others see.")
    hue = fields.get("hue", "")
    if hue and hue not in map(str, range(len(HUES))):
        raise BadForm({"hue": "Choose one of these colours."})
    return Looks(name, int(hue) if hue else None)


def new_password(fields: Mapping[str, str], login: str) -> NewPassword:
    """Raises BadForm."""
    old, new = fields.get("old_password", ""), fields.get("password", "")
    reasons = {}
    if not old:
        reasons["old_password"] = "Type the password that you have now."  # noqa: S105 (a sentence)
    reasons |= password_reasons(fields, login)
    if reasons:
        raise BadForm(reasons)
    return NewPassword(old, new)


def chat_settings(fields: Mapping[str, str]) -> ChatSettings:
    """Raises BadForm."""
    return ChatSettings(_name(fields.get("name", ""), "name", "Give this chat a name."), "open_sign_up" in fields)


def address(fields: Mapping[str, str]) -> str:
    """Raises BadForm."""
    if (origin := origin_in(fields.get("address", ""))) is None:
        raise BadForm({"address": "Type an address such as https://chat.example.org, without anything behind it."})
    return origin


def new_invitation(fields: Mapping[str, str]) -> NewInvitation:
    """Raises BadForm."""
    days, uses = _choice(fields, "days", DAYS), _choice(fields, "uses", USES)
    return NewInvitation(days, uses or None)


def _name(typed: str, field_name: str, when_empty: str) -> str:
    if not typed.strip():
        raise BadForm({field_name: when_empty})
    try:
        return names.display_name(typed)
    except names.BadName as error:
        raise BadForm({field_name: str(error)}) from None


def _choice(fields: Mapping[str, str], name: str, choices: Mapping[int, str]) -> int:
    chosen = {str(choice): choice for choice in choices}.get(fields.get(name, ""))
    if chosen is None:
        raise BadForm({name: "Choose one of these."})
    return chosen
