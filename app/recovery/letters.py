"""What is mailed to people about their accounts: the words. Pure."""

from app.mail.letter import Letter

_RESET = """\
Somebody asked for a new password for the account “{login}” of {chat}.

Choose one here, once, within an hour:
{link}

It logs you out everywhere. If it was not you who asked, nothing has to be done.
"""
_CONFIRM = """\
Somebody says that this is the address of the account “{login}” of {chat}.

If that is you, confirm it within a day:
{link}

If it is not, nothing has to be done.
"""
_CHANGE = """\
The account “{login}” of {chat} {change}, and not this one any more.

If it was not you, ask an administrator there for a link to choose a new password.
"""
_DEVICE = """\
Somebody logged in as “{login}” of {chat} from where nobody did before: {where}.

If it was not you, end that session, and change your password:
{link}
"""


def to_reset(to: str, login: str, chat: str, link: str) -> Letter:
    """To whoever forgot the password."""
    return Letter(to, f"A new password for {chat}", _RESET.format(login=login, chat=chat, link=link))


def to_confirm(to: str, login: str, chat: str, link: str) -> Letter:
    """To an address that somebody says is theirs."""
    return Letter(to, f"Your e-mail address at {chat}", _CONFIRM.format(login=login, chat=chat, link=link))


def of_change(to: str, login: str, chat: str, new: str | None) -> Letter:
    """To the address that an account had."""
    change = f"now has the address {new}" if new is not None else "now has no e-mail address"
    text = _CHANGE.format(login=login, chat=chat, change=change)
    return Letter(to, f"Your e-mail address at {chat} has changed", text)


def of_device(to: str, login: str, chat: str, where: str, link: str) -> Letter:
    """To somebody whose account was entered from where it was not before."""
    text = _DEVICE.format(login=login, chat=chat, where=where, link=link)
    return Letter(to, f"A new log-in at {chat}", text)
