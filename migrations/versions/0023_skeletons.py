"""What logins and names look like, so that nobody new passes for somebody else; who is here keeps what they have."""

import sqlalchemy as sa
from alembic import context, op

from app.base.skeleton import skeleton
from migrations.steps import create_index

revision, down_revision = "0023", "0022"


def upgrade() -> None:
    op.add_column("users", sa.Column("skeleton", sa.Text()))
    op.add_column("users", sa.Column("name_skeleton", sa.Text(), server_default="", nullable=False))
    op.add_column("users", sa.Column("namesake", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    if not context.is_offline_mode():
        _fill()
    op.create_unique_constraint(op.f("users_skeleton_key"), "users", ["skeleton"])
    create_index("users", "name_skeleton")


def _fill() -> None:
    """Of logins that look alike, the oldest account gets the skeleton."""
    conn = op.get_bind()
    taken: set[str] = set()
    for user_id, login, name in conn.execute(sa.text("SELECT id, login, display_name FROM users ORDER BY id")).all():
        mine = skeleton(login)
        first = {"skeleton": None if mine in taken else mine}
        taken.add(mine)
        statement = sa.text("UPDATE users SET skeleton = :skeleton, name_skeleton = :name WHERE id = :id")
        conn.execute(statement, first | {"name": skeleton(name), "id": user_id})
    conn.execute(
        sa.text(
            "UPDATE users SET namesake = true WHERE EXISTS (SELECT FROM users AS other WHERE other.id <> users.id "
            "AND (other.name_skeleton = users.name_skeleton OR other.skeleton = users.name_skeleton))"
        )
    )


def downgrade() -> None:
    op.drop_index(op.f("users_name_skeleton_idx"), "users")
    op.drop_constraint(op.f("users_skeleton_key"), "users")
    for column in ("namesake", "name_skeleton", "skeleton"):
        op.drop_column("users", column)
