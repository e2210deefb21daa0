"""The clients of this process by person: pings them, and sends them away."""

import asyncio

from app.live.client import Client, Close

BEAT_S = 0.5


class Clients:
    """Every client from its hello to its end."""

    def __init__(self) -> None:
        self._by_user: dict[int, set[Client]] = {}
        self._gone = asyncio.Event()  # set when the last one leaves

    def add(self, client: Client) -> None:
        self._by_user.setdefault(client.user_id, set()).add(client)

    def discard(self, client: Client) -> None:
        clients = self._by_user.get(client.user_id, set())
        clients.discard(client)
        if not clients:
            self._by_user.pop(client.user_id, None)
        if not self._by_user:
            self._gone.set()

    def of(self, user_id: int) -> set[Client]:
        """A person's clients."""
        return {*self._by_user.get(user_id, ())}

    def counts(self) -> dict[int, int]:
        """How many clients each person has who has one."""
        return {user_id: len(clients) for user_id, clients in self._by_user.items()}

    def session_ids(self) -> set[int]:
        """The logins that have a client."""
        return {client.session_id for client in self._everyone()}

    def close_session(self, session_id: int) -> None:
        """Send away the clients of a login that has ended."""
        for client in self._everyone():
            if client.session_id == session_id:
                client.close(Close.SESSION_ENDED)

    def close_all(self, code: Close, but: Client | None = None) -> None:
        for client in self._everyone():
            if client is not but:
                client.close(code)

    async def leave(self, within_s: float) -> None:
        """Wait until those who were sent away are gone; whoever is late is cut off."""
        try:
            async with asyncio.timeout(within_s):
                while self._by_user:
                    self._gone.clear()
                    await self._gone.wait()
        except TimeoutError:
            for client in self._everyone():
                client.ws.abort()

    async def beat_for_ever(self) -> None:
        """Ping clients who are silent, and cut off those who do not answer; endless."""
        while True:
            await asyncio.sleep(BEAT_S)
            now = asyncio.get_running_loop().time()
            for client in self._everyone():
                client.ws.beat(now)

    def _everyone(self) -> list[Client]:
        return [client for clients in self._by_user.values() for client in clients]
