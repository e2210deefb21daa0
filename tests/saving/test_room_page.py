"""A saved page is whole in itself: messages, pictures, and nothing that runs or is loaded."""

import base64
import re
from html.parser import HTMLParser

from sqlalchemy import Engine, delete, text, update

from app.db.schema import chunks, messages
from tests.chat.conftest import Join
from tests.files.serving.conftest import Attach, Give
from tests.saving.test_saving import saved
from tests.support.browsing import Answer

PICTURE = bytes(range(256)) * 40  # in three chunks, none of them of a length that Base64 takes as it is
SMALL = bytes(range(255, -1, -1)) * 33


class Loads(HTMLParser):
    """Every address in a page that a browser would load something from, and every tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in ("src", "srcset", "background", "poster")]
        self.found += [value or "" for name, value in attrs if name == "href" and tag != "a"]


def pictures_in(page: Answer) -> list[tuple[str, bytes]]:
    found = re.findall(r'src="data:([\w/]+);base64,([^"]*)"', page.text)
    return [(kind, base64.b64decode(text, validate=True)) for kind, text in found]


async def test_pictures_stand_in_the_page_in_the_small_size_and_other_files_are_named(
    join: Join, give: Give, attach: Attach
) -> None:
    alice = await join("alice")
    shown = {"kind": "picture", "type": "image/png", "width": 40, "height": 30, "alt": 'A "pear"'}
    for file in (
        give(alice, PICTURE, name="pear.png", small=SMALL, **shown),
        give(alice, PICTURE + b"!", name="plain.png", **shown),
        give(alice, b"x" * 2_048, name="list.pdf"),
    ):
        ack = await alice.socket.posted("look")
        attach(file, ack["seq"])

    page = await saved(alice, form="html")

    assert pictures_in(page) == [("image/webp", SMALL), ("image/png", PICTURE + b"!")]
    assert 'alt="A &#34;pear&#34;"' in page.text
    assert "list.pdf</bdi>" in page.text
    assert "2.0 KB" in page.text
    assert page.text.rstrip().endswith("</html>")


async def test_a_picture_whose_bytes_are_gone_is_named_and_the_page_goes_on(
    join: Join, give: Give, attach: Attach, database: Engine
) -> None:
    alice = await join("alice")
    ack = await alice.socket.posted("look")
    attach(give(alice, PICTURE, name="pear.png", kind="picture", type="image/png"), ack["seq"])
    await alice.socket.posted("and behind it")
    with database.begin() as conn:
        conn.execute(delete(chunks))

    page = await saved(alice, form="html")

    assert pictures_in(page) == []
    assert "could not be read" in page.text
    assert "and behind it" in page.text


async def test_nothing_in_the_page_runs_or_is_loaded_whatever_was_typed(join: Join) -> None:
    alice = await join("alice")
    typed = [
        "<script>alert(1)</script>",
        '**<img src=x onerror="alert(1)">**',
        "https://example.org/?a=<b>&c",
        "]]>--><x>",
    ]
    for each in typed:
        await alice.socket.posted(each)

    page = await saved(alice, form="html")

    loads = Loads(page.text)
    assert loads.found == []
    assert not {"script", "img", "x", "iframe", "link"} & loads.tags
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page.text)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-")
    assert '<a href="https://example.org/?a=" dir="ltr"' in page.text


async def test_every_message_stands_there_once_in_order_with_its_day(join: Join, database: Engine) -> None:
    alice = await join("alice")
    for n in range(7):
        await alice.socket.posted(f"line {n}")
    await alice.socket.posted("an answer", reply_to=3)
    with database.begin() as conn:
        conn.execute(
            update(messages).values(created_at=text("timestamptz '2026-01-31 23:59:55Z' + seq * interval '1s'"))
        )

    page = await saved(alice, form="html")

    assert re.findall(r"line \d(?=</div>)", page.text) == [f"line {n}" for n in range(7)]
    assert re.findall(r'id="m(\d+)"', page.text) == [str(seq) for seq in range(1, 9)]
    assert re.findall(r'<h2 class="day">(.*?)</h2>', page.text) == [
        "Saturday, 31 January 2026",
        "Sunday, 1 February 2026",
    ]
    assert re.findall(r'id="m(\d)" data-starts-group', page.text) == ["1", "5", "8"]  # days, and the answer
    assert '<a class="quote" href="#m3">' in page.text
