"""What a name is searched by: Ünal is found by una, Łukasz by luk, O’Brien by o'b. Pure.

static/js/lib/folding.js does the same; tests/folding.json is the table that both are held to. Nothing here depends on
the database's locale, its extensions, or the version of Python.
"""

import unicodedata

import regex

from app.base.unicode import settled

PERSON_KEY_CHARS = 600  # PostgreSQL's indexes take 2,700 bytes

# Accents, points and signs for vowels that people leave out, and what nobody sees. Not the signs for vowels of Indic
# scripts, nor the marks that make か a が: those make other words.
_LEFT_OUT = regex.compile(
    r"[\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u064B-\u065F\u0670"
    r"\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F"
    r"\u00AD\u061C\u0640\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\u180B-\u180F]"
)
# Letters that Unicode does not take apart.
_LETTERS = (
    "ßss æae œoe øo łl đd ðd þth ħh ŧt ŋn ıi ĸk əe ɛe ɔo ƀb ɓb ȼc ƈc ɖd ɗd ɇe ƒf ǥg ɠg ɣg ɨi ɉj ƙk ƚl ɲn ƥp ɍr ƭt ⱦt "
    "ʉu ʋv ƴy ɏy ƶz ʒz ⱥa ςσ ґг ғг қк ңн өо үу ұу әа ҳх ҷч ךכ םמ ןנ ףפ ץצ ىي یي ةه ہه ەه کك ٱا"
)
_SIGNS = "’' ‘' ʼ' ʻ' ʹ' ˈ' ꞌ' ՚' ′' `' ´' ׳' ״\" ”\" “\" „\" ‐- ‑- ‒- –- —- −-"
# How people write such letters on a keyboard without them; they may also leave the points out.
_SPELLED_OUT = "äae öoe üue øoe åaa đdj"

# A word also begins behind a sign, and each Chinese character is one.
_BEGINNING = regex.compile(r"(?<=[\p{P}\p{S}])(?=[\p{L}\p{N}])|(?=\p{Han})")


def _table(pairs: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in pairs.split()}


PLAIN, _ALIKE, _SPELLED = _table(_LETTERS), _table(_SIGNS), _table(_SPELLED_OUT)


def folded(text: str) -> str:
    """The text without case, accents and other differences that people do not type; a space before each word in it."""
    words = _BEGINNING.sub(" ", settled(_without_accents, text))
    return " ".join(words.split())


def search_key(*texts: str) -> str:
    """What is stored of texts to be searched: each as `folded`, then each as it is spelled out where that differs.

    A line each, a space before each word, so that ` una` is a word's beginning.
    """
    lines = dict.fromkeys([*map(folded, texts), *map(_spelled_out, texts)])
    return "\n".join(f" {line}" for line in lines if line)


def person_key(name: str, login: str) -> str:
    """The `search_key` of a person, short enough for an index, whatever their name."""
    return search_key(name, login)[:PERSON_KEY_CHARS]


def words(typed: str) -> list[str]:
    """The words that somebody typed to search for."""
    return folded(typed).split()


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    plain: str = _LEFT_OUT.sub("", apart)
    return plain.lower().translate(PLAIN)


def _spelled_out(text: str) -> str:
    return folded(unicodedata.normalize("NFC", text).lower().translate(_SPELLED))
