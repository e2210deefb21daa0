"""Logins have one dot over an i; what nobody sees makes no name another one, for whom it passes and for searches."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from app.auth.names import LOGIN_CHARS, login_key
from app.base.folding import person_key, search_key
from app.base.skeleton import skeleton

revision, down_revision = "0042", "0041"

_USERS = sa.table("users", *map(sa.column, ("id", "login", "display_name", "search_key", "name_skeleton", "namesake")))
_ROOMS = sa.table("rooms", *map(sa.column, ("id", "name", "topic", "name_key", "search_key")))
_NOT_ASCII = r"[^\x01-\x7f]"


def upgrade() -> None:
    if context.is_offline_mode():
        return  # there is nothing to read; what a new database begins with is right
    _change_people()
    _change_rooms()


def _change_people() -> None:
    conn = op.get_bind()
    affected = sa.or_(_USERS.c.login.regexp_match(_NOT_ASCII), _USERS.c.display_name.regexp_match(_NOT_ASCII))
    people = conn.execute(sa.select(_USERS).where(affected).order_by(_USERS.c.id)).all()
    taken = {*conn.scalars(sa.select(_USERS.c.login))}
    looks = []
    for row in people:
        login = (
            _free(login_key(row.login), taken, least=LOGIN_CHARS[0]) if login_key(row.login) != row.login else row.login
        )
        taken.add(login)
        key, mine = person_key(row.display_name, login), skeleton(row.display_name)
        if (login, key, mine) == (row.login, row.search_key, row.name_skeleton):
            continue
        changed = {"login": login, "search_key": key, "name_skeleton": mine}
        conn.execute(sa.update(_USERS).where(_USERS.c.id == row.id).values(changed))
        looks += [mine] if mine != row.name_skeleton else []
    _mark_namesakes(looks)


def _mark_namesakes(looks: Sequence[str]) -> None:
    conn = op.get_bind()
    conn.execute(
        sa.text(
            "UPDATE users SET namesake = true WHERE name_skeleton = ANY(:looks) AND NOT namesake AND EXISTS"
            " (SELECT FROM users AS other WHERE other.id <> users.id"
            " AND (other.name_skeleton = users.name_skeleton OR other.skeleton = users.name_skeleton))"
        ),
        {"looks": list(looks)},
    )


def _change_rooms() -> None:
    conn = op.get_bind()
    affected = sa.or_(_ROOMS.c.name.regexp_match(_NOT_ASCII), _ROOMS.c.topic.regexp_match(_NOT_ASCII))
    found: Sequence[sa.Row[*tuple[Any, ...]]] = conn.execute(
        sa.select(_ROOMS).where(affected).order_by(_ROOMS.c.id)
    ).all()
    taken = {*conn.scalars(sa.select(_ROOMS.c.name_key).where(_ROOMS.c.name_key.is_not(None)))}
    for row in found:
        unique = row.name_key
        if unique is not None and login_key(unique) != unique:
            unique = _free(login_key(unique), taken)
            taken.add(unique)
        key = search_key(row.name or "", row.topic or "")
        if (unique, key) != (row.name_key, row.search_key):
            changed = {"name_key": unique, "search_key": key}
            conn.execute(sa.update(_ROOMS).where(_ROOMS.c.id == row.id).values(changed))


def _free(wanted: str, taken: set[str], least: int = 1) -> str:
    """The key itself or, where somebody has it or it is too short now, the key with a number."""
    numbered = (f"{wanted[:28]}{number}" for number in range(2, 1_000))
    return next(each for each in (wanted, *numbered) if each not in taken and len(each) >= least)


def downgrade() -> None:
    """Nothing: who has a login with an i logs in by that i."""
