"""The work that is measured, and the figures of one server at it."""

from dataclasses import dataclass
from typing import Any

from bench.support.load import Load, Work
from bench.support.servers import Server, Start


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of work.

    Attributes:
        others: who does it too, for comparison; with `others_in_flight`, about what they can take. With as many as
            Parley their times would be those of a queue.
    """

    name: str
    what: str
    work: Work
    others: tuple[str, ...] = ("naive", "floor")
    others_in_flight: int = 0


SCENARIOS = (
    Scenario("steady", "1,000 readers, 20 messages/s", Work(rate=20, seconds=10)),
    Scenario("busy", "1,000 readers, 500 messages/s", Work(rate=500), others=()),
    Scenario("room", "1,000 readers in one room, at most", Work(in_flight=1_000), others_in_flight=4),
    Scenario("rooms", "100 rooms of 10, at most", Work(rooms=100, members=10, in_flight=1_000), others_in_flight=100),
    Scenario(
        "writers",
        "100 in one room, all write, at most",
        Work(members=100, writers=100, in_flight=1_000),
        others_in_flight=100,
    ),
    Scenario(
        "alone",
        "two people alone",
        Work(members=2, writers=1, in_flight=1),
        others=("before", "naive", "floor"),
        others_in_flight=1,
    ),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server did in the measured part. Times in ms, costs in µs of CPU, rates a second."""

    posts: float
    deliveries: float
    p50_ms: float
    p99_ms: float
    server_cores: float
    database_cores: float
    load_cores: float
    server_us_a_delivery: float
    server_us_a_post: float
    database_us_a_post: float


def measure(start: Start, work: Work) -> Figures:
    """Start a server, let the work be done, and stop it again.

    Raises:
        RuntimeError: a message did not reach everyone, or something was refused.
    """
    with start(work) as server:
        return done_by(server, work)


def done_by(server: Server, work: Work) -> Figures:
    """Let the work be done by a server that runs; raises as `measure`."""
    with Load(server.port, work, server.sockets) as load:
        load.go()
        begin = {**load.wait_for("begin"), **spent(server)}
        end = {**load.wait_for("end"), **spent(server)}
        done = load.wait_for("done")
    if done["errors"] or done["all_received"] != done["all_due"]:
        raise RuntimeError(f"not everything came: {done}")
    return figures(begin, end)


def spent(server: Server) -> dict[str, float]:
    return {"server": server.cpu_s(), "database": server.database_cpu_s()}


def figures(begin: dict[str, Any], end: dict[str, Any]) -> Figures:
    lasted = end["at"] - begin["at"]
    server, database, load = (end[of] - begin[of] for of in ("server", "database", "load_cpu_s"))
    posts, deliveries = max(1, end["posted"]), max(1, end["deliveries"])
    return Figures(
        posts=end["returned"] / lasted,
        deliveries=end["deliveries"] / lasted,
        p50_ms=end["p50_ms"],
        p99_ms=end["p99_ms"],
        server_cores=server / lasted,
        database_cores=database / lasted,
        load_cores=load / lasted,
        server_us_a_delivery=server / deliveries * 1e6,
        server_us_a_post=server / posts * 1e6,
        database_us_a_post=database / posts * 1e6,
    )
