"""Takes what became of posts from the journal, and brings all that this process writes to rooms into the hub.

Senders are answered first. Then readers in this process get what is new through the hub, and other processes by the
bus: new messages with the ring, where they are small; all else they load.
"""

import logging
from collections.abc import Callable, Iterable

from app.base.errors import AppError, BadCommand, BadFiles, IdConflict, NotAMember, RoomArchived
from app.chat.messages.append import Appended
from app.chat.messages.journal import Entry
from app.chat.messages.message import Message
from app.chat.wire.commands import Post
from app.chat.wire.events import Ack, encode
from app.chat.wire.notes import Note
from app.live.bus.bus import Bus
from app.live.channel import Changes
from app.live.hub import Hub

log = logging.getLogger(__name__)


class Delivery:
    """Answers senders and publishes to rooms. Never waits; nor may `on_written`, which gets each room and its rev."""

    def __init__(self, hub: Hub, bus: Bus[Note], on_written: Callable[[int, int], None]) -> None:
        self._hub, self._bus, self._on_written = hub, bus, on_written

    def deliver(self, batch: Iterable[tuple[Entry, Appended | AppError]]) -> None:
        """Answer every sender of a batch, then publish what is new in it.

        A message that was there already may be what an attempt of ours wrote without an answer: nobody has published
        it, so its room is loaded as far as that.
        """
        new: dict[int, dict[int, Message]] = {}  # by room and rev
        there: dict[int, int] = {}
        for entry, outcome in batch:
            _answer(entry, outcome)
            if isinstance(outcome, AppError) or outcome.rev is None:
                continue
            room = entry.post.room
            if outcome.is_new:
                new.setdefault(room, {}).setdefault(outcome.rev, _message(entry, outcome))
            else:
                there[room] = max(outcome.rev, there.get(room, 0))
        for room, messages in new.items():
            self._publish(room, [*messages.values()])
        for room, rev in there.items():
            self.advance(room, rev)

    def advance(self, room: int, rev: int) -> None:
        """Publish all that the database has of a room, which is at `rev` there."""
        self._hub.advance(room, rev)
        self._ring(room, rev)

    def _publish(self, room: int, messages: list[Message]) -> None:
        """Publish new messages of a room, whose revs have no gap between them.

        A reply is published as the database has it: what it quotes may have been deleted just before it was written.
        """
        last = messages[-1].rev
        if any(message.reply_to is not None for message in messages):
            self.advance(room, last)
            return
        events = [(message.rev, message.seq, encode(message)) for message in messages]
        changes = Changes(room, messages[0].rev - 1, last, events)
        self._hub.publish(changes)
        self._ring(room, last, changes)

    def _ring(self, room: int, rev: int, changes: Changes | None = None) -> None:
        self._bus.ring(room, rev, changes)
        self._on_written(room, rev)


def _message(entry: Entry, outcome: Appended) -> Message:
    """The event of an entry that was written."""
    assert outcome.seq is not None  # noqa: S101 (for the type checker)
    assert outcome.rev is not None  # noqa: S101
    return Message(
        room=entry.post.room,
        seq=outcome.seq,
        rev=outcome.rev,
        author=entry.author,
        time=outcome.time,
        text=outcome.body,
        reply_to=outcome.reply_to,
        html=entry.html,
        mentions=outcome.mentions,
        files=outcome.files,
    )


def _answer(entry: Entry, outcome: Appended | AppError) -> None:
    try:
        entry.answer(outcome if isinstance(outcome, AppError) else _answer_to(entry.post, outcome))
    except Exception:  # one socket's failure; the others of the batch must get their answers
        log.exception("an answer was not delivered")


def _answer_to(post: Post, outcome: Appended) -> Ack | AppError:
    if not outcome.is_member:
        return NotAMember()
    if outcome.seq is None and outcome.is_archived:
        return RoomArchived()
    if outcome.seq is None and not outcome.is_fit:
        return BadFiles()
    if outcome.seq is None or outcome.rev is None:
        return BadCommand(f"There is no message {post.reply_to} to reply to.")
    # A message that was edited or deleted meanwhile says nothing about the text that it was posted with.
    if outcome.reply_to != post.reply_to or (outcome.body != post.text and not outcome.was_changed):
        return IdConflict()
    return Ack(post.id, post.room, outcome.seq, outcome.rev, outcome.unheard, outcome.off)
