"""Every number that `/metrics` shows: its name, its kind, what it says, and how those of several workers become one."""

from dataclasses import dataclass
from typing import Literal

PREFIX = "parley_"
Kind = Literal["counter", "gauge", "histogram"]
Numbers = dict[str, dict[str, float]]
"""By the name of the number and the value of its label, which is empty where it has none.

Of a histogram the label is the upper bound of a bucket, of those only in it, or `sum`.
"""


@dataclass(frozen=True)
class Metric:
    """One number, or one for each value of `label`.

    Attributes:
        is_worst: of several workers the largest counts; else they are added.
    """

    name: str
    kind: Kind
    says: str
    label: str = ""
    is_worst: bool = False

    @property
    def full_name(self) -> str:
        """As Prometheus has it, but for what it appends to parts of a histogram."""
        return f"{PREFIX}{self.name}{'_total' if self.kind == 'counter' else ''}"


METRICS = (
    Metric("processes", "gauge", "Processes of this server that serve."),
    Metric("sockets", "gauge", "Open WebSockets."),
    Metric("rooms", "gauge", "Rooms that somebody follows, counted once a process."),
    Metric("posts", "counter", "Posts that were written, or found written already."),
    Metric("batch_posts", "histogram", "Posts of one batch."),
    Metric("commit_seconds", "histogram", "Seconds that a batch took, until it was committed."),
    Metric("deliveries", "counter", "Writes to sockets of what is new in a room, each of one event or more."),
    Metric("outbox_events", "gauge", "Events that wait for slow readers."),
    Metric("outbox_bytes", "gauge", "Their bytes."),
    Metric("closes", "counter", "Sockets that were closed by the server, by the close code; 4008: too slow.", "code"),
    Metric("gaps_healed", "counter", "Rooms of which a doorbell was missed, and what was missing was loaded."),
    Metric("bus_open", "gauge", "Processes whose bus is open."),
    Metric("bus_lag_seconds", "gauge", "How long the last payload took over the bus and back.", is_worst=True),
    Metric("pool_connections", "gauge", "Connections to the database: in use, and at the most.", "state"),
    Metric("loop_lag_seconds", "gauge", "How late the event loop was, at the worst in a minute.", is_worst=True),
    Metric("log_ins_refused", "counter", "Log-ins with a wrong password, or to an account that is switched off."),
    Metric("refusals", "counter", "What people were refused that was no mistake of theirs, by its code.", "code"),
)
# Of the chat, not of a process: read from the database when they are asked for, and left out where that is away.
OF_THE_CHAT = (
    Metric("job_overdue_seconds", "gauge", "For how long a job has been due.", "job"),
    Metric("job_removed", "counter", "Rows that the rounds of a job have removed.", "job"),
)


def added(parts: list[Numbers], ended: list[Numbers]) -> Numbers:
    """The numbers of several workers as one; of those that have ended only what they have counted."""
    whole: Numbers = {}
    for metric in METRICS:
        found = [each.get(metric.name, {}) for each in parts]
        found += [each.get(metric.name, {}) for each in ended if metric.kind != "gauge"]
        labels = dict.fromkeys(label for each in found for label in each)
        put_together = max if metric.is_worst else sum
        whole[metric.name] = {label: put_together([each.get(label, 0) for each in found]) for label in labels}
    return whole
