"""The terms that a message is found by: its words, and what can be asked for beside them.

Words are folded, so no word has a capital letter: what is put in beside them begins with one.
"""

LINK, CODE, REACTION = "L", "C", "X"


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
