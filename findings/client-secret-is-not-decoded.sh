#!/bin/sh
# Guess: an OpenID Connect provider decodes the id and the secret of a client that proves itself by HTTP Basic, as RFC
# 6749 (2.3.1) has both percent-encoded in there.
# In fact: idpyoidc's compares them as they come. A client that follows the RFC is refused as soon as its secret has a
# `/`, a `:` or a space; one that does not encode it is let in.
# Versions: idpyoidc 5.0.0.
# Source: idpyoidc/server/client_authn.py, `ClientSecretBasic`.

. "$(dirname "$0")/lib.sh"

install idpyoidc==5.0.0
expect 'as RFC 6749 has it: UnAuthorizedClient
as it is: client
without such signs: client' <<'END'
import base64
import logging
from urllib.parse import quote

from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.exception import UnAuthorizedClient
from idpyoidc.server.oidc.token import Token

logging.disable()
KEYS = [{"type": "EC", "crv": "P-256", "use": ["sig"]}]
CODES = [{"type": "oct", "bytes": 24, "use": ["enc"], "kid": "code"}]
SETTINGS = {
    "issuer": "http://localhost",
    "keys": {"uri_path": "jwks.json", "key_defs": KEYS},
    "token_handler_args": {"key_conf": {"key_defs": CODES}},
    "endpoint": {"token": {"path": "token", "class": Token, "kwargs": {"client_authn_method": ["client_secret_basic"]}}},
    "authentication": {},
    "template_dir": "",
}
server = Server(OPConfiguration(conf=SETTINGS, base_path=""), cwd=".")
token = server.get_endpoint("token")


def let_in(secret: str, sent: str) -> str:
    server.context.cdb["client"] = {"client_secret": secret, "redirect_uris": []}
    header = "Basic " + base64.b64encode(f"client:{sent}".encode()).decode()
    asked = {"headers": {"authorization": header}}
    try:
        found = token.client_authentication({"grant_type": "authorization_code"}, http_info=asked, endpoint=token)
    except UnAuthorizedClient as error:
        return type(error).__name__
    return str(found["client_id"])


SECRET = "a/secret: of 7"
print("as RFC 6749 has it:", let_in(SECRET, quote(SECRET, safe="")))
print("as it is:", let_in(SECRET, SECRET))
print("without such signs:", let_in("secret7", quote("secret7", safe="")))
END
