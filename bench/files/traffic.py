"""People who upload and download at the same time, each a thread of one process: `python -m bench.files.traffic`.

Orders are lines of JSON on stdin, and each is answered by one line on stdout when it is done.
"""

import json
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench.files.exchange import Exchange


class Traffic:
    """The process, as its parent sees it. Everybody has a connection and a file of `size` bytes."""

    def __init__(self, port: int, cookies: Sequence[str], size: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.files.traffic"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._order({"port": port, "cookies": [*cookies], "size": size})

    def go(self, uploads: int, downloads: int, pace: float) -> float:
        """So many people upload a new file each, and so many download one; the seconds until all are done."""
        return float(self._order({"uploads": uploads, "downloads": downloads, "pace": pace})["seconds"])

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _order(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the traffic has ended early")
        return dict(json.loads(line))


def main() -> None:
    first = json.loads(sys.stdin.readline())
    people = [Exchange(first["port"], cookie) for cookie in first["cookies"]]
    ids = [person.upload(secrets.token_bytes(first["size"])) for person in people]
    _answer(ready=True)
    for line in sys.stdin:
        doing = _work(people, ids, first["size"], **json.loads(line))
        begun = time.monotonic()
        _at_once(doing)
        _answer(seconds=time.monotonic() - begun)


def _work(
    people: Sequence[Exchange], ids: Sequence[str], size: int, uploads: int, downloads: int, pace: float
) -> list[Callable[[], object]]:
    up, down = people[:uploads], range(uploads, uploads + downloads)
    return [
        *(partial(person.upload, secrets.token_bytes(size), pace) for person in up),
        *(partial(people[at].download, ids[at], pace) for at in down),
    ]


def _at_once(doing: Sequence[Callable[[], object]]) -> None:
    done: list[object] = []
    threads = [threading.Thread(target=lambda do=do: done.append(do())) for do in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) < len(doing):
        sys.exit("somebody was refused")


def _answer(**what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
