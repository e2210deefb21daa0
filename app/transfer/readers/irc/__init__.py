"""Logs of IRC as WeeChat and irssi write them: a file or a folder of them, also rotated and packed.

A log has neither ids nor accounts. A message is one by its time, its nick and its text, so that it stays the same when
a log goes on or is rotated. A nick is somebody of its own on each network, and nobody else.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from app.transfer.readers.archive import Archive
from app.transfer.readers.irc.logs import Said, irssi, is_irssi, is_weechat, weechat
from app.transfer.readers.irc.texts import decoded, text_of
from app.transfer.readers.opened import names_in, opened, unpacked
from app.transfer.readers.times import NO_ZONE
from app.transfer.records import BadExport, LeftOut, Message, Person, Record, Room

_ROTATED = re.compile(r"(?P<log>.+?)(?:\.(?P<number>\d{1,3}))?(?:\.gz|\.zst)?")
# Either program is told by a pattern where to write, such as irssi's `%Y/$tag/$0.%m-%d.log`.
_DATED = re.compile(r"[-._]?\d{4}[-.]?\d\d(?:[-.]?\d\d)?\Z")
_YEAR, _DAY = re.compile(r"(?:19|20)\d\d"), re.compile(r"[-._]\d\d-\d\d\Z")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-._]?\d\d){0,2}|\d\d(?:-\d\d)?")
_BEHIND_SERVER = re.compile(r"(?P<server>[^#]+?)[-._](?P<channel>#.+)")
_OF_WEECHAT = re.compile(r"irc\.(?:(?P<server>.+?)\.(?P<channel>[#&!+].*)|(?P<network>.+)\.(?P<nick>[^.]+))")
_NO_ROOM = re.compile(r"(?:core|irc\.server)\..*")
_ENDINGS = (".weechatlog", ".log", ".txt")
_CHANNEL = "#&!+"
_FOLD = str.maketrans("[]\\~", "{}|^")  # these are one letter in nicks: RFC 1459, 2.2
_HOUR = timedelta(minutes=65)
_SNIFFED_LINES = 50
_LEFT = {"notice": "joins, topics and other notices", "unreadable": "lines that are no log of IRC"}


class _Log(NamedTuple):
    """A file of a log and where it belongs; the older files of a rotated log have the higher numbers."""

    name: str
    network: str
    target: str
    age: int

    @property
    def room(self) -> str:
        return f"{self.network}/{self.target}" if self.network else self.target


def read(path: Path) -> Iterator[Record]:
    """Read logs.

    Raises:
        BadExport: there is none.
    """
    with opened(path) as archive:
        logs = [log for name in names_in(archive) if (log := _log_of(name, path.name))]
        reading = _Reading(archive)
        found = [log for log in logs if reading.is_log(log)]
        if not found:
            raise BadExport(f"{path.name} is no log of WeeChat or irssi, nor has one in it.")
        rooms: dict[str, list[_Log]] = {}
        for log in sorted(found, key=lambda each: (each.room, -each.age, each.name)):
            rooms.setdefault(log.room, []).append(log)
        for files in rooms.values():
            yield from reading.room(files)


def _log_of(name: str, top: str) -> _Log | None:
    """What the place of a file below the folder `top`, or of that file itself, says of it; None where it is no log."""
    *folders, file = name.split("/")
    rotated = _ROTATED.fullmatch(file)
    whole = rotated["log"] if rotated else file
    ending = next((each for each in _ENDINGS if whole.endswith(each)), "")
    stem = whole.removesuffix(ending)
    if _NO_ROOM.fullmatch(stem) or not (ending or name == top or stem.startswith(tuple(_CHANNEL))):
        return None
    age = int(rotated["number"] or 0) if rotated else 0
    if found := _OF_WEECHAT.fullmatch(stem):
        return _Log(name, found["server"] or found["network"], found["channel"] or found["nick"], age)
    target = "" if _DATE.fullmatch(stem) else _DATED.sub("", stem)
    if any(map(_YEAR.fullmatch, (top, *folders))):
        target = _DAY.sub("", target)
    named = [each for each in folders if not _DATE.fullmatch(each)]
    if not target and named:
        target = named.pop()
    if found := _BEHIND_SERVER.fullmatch(target):
        return _Log(name, found["server"], found["channel"], age)
    return _Log(name, named[-1] if named else "", target or stem, age)


class _Reading:
    """Reads the files of one room after the other."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._met: set[str] = set()

    def is_log(self, log: _Log) -> bool:
        """Whether the first lines are as one of the programs writes them."""
        first = [*islice(self._lines(log.name), _SNIFFED_LINES)]
        return is_weechat(first) or is_irssi(first)

    def _lines(self, name: str) -> Iterator[str]:
        with unpacked(self._archive, name) as file:
            for line in file:
                yield decoded(line.rstrip(b"\r\n"))

    def _said(self, files: list[_Log]) -> Iterator[Said]:
        for log in files:
            program = weechat if is_weechat(islice(self._lines(log.name), _SNIFFED_LINES)) else irssi
            yield from program(self._lines(log.name))

    def room(self, files: list[_Log]) -> Iterator[Record]:
        """A room and what was said in it; the log is read twice, for who was there comes first."""
        log = files[0]
        is_channel = log.target.startswith(tuple(_CHANNEL))
        nicks = {} if is_channel else {_key(log.network, log.target): log.target}
        for said in self._said(files):
            if said.nick and said.at is not None:
                nicks.setdefault(_key(log.network, said.nick), said.nick)
        if not is_channel and len(nicks) == 1:
            nicks[f"owner of the log {log.room}"] = ""
        yield from (Person(key, name=name, kind="person" if name else "gone") for key, name in self._new(nicks))
        yield Room(
            key=log.room,
            kind="open" if is_channel else "direct",
            name=log.target.lstrip("#") or log.target if is_channel else "",
            members=tuple(nicks),
        )
        yield from self._messages(files)

    def _new(self, nicks: dict[str, str]) -> Iterator[tuple[str, str]]:
        for key, nick in nicks.items():
            if key not in self._met:
                self._met.add(key)
                yield key, nick

    def _messages(self, files: list[_Log]) -> Iterator[Record]:
        log, clock, seen = files[0], _Clock(), Counter[int]()
        for order, said in enumerate(self._said(files), 1):
            if what := _LEFT.get(said.kind):
                yield LeftOut(what)
                continue
            text = text_of(said.text, is_action=said.kind == "action")
            if said.at is None or not text.strip():
                yield LeftOut("lines before the first date" if said.at is None else "lines without a text")
                continue
            if said.at.tzinfo is None:
                yield LeftOut(NO_ZONE)
            digest = blake2b(f"{said.nick}\0{said.text}".encode(errors="surrogatepass"), digest_size=8).hexdigest()
            key = f"{said.at.isoformat()} {digest}"
            seen[hash(key)] += 1
            times = seen[hash(key)]
            yield Message(
                room=log.room,
                key=key if times == 1 else f"{key} {times}",
                author=_key(log.network, said.nick),
                at=clock.at(said.at),
                text=text,
                order=order,
            )


class _Clock:
    """Times of a log as moments. Local times go back by an hour in autumn; the lines keep their order."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def at(self, written: datetime) -> datetime:
        if written.tzinfo is not None:  # UTC; a server may send lines late, with the time when they were said
            return written
        if self._last is None or not self._last - _HOUR <= written < self._last:
            self._last = written
        return self._last.replace(tzinfo=UTC)


def _key(network: str, nick: str) -> str:
    folded = nick.lower().translate(_FOLD)
    return f"{network}/{folded}" if network else folded
