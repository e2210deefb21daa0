"""Makes the previews that are wanted: asks the address, keeps what it says, and publishes the message anew."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import Unavailable
from app.base.log_fields import fields
from app.base.waiting import is_set_within
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE, autocommit
from app.db.driver.kept import direct
from app.files.keeping.store import Store
from app.pictures.pictures import Pictures
from app.pictures.refusal import NotShowable
from app.pictures.sniff import kind_of
from app.previews import queries
from app.previews.fetching import Fetched, Fetcher, NotFetched
from app.previews.queries import Made, Wanted
from app.previews.reading import HTML, Said, said_by

log = logging.getLogger(__name__)

LOOK_S = 5.0  # for those that another process was rung for, or left
RETRY_S = 1.0


class Making:
    """One a process. Several of its loops may run at once."""

    def __init__(
        self,
        engine: AsyncEngine,
        fetcher: Fetcher,
        pictures: Pictures,
        store: Store,
        publish: Callable[[int, int], None],
        rung: asyncio.Event,
    ) -> None:
        self._autocommit, self._transactions = autocommit(engine), engine
        self._fetcher, self._pictures, self._store, self._publish = fetcher, pictures, store, publish
        self._rung = rung
        self._looking = asyncio.Lock()

    async def make_for_ever(self) -> None:
        """Make one preview after the other; endless."""
        while True:
            try:
                await self._make(await self._next())
            except DATABASE_GONE as error:
                log.warning("cannot make previews reason=%s", cause_of(error).reason)
                await asyncio.sleep(RETRY_S)

    async def _next(self) -> Wanted:
        """Wait for one that is due. One of the loops looks; who else has nothing to do waits for it."""
        async with self._looking:
            while True:
                self._rung.clear()  # before the look: a ring after it is not lost
                async with direct(self._autocommit) as conn:
                    wanted = await queries.take(conn)
                if wanted is not None:
                    return wanted
                await is_set_within(self._rung, LOOK_S)

    async def _make(self, wanted: Wanted) -> None:
        made = await self._made(wanted.url) if wanted.url and not wanted.is_hopeless else None
        async with self._transactions.begin() as conn:
            rev = await queries.end(conn, wanted, made)
        if rev is not None:
            self._publish(wanted.room, rev)

    async def _made(self, url: str) -> Made | None:
        """What an address says of itself; None where it says nothing."""
        try:
            page = await self._fetcher.fetch(url)
        except NotFetched as reason:
            log.info("no preview", extra=fields(reason=str(reason)))
            return None
        if page.type.startswith("image/"):
            said = Said(page.url.name or page.url.host or "", "", page.url.host or "", page.url)
            made = await self._with_picture(said, page)
            return made if made.picture_id else None
        if page.type not in HTML:
            return None
        said = said_by(page)
        if not said.title:
            return None
        return await self._with_picture(said, await self._picture_of(said))

    async def _picture_of(self, said: Said) -> Fetched | None:
        try:
            return await self._fetcher.fetch(said.picture) if said.picture else None
        except NotFetched:
            return None

    async def _with_picture(self, said: Said, picture: Fetched | None) -> Made:
        """The preview with its picture as our own decoder has made it; without one that cannot be shown."""
        made = Made(said.title, said.description, said.site)
        judged = kind_of(picture.body) if picture and picture.is_whole else None
        if picture is None or judged is None or judged.kind != "picture":
            return made
        try:
            async with self._pictures.made(_pieces(picture.body), judged.type) as shown:
                blob = await self._store.keep(_pieces((shown.small or shown.large or shown.original).read()))
                return replace(made, picture_id=blob.id, width=shown.width, height=shown.height)
        except (NotShowable, Unavailable):
            return made


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body
