#!/bin/sh
# Guess: the contact in a VAPID token may be any `mailto:` or `https:` URI, as RFC 8292 (2.1) has it.
# In fact: py-vapid takes an https host and nothing behind it. With a port, a path, or the slash that URLs of sites end
# with, it says that the contact is missing. `Vapid02(conf={"no-strict": True})` takes all of them.
# Versions: py-vapid 1.9.4.
# Source: py_vapid/__init__.py, `_check_sub`.

. "$(dirname "$0")/lib.sh"

install py-vapid==1.9.4
expect "mailto:admin@example.org signed
https://chat.example.org signed
https://chat.example.org/ Missing 'sub' from claims.
https://chat.example.org:8443 Missing 'sub' from claims.
not strict: https://chat.example.org:8443/ signed" <<'END'
from py_vapid import Vapid02, VapidException


def signed(contact: str, **conf: object) -> str:
    keys = Vapid02(conf=conf)
    keys.generate_keys()
    try:
        keys.sign({"sub": contact, "aud": "https://push.example.org"})
    except VapidException as error:
        return str(error).partition(" 'sub' is")[0]
    return "signed"


for contact in (
    "mailto:admin@example.org",
    "https://chat.example.org",
    "https://chat.example.org/",
    "https://chat.example.org:8443",
):
    print(contact, signed(contact))
last = "https://chat.example.org:8443/"
print("not strict:", last, signed(last, **{"no-strict": True}))
END
