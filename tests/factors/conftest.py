"""A phone whose app shows codes, and Alice, the admin, who has set it up."""

import re
from dataclasses import dataclass, field
from html import unescape

import pyotp
import pytest

from app.factors import codes
from tests.support.browsing import PASSWORD, Answer, Browser

PAGE, CODE = "/settings/second-factor", "/login/code"


def recovery_codes_in(answer: Answer) -> list[str]:
    return re.findall(r"<code[^>]*>([^<]+)</code>", answer.text)


@dataclass
class Phone:
    """Its clock is that of Parley, and stands still until it is moved."""

    now: float = 1_800_000_000
    secret: str = ""
    recovery: list[str] = field(default_factory=list)

    def shown(self) -> str:
        """The code of this half minute."""
        return pyotp.TOTP(self.secret).at(self.now)

    def next(self) -> str:
        """The code of the next half minute, which begins."""
        self.now += 30
        return self.shown()

    async def set_up(self, person: Browser, **other: str) -> Answer:
        """Scan what the page shows, and type the first code; or what is given instead."""
        page = (await person.ask("GET", PAGE)).text
        link = re.search(r'href="(otpauth:[^"]+)"', page)
        assert link is not None
        self.secret = pyotp.parse_uri(unescape(link[1])).secret
        fields = {"code": self.next(), "password": PASSWORD} | other
        answer = await person.submit(PAGE, to=f"{PAGE}/on", **fields)
        self.recovery = recovery_codes_in(answer)
        return answer


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    phone = Phone()
    monkeypatch.setattr(codes, "now", lambda: phone.now)
    return phone


@pytest.fixture
async def guarded(alice: Browser, phone: Phone) -> Browser:
    """Alice, with a second factor."""
    assert (await phone.set_up(alice)).status == 200
    return alice
