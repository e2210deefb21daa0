"""Where people talk, and what they complain about: `rooms`, `reports`."""

import re

import click

from app.base.errors import BadConfig
from app.operating.doing import do


@click.group()
def rooms() -> None:
    """The rooms that have a name."""


@rooms.command(name="list")
@click.option("--find", default="", help="Only those whose name or topic has this in it.")
def rooms_list(find: str) -> None:
    """Show all rooms.

    A line each: number, kind, state, how many people and messages, for how many days messages stay, name.
    """
    from app.moderation import room_command_line

    do(lambda config, url: room_command_line.rooms(config, url, find))


@rooms.command()
@click.argument("number", type=int)
def people(number: int) -> None:
    """Show who is in a room.

    Its NUMBER is in `rooms list`. A line each: login, name.
    """
    from app.moderation import room_command_line

    do(lambda config, url: room_command_line.people(config, url, number))


@rooms.command(name="set")
@click.argument("number", type=int)
@click.option("--name", help="What it is called.")
@click.option("--topic", help="What it is about.")
@click.option("--for-everyone/--not-for-everyone", default=None, help="Whether new people land in it.")
def set_command(number: int, name: str | None, topic: str | None, for_everyone: bool | None) -> None:
    """Change what a room is like.

    Its NUMBER is in `rooms list`.
    """
    from msgspec import convert

    from app.moderation import room_command_line
    from app.rooms.commands import UpdateRoom

    given = {"name": name, "topic": topic, "for_everyone": for_everyone}
    values = {what: value for what, value in given.items() if value is not None}
    if not values:
        raise BadConfig("Say what to set: --name, --topic, --for-everyone or --not-for-everyone.")
    do(lambda config, url: room_command_line.update(config, url, number, convert(values, UpdateRoom)))


@rooms.command()
@click.argument("number", type=int)
def archive(number: int) -> None:
    """Close a room, which can be read for ever.

    Its NUMBER is in `rooms list`. Another room may have its name then.
    """
    _archive(number, is_archived=True)


@rooms.command()
@click.argument("number", type=int)
def revive(number: int) -> None:
    """Open a room again that is archived."""
    _archive(number, is_archived=False)


def _archive(number: int, *, is_archived: bool) -> None:
    from app.moderation import room_command_line
    from app.rooms.commands import UpdateRoom

    do(lambda config, url: room_command_line.update(config, url, number, UpdateRoom(archived=is_archived)))


@rooms.command()
@click.argument("number", type=int)
@click.argument("days")
def retention(number: int, days: str) -> None:
    """Have old messages of a room deleted.

    Its NUMBER is in `rooms list`. Messages older than so many DAYS, 1 to 3650, are deleted for everyone, for good: in
    the hour that follows, and from then on. With "never" for DAYS, messages stay.
    """
    from app.moderation import room_command_line

    if days != "never" and re.fullmatch("[0-9]{1,9}", days) is None:
        raise BadConfig(f"“{days}” is no number of days: say how many, 1 to 3650, or never.")
    wanted = None if days == "never" else int(days)
    do(lambda config, url: room_command_line.retention(config, url, number, wanted))


@rooms.command()
@click.argument("number", type=int)
@click.argument("logins", metavar="LOGIN…", nargs=-1, required=True)
def add(number: int, logins: tuple[str, ...]) -> None:
    """Add people to a room.

    The people with each LOGIN; the room's NUMBER is in `rooms list`. What was said before counts as read by them. Where
    one cannot be added, nobody is.
    """
    from app.moderation import room_command_line

    do(lambda config, url: room_command_line.add(config, url, number, logins))


@rooms.command()
@click.argument("number", type=int)
@click.argument("login")
def remove(number: int, login: str) -> None:
    """Take somebody out of a room.

    The person with this LOGIN; the room's NUMBER is in `rooms list`. What they wrote stays.
    """
    from app.moderation import room_command_line

    do(lambda config, url: room_command_line.remove(config, url, number, login))


@click.group()
def reports() -> None:
    """The messages that members have reported."""


@reports.command(name="list")
def reports_list() -> None:
    """Show the reports that nobody has settled.

    A line each: number, since when, who reported, who wrote, where, why, and what was said then.
    """
    from app.moderation import command_line

    do(command_line.reports)


@reports.command()
@click.argument("number", type=int)
def settle(number: int) -> None:
    """Take a report off the list.

    Its NUMBER is in `reports list`.
    """
    from app.moderation import command_line

    do(lambda config, url: command_line.settle(config, url, number))
