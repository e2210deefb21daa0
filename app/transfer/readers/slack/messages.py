"""A message of Slack's as one of Parley's."""

from collections.abc import Iterator
from functools import partial
from typing import IO, Any

from app.chat.wire.emoji import is_emoji
from app.transfer.readers.archive import Archive
from app.transfer.readers.inline import BOLD, ITALIC, Span, link, typed
from app.transfer.readers.slack.blocks import blocks_in
from app.transfer.readers.slack.emoji import base_of, character
from app.transfer.readers.slack.mrkdwn import blocks_of, plain, spans_of, without_secret
from app.transfer.readers.slack.names import Names
from app.transfer.readers.slack.people import author_of
from app.transfer.readers.slack.shapes import SlackMessage, field, moment, objects, word
from app.transfer.readers.styled import Block, styled
from app.transfer.records import File, Message, Reaction

# What Slack writes by itself, in the language of who reads it.
_OF_ROOMS = """
join leave topic purpose name archive unarchive convert_to_private convert_to_public posting_permissions canvas_updated
"""
_OTHERS = """
bot_add bot_remove bot_enable bot_disable pinned_item unpinned_item reminder_add reminder_delete bookmark_added
app_conversation_join app_conversation_leave joiner_notification joiner_notification_for_inviter sh_room_created
sh_room_shared ekm_access_denied channel_workflow_add channel_workflow_remove tabbed_canvas_updated
"""
_SYSTEM = frozenset(
    [f"{room}_{what}" for room in ("channel", "group", "mpim") for what in _OF_ROOMS.split()] + _OTHERS.split()
)
_SYSTEM_MESSAGES = "joins, topics and other messages that Slack wrote by itself"
_GONE_FILES = {
    "tombstone": "files that were deleted in Slack",
    "hidden_by_limit": "files that Slack's free plan hides",
}


