"""A message of Slack's as one of Parley's."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import IO

from app.chat.wire.emoji import is_emoji
from app.transfer.readers.archive import Archive
from app.transfer.readers.inline import BOLD, ITALIC, Span, link, typed
from app.transfer.readers.phrases import PREVIEWS
from app.transfer.readers.slack.blocks import BUTTONS, ICONS, blocks_in
from app.transfer.readers.slack.emoji import base_of, character
from app.transfer.readers.slack.mrkdwn import blocks_of, plain, spans_of, without_secret
from app.transfer.readers.slack.names import Names
from app.transfer.readers.slack.people import author_of
from app.transfer.readers.slack.shapes import Object, SlackMessage, fitting, moment, word
from app.transfer.readers.styled import Block, styled
from app.transfer.records import File, LeftOut, Message, Reaction

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
_ICONS = ("author_icon", "footer_icon", "thumb_url")
# What is written in a file, by its mode: the field that has it, or its begin.
_TEXTS = {"email": "plain_text", "snippet": "preview", "space": "preview", "docs": "preview"}


class Reading:
    """Turns the messages of an export into Parley's."""

    def __init__(self, archive: Archive, names: Names) -> None:
        self._archive, self._names = archive, names
        self._files = _files_by_id(archive)
        self.fits = fitting()

    def left_out(self) -> Iterator[LeftOut]:
        """What does not come of what was read."""
        yield from self.fits.left_out()
        yield from (LeftOut(what, count) for what, count in self._names.left_out.items() if count)

    def message(self, room: str, found: SlackMessage) -> Message | None:
        """The message; None, and counted, where it is none of somebody's."""
        at = moment(found.ts)
        if at is None:
            self._names.left_out["entries that are no messages, for they have no time"] += 1
            return None
        if found.subtype in _SYSTEM:
            self._names.left_out[_SYSTEM_MESSAGES] += 1
            return None
        key = str(found.ts)
        parent = found.thread_ts
        is_deleted = found.subtype == "tombstone"
        files = self._files_of(found) if found.files or found.file or found.attachments else []
        return Message(
            room=room,
            key=key,
            author=author_of(found),
            at=at,
            text="" if is_deleted else self._text(found, files),
            reply_to=parent if parent != key else None,
            edited_at=self._edited_at(found.edited) if found.edited else None,
            is_deleted=is_deleted,
            reactions=tuple(self._reactions(found.reactions)) if found.reactions else (),
            files=tuple(self._carried(files)) if files else (),
        )

    def _edited_at(self, edited: Object) -> datetime | None:
        at = moment(edited.get("ts"))
        self._names.left_out["marks of edits that have no time"] += at is None
        return at

    def _text(self, found: SlackMessage, files: list[Object]) -> str:
        if found.subtype is None and not (found.attachments or files):
            return styled(self._own(found, 0))
        style = ITALIC if found.subtype == "me_message" else 0
        blocks = [*self._own(found, style), *self._attached(found)]
        for file in files:
            blocks += self._in_place_of(file)
        return styled(blocks)

    def _own(self, found: SlackMessage, style: int) -> list[Block]:
        """What the author wrote: the blocks, where they say anything, for the text is made of them."""
        if found.blocks and (blocks := blocks_in(found.blocks, self._names, style)):
            return blocks
        text = found.text or ""
        if found.subtype == "file_comment":
            text = self._names.word(found.comment or {}, "comment") or text
        if found.subtype == "huddle_thread" and not text:
            text = "A huddle happened"
        return blocks_of(text, self._names, style, has_marks=found.mrkdwn is not False) if text else []

    def _attached(self, found: SlackMessage) -> Iterator[Block]:
        """What stands beside a message: of bots, and of those who share a message; not the previews of links."""
        beside = [*_beside(found)]
        self._names.left_out[PREVIEWS] += len(found.attachments or ()) - len(beside)
        for each in beside:
            yield from self._attachment(each)

    def _attachment(self, each: Object) -> Iterator[Block]:
        names = self._names
        names.left_out[BUTTONS] += len(names.objects(each, "actions"))
        names.left_out[ICONS] += sum(bool(each.get(name)) for name in _ICONS)
        if blocks := blocks_in(names.objects(each, "blocks"), names):
            yield from blocks_of(names.word(each, "pretext"), names)
            yield from blocks
            return
        said = [*self._said(each)]
        yield from said
        if not any(block.items or any(span.text.strip() for span in block.spans) for block in said):
            yield Block([Span(plain(names.word(each, "fallback")))])

    def _said(self, each: Object) -> Iterator[Block]:
        names = self._names
        yield from blocks_of(names.word(each, "pretext"), names)
        yield Block([Span(plain(_together(names, each, "author_name", "author_subname")), BOLD)])
        yield Block([link(plain(names.word(each, "title")), self._address(each, "title_link"), BOLD)])
        shared = [
            block
            for one in names.objects(each, "message_blocks")
            if isinstance(there := one.get("message"), dict)
            for block in names.objects(there, "blocks")
        ]
        yield from blocks_in(shared, names) or blocks_of(names.word(each, "text"), names)
        for row in names.objects(each, "fields"):
            yield Block([Span(plain(names.word(row, "title")), BOLD)])
            yield from blocks_of(names.word(row, "value"), names)
        yield Block([link("", self._address(each, "image_url"))])
        yield Block(spans_of(names.word(each, "footer"), names, ITALIC, has_marks=False))

    def _reactions(self, found: list[Object]) -> Iterator[Reaction]:
        """One a person, in whatever colour."""
        seen = set()
        for each in found:
            name, users = self._names.word(each, "name"), each.get("users")
            people = [user for user in users if word(user)] if isinstance(users, list) else []
            emoji = character(name)
            count = each.get("count")
            if emoji is None or not is_emoji(emoji):
                self._names.left_out["reactions with pictures that the workspace made"] += len(people) or 1
                continue
            count = count if isinstance(count, int) else len(users) if isinstance(users, list) else 1
            if count > len(people):
                self._names.left_out["reactions whose people the export does not name"] += count - len(people)
            for person in people:
                if (base_of(name), person) not in seen:
                    seen.add((base_of(name), person))
                    yield Reaction(emoji, person)

    def _files_of(self, found: SlackMessage) -> list[Object]:
        """Those of a message, and those of one that is shared."""
        own = found.files or ([found.file] if found.file else [])
        return [*own, *(file for each in _beside(found) for file in self._names.objects(each, "files"))]

    def _carried(self, files: list[Object]) -> Iterator[File]:
        for file in files:
            mode = self._names.word(file, "mode")
            if mode in _GONE_FILES:
                self._names.left_out[_GONE_FILES[mode]] += 1
            elif mode != "external":
                called = ("title", "name") if mode == "quip" else ("name", "title")  # all canvases are called Untitled
                name = typed(next(filter(None, (self._names.word(file, each) for each in called)), "file"))
                media_type, alt = self._names.word(file, "mimetype"), typed(self._names.word(file, "alt_txt"))
                yield File(name, media_type, self._opener(word(file.get("id"))), alt)

    def _in_place_of(self, file: Object) -> Iterator[Block]:
        """What the text has of a file that the export does not have: its address, an e-mail, how a text begins."""
        mode = word(file.get("mode"))
        if mode == "external":
            title = plain(self._names.word(file, "title") or self._names.word(file, "name"))
            places = ("external_url", "url_private", "permalink")
            yield Block([link(title, next(filter(None, (self._address(file, each) for each in places)), ""))])
        elif mode in _TEXTS and self._opener(word(file.get("id"))) is None:
            for each in self._names.objects(file, "from") if mode == "email" else ():
                yield Block([Span(typed(self._names.word(each, "original")), BOLD)], "quote")
            text = typed(self._names.word(file, _TEXTS[mode]))
            yield Block([Span(text)], "code") if mode == "snippet" else Block([Span(text.strip())], "quote")

    def _address(self, found: Object, name: str) -> str:
        return without_secret(plain(self._names.word(found, name)))

    def _opener(self, key: str) -> "partial[IO[bytes]] | None":
        path = self._files.get(key)
        return partial(self._archive.open, path) if path else None


def _beside(found: SlackMessage) -> Iterator[Object]:
    """What is attached and no preview of a link: what programs write, and messages that are shared."""
    is_empty = not found.text and not found.blocks
    for each in found.attachments or ():
        if not each.get("from_url") or each.get("is_share") or is_empty:
            yield each


def _together(names: Names, found: Object, *fields: str) -> str:
    return " ".join(filter(None, (names.word(found, field) for field in fields)))


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
