"""A database as others run it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from app.db.embedded import embedded
from tests.support.processes import free_port


@pytest.fixture
def tcp_address(world_folder: Path, fresh_folder: Path) -> Iterator[str]:
    """A `postgres://` address with host, port and password, as Heroku gives one."""
    port, rules = free_port(), world_folder / "pg_hba.conf"
    rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    rules.chmod(0o644)
    tcp = {"listen_addresses": "127.0.0.1", "port": str(port), "hba_file": str(rules)}
    with embedded.running(fresh_folder, print, settings=tcp) as database:
        owner = psycopg2.connect(database.url)
        with owner, owner.cursor() as cursor:
            cursor.execute("CREATE ROLE heroku LOGIN PASSWORD 'p%@/word'; ALTER DATABASE parley OWNER TO heroku")
            cursor.execute("ALTER SCHEMA public OWNER TO heroku")
        owner.close()
        yield f"postgres://heroku:p%25%40%2Fword@127.0.0.1:{port}/parley"
