"""The key of a Parley that was given none: made once, kept beside its embedded database."""

import os
import secrets
import tempfile
from pathlib import Path

from app.base.errors import BadConfig

FILE, KEY_BYTES = "secret_key", 48


def secret_key(data_folder: Path) -> str:
    """The generated key of this data folder; made, for its owner's eyes only, when there is none.

    Raises:
        BadConfig: the file cannot be read or written.
    """
    path = data_folder / FILE
    try:
        if not path.exists():
            _make(path)
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"Parley cannot use its key file {path}: {error}. Mend that, or set SECRET_KEY.") from error


def _make(path: Path) -> None:
    """Written whole under another name, then linked: no reader sees half a key, and the first of two makers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{FILE}-", dir=path.parent)  # O_EXCL, mode 600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        os.unlink(name)
