"""Search for the text that takes longest to read: `python -m tests.chat.markup.hill_climb --minutes 10`.

Starts from the hostile texts of `test_markup.py`, changes them at random, and keeps what takes longer. Time is CPU time
of this thread, the least of several, so that other work on the machine changes little.
"""

import argparse
import random
import time

from app.chat.markup import markup
from app.chat.markup.markup import meaning_of
from app.chat.wire.commands import MAX_TEXT_CHARS
from tests.chat.markup.test_markup import HOSTILE

PIECES = [
    *"*_~`[]()<>!\\\"'&#:;/@- \n\t.1aéж重",
    "**",
    "```",
    "> ",
    "- ",
    "1. ",
    "](https://e.org)",
    "https://e.org/_",
    "a@b.cc ",
    " @ab",
    " @山田",
    "-'",
    "(´`",
    "・*)",
    ",https://f.org",
    "ی\u200c",
    "/*",
    "*/",
]
BEST_KEPT = 12


def cost_s(text: str) -> float:
    """CPU seconds that it takes to read a text, as when it is posted."""
    least = 1.0
    for _ in range(3):
        markup._parse.cache_clear()
        begun = time.thread_time()
        meaning_of(text)
        least = min(least, time.thread_time() - begun)
    return least


def changed(text: str, dice: random.Random) -> str:
    """The text with one stretch put in, taken out, repeated or moved."""
    start = dice.randrange(len(text) + 1)
    end = min(len(text), start + dice.choice((1, 4, 30, 300)))
    piece = "".join(dice.choices(PIECES, k=dice.randint(1, 4))) * dice.choice((1, 1, 10, 100))
    match dice.randrange(4):
        case 0:
            text = text[:start] + piece + text[end:]
        case 1:
            text = text[:start] + text[end:]
        case 2:
            text = text[:end] + text[start:end] * dice.choice((1, 5, 50)) + text[end:]
        case _:
            text = text[end:] + text[:start] + text[start:end]
    return text[:MAX_TEXT_CHARS]


def climb(minutes: float, seed: int) -> tuple[float, str]:
    """The dearest text that was found, and its cost."""
    dice = random.Random(seed)
    best = sorted(((cost_s(text[:MAX_TEXT_CHARS]), text[:MAX_TEXT_CHARS]) for text in HOSTILE.values()), reverse=True)
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        text = changed(dice.choice(best)[1], dice)
        cost = cost_s(text)
        if cost > best[-1][0] and all(text != other for _, other in best):
            best = sorted([*best, (cost, text)], reverse=True)[:BEST_KEPT]
    return max((cost_s(text), text) for _, text in best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    cost, text = climb(asked.minutes, asked.seed)
    print(f"{cost * 1e3:.2f} ms: {text!r}")


if __name__ == "__main__":
    main()
