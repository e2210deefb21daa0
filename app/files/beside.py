"""Files for a command, which runs beside those who serve them or while nobody does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import FilesConfig
from app.files.avatars import Avatars
from app.files.judging import Judging
from app.files.keeping.bucket import Bucket
from app.files.keeping.lane import Lane
from app.files.keeping.store import Store
from app.files.uploads.bringing import Bringing
from app.pictures.pictures import Pictures


@asynccontextmanager
async def store_of(config: FilesConfig, engine: AsyncEngine, pool: int) -> AsyncIterator[Store]:
    """What is kept, and where; `pool` is the size of the engine's. What serves moves new bytes to the bucket."""
    lane = Lane(engine, pool)
    bucket = None if config.s3_url is None else Bucket(config.s3_url.get_secret_value())
    try:
        yield Store(engine, lane, bucket)
    finally:
        await lane.close()
        if bucket is not None:
            await bucket.close()


def bringing_to(config: FilesConfig, engine: AsyncEngine, store: Store) -> Bringing:
    """What keeps files within the limits of the settings."""
    judge = Judging(engine, store, Pictures()).judge
    return Bringing(engine, store, judge, most_mb=config.file_mb, total_mb=config.files_total_mb)


def avatars_to(config: FilesConfig, store: Store) -> Avatars:
    """What keeps pictures of people."""
    return Avatars(store, Pictures(), most_mb=config.file_mb)
