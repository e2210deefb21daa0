"""Files: what people give each other beside words."""

from collections.abc import AsyncIterator

from aiohttp import web
from sqlalchemy import event

from app.auth import ACCOUNTS
from app.base.config import CONFIG
from app.chat.keys import ON_BYTES_LEFT
from app.db.driver.engine import ENGINE
from app.files.judging import Judging
from app.files.keeping.bucket import Bucket
from app.files.keeping.keys import STORE, SWEEP
from app.files.keeping.lane import Lane
from app.files.keeping.moving import Moving
from app.files.keeping.store import Store
from app.files.keeping.sweep import Sweep
from app.files.serving import views as serving
from app.files.serving.keys import READING
from app.files.serving.service import Reading
from app.files.uploads import tus
from app.files.uploads import views as uploads
from app.files.uploads.bringing import Bringing
from app.files.uploads.keys import BRINGING, UPLOADS
from app.files.uploads.service import Uploads
from app.limits.keys import LIMITS
from app.live.tasks import running
from app.pictures.keys import PICTURES
from app.pictures.pictures import Pictures


def setup(app: web.Application) -> None:
    """Add files to the app, which has accounts and the chat already."""
    app.add_routes(uploads.routes)
    app.add_routes(serving.routes)
    app.on_response_prepare.append(tus.add_headers)
    app[ON_BYTES_LEFT] = lambda blob_ids: app[SWEEP].ring(blob_ids)
    app.cleanup_ctx.append(_files)


async def _files(app: web.Application) -> AsyncIterator[None]:
    config, engine = app[CONFIG], app[ENGINE]
    lane = Lane(engine, config.db_pool)
    bucket = None if config.s3_url is None else Bucket(config.s3_url.get_secret_value())
    store = app[STORE] = Store(engine, lane, bucket)
    # After a crash of PostgreSQL nothing is asked before a new connection is made: the old ones ended with it.
    event.listen(engine.sync_engine, "connect", lambda *_: store.hashes.forget())
    app[PICTURES] = Pictures()
    app[READING] = Reading(engine, store, app[ACCOUNTS])
    judge = Judging(engine, store, app[PICTURES]).judge
    app[UPLOADS] = Uploads(config, engine, lane, store, app[LIMITS], judge)
    app[BRINGING] = Bringing(engine, store, judge, most_mb=config.file_mb, total_mb=config.files_total_mb)
    app[SWEEP] = Sweep(engine, store)
    moving = [] if bucket is None else [Moving(engine, store, bucket).move_for_ever]
    async with running(app[SWEEP].sweep_for_ever, *moving):
        yield
    await app[UPLOADS].close()
    await lane.close()
    if bucket is not None:
        await bucket.close()
