#!/bin/sh
# Guess: bcrypt takes the first 72 bytes of a password and ignores the rest, as it always has; a NUL ends it.
# In fact: since release 5 the Python package raises ValueError, and not when hashing alone: checkpw() raises, too, for
# a password that is merely wrong, so a form to log in that does not bound what is typed answers with a failure of its
# own. And a NUL is a character like others.
# Versions: bcrypt 5.0.0.
# Source: the README of pyca/bcrypt, its changelog.

. "$(dirname "$0")/lib.sh"
install bcrypt==5.0.0

expect 'hashing 72 bytes: done
hashing 73 bytes: ValueError
checking 73 bytes: ValueError
what stands behind a NUL counts: True' <<'END'
import bcrypt


def tried(call: object, *args: bytes) -> str:
    try:
        call(*args)
    except ValueError as error:
        return type(error).__name__
    return "done"


salt = bcrypt.gensalt(4)
print("hashing 72 bytes:", tried(bcrypt.hashpw, b"x" * 72, salt))
print("hashing 73 bytes:", tried(bcrypt.hashpw, b"x" * 73, salt))
print("checking 73 bytes:", tried(bcrypt.checkpw, b"x" * 73, bcrypt.hashpw(b"y", salt)))
print("what stands behind a NUL counts:", not bcrypt.checkpw(b"one\0more", bcrypt.hashpw(b"one\0less", salt)))
END
