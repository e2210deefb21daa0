#!/bin/sh
# Guess: SQLAlchemy's `aggregate_order_by(data, begins)` orders the aggregate, whichever of its arguments it stands at.
# In fact: ORDER BY is written where it stands. At the first of two arguments `string_agg(data ORDER BY begins, ' ')`
# comes out without a complaint: a call of one argument, ordered by two things, which PostgreSQL does not have. It must
# stand at the last argument.
# Versions: SQLAlchemy 2.1.9.
# Source: PostgreSQL's documentation, 4.2.7 "Aggregate Expressions": "ORDER BY goes after all the aggregate arguments".

. "$(dirname "$0")/lib.sh"

install sqlalchemy==2.1.9
expect "at the first: string_agg(chunks.data ORDER BY chunks.begins, ' ')
at the last: string_agg(chunks.data, ' ' ORDER BY chunks.begins)" <<'END'
from sqlalchemy import column, func, literal_column, table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by

chunks = table("chunks", column("data"), column("begins"))
space = literal_column("' '")


def text(*arguments: object) -> str:
    return str(func.string_agg(*arguments).compile(dialect=postgresql.dialect()))


print("at the first:", text(aggregate_order_by(chunks.c.data, chunks.c.begins), space))
print("at the last:", text(chunks.c.data, aggregate_order_by(space, chunks.c.begins)))
END
