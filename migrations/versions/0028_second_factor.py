"""A second factor: codes of an app, recovery codes, and whether everybody has to have one."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    no = sa.text("false")
    op.add_column("instance", sa.Column("second_factor", sa.Boolean(), server_default=no, nullable=False))
    user = (["user_id"], ["users.id"])
    op.create_table(
        "totp",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.clock_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(*user, name=op.f("totp_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("totp_pkey")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(*user, name=op.f("recovery_codes_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("recovery_codes_pkey")),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("totp")
    op.drop_column("instance", "second_factor")
