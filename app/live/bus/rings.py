"""What is rung: the newest rev of each room that changed, and with it the changes, sealed, where they are small.

A ring with its changes saves the others from reading them. They stay a hint: a channel takes them only where they
continue at its head. The bare ring comes right after, for whoever cannot open them: a process of another version.

They are sealed because others can hear them: whoever may connect to the database may LISTEN there. The seal holds the
identity of the database, too: after a restore, which gives it another one, changes from before are nobody's.
"""

import base64
from collections.abc import Iterator

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from app.live.channel import Changes

MAX_PAYLOAD_BYTES = 7_900  # PostgreSQL refuses 8,000
MAX_CHANGES_BYTES = 5_000  # of their lines; sealing makes them a third longer

OTHER_KEY = "Another process of this chat has another SECRET_KEY: give all of them the same one."

_Sealed = tuple[str, int, int, int, list[tuple[int, int, bytes]]]  # the identity, then the fields of `Changes`
_DECODER = msgspec.msgpack.Decoder(_Sealed)


class OtherKey(Exception):
    """Changes were sealed with another key."""


class Rings:
    """Gathers what waits to be rung. `key` is 32 bytes that all processes of a chat have."""

    def __init__(self, key: bytes) -> None:
        self._seal = Fernet(base64.urlsafe_b64encode(key))
        self._revs: dict[int, int] = {}
        self._changes: dict[int, Changes | None] = {}

    def add(self, room: int, rev: int, changes: Changes | None = None) -> None:
        """A room is at `rev`, by these changes. Without them, or where they do not continue, it only rings."""
        if room in self._revs:
            changes = _joined(self._changes[room], changes)
        if changes is not None and sum(map(len, changes.lines)) > MAX_CHANGES_BYTES:
            changes = None
        self._changes[room] = changes
        self._revs[room] = max(rev, self._revs.get(room, 0))

    def forget_changes(self) -> None:
        """Only ring for what waits: the database may have another history now, without these changes."""
        self._changes = dict.fromkeys(self._changes)

    def take(self, identity: str, name: str) -> Iterator[str]:
        """All that waits, from the process of this name, in as few payloads as fit, changes first.

        From then on nothing waits.
        """
        sender = f"{identity} {name}"
        revs, self._revs = self._revs, {}
        changes, self._changes = self._changes, {}
        for each in changes.values():
            if each is not None:
                yield f"{sender} changes {each.room} {self._sealed(identity, each)}"
        payload = beginning = f"{sender} ring"
        for room, rev in revs.items():
            pair = f" {room}:{rev}"
            if len(payload) + len(pair) > MAX_PAYLOAD_BYTES:
                yield payload
                payload = beginning
            payload += pair
        if revs:
            yield payload

    def _sealed(self, identity: str, changes: Changes) -> str:
        content: _Sealed = (identity, changes.room, changes.after, changes.upto, changes.events)
        return self._seal.encrypt(msgspec.msgpack.encode(content)).decode()

    def opened(self, sealed: str, identity: str) -> Changes:
        """The changes that another process sealed.

        Raises:
            OtherKey: with another key.
            ValueError: they are of another version, or of a database with another identity.
        """
        try:
            content = self._seal.decrypt(sealed)
        except InvalidToken:
            raise OtherKey(OTHER_KEY) from None
        sealed_for, *fields = _DECODER.decode(content)
        if sealed_for != identity:
            raise ValueError("changes of a database with another identity")
        return Changes(*fields)


def _joined(first: Changes | None, then: Changes | None) -> Changes | None:
    """Both as one, if `then` continues where `first` ends."""
    if first is None or then is None or then.after != first.upto:
        return None
    return Changes(first.room, first.after, then.upto, [*first.events, *then.events])
