"""All of search, part by part, in one town."""

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.search import asking, beside, filling, posting, sizes
from bench.search.town import build, cluster, index

PARTS = ("filling", "sizes", "asking", "beside", "posting", "found")
FILLING_ROUNDS, POSTING_ROUNDS = 5, 5

Show = Callable[[str], None]


def measure(
    messages: int, folder: Path | None, show: Show, parts: Sequence[str] = PARTS, *, small: bool = False
) -> dict[str, Any]:
    """What each part finds, by its name.

    The town with as many messages is in `folder` and stays there, or is thrown away where there is none. The index is
    filled in any case, at once where that is not measured. `small`: only try that it all works.
    """
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-search-")))
        os.chmod(scratch, 0o711)
        found: dict[str, Any] = {"messages": messages}
        with posting.texts() as texts:
            if {*parts} - {"posting", "found"}:
                found |= _in_town(messages, folder or scratch / "town", scratch, texts, parts, show, small)
            found |= _posting(texts, parts, show, small)
        return found


def _in_town(
    messages: int, folder: Path, scratch: Path, texts: Path, parts: Sequence[str], show: Show, small: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with cluster.running(folder, messages, show) as url:
        if "filling" in parts:
            index.forget(url)
            show("filling the index …")
            rounds = 1 if small else FILLING_ROUNDS
            found["filling"] = filling.measure(url, folder, rounds, texts, show)
            show(f"  {found['filling']}")
            cluster.settle(url)
        elif index.left(url):
            index.forget(url)
            index.fill_at_once(url, messages, show)
            cluster.settle(url)
        if "sizes" in parts:
            found["sizes"] = sizes.measure(url)
            show(f"  {found['sizes']}")
        people = build.searchers(url)
        if "asking" in parts:
            found["asking"] = asking.measure(url, people, show, *([2] if small else []))
        if "beside" in parts:
            found["beside"] = beside.measure_each(url, messages, people, scratch, show)
    return found


def _posting(texts: Path, parts: Sequence[str], show: Show, small: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "posting" in parts:
        rounds = 1 if small else POSTING_ROUNDS
        found["posting"] = {}
        for name, work in posting.AT_MOST.items():
            show(f"as many posts as go, {name} …")
            found["posting"][name] = posting.at_most(_sized(replace(work, texts=texts), small), rounds, show)
    if "found" in parts:
        found["found"] = {}
        for pace in posting.PACES[: 1 if small else None]:
            show(f"{pace:,} posts a second …")
            found["found"][pace] = posting.paced(_sized(replace(posting.PACED, texts=texts, rate=pace), small))
            show(f"  {found['found'][pace]}")
    return found


def _sized(work: Any, small: bool) -> Any:
    return replace(work, rooms=min(2, work.rooms), members=2, warm_up_s=0.1, seconds=0.5) if small else work
