"""The PostgreSQL with the town in it, in a folder that may be kept: what is there already is not made again."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from app.db.embedded import embedded
from app.db.migrate import upgrade
from bench.search.town import build, index

SEED = 1
# While it is filled. What a power cut takes is made again.
LOADING = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "1GB"}
LOADING |= {"max_wal_size": "32GB", "wal_level": "minimal", "max_wal_senders": "0"}


@contextmanager
def running(folder: Path, count: int, show: Callable[[str], None]) -> Iterator[str]:
    """Serve a town of as many messages, as Parley serves its PostgreSQL; the address of the database."""
    mark, made = folder / "town.json", {"messages": count, "seed": SEED}
    if not mark.exists() or json.loads(mark.read_text()) != made:
        mark.unlink(missing_ok=True)
        with embedded.running(folder, show, settings=LOADING) as database:
            upgrade(database.url, show)
            build.build(database.url, count, SEED, show)
            index.forget(database.url)
            settle(database.url)
        mark.write_text(json.dumps(made))
    with embedded.running(folder, show) as database:
        upgrade(database.url, show)
        yield database.url


def settle(database_url: str) -> None:
    """Let PostgreSQL look at what came, as it would by itself in time."""
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
