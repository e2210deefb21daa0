"""How large the index is, a message."""

from contextlib import closing
from dataclasses import dataclass

import psycopg2

_SIZES = """
SELECT pg_relation_size('search') + pg_relation_size('search', 'vm') + pg_relation_size('search', 'fsm')
         + coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)), 0),
       pg_relation_size('search_terms_idx'), pg_relation_size('search_pkey'), pg_table_size('messages'),
       (SELECT count(*) FROM search)
FROM pg_class WHERE oid = 'search'::regclass
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes a message that is in the index; `messages` is the table of the messages themselves, without its indexes."""

    table: float
    gin: float
    key: float
    messages: float

    @property
    def all(self) -> float:
        return self.table + self.gin + self.key


def measure(database_url: str) -> Sizes:
    """The sizes as they are now."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(_SIZES)
        *sizes, count = cursor.fetchone()
    return Sizes(*(size / max(1, count) for size in sizes))
