"""Records on their way: people and rooms in memory, messages in a file beside, until all people are known.

A mention names somebody whose login is not known before all has been read, so that messages are read twice: once from
the export, once from here.
"""

import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar

import msgspec
from msgspec.structs import replace

from app.base.file_names import clean_name
from app.base.text import one_line
from app.transfer.records import Chat, File, LeftOut, Message, Person, Record, Room

_Record = TypeVar("_Record", bound=msgspec.Struct)

_LENGTH = struct.Struct("<I")
_MOST = 2**63 - 1
MAX_ALT_CHARS = 1_000


@dataclass
class Spool:
    """What one export holds; `counts` are of messages in each room, `authors` all who wrote or reacted.

    `opens` opens the bytes of files, each at its `place`; of `absent` ones the export has but the names.
    """

    people: dict[str, Person] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)
    left_out: dict[str, int] = field(default_factory=dict)
    opens: list[Callable[[], IO[bytes]]] = field(default_factory=list)
    absent: int = 0
    chat: Chat | None = None
    _stored: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Spool":
        """Read a stream to its end. Raises what the reader raises."""
        spool = cls()
        try:
            spool._take(records)
        except BaseException:
            spool._stored.close()
            raise
        return spool

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self._stored.close()

    def leave_out(self, left: LeftOut) -> None:
        """Count something that does not come."""
        self.left_out[left.what] = self.left_out.get(left.what, 0) + left.count

    def messages(self) -> Iterator[Message]:
        """All messages, in the order in which they were read."""
        self._stored.seek(0)
        decoder = msgspec.msgpack.Decoder(Message)
        while head := self._stored.read(_LENGTH.size):
            yield decoder.decode(self._stored.read(*_LENGTH.unpack(head)))

    @property
    def message_count(self) -> int:
        """How many messages there are."""
        return sum(self.counts.values())

    def everybody(self) -> list[Person]:
        """All who are described, and all who are named somewhere: these are gone."""
        named = {*self.authors, *(key for room in self.rooms.values() for key in room.members)}
        named |= {room.creator for room in self.rooms.values() if room.creator is not None}
        unknown = sorted(named - self.people.keys())
        return [*self.people.values(), *(Person(key, name=key, kind="gone") for key in unknown)]

    def every_room(self) -> dict[str, Room]:
        """All that are described, and all in which something is written: nobody is in these."""
        unknown = [key for key in self.counts if key not in self.rooms]
        return self.rooms | {key: Room(key, "closed", key) for key in unknown}

    def _take(self, records: Iterable[Record]) -> None:
        encoder = msgspec.msgpack.Encoder()
        for record in records:
            if isinstance(record, Message):
                self._add(record, encoder)
            elif isinstance(record, Person):
                person = _storable(record)
                self.people[person.key] = person
            elif isinstance(record, Room):
                room = _storable(record)
                self.rooms[room.key] = room
            elif isinstance(record, Chat):
                self.chat = record
            else:
                self.leave_out(record)

    def _add(self, message: Message, encoder: msgspec.msgpack.Encoder) -> None:
        if abs(message.order) > _MOST:
            self.leave_out(LeftOut("messages with a number that is larger than such numbers are"))
            return
        if message.files:
            message = self._with_places(message)
        if "\0" in "".join((message.text, message.room, message.key, message.author, message.reply_to or "")):
            message = _storable(message)
        try:
            data = encoder.encode(message)
        except UnicodeEncodeError:  # half of a sign, which JSON may have
            message = _storable(message)
            data = encoder.encode(message)
        self._stored.write(_LENGTH.pack(len(data)) + data)
        self.counts[message.room] = self.counts.get(message.room, 0) + 1
        self.authors.add(message.author)
        self.authors.update(reaction.person for reaction in message.reactions)

    def _with_places(self, message: Message) -> Message:
        """The message with those of its files that the export has; the names of others stand in its text."""
        lines, files = [message.text], list[File]()
        for file in message.files:
            name = clean_name(file.name.encode(errors="replace").decode())
            if file.open is None:
                lines.append(named(name))
            else:
                alt = one_line(file.alt).strip()[:MAX_ALT_CHARS]
                files.append(replace(file, name=name, alt=alt, open=None, place=len(self.opens)))
                self.opens.append(file.open)
        self.absent += len(message.files) - len(files)
        return replace(message, text="\n".join(filter(None, lines)), files=tuple(files))


def _storable(record: _Record) -> _Record:
    """A record whose texts have neither NUL nor halves of signs, for the database has neither."""
    found = {name: getattr(record, name) for name in record.__struct_fields__}
    return replace(record, **{name: _cleaned(value) for name, value in found.items()})


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    return _storable(value) if isinstance(value, msgspec.Struct) else value


def named(name: str) -> str:
    """What stands in the text for a file that does not come."""
    return f"[{name}]"
