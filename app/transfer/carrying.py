"""The files of messages that are about to be written: their bytes are kept first, and no room is locked meanwhile.

What does not come is counted with the reason, and its name stands in the text of its message.
"""

import asyncio
import zlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import groupby
from math import inf
from typing import IO, Any
from uuid import uuid4
from zipfile import BadZipFile

from sqlalchemy import Row, text

from app.base.errors import Unavailable
from app.chat.wire.commands import MAX_TEXT_CHARS
from app.files.uploads.bringing import Bringing
from app.files.uploads.refusals import IdTaken, ServerFull, TooLarge
from app.files.uploads.statements import Upload
from app.transfer.records import BadExport
from app.transfer.rows import file_id_of
from app.transfer.spool import named
from app.transfer.staged.own import Own

Open = Callable[[], IO[bytes]]

PIECE_BYTES = 512 * 1024
REASONS = {
    TooLarge: "files that are too large here (their names stand in the messages)",
    ServerFull: "files for which there is no room here (their names stand in the messages)",
    BadExport: "files that are broken in the export (their names stand in the messages)",
}
NOT_SHOWN = "pictures as pictures, which came as files to save: "

_OF_BATCH = text("""
    SELECT given.id, given.position, given.place, given.file_id, given.name, given.alt, item.author_id
    FROM waiting AS item JOIN staged_files AS given ON given.room_id = item.room_id AND given.id = item.id
    WHERE item.room_id = :room AND item.n BETWEEN :first AND :last ORDER BY item.n, given.position""")
_CAME_AS = text(
    "UPDATE staged_files SET file_id = :file_id WHERE room_id = :room AND id = :id AND position = :position"
)
_LEAVE = text("DELETE FROM staged_files WHERE room_id = :room AND id = :id AND position = ANY(:positions)")
_NAME = text("""
    UPDATE staged SET body = left(concat_ws(E'\\n', nullif(body, ''), CAST(:names AS text)), :most)
    WHERE line = (SELECT waiting.line FROM waiting WHERE waiting.room_id = :room AND waiting.id = :id)""")


@dataclass
class Carrying:
    """What brings the files of one import: `bringing` keeps them, and `opens` has their bytes, each at its place.

    `count` is of those that came, `left_out` of the others, by the reason.
    """

    source: str
    bringing: Bringing | None
    opens: Sequence[Open]
    count: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    async def bring(self, own: Own, batch: dict[str, int]) -> None:
        """Keep the files of a batch of messages that wait; `own` is in no transaction."""
        async with own.begin():
            found = (await own.execute(_OF_BATCH, batch)).all()
        for id, some in groupby(found, key=lambda row: row.id):
            files = [*some]
            came = [await self._one(file) for file in files]
            left = [file for file, file_id in zip(files, came, strict=True) if file_id is None]
            async with own.begin():
                for file, file_id in zip(files, came, strict=True):
                    if file_id not in (None, file.file_id):
                        place = {"room": batch["room"], "id": id, "position": file.position}
                        await own.execute(_CAME_AS, place | {"file_id": file_id})
                if left:
                    message = {"room": batch["room"], "id": id}
                    await own.execute(_LEAVE, message | {"positions": [file.position for file in left]})
                    names = "\n".join(named(file.name) for file in left)
                    await own.execute(_NAME, message | {"names": names, "most": MAX_TEXT_CHARS})

    async def _one(self, file: Row[Any]) -> Any | None:
        """The id of a file that is kept now; None of one that is not."""
        if self.bringing is None:
            self.left_out["files (their names stand in the messages)"] += 1
            return None
        try:
            kept = await self._kept(self.bringing, file)
        except (TooLarge, ServerFull, BadExport) as error:
            self.left_out[REASONS[type(error)]] += 1
            return None
        self.count += 1
        if kept.reason is not None:
            self.left_out[f"{NOT_SHOWN}{kept.reason}"] += 1
        return kept.id

    async def _kept(self, bringing: Bringing, file: Row[Any]) -> Any:
        wanted = Upload(file.file_id, file.author_id, 0)
        while True:
            try:
                async with aclosing(pieces(self.opens[file.place])) as source:
                    return await bringing.bring(wanted, file.name, file.alt, source)
            except IdTaken:
                ours = file_id_of(self.source, file.id, file.position)
                wanted = wanted._replace(id=ours if wanted.id != ours else uuid4())
            except Unavailable as error:
                await asyncio.sleep(error.retry_after_s or 1)


async def pieces(opened: Open, most: float = inf) -> AsyncGenerator[bytes, None]:
    """The bytes of a file, read beside the event loop; not many more than `most`.

    Raises:
        BadExport: they cannot be read, whatever the reason.
    """
    try:
        file = await asyncio.to_thread(opened)
        try:
            while most >= 0 and (piece := await asyncio.to_thread(file.read, PIECE_BYTES)):
                most -= len(piece)
                yield piece
        finally:
            await asyncio.to_thread(file.close)
    except (OSError, EOFError, zlib.error, BadZipFile, NotImplementedError, RuntimeError) as error:
        raise BadExport(f"A file cannot be read: {error}.") from error
