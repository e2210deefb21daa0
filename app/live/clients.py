"""Who is connected to this process: the clients by person, and sending them away."""

from app.live.client import Client, Close


class Clients:
    """Every client from its hello to its end."""

    def __init__(self) -> None:
        self._by_user: dict[int, set[Client]] = {}

    def add(self, client: Client) -> None:
        self._by_user.setdefault(client.user_id, set()).add(client)

    def discard(self, client: Client) -> None:
        clients = self._by_user.get(client.user_id, set())
        clients.discard(client)
        if not clients:
            self._by_user.pop(client.user_id, None)

    def of(self, user_id: int) -> set[Client]:
        """A person's clients."""
        return {*self._by_user.get(user_id, ())}

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

    def _everyone(self) -> list[Client]:
        return [client for clients in self._by_user.values() for client in clients]
