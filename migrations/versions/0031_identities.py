"""People may come by an OpenID Connect provider, and need no password then."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.alter_column("users", "password_hash", existing_type=sa.Text(), nullable=True)
    no = sa.text("false")
    op.add_column("sessions", sa.Column("by_provider", sa.Boolean(), server_default=no, nullable=False))
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.clock_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("identities_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("identities_pkey")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("identities_user_id_issuer_key")),
    )


def downgrade() -> None:
    op.drop_table("identities")
    op.drop_column("sessions", "by_provider")
    # The hash of a password that nobody can type: the account stays, and its person needs a link to choose one.
    op.execute("UPDATE users SET password_hash = 'v1:$2b$12$' || repeat('.', 53) WHERE password_hash IS NULL")
    op.alter_column("users", "password_hash", existing_type=sa.Text(), nullable=False)
