"""Logins and keys of rooms' names have the form of today: one apostrophe, no joiners, ς at the end of a Greek word."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from app.auth.names import login_key

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    if context.is_offline_mode():
        return  # there is nothing to read; what a new database begins with is right
    conn = op.get_bind()
    logins = conn.execute(sa.text("SELECT id, login FROM users ORDER BY id")).all()
    for user_id, login in _changed(logins):
        conn.execute(sa.text("UPDATE users SET login = :login WHERE id = :id"), {"id": user_id, "login": login})
    keys = conn.execute(sa.text("SELECT id, name_key FROM rooms WHERE name_key IS NOT NULL ORDER BY id")).all()
    for room_id, key in _changed(keys):
        conn.execute(sa.text("UPDATE rooms SET name_key = :key WHERE id = :id"), {"id": room_id, "key": key})


def _changed(rows: Sequence[sa.Row[*tuple[Any, ...]]]) -> list[tuple[int, str]]:
    """Those that get another key; where it is taken, which two apostrophes can bring about, one with a number."""
    taken = {key for _, key in rows}
    changed = []
    for row_id, old in rows:
        new = login_key(old)
        if new == old:
            continue
        numbered = (f"{new[:28]}{number}" for number in range(2, 1_000))
        free = next(each for each in (new, *numbered) if each not in taken)
        taken.add(free)
        changed.append((row_id, free))
    return changed


def downgrade() -> None:
    """Nothing: who has a login with an apostrophe cannot log in by it until the upgrade comes again."""
