"""What files take is counted as it changes, and not summed up for each upload."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table

revision, down_revision = "0038", "0037"

# An older Parley that still serves is counted, too. OLD is NULL where a row is inserted, NEW where one is deleted.
# A restore of an older backup empties the database of tables, and leaves the functions where they are.
COUNTS = (
    """
    CREATE OR REPLACE FUNCTION count_blobs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO space_taken SELECT d FROM (SELECT coalesce(NEW.size, 0) - coalesce(OLD.size, 0) AS d) AS one
    WHERE d <> 0; RETURN NULL; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION count_files() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO space_taken SELECT d FROM (
        SELECT CASE WHEN NEW.whole_at IS NULL THEN coalesce(NEW.size, 0) ELSE 0 END
            - CASE WHEN OLD.whole_at IS NULL THEN coalesce(OLD.size, 0) ELSE 0 END AS d
    ) AS one WHERE d <> 0; RETURN NULL; END $$
    """,
    "CREATE TRIGGER count AFTER INSERT OR DELETE OR UPDATE OF size ON blobs"
    " FOR EACH ROW EXECUTE FUNCTION count_blobs()",
    "CREATE TRIGGER count AFTER INSERT OR DELETE OR UPDATE OF size, whole_at ON files"
    " FOR EACH ROW EXECUTE FUNCTION count_files()",
    # The triggers have locked both tables: nobody changes them before this is committed.
    "INSERT INTO space_taken SELECT coalesce(sum(size), 0) FROM blobs",
    "INSERT INTO space_taken SELECT coalesce(sum(size), 0) FROM files WHERE whole_at IS NULL",
)


def upgrade() -> None:
    create_table("space_taken", sa.Column("bytes", sa.BigInteger(), nullable=False))
    for statement in COUNTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("blobs", "files"):
        op.execute(f"DROP TRIGGER count ON {table}")
        op.execute(f"DROP FUNCTION count_{table}")
    op.drop_table("space_taken")
