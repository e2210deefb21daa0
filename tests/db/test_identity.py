"""What names a database among all: the same for everybody who uses it, another one for every other."""

import pytest
from sqlalchemy import Engine, text

from app.base.config import DatabaseConfig
from app.db import epoch, migrate
from app.db.driver.engine import make_engine
from app.db.identity import identity_of
from tests.conftest import sync_engine, url_of


async def identity(url: str) -> str:
    engine = make_engine(DatabaseConfig(database_url=url, _env_file=None), size=1)
    try:
        return await identity_of(engine)
    finally:
        await engine.dispose()


@pytest.fixture
def copied_url(empty_url: str) -> str:
    migrate.upgrade(empty_url, print)
    return empty_url


async def test_whoever_reads_it_gets_the_same(copied_url: str) -> None:
    assert await identity(copied_url) == await identity(copied_url)


async def test_another_database_has_another_even_with_the_same_rows(copied_url: str, database: Engine) -> None:
    ours = url_of(database)
    with database.connect() as conn, sync_engine(copied_url).begin() as copy:
        rows = {"epoch": conn.execute(text("SELECT epoch FROM instance")).scalar_one()}
        copy.execute(text("UPDATE instance SET epoch = :epoch"), rows)

    assert await identity(copied_url) != await identity(ours)


async def test_a_database_whose_epoch_is_rotated_has_another(copied_url: str) -> None:
    before = await identity(copied_url)

    epoch.rotate(copied_url)

    assert await identity(copied_url) != before


async def test_a_server_that_keeps_its_number_to_itself_is_no_obstacle(copied_url: str) -> None:
    whole = await identity(copied_url)
    with sync_engine(copied_url).begin() as conn:
        conn.execute(text("CREATE ROLE guest LOGIN IN ROLE pg_read_all_data"))
        conn.execute(text("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC"))
    try:
        guest = sync_engine(copied_url).url.set(drivername="postgresql", username="guest")

        found = await identity(guest.render_as_string(hide_password=False))
    finally:
        with sync_engine(copied_url).begin() as conn:
            conn.execute(text("DROP ROLE guest"))

    assert len(found) == len(whole)
    assert found != whole
