"""Asks the provider, whose addresses its operator chose: bounded in time and size, and led nowhere else.

No tokens and no database here.
"""

import json
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from app.providers.failures import ProviderAway, SignInFailed

ASK_S = 5.0  # for all of an answer, and the wait for a connection
MAX_BYTES = 256 * 1024
AT_ONCE = 16


class Asking:
    """One a process; a context manager. `name` is what people call the provider."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._session = ClientSession(connector=TCPConnector(limit=AT_ONCE), cookie_jar=DummyCookieJar())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, method: str, url: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """The status and the object in JSON that the provider answers with.

        Raises:
            ProviderAway: it cannot be reached, is slow, or has trouble of its own.
            SignInFailed: it answers with something else.
        """
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        within = ClientTimeout(total=ASK_S)
        request = self._session.request(method, url, headers=headers, allow_redirects=False, timeout=within, **options)
        try:
            async with request as response:
                status, body = response.status, await _read(response)
        except TimeoutError as error:
            raise ProviderAway(f"{self._name} is too slow just now. Try again in a minute.") from error
        except (ClientError, OSError, ValueError) as error:
            raise ProviderAway(f"{self._name} cannot be reached just now. Try again in a minute.") from error
        if status >= 500:
            raise ProviderAway(f"{self._name} is in trouble just now. Try again in a minute.")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._nonsense() from error
        if not isinstance(answer, dict):
            raise self._nonsense()
        return status, answer

    def _nonsense(self) -> SignInFailed:
        return SignInFailed(f"{self._name} gave an answer that makes no sense. Ask whoever runs this chat.")


async def _read(response: ClientResponse) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MAX_BYTES:
            raise ValueError("too large")
    return bytes(body)
