"""What people do with passkeys, over HTTP: a browser's requests, and an authenticator that signs."""

import json
from typing import Any

from tests.factors.passkeys.authenticator import Authenticator
from tests.support.browsing import PASSWORD, Answer, Browser

LIST, LOG_IN, CODE = "/settings/passkeys", "/login", "/login/code"
ALONE, SECOND = "/login/passkey", "/login/code/passkey"
HOST, ORIGIN = "localhost:8000", "http://localhost:8000"
JSON = {"Accept": "application/json"}


async def options(person: Browser, page: str, path: str, **fields: str) -> dict[str, Any]:
    """What a browser is to sign."""
    form = await person.ask("GET", page)
    answer = await person.ask("POST", f"{path}/options", data={**form.hidden, **fields}, headers=JSON)
    assert answer.status == 200, answer.text
    return dict(json.loads(answer.text))


async def send(person: Browser, page: str, path: str, credential: str, **fields: str) -> Answer:
    """What it answers."""
    form = await person.ask("GET", page)
    fields = {**form.hidden, **fields, "credential": credential}
    return await person.ask("POST", path, data=fields, headers=JSON)


async def add(person: Browser, name: str = "Phone", **of_authenticator: Any) -> Authenticator:
    """A passkey of who is logged in."""
    asked = await options(person, LIST, LIST, name=name, password=PASSWORD)
    authenticator = Authenticator(ORIGIN, **of_authenticator)
    answer = await send(person, LIST, LIST, authenticator.make(asked), name=name)
    assert answer.status == 200, answer.text
    return authenticator


async def log_in(person: Browser, authenticator: Authenticator, *, next: str = "/", **lies: Any) -> Answer:
    """Log in by a passkey, without login and password."""
    asked = await options(person, LOG_IN, ALONE)
    return await send(person, LOG_IN, ALONE, authenticator.prove(asked, **lies), next=next)


async def prove_second(person: Browser, authenticator: Authenticator, **lies: Any) -> Answer:
    """Prove a passkey after the password."""
    asked = await options(person, CODE, SECOND)
    return await send(person, CODE, SECOND, authenticator.prove(asked, **lies))


async def is_in(person: Browser) -> bool:
    return (await person.ask("GET", "/settings")).status == 200


def reason(answer: Answer) -> str:
    return str(json.loads(answer.text)["error"]["message"])
