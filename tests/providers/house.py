"""A real OpenID Connect provider on loopback: that of idpyoidc, which shares no code with what Parley uses.

It insists on PKCE, and knows one client with one address to come back to.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptojwt.key_jar import init_key_jar
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.exception import UnAuthorizedClient
from idpyoidc.server.oidc.authorization import Authorization
from idpyoidc.server.oidc.provider_config import ProviderConfiguration
from idpyoidc.server.oidc.token import Token
from idpyoidc.server.oidc.userinfo import UserInfo as UserInfoEndpoint
from idpyoidc.server.user_info import UserInfo

CLIENT, SECRET = "parley", "a-secret-of-7"
ADA = {
    "name": "Ada Lovelace",
    "preferred_username": "ada",
    "email": "ada@example.org",
    "email_verified": True,
}


_KEYS = [{"type": "RSA", "key": "", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}]


def _settings(issuer: str, lives_s: int) -> dict[str, Any]:
    ways = {"client_authn_method": ["client_secret_basic", "client_secret_post"]}
    return {
        "issuer": issuer,
        "password": "of its sessions, which end with it",
        "keys": {"uri_path": "jwks.json", "key_defs": _KEYS},
        "token_handler_args": {
            "key_conf": {"key_defs": [{"type": "oct", "bytes": 24, "use": ["enc"], "kid": "code"}]},
            "code": {"lifetime": 600},
            "token": {"lifetime": 600},
            "id_token": {"class": "idpyoidc.server.token.id_token.IDToken", "kwargs": {"lifetime": lives_s}},
        },
        "endpoint": {
            "provider_config": {"path": ".well-known/openid-configuration", "class": ProviderConfiguration},
            "authorization": {"path": "authorization", "class": Authorization},
            "token": {"path": "token", "class": Token, "kwargs": ways},
            "userinfo": {"path": "userinfo", "class": UserInfoEndpoint},
        },
        "authentication": {
            "none": {"acr": "none", "class": "idpyoidc.server.user_authn.user.NoAuthn", "kwargs": {"user": "1"}}
        },
        "userinfo": {"class": UserInfo, "kwargs": {}},
        "add_ons": {
            "pkce": {
                "function": "idpyoidc.server.oauth2.add_on.pkce.add_support",
                "kwargs": {"essential": True, "code_challenge_method": "S256"},
            }
        },
        "template_dir": "",
    }


class House:
    """The provider; `people` are its accounts by their numbers, of which that of `who` is logged in there."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {"1": dict(ADA)}
        self.who, self.denies = "1", False
        self.secret, self.proved_by = SECRET, ""
        self.says: dict[str, str] = {}  # in place of the truth, by path
        self.asked: list[str] = []  # the paths that it was asked for
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.issuer = ""
        self._back = ""
        self._published: dict[str, Any] | None = None

    def open(self, issuer: str, *, lives_s: int = 600) -> None:
        """Begin anew, with new keys; its ID tokens are good for `lives_s` seconds."""
        self.issuer = issuer
        self._server = Server(OPConfiguration(conf=_settings(issuer, lives_s), base_path=""), cwd=".")
        self._server.context.userinfo.db = self.people  # itself: the settings were copied
        self.register(self._back)

    def register(self, back: str) -> None:
        """Let Parley come back to this address."""
        self._back = back
        self._server.context.cdb[CLIENT] = {
            "client_secret": self.secret,
            "redirect_uris": [(back, None)],
            "response_types_supported": ["code"],
            "allowed_scopes": ["openid", "profile", "email"],
            "client_salt": "salt",
        }

    def publish_other_keys(self) -> None:
        """Than those that it signs with."""
        self._published = init_key_jar(key_defs=_KEYS).export_jwks()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if (said := self.says.get(request.path)) is not None:
            return web.Response(text=said, content_type="application/json")
        await self.may_answer.wait()
        match request.path:
            case "/.well-known/openid-configuration":
                return web.json_response(self._server.context.provider_info)
            case "/jwks.json":
                return web.json_response(self._published or self._server.keyjar.export_jwks())
            case "/authorization":
                return self._authorize(request)
            case "/token":
                form = dict(await request.post())
                self.proved_by = "the form" if "client_secret" in form else "a header"
                return self._do("token", form, request)
            case "/userinfo":
                return self._do("userinfo", {}, request)
        raise web.HTTPNotFound

    def _authorize(self, request: web.Request) -> web.Response:
        if self.denies:
            asked = request.query
            back = urlencode({"error": "access_denied", "state": asked["state"], "iss": self.issuer})
            return web.Response(status=303, headers={"Location": f"{asked['redirect_uri']}?{back}"})
        self._server.context.authn_broker.db["none"]["method"].user = self.who
        answer = self._answer_of("authorization", dict(request.query), request)
        if answer.get("error"):
            return web.json_response(answer, status=400)
        return web.Response(status=303, headers={"Location": answer["response"]})

    def _do(self, name: str, form: dict[str, Any], request: web.Request) -> web.Response:
        answer = self._answer_of(name, form, request)
        if answer.get("error"):
            return web.json_response(answer, status=400)
        return web.json_response(json.loads(answer["response"]))

    def _answer_of(self, name: str, form: dict[str, Any], request: web.Request) -> dict[str, Any]:
        endpoint = self._server.get_endpoint(name)
        http = {"headers": {key.lower(): value for key, value in request.headers.items()}}
        try:
            parsed = endpoint.parse_request(form, http_info=http)
        except UnAuthorizedClient:
            return {"error": "invalid_client"}
        if "error" in parsed:
            return dict(parsed.to_dict())
        made = endpoint.process_request(parsed, http_info=http)
        if "error" in made:
            return dict(made)
        return dict(endpoint.do_response(request=parsed, **made))


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """A provider, with Ada logged in."""
    house = House()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", house.answer)
    async with TestServer(app) as server:
        house.open(str(server.make_url("")).rstrip("/"))
        yield house
        house.may_answer.set()
