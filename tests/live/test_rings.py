"""What is rung, and what nobody else can pass for."""

import pytest

from app.live.bus.rings import OtherKey, Rings
from app.live.channel import Changes

IDENTITY, OTHER_IDENTITY = "0123456789abcdef", "fedcba9876543210"
POSTED = Changes(1, 59, 60, [(60, 60, b"{}")])


def sealed(rings: Rings) -> str:
    """These changes, as a payload has them."""
    rings.add(1, 60, POSTED)
    brought, rung = rings.take(IDENTITY, "name")
    assert rung == f"{IDENTITY} name ring 1:60"
    return brought.removeprefix(f"{IDENTITY} name changes 1 ")


def test_changes_are_for_the_database_whose_identity_they_were_sealed_with() -> None:
    rings = Rings(bytes(32))

    payload = sealed(rings)

    assert rings.opened(payload, IDENTITY) == POSTED
    with pytest.raises(ValueError, match="another identity"):
        rings.opened(payload, OTHER_IDENTITY)


def test_changes_are_for_processes_with_the_same_key() -> None:
    with pytest.raises(OtherKey):
        Rings(b"1" * 32).opened(sealed(Rings(bytes(32))), IDENTITY)
