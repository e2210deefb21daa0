"""What tables share: the names that their constraints get, and the columns and checks that many of them have."""

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def table(name: str, *parts: SchemaItem) -> sa.Table:
    """One of our tables."""
    return sa.Table(name, metadata, *parts)


def moment(name: str) -> sa.Column[object]:
    """When something happened; `clock_timestamp()`, so that times rise with `seq` however long a transaction waits."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.clock_timestamp())


def created_at() -> sa.Column[object]:
    """A time of creation."""
    return moment("created_at")


def flag(name: str, *, at_first: bool = False) -> sa.Column[object]:
    """Whether something is so."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text(str(at_first).lower()))


def from_zero(name: str, *, index: bool = False) -> sa.Column[object]:
    """A number that begins with 0."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"), index=index)


def numbered_id() -> sa.Column[object]:
    """A number that the database gives to each row."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def user_id(*, index: bool = False, primary_key: bool = False) -> sa.Column[object]:
    """Whose a row is; it goes with the account."""
    account = sa.ForeignKey("users.id", ondelete="CASCADE")
    return sa.Column("user_id", account, nullable=False, index=index, primary_key=primary_key)


def room_id(*, primary_key: bool = False) -> sa.Column[object]:
    """The room that a row is about; it goes with the room."""
    return sa.Column("room_id", sa.ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False, primary_key=primary_key)


def of_message() -> tuple[SchemaItem, ...]:
    """The message that a row is about, as `room_id` and `seq`; it goes with the message."""
    message = sa.ForeignKeyConstraint(["room_id", "seq"], ["messages.room_id", "messages.seq"], ondelete="CASCADE")
    return *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("room_id", "seq")), message


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """The check of a column that has one of these words."""
    return sa.CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})", name=column)


def length(column: str, *, least: int = 0, most: int) -> sa.CheckConstraint:
    """The check of how many characters a text has."""
    limits = f"BETWEEN {least} AND {most}" if least else f"<= {most}"
    return sa.CheckConstraint(f"char_length({column}) {limits}", name=f"{column}_length")
