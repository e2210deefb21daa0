"""Which format a file is in, by what stands in it or by the names in its archive: a guess that people may correct."""

import lzma
import tarfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from io import BufferedReader
from itertools import islice
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, is_zipfile

HEAD_BYTES = 64 * 1024
MOST_NAMES = 100_000
MOST_LOOKED_AT = 20  # files
UNPACKED_BYTES = 256 * 1024**2  # of a tar that is packed: to reach a name, all before it is unpacked, for each page
_BROKEN = (
    *(OSError, EOFError, BadZipFile, tarfile.TarError, RuntimeError, ValueError),
    *(zlib.error, lzma.LZMAError),
)

# A sign of each format, as its readers find them: the name of a file in the archive …
_NAMES = {
    "realm.json": "zulip",
    "rocketchat_message.bson": "rocketchat",
    "rocketchat_message.bson.gz": "rocketchat",
    "channels.json": "slack",
    "mpims.json": "slack",
    "result.json": "telegram",
    "production.sqlite3": "campfire",
    "chat.jsonl": "jsonl",
}
# … or what stands in the beginning of a file, the surest first.
_BEGINNINGS = (
    (b"SQLite format 3\0", "campfire"),
    (b'{"type":"chat","format":', "jsonl"),
    (b'"type":"version"', "mattermost"),
    (b'"guild":', "discord"),
    (b'"about":', "telegram"),
    (b'"personal_information"', "telegram"),
    (b'"chats":', "telegram"),
    (b'"date_unixtime":', "telegram"),
    (b'"$oid"', "mongo"),
    (b'"$date"', "mongo"),
    (b'{"channel_id":', "slack"),  # as slackdump dumps it
)
_LOGS = (".weechatlog", ".log")  # … or how the name of a log of IRC ends


def format_of(path: Path) -> str | None:
    """The format of a file, or of a folder with files; None where nothing shows it."""
    try:
        if path.is_dir():
            return _by_files([each for each in sorted(path.iterdir()) if each.is_file()])
        if is_zipfile(path):
            with ZipFile(path) as packed:
                return _by_names(names := packed.namelist()[:MOST_NAMES]) or _by_documents(packed, names)
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as unpacked:
                return _by_names([*islice(_names_in(unpacked), 1_000)])
        with path.open("rb") as file:
            return _by_beginning(file.read(HEAD_BYTES)) or _by_ending(path.name)
    except _BROKEN:
        return None


def _by_files(files: Sequence[Path]) -> str | None:
    """The format of files that are one export, as most of the first of them show it."""
    found = Counter(format_of(path) for path in files[:MOST_LOOKED_AT])
    del found[None]
    return _by_names([path.name for path in files]) or next((form for form, _ in found.most_common(1)), None)


def _by_documents(packed: ZipFile, names: Sequence[str]) -> str | None:
    """The format of a zip whose names say nothing, as most of its first documents show it."""
    found = Counter[str | None]()
    for name in [name for name in names if name.endswith(".json")][:MOST_LOOKED_AT]:
        with packed.open(name) as file:
            found[_by_beginning(file.read(HEAD_BYTES))] += 1
    del found[None]
    return next((form for form, _ in found.most_common(1)), None)


def _names_in(tar: tarfile.TarFile) -> Iterator[str]:
    is_packed = not isinstance(tar.fileobj, BufferedReader)
    for member in tar:
        yield member.name
        if is_packed and member.offset_data + member.size > UNPACKED_BYTES:
            return


def _by_names(names: Collection[str]) -> str | None:
    files = {PurePosixPath(name).name for name in names}
    found = next((form for name, form in _NAMES.items() if name in files), None)
    if found is None and {"users.json", "messages.json"} <= files:
        return "mongo"
    if found is None and any(name.endswith(".jsonl") for name in files):
        return "mattermost"
    if found is None and any(name.endswith(_LOGS) for name in files):
        return "irc"
    return found


def _by_beginning(begin: bytes) -> str | None:
    packed = b"".join(begin.split())  # of spaces, which some writers put and some do not
    return next((form for sign, form in _BEGINNINGS if sign in (begin if b"\0" in sign else packed)), None)


def _by_ending(name: str) -> str | None:
    return "irc" if name.endswith(_LOGS) else None
