"""Letters go out by real servers: plain, by TLS, to one that is busy; and never with a header of somebody's choice."""

import asyncio
import ssl
from pathlib import Path
from urllib.parse import quote

import pytest

from app.live.tasks import running
from app.mail import mailer as module
from app.mail.letter import Letter
from app.mail.mailer import Mailer
from app.mail.server import MailServer
from tests.mail.post_office import SECRET, USER, PostOffice, post_office
from tests.shipping.visiting import self_signed
from tests.support.processes import free_port

LETTER = Letter("bob@example.org", "Grüße", "Zwei Zeilen\nund “mehr”.\n")


async def write() -> Letter:
    return LETTER


async def sent(office: PostOffice, url: str) -> None:
    """Send a letter, and see that it is what was written."""
    mailer = Mailer(url)
    async with running(mailer.send_for_ever):
        mailer.post(write)
        taken = await office.next()
    assert (taken["To"], taken["Subject"], taken["From"]) == (LETTER.to, LETTER.subject, "chat@example.org")
    assert taken.get_content().replace("\r\n", "\n") == LETTER.text
    assert taken["Date"]
    assert taken["Message-ID"].endswith("@example.org>")


async def test_a_letter_is_sent_as_it_was_written() -> None:
    async with post_office() as office:
        await sent(office, office.url)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS", "ignore:Session.login_data is deprecated")
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_letter_goes_by_tls_with_a_password(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with post_office(tls=context, start_tls=scheme == "smtp") as office:
        credentials = f"{USER}:{quote(SECRET, safe='')}"
        await sent(office, f"{scheme}://{credentials}@localhost:{office.port}?from=chat@example.org")


async def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "AGAIN_AFTER_S", (0.01, 0.01))
    async with post_office() as office:
        office.refusals = ["451 later", "550 no"]
        mailer = Mailer(office.url)
        async with running(mailer.send_for_ever):
            mailer.post(write)  # busy, then refused for good
            mailer.post(write)

            await office.next()

        assert office.refusals == []
        assert office.is_empty()


async def test_a_server_that_is_away_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_AFTER_S", ())
    async with post_office() as office:
        mailer = Mailer(office.url)
        there, away = mailer._server, MailServer(f"smtp://127.0.0.1:{free_port()}?from=a@b.example")
        was_away = asyncio.Event()

        async def first() -> Letter:
            mailer._server = away
            return LETTER

        async def second() -> Letter:
            mailer._server = there
            was_away.set()
            return LETTER

        async with running(mailer.send_for_ever):
            mailer.post(first)
            mailer.post(second)
            await office.next()
        assert was_away.is_set()


def test_too_many_letters_are_not_kept() -> None:
    mailer = Mailer("smtp://127.0.0.1?from=a@b.example")

    for _ in range(module.MOST_WAITING + 5):
        mailer.post(write)

    assert mailer._waiting.qsize() == module.MOST_WAITING


@pytest.mark.parametrize(
    "letter", [Letter("a@b.example\nBcc: c@d.example", "x", ""), Letter("a@b.example", "x\ny", "")]
)
def test_nobody_writes_a_header(letter: Letter) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        letter.as_message("chat@example.org")
