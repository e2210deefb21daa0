"""What people and rooms are searched by: their names without case and accents."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op

from app.base.folding import person_key, search_key
from migrations.steps import create_index

revision, down_revision = "0010", "0009"


def upgrade() -> None:
    for table in ("users", "rooms"):
        op.add_column(table, sa.Column("search_key", sa.Text(), server_default="", nullable=False))
    if not context.is_offline_mode():
        _fill("users", "display_name", "login", person_key)
        _fill("rooms", "name", "topic", search_key)
    op.drop_index("users_name_idx", "users")
    create_index("users", "search_key", "id")


def _fill(table: str, first: str, second: str, key_of: Callable[[str, str], str]) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(first), sa.column(second), sa.column("search_key"))
    conn = op.get_bind()
    found = conn.execute(sa.select(rows.c.id, rows.c[first], rows.c[second])).all()
    keys = [{"row": row_id, "key": key_of(name, more)} for row_id, name, more in found]
    one = sa.update(rows).where(rows.c.id == sa.bindparam("row")).values(search_key=sa.bindparam("key"))
    if keys:
        conn.execute(one, keys)


def downgrade() -> None:
    op.drop_index(op.f("users_search_key_id_idx"), "users")
    op.create_index("users_name_idx", "users", [sa.text("lower(display_name)"), "id"])
    for table in ("users", "rooms"):
        op.drop_column(table, "search_key")
