"""Files that messages carry: what was read of them, and what the database keeps, held against what was sent. Pure.

The bytes of a file follow from its id, so nobody writes them down.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from tests.faults.checker.history import Fetched, Posted
from tests.faults.checker.ledger import Ledger
from tests.faults.checker.verdict import Kind, Verdict

SIZES = (3_000, 3_000, 3_000, 300_000, 600_000)  # at most; half a MiB is one piece on the server
HEAD = b"\0"  # so that it is neither a text nor a picture

Place = tuple[int, int]


def content_of(file: str) -> bytes:
    """The bytes of the file with this id."""
    chance = random.Random(file)
    return HEAD + chance.randbytes(chance.randrange(chance.choice(SIZES)))


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Reading(NamedTuple):
    """Somebody's attempt to read a file, and the rooms that they are in."""

    who: str
    user: int
    rooms: frozenset[int]
    fetched: Fetched


class Files:
    """`kept` has the digests of the files in the database whose bytes are all there, by their ids."""

    def __init__(self, kept: Mapping[str, str], ledger: Ledger, verdict: Verdict) -> None:
        self._kept, self._ledger, self._verdict = kept, ledger, verdict
        self._report = verdict.report
        self._posts: dict[str, Posted] = {}
        self._owners: dict[str, int] = {}
        self._rooms: defaultdict[str, set[int]] = defaultdict(set)
        self._readings: list[Reading] = []

    def posted(self, user: int, rooms: frozenset[int], post: Posted) -> None:
        """Take a post of somebody who is in these rooms."""
        if not post.files:
            return
        self._posts[post.id] = post
        for file in post.files:
            self._owners[file] = user
            self._rooms[file].update(rooms & {post.room})

    def fetched(self, who: str, user: int, rooms: frozenset[int], record: Fetched) -> None:
        self._readings.append(Reading(who, user, rooms, record))

    def judge(self) -> None:
        """Every message shows whole files; who may reads just what was sent, nobody else anything; deleted is gone."""
        rows = [*self._ledger.changed()]
        carried = {(row.room, row.seq): row.details.files for row in rows if row.details.files}
        for place, files in carried.items():
            for file in files:
                self._judge_kept(place, file)
        for reading in self._readings:
            self._judge_reading(reading, carried)
        shown = {file for files in carried.values() for file in files}
        self._verdict.carried = len(shown)
        for row in rows:
            post = self._posts.get(row.id)
            if row.details.deleted and post is not None:
                for file in self._kept.keys() & {*post.files} - shown:
                    where = f"Room {row.room}, seq {row.seq}"
                    self._report(Kind.UNDELETED, f"{where}: deleted, and its file {file} is still there.")

    def _judge_kept(self, place: Place, file: str) -> None:
        where = "Room {}, seq {}".format(*place)
        if file not in self._kept:
            self._report(Kind.LOST, f"{where}: it shows the file {file}, whose bytes are not there.")
        elif self._kept[file] != digest_of(content_of(file)):
            self._report(Kind.CORRUPTED, f"{where}: the bytes of the file {file} are not those that were sent.")

    def _judge_reading(self, reading: Reading, carried: Mapping[Place, tuple[str, ...]]) -> None:
        fetched = reading.fetched
        sentence = f"{reading.who} read the file {fetched.file}"
        self._verdict.denied += fetched.digest is None
        self._verdict.read += fetched.digest is not None
        if fetched.digest is None:
            if fetched.file in carried.get((fetched.room, fetched.seq), ()) and fetched.room in reading.rooms:
                where = f"room {fetched.room}, seq {fetched.seq}"
                self._report(Kind.LOST, f"{reading.who} was refused the file {fetched.file}, which {where} shows.")
            return
        if fetched.digest != digest_of(content_of(fetched.file)):
            self._report(Kind.CORRUPTED, f"{sentence}, and the bytes are not those that were sent.")
        if self._owners.get(fetched.file) != reading.user and reading.rooms.isdisjoint(self._rooms[fetched.file]):
            self._report(Kind.OVERHEARD, f"{sentence}, and is in no room that shows it.")