class Reading:
    """Turns the messages of an export into Parley's."""

    def __init__(self, archive: Archive, names: Names) -> None:
        self._archive, self._names = archive, names
        self._files = _files_by_id(archive)

    def message(self, room: str, found: SlackMessage) -> Message | None:
        """The message; None, and counted, where it is none of somebody's."""
        at = moment(found.ts)
        if at is None:
            self._names.left_out["entries that are no messages, for they have no time"] += 1
            return None
        if word(found.subtype) in _SYSTEM:
            self._names.left_out[_SYSTEM_MESSAGES] += 1
            return None
        key = str(found.ts)
        parent = found.thread_ts
        is_deleted = found.subtype == "tombstone"
        return Message(
            room=room,
            key=key,
            author=author_of(found),
            at=at,
            text="" if is_deleted else self._text(found),
            reply_to=parent if isinstance(parent, str) and parent != key else None,
            edited_at=moment(field(found.edited, "ts")) if found.edited else None,
            is_deleted=is_deleted,
            reactions=() if found.reactions is None else tuple(self._reactions(found.reactions)),
            files=tuple(self._carried(found)) if found.files or found.file or found.attachments else (),
        )

    def _text(self, found: SlackMessage) -> str:
        if found.subtype is None and not (found.attachments or found.files or found.file):
            return styled(self._own(found, 0))
        style = ITALIC if found.subtype == "me_message" else 0
        blocks = [*self._own(found, style), *self._attached(found)]
        for file in _files(found):
            blocks += self._in_place_of(file)
        return styled(blocks)

    def _own(self, found: SlackMessage, style: int) -> list[Block]:
        """What the author wrote: the blocks, where they say anything, for the text is made of them."""
        if found.blocks and (blocks := blocks_in(found.blocks, self._names, style)):
            return blocks
        text = word(found.text)
        if found.subtype == "file_comment":
            text = word(field(found.comment, "comment")) or text
        if found.subtype == "huddle_thread" and not text:
            text = "A huddle happened"
        return blocks_of(text, self._names, style, has_marks=found.mrkdwn is not False) if text else []

    def _attached(self, found: SlackMessage) -> Iterator[Block]:
        """What stands beside a message: of bots, and of those who share a message; not the previews of links."""
        for each in _beside(found):
            yield from self._attachment(each)

    def _attachment(self, each: dict[str, Any]) -> Iterator[Block]:
        if blocks := blocks_in(each.get("blocks"), self._names):
            yield from blocks_of(word(each.get("pretext")), self._names)
            yield from blocks
            return
        said = [*self._said(each)]
        yield from said
        if not any(block.items or any(span.text.strip() for span in block.spans) for block in said):
            yield Block([Span(plain(word(each.get("fallback"))))])

    def _said(self, each: dict[str, Any]) -> Iterator[Block]:
        yield from blocks_of(word(each.get("pretext")), self._names)
        yield Block([Span(plain(word(each.get("author_name"))), BOLD)])
        yield Block([link(plain(word(each.get("title"))), _address(each.get("title_link")), BOLD)])
        shared = [
            block for one in objects(each.get("message_blocks")) for block in objects(field(one, "message", "blocks"))
        ]
        yield from blocks_in(shared, self._names) or blocks_of(word(each.get("text")), self._names)
        for row in objects(each.get("fields")):
            yield Block([Span(plain(word(row.get("title"))), BOLD)])
            yield from blocks_of(word(row.get("value")), self._names)
        yield Block([link("", _address(each.get("image_url")))])
        yield Block(spans_of(word(each.get("footer")), self._names, ITALIC, has_marks=False))

    def _reactions(self, found: Any) -> Iterator[Reaction]:
        """One a person, in whatever colour."""
        seen = set()
        for each in objects(found):
            name, users = word(each.get("name")), each.get("users")
            people = [user for user in users if word(user)] if isinstance(users, list) else []
            emoji = character(name)
            count = each.get("count")
            if emoji is None or not is_emoji(emoji):
                self._names.left_out["reactions with pictures that the workspace made"] += len(people) or 1
                continue
            if isinstance(count, int) and count > len(people):
                self._names.left_out["reactions whose people the export does not name"] += count - len(people)
            for person in people:
                if (base_of(name), person) not in seen:
                    seen.add((base_of(name), person))
                    yield Reaction(emoji, person)

    def _carried(self, found: SlackMessage) -> Iterator[File]:
        for file in _files(found):
            mode = word(file.get("mode"))
            if mode in _GONE_FILES:
                self._names.left_out[_GONE_FILES[mode]] += 1
            elif mode != "external":
                called = ("title", "name") if mode == "quip" else ("name", "title")  # all canvases are called Untitled
                name = typed(next(filter(None, (word(file.get(each)) for each in called)), "file"))
                yield File(name, word(file.get("mimetype")), self._opener(word(file.get("id"))))

    def _in_place_of(self, file: dict[str, Any]) -> Iterator[Block]:
        """What the text has of a file that the export does not have: its address, an e-mail, how a snippet begins."""
        mode = word(file.get("mode"))
        if mode == "external":
            yield Block([link(*_outside(file))])
        elif mode == "email" and self._opener(word(file.get("id"))) is None:
            for each in objects(file.get("from")):
                yield Block([Span(typed(word(each.get("original"))), BOLD)], "quote")
            yield Block([Span(typed(word(file.get("plain_text")).strip()))], "quote")
        elif mode == "snippet" and self._opener(word(file.get("id"))) is None:
            yield Block([Span(typed(word(file.get("preview"))))], "code")

    def _opener(self, key: str) -> "partial[IO[bytes]] | None":
        path = self._files.get(key)
        return partial(self._archive.open, path) if path else None


def _beside(found: SlackMessage) -> Iterator[dict[str, Any]]:
    """What is attached and no preview of a link: what programs write, and messages that are shared."""
    is_empty = not found.text and not found.blocks
    for each in objects(found.attachments):
        if not each.get("from_url") or each.get("is_share") or is_empty:
            yield each


def _files(found: SlackMessage) -> list[dict[str, Any]]:
    """Those of a message, and those of one that is shared."""
    own = objects(found.files) or objects([found.file])
    return [*own, *(file for each in _beside(found) for file in objects(each.get("files")))]


def _outside(file: dict[str, Any]) -> tuple[str, str]:
    """The title and the address of a file that is kept elsewhere."""
    title = plain(word(file.get("title")) or word(file.get("name")))
    return title, _address(file.get("external_url") or file.get("url_private") or file.get("permalink"))


def _address(found: Any) -> str:
    return without_secret(plain(word(found)))


def _files_by_id(archive: Archive) -> dict[str, str]:
    """Where the files are that slackdump saved: `__uploads/ID/NAME` or `CHANNEL/attachments/ID-NAME`."""
    found: dict[str, str] = {}
    for path in archive:
        parts = path.split("/")
        if len(parts) > 2 and parts[-3] == "__uploads":
            found.setdefault(parts[-2], path)
        elif len(parts) > 1 and parts[-1].startswith("F") and "-" in parts[-1]:
            found.setdefault(parts[-1].split("-", 1)[0], path)
    return found
