"""Rooms that people make, join and archive; direct messages; the numbers that show which lists of rooms changed."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    for table in ("instance", "users", "rooms"):
        column = sa.Column("lists_rev", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
        op.add_column(table, column)
    create_index("users", "lists_rev")
    op.add_column("rooms", sa.Column("name_key", sa.Text(), nullable=True))
    op.add_column("rooms", sa.Column("for_everyone", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("rooms", sa.Column("creator_id", sa.BigInteger(), nullable=True))
    op.add_column("rooms", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    create_index("rooms", "lists_rev")
    create_index("rooms", "creator_id")
    op.create_foreign_key(op.f("rooms_creator_id_fkey"), "rooms", "users", ["creator_id"], ["id"], ondelete="SET NULL")
    op.create_unique_constraint(op.f("rooms_name_key_key"), "rooms", ["name_key"])
    op.create_check_constraint(op.f("rooms_name_length_check"), "rooms", "char_length(name) <= 64")
    op.create_check_constraint(op.f("rooms_topic_length_check"), "rooms", "char_length(topic) <= 250")
    op.execute("UPDATE rooms SET for_everyone = true, name_key = lower(name) WHERE id = (SELECT min(id) FROM rooms)")


def downgrade() -> None:
    for name in ("topic_length_check", "name_length_check", "name_key_key", "creator_id_fkey"):
        op.drop_constraint(op.f(f"rooms_{name}"), "rooms")
    op.drop_index(op.f("rooms_creator_id_idx"), "rooms")
    op.drop_index(op.f("rooms_lists_rev_idx"), "rooms")
    for column in ("archived_at", "lists_rev", "creator_id", "for_everyone", "name_key"):
        op.drop_column("rooms", column)
    op.drop_index(op.f("users_lists_rev_idx"), "users")
    op.drop_column("users", "lists_rev")
    op.drop_column("instance", "lists_rev")
