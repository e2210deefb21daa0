"""What admins did, what people reported, and whom they blocked."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    _audit()
    _reports()
    op.create_table(
        "blocks",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("user_id", "blocked_id")),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "blocked_id", name=op.f("blocks_pkey")),
        *(_user(name, "blocks", "CASCADE") for name in ("user_id", "blocked_id")),
        sa.CheckConstraint("user_id <> blocked_id", name=op.f("blocks_another_check")),
    )
    op.create_index(op.f("blocks_blocked_id_idx"), "blocks", ["blocked_id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in ("actor_id", "user_id", "room_id")),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_pkey")),
        *(_user(name, "audit", "SET NULL") for name in ("actor_id", "user_id")),
    )
    for name in ("actor_id", "user_id", "created_at"):
        op.create_index(op.f(f"audit_{name}_idx"), "audit", [name])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("room_id", "seq", "reporter_id")),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("reports_pkey")),
        sa.UniqueConstraint("room_id", "seq", "reporter_id", name=op.f("reports_room_id_seq_reporter_id_key")),
        sa.CheckConstraint("char_length(reason) <= 500", name=op.f("reports_reason_length_check")),
        sa.ForeignKeyConstraint(
            ["room_id", "seq"],
            ["messages.room_id", "messages.seq"],
            name=op.f("reports_room_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        _user("reporter_id", "reports", "CASCADE"),
        _user("settled_by", "reports", "SET NULL"),
    )
    for name in ("reporter_id", "settled_by"):
        op.create_index(op.f(f"reports_{name}_idx"), "reports", [name])
    op.create_index(op.f("reports_id_idx"), "reports", ["id"], postgresql_where=sa.text("settled_at IS NULL"))


def _user(column: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.id"], name=op.f(f"{table}_{column}_fkey"), ondelete=ondelete)


def downgrade() -> None:
    for table in ("blocks", "reports", "audit"):
        op.drop_table(table)
