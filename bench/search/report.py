"""What was found about search, as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.search.asking import Asked
from bench.search.filling import Filling
from bench.search.posting import Posting
from bench.search.questions import QUESTIONS
from bench.search.sizes import Sizes
from bench.search.timing import Times
from bench.search.watch import Found


def tables(found: Mapping[str, Any]) -> str:
    """All tables that there is something for."""
    parts = [*_answers(found), *_costs(found)]
    return "\n".join(parts)


def _answers(found: Mapping[str, Any]) -> Iterator[str]:
    """By question and by how many rooms the person is in: milliseconds of Parley, then of the others."""
    asked, beside = found.get("asking", {}), found.get("beside", {})
    there = [name for name, other in beside.items() if other.times]
    if not asked and not there:
        return
    head = ["asked for", "rooms", *(("database", "whole", "second page") if asked else ()), *there]
    rows = []
    for question in QUESTIONS:
        ours = asked.get(question.name, {})
        others = [beside[name].times[question.name] for name in there]
        for rooms in ours or others[0]:
            figures = [*_ours(ours[rooms])] if ours else []
            figures += [f"{times[rooms].p50_ms:,.1f}" for times in others]
            rows.append([question.name, str(rooms), *figures])
    yield _table(head, rows, 2)
    yield from (f"{name}: {other.missing}.\n" for name, other in beside.items() if other.missing)


def _ours(asked: Asked) -> Iterator[str]:
    yield _spread(asked.database)
    yield _spread(asked.whole) + (f" ({asked.whole.hits} hits)" if asked.is_part else "")
    yield "" if asked.second is None else _spread(asked.second)


def _spread(times: Times) -> str:
    return f"{times.p50_ms:.1f} / {times.p95_ms:.1f}"


def _costs(found: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        *(_filling(found["filling"]) if "filling" in found else ()),
        *(_sizes(found["sizes"]) if "sizes" in found else ()),
        *(
            (f"bytes a message: {name}", f"{other.bytes_a_message:.0f}")
            for name, other in found.get("beside", {}).items()
            if other.times
        ),
        *(_posting(name, one) for name, one in found.get("posting", {}).items()),
        *(row for pace, one in found.get("found", {}).items() for row in _found(pace, one)),
    ]
    if rows:
        yield _table(["what", "measured"], rows, 1)


def _filling(filling: Filling) -> Iterator[tuple[str, str]]:
    rate = filling.messages / filling.lasted_s
    server_us, database_us = (
        cpu_s / filling.messages * 1e6 for cpu_s in (filling.server_cpu_s, filling.database_cpu_s)
    )
    alone, beside = filling.p99_alone_ms, filling.p99_beside_ms
    yield f"filling in {filling.messages:,} old messages", f"{filling.lasted_s / 60:.1f} minutes, {rate:,.0f} a second"
    yield "CPU of it a message, server and database", f"{server_us:.0f} + {database_us:.0f} µs"
    yield "p99 of posts at 100 a second, without it and beside it", f"{alone:.1f} and {beside:.1f} ms"


def _sizes(sizes: Sizes) -> Iterator[tuple[str, str]]:
    yield "bytes a message: table, GIN, key", f"{sizes.table:.0f} + {sizes.gin:.0f} + {sizes.key:.0f} = {sizes.all:.0f}"


def _posting(name: str, posting: Posting) -> tuple[str, str]:
    rates = f"{posting.with_index.posts:,.0f} and {posting.without.posts:,.0f}: {posting.ratio:.2f}"
    return f"posts a second with the index and without, {name}", rates


def _found(pace: int, found: Found) -> Iterator[tuple[str, str]]:
    what = f"from ack to found at {pace:,} posts a second ({found.posts:,.0f} came): p50 / p99 / most"
    yield what, f"{found.p50_ms:,.0f} / {found.p99_ms:,.0f} / {found.most_ms:,.0f} ms"
    yield "after the last of them, everything is found after", f"{found.level_s:.1f} s"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> str:
    lines = [head, ["---"] * left + ["---:"] * (len(head) - left), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
