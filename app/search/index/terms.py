"""The terms that a message is found by: its words, and what can be asked for beside them.

Words are folded, so no word has a capital letter: what is put in beside them begins with one.
"""

import re
from collections.abc import Collection, Iterable

from app.chat.markup.shown import shown
from app.search.words.lexemes import lexemes

# Raise it when a message gets other terms than before, here or in app/search/words: the index is written anew then.
WORDS_VERSION = 4
LINK, CODE, REACTION, FILE, PICTURE = "L", "C", "X", "F", "P"

_LINK = re.compile(r"://|www\.", re.IGNORECASE)  # whoever asks for it judges the text


def in_room(room: int) -> str:
    return f"R{room}"


def by_author(user: int) -> str:
    return f"A{user}"


def calling(user: int) -> str:
    """For messages that call a person; 0 for those that call everybody."""
    return f"M{user}"


def asked(term: str, *, begins: bool = False) -> str:
    """A term in a tsquery; `begins`: as the beginning of others. SQL puts the segment's character for the space."""
    quoted = term.replace("\\", "\\\\").replace("'", "''")
    return f"' {quoted}'" + ":*" * begins


def terms_of(
    room: int,
    author: int,
    body: str,
    mentions: Iterable[int],
    *,
    has_reactions: bool,
    files: Collection[tuple[str, str]] = (),
) -> str:
    """All terms of a message, always in the same order, with single spaces between them.

    `files` are kinds and names.
    """
    terms = {in_room(room), by_author(author), *map(calling, mentions), *lexemes(body)}
    if (read := shown(body)) != body:  # **un**like is read as one word
        terms.update(lexemes(read))
    if _LINK.search(body):
        terms.add(LINK)
    if "`" in body:
        terms.add(CODE)
    if has_reactions:
        terms.add(REACTION)
    if files:
        terms.add(FILE)
    for kind, name in files:
        terms.update(lexemes(name), [PICTURE] if kind == "picture" else ())
    return " ".join(sorted(terms))
