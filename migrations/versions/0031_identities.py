"""People may come by an OpenID Connect provider, and need no password then."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, moment, numbers, of_user, texts

revision, down_revision = "0031", "0030"


def upgrade() -> None:
    op.alter_column("users", "password_hash", existing_type=sa.Text(), nullable=True)
    no = sa.text("false")
    op.add_column("sessions", sa.Column("by_provider", sa.Boolean(), server_default=no, nullable=False))
    create_table(
        "identities",
        *texts("issuer", "subject"),
        *numbers("user_id"),
        moment("created_at"),
        of_user(),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sa.UniqueConstraint("user_id", "issuer"),
    )


def downgrade() -> None:
    op.drop_table("identities")
    op.drop_column("sessions", "by_provider")
    # The hash of a password that nobody can type: the account stays, and its person needs a link to choose one.
    op.execute("UPDATE users SET password_hash = 'v1:$2b$12$' || repeat('.', 53) WHERE password_hash IS NULL")
    op.alter_column("users", "password_hash", existing_type=sa.Text(), nullable=False)
