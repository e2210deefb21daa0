"""The messages of the town in batches, as COPY reads them: the same for the same seed, in whatever order they come."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from bench.search.town.texts import RARE, SHARES, WALL, Array, Language, Random, language, texts

ROOMS = 1_000
AT_ONCE = 50_000  # messages of a batch
ZIPF, FLATTER = 0.9, 3  # the room at place n is as large as 1 / (n + FLATTER) ** ZIPF
MIXED = 0.2  # of a room's messages: in any language
COMMON, HITS = "in", 10  # the rare word stands behind the common one, in as many messages
WALL_SHARE = 0.1  # of all messages
OURS = 3  # every third room, by size: `WALL` stands only in the others
END, LASTED = datetime(2026, 6, 30, tzinfo=UTC), timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written.

    Attributes:
        home: by room, the place of its language.
        before: by batch and room, how many messages the room has in the batches before; the last line: in all.
    """

    seed: int
    count: int
    languages: list[Language]
    home: Array
    before: Array

    def batch(self, number: int) -> range:
        return range(number * AT_ONCE, min((number + 1) * AT_ONCE, self.count))


def plan(count: int, seed: int) -> Plan:
    """Plan a town of as many messages. Rooms are numbered from 0, by size."""
    sizes = [min(AT_ONCE, count - first) for first in range(0, count, AT_ONCE)]
    counts = [np.bincount(_rooms(seed, number, size), minlength=ROOMS) for number, size in enumerate(sizes)]
    before = np.concatenate([np.zeros((1, ROOMS), dtype=np.int64), np.cumsum(counts, axis=0)])
    return Plan(seed, count, [language(code) for code in SHARES], _homes(), before)


def rows(plan: Plan, number: int, authors: list[int]) -> str:
    """The messages of one batch: room_id, seq, rev, author_id, client_id, body, created_at."""
    batch = plan.batch(number)
    random = np.random.default_rng([plan.seed, number, 1])
    rooms = _rooms(plan.seed, number, len(batch))
    seqs = _seqs(rooms, plan.before[number]).tolist()
    bodies = texts(random, plan.languages, _languages(random, plan.home[rooms]))
    _put_in(random, bodies, rooms, batch, plan.count)
    writers = random.integers(0, len(authors), len(batch)).tolist()
    ids = random.bytes(16 * len(batch))
    begun, each = END - LASTED, LASTED / plan.count
    return "".join(
        f"{room + 1}\t{seq}\t{seq}\t{authors[writer]}\t{uuid.UUID(bytes=ids[16 * n : 16 * n + 16])}\t{body}"
        f"\t{(begun + each * (batch.start + n)).isoformat()}\n"
        for n, (room, seq, writer, body) in enumerate(zip(rooms.tolist(), seqs, writers, bodies, strict=True))
    )


def weights() -> Array:
    """The share of each room in all messages."""
    weight = 1 / (np.arange(ROOMS) + FLATTER) ** ZIPF
    return weight / weight.sum()


def _rooms(seed: int, number: int, size: int) -> Array:
    random = np.random.default_rng([seed, number, 0])
    return np.minimum(np.searchsorted(np.cumsum(weights()), random.random(size)), ROOMS - 1)


def _homes() -> Array:
    """Of each room the language that lacks most; so the large rooms, too, have the languages in their shares."""
    shares = np.array([*SHARES.values()])
    given, homes = np.zeros(len(shares)), []
    for weight, upto in zip(weights(), np.cumsum(weights()), strict=True):
        homes.append(int(np.argmax(shares * upto - given)))
        given[homes[-1]] += weight
    return np.array(homes)


def _languages(random: Random, homes: Array) -> Array:
    any_language = np.searchsorted(np.cumsum([*SHARES.values()]), random.random(len(homes)))
    return np.where(random.random(len(homes)) < MIXED, np.minimum(any_language, len(SHARES) - 1), homes)


def _seqs(rooms: Array, before: Array) -> Array:
    """The number of each message in its room: those of a room rise."""
    order = np.argsort(rooms, kind="stable")
    sorted_rooms = rooms[order]
    firsts = np.searchsorted(sorted_rooms, sorted_rooms)
    seqs = np.empty(len(rooms), dtype=np.int64)
    seqs[order] = before[sorted_rooms] + np.arange(len(rooms)) - firsts + 1
    return seqs


def _put_in(random: Random, bodies: list[str], rooms: Array, batch: range, count: int) -> None:
    """Put in the words that are looked for: the rare one, and the one that many rooms do not have."""
    others = rooms % OURS != 0
    share = WALL_SHARE / weights()[np.arange(ROOMS) % OURS != 0].sum()
    for place in np.flatnonzero(others & (random.random(len(bodies)) < share)).tolist():
        bodies[place] += f" {WALL}"
    for hit in range(HITS):
        place = (2 * hit + 1) * count // (2 * HITS)
        if place in batch:
            bodies[place - batch.start] += f" {COMMON} {RARE}"
