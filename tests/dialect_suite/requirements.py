"""What SQLAlchemy's suite may ask of `postgresql+aiopg`: everything, but for what stands in `LIMITS`."""

from typing import Any

from sqlalchemy.testing import exclusions
from sqlalchemy.testing.requirements import SuiteRequirements

LIMITS = {
    # of PostgreSQL
    "dbapi_lastrowid": "PostgreSQL returns new keys by RETURNING; there is no last row id",
    "denormalized_names": "for databases that fold names to upper case; PostgreSQL does not",
    "emulated_lastrowid": "PostgreSQL returns new keys by RETURNING; there is no last row id",
    "emulated_lastrowid_even_with_sequences": "PostgreSQL returns new keys by RETURNING; there is no last row id",
    "fetch_percent": "PostgreSQL has no FETCH FIRST … PERCENT",
    "foreign_keys_reflect_as_index": "PostgreSQL makes no index for a foreign key",
    "materialized_views_reflect_pk": "a materialized view has no primary key in PostgreSQL",
    "nvarchar_types": "PostgreSQL has no NVARCHAR; every text is Unicode",
    "reflect_indexes_with_ascdesc_as_expression": "for Oracle: PostgreSQL keeps DESC apart from the expression",
    "repeated_remote_col_foreign_keys": "PostgreSQL refuses a foreign key that names a remote column twice",
    "unique_index_reflect_as_unique_constraints": "PostgreSQL keeps unique indexes and unique constraints apart",
    # of psycopg2
    "json_deserializer_binary": "psycopg2 hands JSON to its decoder as str; for drivers that hand over bytes",
    "server_side_cursors": "psycopg2 has no named cursors in asynchronous mode",
}


class Requirements(SuiteRequirements):
    """SQLAlchemy's requirements, those that it leaves closed by default opened unless `LIMITS` names them.

    So a test that a later SQLAlchemy adds is run, not skipped unseen. A limit that closes a whole class of tests takes
    it out before it is counted (server_side_cursors: 15 tests, denormalized_names: 2); the others show as skipped.
    """

    def __getattribute__(self, name: str) -> Any:
        if name in LIMITS:
            return exclusions.closed(LIMITS[name])
        rule = super().__getattribute__(name)
        return exclusions.open() if _is_closed(rule) else rule

    @property
    def computed_columns(self) -> Any:
        # Before PostgreSQL 18 SQLAlchemy warns that it makes them STORED.
        return exclusions.warns_if("postgresql < 18", r"Computed column .* is being created as 'STORED'", assert_=False)

    @property
    def computed_columns_default_persisted(self) -> Any:
        return exclusions.only_if("postgresql < 18", "VIRTUAL is the default from PostgreSQL 18 on")

    @property
    def computed_columns_virtual(self) -> Any:
        return exclusions.only_if("postgresql >= 18", "PostgreSQL has virtual generated columns from 18 on")

    def get_order_by_collation(self, config: Any) -> str:
        return "POSIX"


def _is_closed(rule: Any) -> bool:
    return isinstance(rule, exclusions.compound) and any(
        getattr(skip, "description", None) == "marked as skip" for skip in rule.skips
    )
