"""One file up and down with nobody else there, in turns with a bare handler that writes it to a file."""

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench.files.exchange import BLOCK_BYTES, MEGABYTE, Exchange, drained
from bench.support.load import Work
from bench.support.servers import bare_server, parley_server


@dataclass(frozen=True, slots=True)
class Alone:
    """Seconds, medians of the rounds; `by_kernel`: the bare download where the kernel sends the file."""

    upload_s: float
    download_s: float
    bare_upload_s: float
    bare_download_s: float
    by_kernel_s: float

    @property
    def upload_share(self) -> float:
        """Of the bare handler's speed."""
        return self.bare_upload_s / self.upload_s

    @property
    def download_share(self) -> float:
        return self.bare_download_s / self.download_s


class Bare:
    """A connection to `bench/files/bare.py`."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=600, blocksize=BLOCK_BYTES)

    def upload(self, content: bytes) -> None:
        self._connection.request("PUT", "/file", content)
        assert self._connection.getresponse().read() == b""

    def download(self, path: str) -> int:
        self._connection.request("GET", path)
        return drained(self._connection.getresponse())

    def close(self) -> None:
        self._connection.close()


def measure(megabytes: float, rounds: int, show: Callable[[str], None]) -> Alone:
    """Each round is a new file: Parley keeps the same bytes once."""
    found: list[tuple[float, ...]] = []
    with (
        parley_server(Work(members=1), FILE_MB="1024") as server,
        tempfile.TemporaryDirectory(prefix="parley-bench-") as folder,
        bare_server(Path(folder)) as port,
        closing(Exchange(server.port, server.sockets[0][1])) as person,
        closing(Bare(port)) as other,
    ):
        for number in range(rounds):
            found.append(_round(person, other, secrets.token_bytes(int(megabytes * MEGABYTE))))
            show(f"  round {number + 1} of {rounds}: {Alone(*found[-1])}")
    return Alone(*(statistics.median(seconds) for seconds in zip(*found, strict=True)))


def _round(person: Exchange, other: Bare, content: bytes) -> tuple[float, ...]:
    ids: list[str] = []
    uploaded = _seconds(lambda: ids.append(person.upload(content)))
    bare_uploaded = _seconds(lambda: other.upload(content))
    downloads: list[tuple[Callable[[str], int], str]] = [
        (person.download, ids[0]),
        (other.download, "/file"),
        (other.download, "/kernel/file"),
    ]
    downloaded, bare_downloaded, by_kernel = (_downloaded(*each, len(content)) for each in downloads)
    return uploaded, downloaded, bare_uploaded, bare_downloaded, by_kernel


def _downloaded(download: Callable[[str], int], what: str, size: int) -> float:
    def all_of_it() -> None:
        assert download(what) == size, "bytes are missing"

    return _seconds(all_of_it)


def _seconds(do: Callable[[], object]) -> float:
    begun = time.monotonic()
    do()
    return round(time.monotonic() - begun, 3)
