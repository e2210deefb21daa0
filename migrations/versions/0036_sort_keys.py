"""Names of people and rooms stand in lists as people sort them."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op

from app.db.tables.sorting import person_sort_key, sort_key
from migrations.steps import create_index

revision, down_revision = "0036", "0035"


def upgrade() -> None:
    for table, name, key_of in (("users", "display_name", person_sort_key), ("rooms", "name", sort_key)):
        op.add_column(table, sa.Column("sort_key", sa.Text(collation="C"), server_default="", nullable=False))
        if not context.is_offline_mode():
            _fill(table, name, key_of)
    create_index("users", "sort_key", "id")


def _fill(table: str, name: str, key_of: Callable[[str], str]) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(name), sa.column("sort_key"))
    conn = op.get_bind()
    keys = [{"row": row_id, "key": key_of(text)} for row_id, text in conn.execute(sa.select(rows.c.id, rows.c[name]))]
    if keys:
        one = sa.update(rows).where(rows.c.id == sa.bindparam("row")).values(sort_key=sa.bindparam("key"))
        conn.execute(one, keys)


def downgrade() -> None:
    op.drop_index(op.f("users_sort_key_id_idx"), "users")
    for table in ("users", "rooms"):
        op.drop_column(table, "sort_key")
