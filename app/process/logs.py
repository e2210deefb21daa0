"""One line an event: `2026-01-01T12:00:00.123Z info app.chat: posted room=1 seq=57`.

Key and value pairs come from `extra=fields(…)`, see app/base/log_fields.py. Whatever is logged, a line stays a line:
control characters are escaped, also the line ends of a traceback (`\\n`). So nobody can forge an entry, and `grep`
finds the whole of it.
"""

import logging
import sys
import time
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

# Everything that ends a line or steers a terminal: C0, DEL, C1, the Unicode line ends, and marks that turn the text.
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_ESCAPES = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}


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


def loggable_path(request: web.BaseRequest) -> str:
    """The path, still quoted, as `%20status=500` must not read as a field; without secrets.

    Those are that of an invitation, and what people call their files.
    """
    path = request.rel_url.raw_path
    if request.rel_url.path.startswith("/files/"):
        return f"{path.rpartition('/')[0]}/-"
    return "/invite/-" if request.rel_url.path.startswith("/invite/") else path


class AccessLogger(AbstractAccessLogger):
    """One line a request: method, path, status, bytes, milliseconds, address; no query string, no cookie, no body."""

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        fields = {
            "status": response.status,
            "bytes": response.body_length,
            "ms": f"{time * 1000:.1f}",
            "from": request.remote or "-",
        }
        self.logger.info("%s %s", request.method, loggable_path(request), extra={"fields": fields})


def configure(level: str) -> None:
    """Send every log line of this process to stderr, from `level` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Progress shows the steps of a start


def _value(value: object) -> str:
    text = str(value)
    if text and not any(character in text for character in ' "='):
        return text
    quoted = text.replace('"', '\\"')
    return f'"{quoted}"'
