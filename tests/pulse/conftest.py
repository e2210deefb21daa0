"""Servers that can be hurt, and people on them."""

import pytest

from app.pulse import pulse
from tests.chat.conftest import join, mortal

__all__ = ["join", "mortal"]

REAL_BEAT_S = pulse.BEAT_S


@pytest.fixture
def server() -> None:
    """Each test starts its own; a process more would be noticed."""


@pytest.fixture
def hasty(unhurried: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pulse has its own time limit again: what is tested here is that it ends a wait."""
    monkeypatch.setattr(pulse, "BEAT_S", REAL_BEAT_S)
