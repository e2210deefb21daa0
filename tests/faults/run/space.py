"""What files take, as the server counts it, and by looking at everything."""

from sqlalchemy import Connection, func, select

from app.db.schema import blobs, files, space_taken


def counted(conn: Connection) -> int:
    return int(conn.execute(select(func.coalesce(func.sum(space_taken.c.bytes), 0))).scalar_one())


def taken(conn: Connection) -> int:
    kept = select(func.coalesce(func.sum(blobs.c.size), 0))
    announced = select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.whole_at.is_(None))
    return int(conn.execute(kept).scalar_one() + conn.execute(announced).scalar_one())


def faults_in_space(conn: Connection) -> list[str]:
    """What is wrong with the count, as sentences."""
    found, wanted = counted(conn), taken(conn)
    return [] if found == wanted else [f"Files take {wanted} bytes, and {found} are counted."]
