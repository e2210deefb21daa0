"""Changes that were made are remembered for a day, so that one that is sent again is not made again."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbers, of_room, of_user

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    create_table(
        "changes",
        *numbers("room_id", "user_id"),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        *numbers("rev"),
        moment("created_at"),
        of_room(),
        of_user(),
        sa.PrimaryKeyConstraint("room_id", "user_id", "client_id"),
    )
    create_index("changes", "user_id")


def downgrade() -> None:
    op.drop_table("changes")
