"""Invitations may make administrators, and may be of whoever runs the chat."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0021", "0020"


def upgrade() -> None:
    op.add_column("invitations", sa.Column("role", sa.Text(), server_default="member", nullable=False))
    op.create_check_constraint(op.f("invitations_role_check"), "invitations", "role IN ('member', 'admin', 'first')")
    op.alter_column("invitations", "created_by", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM invitations WHERE created_by IS NULL")
    op.alter_column("invitations", "created_by", existing_type=sa.BigInteger(), nullable=False)
    op.drop_constraint(op.f("invitations_role_check"), "invitations", type_="check")
    op.drop_column("invitations", "role")
