"""What a reply quotes: a few words of the message that it replies to, as that is now.

static/js/lib/quotes.js has the same rule for which words.
"""

from html import unescape

import msgspec
import regex
from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause, Text, case, cast, func, literal_column, select

from app.base.text import is_visible
from app.chat.markup.markup import html_of
from app.chat.messages.parts.part import Part
from app.chat.wire.events import Author
from app.db.schema import attachments, files, messages, users

QUOTE_CHARS = 140
FILE_SIGN = "📎"  # before the name of a file
LOOKED_AT_CHARS = 1_000  # of a message: what says nothing for longer is quoted as it begins

# What stands before the words of a line: space, signs of quotes and lists. Numbers of lists are shown, so they stay.
_MARKS = regex.compile(r"(?:\p{White_Space}|>(?=[>\p{White_Space}]|$)|[-*](?=\p{White_Space}|$))++")
# A text that may begin with a block of code, and the HTML of one that does: in code nothing is a mark but its fences.
_FENCE = regex.compile(r"(?P<before>[> \n]*)(?P<fence>`{3,})")
_CODE = regex.compile(r"(?:</?(?:blockquote|p)>|\s)*+<pre><code>(?P<code>[^<]*)")


class Quote(Struct, frozen=True, omit_defaults=True):
    """A message that another one replies to, as it is now: the beginning of the first line that says something.

    Of one without words it is the name of its first file.
    """

    author: Author
    text: str
    deleted: bool = False


def first_words(text: str) -> str:
    """The beginning of the first line that says something, without the marks before it."""
    text = text[:LOOKED_AT_CHARS]
    code, lines = _code(text), text.split("\n")
    said = map(_words, lines) if code is None else map(str.lstrip, code.split("\n"))
    shown = (words[:QUOTE_CHARS] for words in (*said, *lines))
    return next(filter(is_visible, shown), "")


def _code(text: str) -> str | None:
    """The block of code with which a text begins, if it does; its end may be too far away to be there."""
    fence = _FENCE.match(text)
    if fence is None:
        return None
    whole = text
    if len(text) == LOOKED_AT_CHARS:
        whole = "\n".join((text.rpartition("\n")[0], fence["before"].rpartition("\n")[2] + fence["fence"]))
    found = next(filter(None, (_CODE.match(html_of(each) or "") for each in (text, whole))), None)
    return unescape(found["code"]) if found else None


def _words(line: str) -> str:
    marks = _MARKS.match(line)
    return line[marks.end() :] if marks else line


_original = messages.alias("original")
_quoted = users.alias("quoted")
_named = (  # of a message without words: the name of its first file
    select(literal_column(f"'{FILE_SIGN} '") + files.c.name)
    .join_from(attachments, files, files.c.id == attachments.c.file_id)
    .where(attachments.c.room_id == _original.c.room_id, attachments.c.seq == _original.c.seq)
    .order_by(attachments.c.position)
    .limit(literal_column("1"))
    .correlate(_original)
    .scalar_subquery()
)
_beginning = case(
    (_original.c.body == literal_column("''"), func.coalesce(_named, literal_column("''"))),
    else_=func.left(_original.c.body, LOOKED_AT_CHARS),
)

_QUOTED = msgspec.json.Decoder(tuple[int, str, str, str, bool])


def _column(found: FromClause) -> ColumnElement[str | None]:
    quote = func.json_build_array(
        *(_original.c.author_id, _quoted.c.login, _quoted.c.display_name),
        *(_beginning, _original.c.deleted_at.is_not(None)),
    )
    column = (
        select(cast(quote, Text))
        .join_from(_original, _quoted, _quoted.c.id == _original.c.author_id)
        .where(_original.c.room_id == found.c.room_id, _original.c.seq == found.c.reply_to)
    )
    return column.correlate(found).scalar_subquery()


def _read(column: str) -> Quote:
    user_id, login, name, text, deleted = _QUOTED.decode(column)
    return Quote(Author(user_id, login, name), first_words(text), deleted)


QUOTE = Part(field="quote", column=_column, read=_read)
