"""One line an event: `2026-01-01T12:00:00.123Z info app.chat: posted room=1 seq=57`.

Key and value pairs come from `extra=fields(…)`, see app/base/log_fields.py. Whatever is logged, a line stays a line:
control characters are escaped, also the line ends of a traceback (`\\n`). So nobody can forge an entry, and `grep`
finds the whole of it. With `LOG_FORMAT=json` it is an object of JSON.
"""

import json
import logging
import math
import re
import sys
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

# Everything that ends a line or steers a terminal: C0, DEL, C1, the Unicode line ends, and marks that turn the text.
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_ESCAPES = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}

EVERY_S = 60.0  # a line that comes again and again is written so often
MAX_WRITTEN = 200  # different ones; what comes beyond that is not counted
_NUMBER = re.compile(r"\d+")

_SECRET = ("/invite/", "/reset/", "/confirm/")  # the rest of these paths is a token


LOGGED: web.RequestKey[dict[str, object]] = web.RequestKey("logged")
"""What the line of a request says beside what it answers: `request` (its id), `from`, `user`."""


class LineFormatter(logging.Formatter):
    """UTC time, level, logger, message, `key=value` pairs, and the traceback, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = f"{moment}.{record.msecs:03.0f}Z {record.levelname.lower()} {record.name}: {record.getMessage()}"
        fields: dict[str, Any] = getattr(record, "fields", {})
        line += "".join(f" {name}={_value(value)}" for name, value in fields.items())
        if record.exc_info:
            line += f" traceback={self.formatException(record.exc_info)}"
        return line.translate(_ESCAPES)


class JsonFormatter(logging.Formatter):
    """The same as an object of JSON, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields: dict[str, Any] = getattr(record, "fields", {})
        own = {
            "time": f"{moment}.{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            own["traceback"] = self.formatException(record.exc_info)
        return json.dumps({**fields, **own}, default=str)


class OnceHandler(logging.StreamHandler[Any]):
    """Writes a warning or an error that comes again and again once in `EVERY_S`, then how often it was there.

    The same are those of one logger, one message and one reason, whatever numbers stand in it. A traceback always
    passes. Called by `logging` under the lock of the handler.
    """

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._written: dict[tuple[str, str, str], _Written] = {}

    def emit(self, record: logging.LogRecord) -> None:
        now = time.monotonic()
        self._write_due(now)
        if record.levelno >= logging.WARNING and not record.exc_info:
            key = record.name, str(record.msg), _NUMBER.sub("0", _reason(record))
            if (same := self._written.get(key)) is not None:
                same.held_back += 1
                return
            if len(self._written) < MAX_WRITTEN:
                self._written[key] = _Written(record, now)
        super().emit(record)

    def _write_due(self, now: float) -> None:
        """Write how often each was held back whose time is over."""
        if self._written and now - next(iter(self._written.values())).at >= EVERY_S:  # the oldest stands first
            due = [key for key, written in self._written.items() if now - written.at >= EVERY_S]
            for written in [self._written.pop(key) for key in due]:
                if written.held_back:
                    super().emit(_counted(written, now))

    def close(self) -> None:
        """Write what was held back at the last."""
        self._write_due(math.inf)
        super().close()


@dataclass
class _Written:
    record: logging.LogRecord
    at: float
    held_back: int = 0


def _counted(written: "_Written", now: float) -> logging.LogRecord:
    within = f" in {now - written.at:.0f} s" if now < math.inf else ""
    record = logging.makeLogRecord(vars(written.record))
    record.created, record.msecs = time.time(), time.time() % 1 * 1000
    record.msg, record.args = f"{record.getMessage()} (the same {written.held_back:,} times{within})", None
    return record


def _reason(record: logging.LogRecord) -> str:
    reason = getattr(record, "fields", {}).get("reason")
    last = record.args[-1] if isinstance(record.args, tuple) and record.args else ""
    return str(reason or last)


def loggable_path(request: web.BaseRequest) -> str:
    """The path, still quoted, as `%20status=500` must not read as a field; without secrets.

    Those are that of an invitation or another link, and what people call their files.
    """
    path = request.rel_url.raw_path
    if request.rel_url.path.startswith("/files/"):
        return f"{path.rpartition('/')[0]}/-"
    return next((f"{begin}-" for begin in _SECRET if request.rel_url.path.startswith(begin)), path)


class AccessLogger(AbstractAccessLogger):
    """One line a request: method, path, status, bytes, milliseconds, address, user, id; no query, cookie or body."""

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        fields = {
            "status": response.status,
            "bytes": response.body_length,
            "ms": f"{time * 1000:.1f}",
            "from": request.remote or "-",  # where a request never came as far as the application
            **request.get(LOGGED, {}),
        }
        self.logger.info("%s %s", request.method, loggable_path(request), extra={"fields": fields})


def configure(level: str, form: str = "text") -> None:
    """Send every log line of this process to stderr, from `level` on; `form` is "text" or "json"."""
    handler = OnceHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else LineFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Progress shows the steps of a start


def _value(value: object) -> str:
    text = str(value)
    if text and not any(character in text for character in ' "='):
        return text
    quoted = text.replace('"', '\\"')
    return f'"{quoted}"'
