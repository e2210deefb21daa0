"""People whose messages grow old: the fixtures of the chat."""

from tests.chat.conftest import join, server

__all__ = ["join", "server"]
