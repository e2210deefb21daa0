"""Where the next page of hits begins: a number of the index, as a text that only this server reads. Pure."""

import re

from app.base.errors import BadQuestion
from app.web.asked import BIGINT_MAX

_CURSOR = re.compile(r"s([0-9a-f]{1,16})")


def written(number: int) -> str:
    """The cursor of the hits with a number below this one."""
    return f"s{number:x}"


def read(cursor: str) -> int:
    """The number that a cursor stands for.

    Raises:
        BadQuestion: it is none.
    """
    found = _CURSOR.fullmatch(cursor)
    if found is None or not 0 < (number := int(found[1], 16)) <= BIGINT_MAX:
        raise BadQuestion("This page of hits cannot be found again. Search anew.")
    return number
