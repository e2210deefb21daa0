"""Reads what Slack exports, and what slackdump saves in the same form: a zip, or the folder that was in it.

One file of a day is in memory at a time. What the days are does not matter: they follow Pacific time in Slack's exports
and UTC in slackdump's, so only `ts` says when something was written.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from app.transfer.readers.archive import Archive, roots
from app.transfer.readers.slack.dump import dumped_in, is_archive, root_of
from app.transfer.readers.slack.messages import Reading
from app.transfer.readers.slack.mrkdwn import line_of
from app.transfer.readers.slack.names import Names
from app.transfer.readers.slack.people import avatars_in, described, labelled, people_in
from app.transfer.readers.slack.rooms import LISTS, Conversation, conversations_in
from app.transfer.readers.slack.shapes import messages_in
from app.transfer.records import BadExport, Message, Person, Record

_PEOPLE = ("users.json", "org_users.json")
_MARKERS = frozenset([*_PEOPLE, *(f"{name}.json" for name in LISTS)])


def read(path: Path) -> Iterator[Record]:
    """The people, the rooms, then the messages of each room, by days.

    Raises:
        BadExport
    """
    archive = Archive(path)
    found = roots(archive, _MARKERS)
    archive = archive.below(found[0] if found else root_of(archive))
    dumped = [*dumped_in(archive)]
    if not found and not dumped and is_archive(archive):
        raise BadExport(f"{path.name} is an archive of slackdump's: bring in what “slackdump convert” makes of it.")
    if not found and not dumped:
        raise BadExport(f"{path.name} is no export of Slack: there is neither a users.json nor a channels.json in it.")
    names = Names()
    names.avatars = {**avatars_in(archive)}
    teams = [
        "",
        *(f"{root}/" for root in roots(archive, _MARKERS) if root.startswith("teams/") and root.count("/") == 1),
    ]
    for team in teams:
        for name in _PEOPLE:
            if f"{team}{name}" in archive:
                yield from people_in(archive.json(f"{team}{name}"), names)
    conversations = dumped or [each for team in teams for each in conversations_in(archive, team, names.left_out)]
    if not conversations:
        raise BadExport(f"{path.name} is an empty export: there is no conversation in it.")
    names.rooms = {each.room.key for each in conversations}
    yield from (replace(each.room, topic=line_of(each.room.topic, names)) for each in conversations)
    reading = Reading(archive, names)
    for conversation in conversations:
        yield from _messages(archive, conversation, names, reading)
    yield from labelled(names)
    yield from reading.left_out()


def _messages(
    archive: Archive, conversation: Conversation, names: Names, reading: Reading
) -> Iterator[Person | Message]:
    for day in conversation.days:
        for found in messages_in(archive, day, reading.fits):
            message = reading.message(conversation.room.key, found)
            if message is not None:
                if message.author not in names.people:
                    yield from described(found, message.author, names)
                yield message
