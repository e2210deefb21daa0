"""A second factor: codes of an app, recovery codes, and whether everybody has to have one."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, moment, numbers, of_user

revision, down_revision = "0028", "0027"


def upgrade() -> None:
    no = sa.text("false")
    op.add_column("instance", sa.Column("second_factor", sa.Boolean(), server_default=no, nullable=False))
    create_table(
        "totp",
        *numbers("user_id"),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        *numbers("last_step"),
        moment("created_at"),
        of_user(),
        sa.PrimaryKeyConstraint("user_id"),
    )
    create_table(
        "recovery_codes",
        *numbers("user_id"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        of_user(),
        sa.PrimaryKeyConstraint("user_id", "code_hash"),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("totp")
    op.drop_column("instance", "second_factor")
