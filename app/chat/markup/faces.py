"""Faces in brackets that are drawn with signs of markup, such as (´・ω・`) and (*≧▽≦*). Pure."""

import re

import regex

# What stands in the brackets: no word, but one backtick, or two stars around what is no quotation either.
_FACE = regex.compile(
    r"(?V1)(?!.*[[\p{L}\p{N}]--\p{Lm}]{2})"
    r"(?:(?=.*[^\x00-\x7F])[^`()\n]*`[^`()\n]*"
    r"|\*[[\p{S}\p{Po}\p{Lm}]--[\"'*`]][^`()\n]*[[\p{S}\p{Po}\p{Lm}\p{M}]--[\"'*`]]\*)"
)
_SIGNS = "*`"
_MOST_CHARS = 12  # on either side of a sign


def without_faces(text: str, signs: "list[re.Match[str]]") -> "list[re.Match[str]]":
    """The signs, in a text with brackets, that are no part of a face."""
    return [sign for sign in signs if sign[0][0] not in _SIGNS or not _is_in_face(text, sign)]


def _is_in_face(text: str, sign: "re.Match[str]") -> bool:
    before = text[max(0, sign.start() - _MOST_CHARS) : sign.start()]
    behind = text[sign.end() : sign.end() + _MOST_CHARS]
    begin, end = max(map(before.rfind, "(（")), behind.replace("）", ")").find(")")
    return begin >= 0 and end >= 0 and _FACE.fullmatch(before[begin + 1 :] + sign[0] + behind[:end]) is not None
