"""People in a room that they save, with the fixtures of the chat and of files."""

from tests.chat.conftest import join, server
from tests.files.serving.conftest import attach, give

__all__ = ["attach", "give", "join", "server"]
