"""What `slackdump dump` saves: a file a conversation, with the answers inside of the message that they answer."""

import re
from collections.abc import Iterator

from app.transfer.readers.archive import Archive
from app.transfer.readers.slack.people import author_of
from app.transfer.readers.slack.rooms import Conversation
from app.transfer.readers.slack.shapes import field, messages_in, word
from app.transfer.records import Room

_FILE = re.compile(r"[CDG][A-Z0-9]{6,}\.json")


def dumped_in(archive: Archive) -> Iterator[Conversation]:
    """The conversations that were dumped. Who may see them is not said, so they are closed, for those who spoke."""
    for path in sorted(archive):
        if _FILE.fullmatch(path) and (key := word(field(found := archive.json(path), "channel_id"))):
            authors = tuple(sorted({author_of(each) for each in messages_in(archive, path)}))
            name = word(field(found, "name")) or key
            is_direct = key.startswith("D")
            room = Room(key, "direct", members=authors) if is_direct else Room(key, "closed", name, members=authors)
            yield Conversation(room, [path])
