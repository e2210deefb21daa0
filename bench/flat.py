"""What a post costs against what is there already: rooms, a room's members, a room's history.

One Parley with everything in it, two people with a socket each, and one room after the other that differs from the
first in one thing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench import history
from bench.scenarios import Figures, figures, spent
from bench.support.load import Load, Work
from bench.support.servers import Server, parley_server
from bench.support.town import Town

LOOKS = 200
WORK = Work(members=2, writers=1, in_flight=8, warm_up_s=1, seconds=3)


@dataclass(frozen=True, slots=True)
class Flat:
    """`posts` by what varied (rooms, members, messages) and how many; `pages` by how many messages, then by way."""

    posts: dict[str, dict[int, Figures]]
    pages: dict[int, dict[str, float]]


def measure(counts: list[int], most_messages: int, work: Work, looks: int, show: Callable[[str], None]) -> Flat:
    """Make the town, and post in each of its rooms.

    `counts` are the numbers of members and rooms, and with `most_messages` those of messages; `looks` is how many pages
    of each kind are read.
    """
    with parley_server(work) as server:
        town = Town(server.database_url, show)
        members = {count: town.room(members=count) for count in counts}
        lengths = {count: town.room(history=count) for count in [*counts, most_messages]}
        town.settle()
        posts = {
            "members": {count: _post(server, room, work) for count, room in members.items()},
            "messages": {count: _post(server, room, work) for count, room in lengths.items()},
            "rooms": {},
        }
        pages = history.measure(server.database_url, {room: count for count, room in lengths.items()}, looks)
        there = 0
        for count in counts:
            town.rooms(count - there)
            town.settle()
            there = count
            posts["rooms"][count] = _post(server, next(iter(members.values())), work)
    return Flat(posts, {count: pages[room] for count, room in lengths.items()})


def _post(server: Server, room: int, work: Work) -> Figures:
    sockets = [(room, cookie) for _, cookie in server.sockets]
    with Load(server.port, work, sockets) as load:
        load.go()
        begin = {**load.wait_for("begin"), **spent(server)}
        return figures(begin, {**load.wait_for("end"), **spent(server)})
