"""Conditions on a column of `search_key`s: whether what somebody typed is in it, whatever its case and accents.

People and rooms are found by `@bob` and `#general`, too, as they are called in messages and elsewhere.
"""

from typing import Any

import regex
from sqlalchemy import Column, ColumnElement, and_, case, literal, or_, true

from app.base.folding import folded, words

_CALL = regex.compile(r"^\s*[@#](?=[\p{L}\p{N}])")
_SIGN = regex.compile(r"(?V1)[[:ascii:]--[\p{L}\p{N}]]")


def begins(column: Column[Any], typed: str) -> ColumnElement[bool]:
    """Every word that was typed begins a word there."""
    return and_(true(), *(column.contains(f" {word}", autoescape=True) for word in words(_name(typed))))


def within(column: Column[Any], typed: str) -> ColumnElement[bool]:
    """As `begins`, or what was typed stands anywhere in it."""
    return or_(begins(column, typed), column.contains(folded(_name(typed)), autoescape=True))


def scattered(column: Column[Any], typed: str) -> ColumnElement[bool]:
    """As `begins`, or the letters stand in one line of it, in their order."""
    letters = (_SIGN.sub(r"\\\g<0>", letter) for word in words(_name(typed)) for letter in word)
    return or_(begins(column, typed), column.regexp_match("[^\n]*".join(letters)))


def order(column: Column[Any], typed: str) -> ColumnElement[int]:
    """For ORDER BY: first comes what is called so, a line of the key as a whole, then what `begins` finds."""
    whole = (literal("\n") + column + "\n").contains(f"\n {folded(_name(typed))}\n", autoescape=True)
    return case((whole, 0), (begins(column, typed), 1), else_=2)


def _name(typed: str) -> str:
    return str(_CALL.sub("", typed))
