"""At which addresses there can be passkeys, and what is said at others."""

import pytest
from aiohttp.test_utils import TestServer

from app.factors.passkeys.party import NoPasskeysHere, Party, party_at
from tests.conftest import Serve
from tests.factors.passkeys.asking import JSON, LIST, reason
from tests.support.browsing import Open


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:8443", "chat.example.org"),
        ("https://chat", "chat"),
        ("https://xn--mller-kva.example", "xn--mller-kva.example"),
        ("http://localhost:8000", "localhost"),
        ("http://chat.localhost", "chat.localhost"),
    ],
)
def test_they_are_made_for_the_host_of_the_public_address(address: str, host: str) -> None:
    assert party_at(address, address) == Party(host, address)


@pytest.mark.parametrize(
    ("address", "here", "sentence"),
    [
        ("http://chat.example.org", "", "Passkeys need https"),
        ("https://192.0.2.7", "", "Passkeys need a name in the address of this chat, and it has a number"),
        ("https://[2001:db8::7]:8443", "", "Passkeys need a name in the address of this chat, and it has a number"),
        ("http://127.0.0.1:8000", "", "Open this chat as http://localhost:8000."),
        ("http://[::1]:8000", "", "Open this chat as http://localhost:8000."),
        ("https://chat.example.org", "https://chat.example.org:8443", "work at https://chat.example.org only"),
        ("https://chat.example.org", "http://chat.example.org", "work at https://chat.example.org only"),
        ("https://chat.example.org", "http://localhost:8000", "work at https://chat.example.org only"),
    ],
)
def test_elsewhere_a_sentence_says_what_to_do(address: str, here: str, sentence: str) -> None:
    with pytest.raises(NoPasskeysHere) as refusal:
        party_at(address, here or address)

    assert sentence in refusal.value.message


async def test_the_pages_say_it_and_nothing_begins(server: TestServer, open_browser: Open) -> None:
    alice = open_browser(server)
    await alice.sign_up("alice")
    page, form = await alice.ask("GET", LIST), await alice.ask("GET", "/settings")
    answer = await alice.ask("POST", "/login/passkey/options", data=form.hidden, headers=JSON)

    assert "Open this chat as http://localhost:" in page.text
    assert "data-passkey" not in page.text
    assert (answer.status, "Open this chat as http://localhost:" in reason(answer)) == (403, True)


async def test_whatever_host_a_request_names_they_are_for_the_public_address(serve: Serve, open_browser: Open) -> None:
    person = open_browser(await serve(public_url="http://chat.localhost:8000"), Host="evil.localhost:8000")
    page = await person.ask("GET", "/login")

    answer = await person.ask("POST", "/login/passkey/options", data=page.hidden, headers=JSON)

    assert answer.status == 200
    assert '"rpId": "chat.localhost"' in answer.text
