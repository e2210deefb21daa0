"""How others search, on the same messages: each as simply as products do it.

All give a page of 20, newest first, of the rooms that one is a member of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.search.questions import Question

PAGE = 20
# For PostgreSQL: of the rooms that one is in, and what each connection begins with.
MINE = "room_id IN (SELECT room_id FROM memberships WHERE user_id = %(user)s)"
BEGIN = "SET jit = off; SET maintenance_work_mem = '512MB'; SET max_parallel_workers_per_gather = 0"


@dataclass(frozen=True, slots=True)
class Other:
    """One that can be asked: `ask` takes a question and the id of a person, and gives the number of hits."""

    name: str
    ask: Callable[[Question, int], int]
    bytes_a_message: float


class NotHere(Exception):
    """This machine does not have it; the sentence says what is missing."""


def size_of(cursor: Any, table: str) -> int:
    """Bytes of a table and its indexes in PostgreSQL."""
    cursor.execute("SELECT pg_total_relation_size(%s)", (table,))
    (size,) = cursor.fetchone()
    return int(size)
