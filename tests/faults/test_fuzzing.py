"""Nothing that is sent breaks a real Parley: the short form of what `make torture` does for minutes."""

import random
from pathlib import Path

from tests.faults.fuzzing.__main__ import fuzz

EXAMPLES = 20  # of each kind


async def test_no_frame_name_cookie_address_or_markup_is_a_fault_of_ours(open_folder: Path) -> None:
    assert await fuzz(open_folder, 0, random.SystemRandom().getrandbits(32), EXAMPLES)
