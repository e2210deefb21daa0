"""What admins did, what people reported, and whom they blocked."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbered_id, numbers, of_message, of_user, texts

revision, down_revision = "0017", "0016"


def upgrade() -> None:
    _audit()
    _reports()
    create_table(
        "blocks",
        *numbers("user_id", "blocked_id"),
        moment("created_at"),
        sa.PrimaryKeyConstraint("user_id", "blocked_id"),
        of_user("user_id"),
        of_user("blocked_id"),
        sa.CheckConstraint("user_id <> blocked_id", name="another"),
    )
    create_index("blocks", "blocked_id")


def _audit() -> None:
    create_table(
        "audit",
        numbered_id(),
        moment("created_at"),
        *(sa.Column(name, sa.BigInteger()) for name in ("actor_id", "user_id", "room_id")),
        *texts("action"),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        *(sa.ForeignKeyConstraint([name], ["users.id"], ondelete="SET NULL") for name in ("actor_id", "user_id")),
    )
    for name in ("actor_id", "user_id", "created_at"):
        create_index("audit", name)


def _reports() -> None:
    create_table(
        "reports",
        numbered_id(),
        moment("created_at"),
        *numbers("room_id", "seq", "reporter_id"),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        *texts("said"),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("room_id", "seq", "reporter_id"),
        sa.CheckConstraint("char_length(reason) <= 500", name="reason_length"),
        of_message(),
        of_user("reporter_id"),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], ondelete="SET NULL"),
    )
    for name in ("reporter_id", "settled_by"):
        create_index("reports", name)
    create_index("reports", "id", where="settled_at IS NULL")


def downgrade() -> None:
    for table in ("blocks", "reports", "audit"):
        op.drop_table(table)
