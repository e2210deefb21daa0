"""What a process of clients has to do: one JSON file."""

from pathlib import Path

import msgspec
from msgspec import Struct


class Person(Struct, frozen=True):
    """One client; several may be of one account, as tabs are."""

    number: int
    user: int
    cookie: str
    csrf_token: str
    rooms: list[int]
    foreign: list[int]  # rooms that it is no member of, and tries to enter
    is_sluggish: bool  # stops reading now and then, and has a small receive buffer
    naps: bool  # goes away now and then, long enough to be reset


class Plan(Struct, frozen=True):
    """For one process of clients.

    Attributes:
        posts_per_s: of each client.
        changes: how many edits, deletions and reactions it thinks of for each post.
        files: how often a message carries files.
        in_flight: how many posts it has under way at most.
        silent_s: it trusts no socket that says nothing for longer; the page waits for 50 s, with `heads` every 20 s.
    """

    seed: int
    url: str
    folder: str
    number: int
    people: list[Person]
    posts_per_s: float
    changes: float
    files: float
    in_flight: int
    silent_s: float

    def history(self, person: Person) -> Path:
        return Path(self.folder) / f"client-{person.number}.jsonl"

    @property
    def path(self) -> Path:
        return Path(self.folder) / f"plan-{self.number}.json"

    @property
    def figures(self) -> Path:
        return Path(self.folder) / f"figures-{self.number}.json"

    def save(self) -> None:
        self.path.write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, path: Path) -> "Plan":
        return msgspec.json.decode(path.read_bytes(), type=cls)
