"""An account that an operator creates for somebody, who then chooses a password by a link."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.audit.recording import record
from app.auth import names, queries
from app.auth.lookalikes import check_name, mark_namesakes
from app.auth.service import SIGN_UP
from app.base.errors import BadConfig, BadForm
from app.chat.memberships.members import join_rooms_for_everyone


async def add_account(conn: AsyncConnection, typed: str, typed_name: str, role: str) -> int:
    """Create an account without a password, a member of the rooms for everyone; returns its id.

    Raises:
        BadConfig: the login is taken, or nobody may be called so.
    """
    try:
        login, name = names.login(typed), names.display_name(typed_name)
        await queries.lock(conn, SIGN_UP)
        row = await queries.create_user(conn, login, name, None, None, role)
        await join_rooms_for_everyone(conn, row.id)
        await check_name(conn, row.id, name)
    except names.BadName as error:
        raise BadConfig(str(error)) from error
    except BadForm as error:
        raise BadConfig(" ".join(error.reasons.values())) from error
    except IntegrityError as error:
        raise BadConfig(f"“{typed}” is the login of somebody here, or looks like one. Take another.") from error
    await mark_namesakes(conn, name, login)
    await record(conn, None, "added", user_id=int(row.id), detail=role)
    return int(row.id)
