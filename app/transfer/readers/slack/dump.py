"""What `slackdump dump` saves: a file a conversation or thread, with the answers inside of the message they answer."""

import re
from collections.abc import Iterator
from posixpath import dirname

from app.transfer.readers.archive import Archive
from app.transfer.readers.slack.people import author_of
from app.transfer.readers.slack.rooms import Conversation
from app.transfer.readers.slack.shapes import field, messages_in, word
from app.transfer.records import Room

_FILE = re.compile(r"(?:.*/)?[CDG][A-Z0-9]{6,}(?:-\d+\.\d+)?\.json")
_ARCHIVE = re.compile(r"(?:.*/)?(?:slackdump\.sqlite|workspace\.json\.gz)")


def root_of(archive: Archive) -> str:
    """The folder with the files of a dump, the nearest to the top."""
    return min(
        (dirname(path) for path in archive if _FILE.fullmatch(path)), key=lambda root: root.count("/"), default=""
    )


def dumped_in(archive: Archive) -> Iterator[Conversation]:
    """The conversations that were dumped. Who may see them is not said, so they are closed, for those who spoke."""
    files, names = dict[str, list[str]](), dict[str, str]()
    for path in sorted(archive):
        if (
            _FILE.fullmatch(path)
            and "/" not in path
            and (key := word(field(found := archive.json(path), "channel_id")))
        ):
            files.setdefault(key, []).append(path)
            names[key] = names.get(key) or word(field(found, "name"))
    for key, paths in files.items():
        authors = tuple(sorted({author_of(each) for path in paths for each in messages_in(archive, path)}))
        is_direct = key.startswith("D")
        name = "" if is_direct else names[key] or key
        yield Conversation(Room(key, "direct" if is_direct else "closed", name, members=authors), paths)


def is_archive(archive: Archive) -> bool:
    """Whether it is what `slackdump archive` saves, for itself alone."""
    return any(_ARCHIVE.fullmatch(path) for path in archive)
