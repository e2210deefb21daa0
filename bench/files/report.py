"""What was found about files, as sentences; and the guard: what costs more than it may."""

from collections.abc import Mapping
from typing import Any

from bench.files.alone import Alone
from bench.files.beside import Beside

MOST_RATIO = 1.1  # of the p99 of messages while files are shared, against a calm time in the same run
MOST_MEMORY = 4.0  # MiB an upload
LEAST_SHARE = 1 / 3  # of the bare handler's speed, each way


def lines(found: Mapping[str, Any]) -> list[str]:
    """A sentence for each figure."""
    beside: Mapping[str, Beside] = found.get("beside", {})
    said = [
        f"{name}: p99 of messages {of.busy_p99_ms:.1f} ms, {of.calm_p99_ms:.1f} ms without: {of.ratio:.2f} times; "
        f"{of.megabytes_a_second:.0f} MB of files a second; {of.memory_an_upload:.1f} MiB of memory an upload"
        for name, of in beside.items()
    ]
    if alone := found.get("alone"):
        assert isinstance(alone, Alone)
        said.append(f"upload: {alone.upload_s:.2f} s, bare {alone.bare_upload_s:.2f} s: {alone.upload_share:.2f} times")
        said.append(
            f"download: {alone.download_s:.2f} s, bare {alone.bare_download_s:.2f} s: {alone.download_share:.2f} times "
            f"(by the kernel alone: {alone.by_kernel_s:.2f} s)"
        )
    return said


def guard(found: Mapping[str, Any]) -> list[str]:
    """What is worse than it may be, a sentence each; of those beside, the first counts, which people's lines pace."""
    wrong = []
    for name, of in [*found.get("beside", {}).items()][:1]:
        if of.ratio > MOST_RATIO:
            wrong.append(f"{name}: the p99 of messages is {of.ratio:.2f} times as long; at most {MOST_RATIO} may be.")
        if of.memory_an_upload > MOST_MEMORY:
            wrong.append(f"{name}: an upload takes {of.memory_an_upload:.1f} MiB; at most {MOST_MEMORY:.0f} may be.")
    if alone := found.get("alone"):
        for what, share in (("An upload", alone.upload_share), ("A download", alone.download_share)):
            if share < LEAST_SHARE:
                wrong.append(f"{what} has {share:.2f} of the bare handler's speed; at least a third must be.")
    return wrong
