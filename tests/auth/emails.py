"""E-mail addresses in the database."""

from sqlalchemy import Engine, func, update

from app.db.schema import users


def verify(database: Engine, login: str) -> None:
    """Make the e-mail address of somebody a verified one."""
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == login).values(email_verified_at=func.now()))
