"""What all tables share: the names that their constraints get, and when a row was made."""

from sqlalchemy import Column, DateTime, MetaData, func

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def created_at() -> Column[object]:
    """A time of creation; `clock_timestamp()`, so that times rise with `seq` however long the transaction waited."""
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())
