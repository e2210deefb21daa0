"""Who is in the chat: `users`, `sessions`, `invite`, `invitations`. Feature modules bring all that serving needs, so a
command imports its own when it runs.
"""

import click

from app.operating.doing import do


@click.group()
def users() -> None:
    """The accounts of people."""


@users.command(name="list")
@click.option("--find", default="", help="Only those whose name or login has this in it.")
def users_list(find: str) -> None:
    """Show everybody.

    A line each: login, role, whether the account is switched on, since when it is there, name.
    """
    from app.people import command_line

    do(lambda config, url: command_line.listed(config, url, find))


@users.command()
@click.argument("login")
@click.option("--name", help="What others see; without it, the LOGIN.")
@click.option("--admin", is_flag=True, help="As an administrator.")
def add(login: str, name: str | None, admin: bool) -> None:
    """Create an account.

    Shows a link by which its person chooses a password: once, within an hour; `reset-link` makes another.
    """
    from app.recovery import command_line

    do(lambda config, url: command_line.add(config, url, login, name or login, admin=admin))


@users.command()
@click.argument("login")
def disable(login: str) -> None:
    """Switch an account off.

    The person with this LOGIN is logged out everywhere. What they wrote stays.
    """
    from app.people import command_line

    do(lambda config, url: command_line.disable(config, url, login))


@users.command()
@click.argument("login")
def enable(login: str) -> None:
    """Switch an account on again."""
    from app.people import command_line

    do(lambda config, url: command_line.enable(config, url, login))


@users.command()
@click.argument("login")
def promote(login: str) -> None:
    """Make somebody an administrator."""
    from app.people import command_line

    do(lambda config, url: command_line.set_role(config, url, login, "admin"))


@users.command()
@click.argument("login")
def demote(login: str) -> None:
    """Make an administrator a member again."""
    from app.people import command_line

    do(lambda config, url: command_line.set_role(config, url, login, "member"))


@users.command()
@click.argument("login")
@click.option("--messages", type=click.Choice(["keep", "remove"]), default="keep", show_default=True)
def delete(login: str, messages: str) -> None:
    """Delete an account for good.

    The messages of the person with this LOGIN stay as those of a former member, or go.
    """
    from app.leaving import command_line

    do(lambda config, url: command_line.delete(config, url, login, keeps_messages=messages == "keep"))


@users.command()
@click.argument("login")
def undo(login: str) -> None:
    """Remove all that somebody made.

    The account of the person with this LOGIN is switched off. All its messages are deleted, with their files, and its
    reactions go. Rooms that it made and in which nobody else wrote are closed, and its invitations end. It is done
    within half a minute, or when Parley is started. This cannot be taken back.
    """
    from app.leaving import command_line

    do(lambda config, url: command_line.undo(config, url, login))


@users.command(name="reset-link")
@click.argument("login")
def users_reset_link(login: str) -> None:
    """Make a link to choose a new password by.

    The person with this LOGIN uses it once, within an hour, and is logged out everywhere then.
    """
    from app.recovery import command_line

    do(lambda config, url: command_line.reset_link(config, url, login))


@users.command(name="remove-factors")
@click.argument("login")
def users_remove_factors(login: str) -> None:
    """Let somebody in by the password alone.

    For the person with this LOGIN, who lost the second factor. Logs them out everywhere.
    """
    from app.factors import command_line

    do(lambda config, url: command_line.remove_factors(config, url, login))


@click.group()
def sessions() -> None:
    """Where people are logged in."""


@sessions.command(name="list")
@click.argument("login")
def sessions_list(login: str) -> None:
    """Show where somebody is logged in.

    A line each: number, begin, last use, address, device.
    """
    from app.recovery import command_line

    do(lambda config, url: command_line.sessions(config, url, login))


@sessions.command(name="end")
@click.argument("login")
@click.argument("number", type=int, required=False)
def sessions_end(login: str, number: int | None) -> None:
    """Log somebody out everywhere.

    With a NUMBER, only out of the session that has it in `sessions list`.
    """
    from app.recovery import command_line

    do(lambda config, url: command_line.end_sessions(config, url, login, number))


@click.command()
@click.option("--admin", is_flag=True, help="Whoever comes by it is an administrator.")
def invite(admin: bool) -> None:
    """Make a link by which one person creates an account.

    It is good for a day.
    """
    from app.recovery import command_line

    do(lambda config, url: command_line.invitation(config, url, admin=admin))


@click.group()
def invitations() -> None:
    """The links that let people in."""


@invitations.command(name="list")
def invitations_list() -> None:
    """Show those that still let somebody in.

    A line each: number, until when, uses, role, and who made it.
    """
    from app.people import command_line

    do(command_line.invitations)


@invitations.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End an invitation.

    Its NUMBER is in `invitations list`. Who came in by it stays.
    """
    from app.people import command_line

    do(lambda config, url: command_line.revoke(config, url, number))
