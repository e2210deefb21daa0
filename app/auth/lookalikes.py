"""Names that pass for others: which display names and logins are refused, and which names stand beside a login.

Two people may have one name: beside it their login is shown, which nobody can share (`users.namesake`). An
administrator's name is nobody else's: where names stand alone, in a quote or a title, no mark would tell them apart.
"""

from sqlalchemy import exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.queries import lock
from app.base.errors import BadForm
from app.base.reserved import has_title
from app.base.skeleton import skeleton
from app.db.schema import users

_NAMES = "names"


async def check_name(conn: AsyncConnection, user_id: int, name: str) -> None:
    """Let pass what somebody may be called; administrators may have any name. Nobody is named until the commit.

    Raises:
        BadForm
    """
    await lock_names(conn)
    mine, is_admin = skeleton(name), users.c.role == "admin"
    if (await conn.execute(select(users.c.id).where(users.c.id == user_id, is_admin))).first() is not None:
        return
    if has_title(name):
        raise BadForm({"display_name": "Only administrators may have such a word in their name. Choose another."})
    like_me = or_(users.c.name_skeleton == mine, users.c.skeleton == mine)
    found = select(users.c.id).where(is_admin, users.c.disabled_at.is_(None), users.c.id != user_id, like_me)
    if (await conn.execute(found.limit(1))).first() is not None:
        raise BadForm({"display_name": "This looks like the name of an administrator. Add something to it."})


async def lock_names(conn: AsyncConnection) -> None:
    """Let nobody else be named until the commit."""
    await lock(conn, _NAMES)


async def mark_namesakes(conn: AsyncConnection, *texts: str) -> None:
    """Note who has a name that looks like one of these, and like somebody else's name or login."""
    other = users.alias()
    alike = or_(other.c.name_skeleton == users.c.name_skeleton, other.c.skeleton == users.c.name_skeleton)
    has_other = exists().where(alike, other.c.id != users.c.id)
    concerned = update(users).where(users.c.name_skeleton.in_([*map(skeleton, texts)]), users.c.namesake != has_other)
    await conn.execute(concerned.values(namesake=has_other))


def taken(error: IntegrityError, typed_login: str) -> Exception:
    """The refusal of an account whose row broke a constraint, by its name; the error itself where it is another."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint == "users_login_key":
        return BadForm({"login": f"“{typed_login}” is taken. Try another."})
    if constraint == "users_skeleton_key":
        return BadForm({"login": f"“{typed_login}” looks like the login of somebody else. Try another."})
    return error
