"""The invitation by which the first admin comes, where anybody could come first."""

from datetime import timedelta

from sqlalchemy import exists, func, insert, select

from app.base.secrets import digest, new_token
from app.db.migrate import transaction
from app.db.schema import instance, invitations, users

_LIFETIME = timedelta(days=7)


def invite_first_admin(url: str, address: str) -> str | None:
    """Make the link by which the first admin comes, and return it; None where there is an admin already.

    It begins with the address that the chat keeps, else with `address`. All such links end with the first admin.

    Raises:
        BadConfig: the database cannot be reached or used.
    """
    token = new_token()
    with transaction(url) as connection:
        if connection.scalar(select(exists().where(users.c.role == "admin"))):
            return None
        ends = func.clock_timestamp() + _LIFETIME
        values = {"token_hash": digest(token), "role": "first", "expires_at": ends, "max_uses": 1}
        connection.execute(insert(invitations).values(values))
        return f"{connection.scalar(select(instance.c.address)) or address}/invite/{token}"
