"""In which languages a text may be written, by its letters and the small words that every text is full of. Pure.

Where nothing says which, it may be any of several: the words of a short text get the stems of all of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

# Words that are frequent in one of these languages and rare, or another word, in the others.
_SMALL_WORDS = {
    "english": "new good time some only then about into our than over back after use work first well way even want "
    "any these give most very old see done need make let's thanks yes tomorrow today yesterday morning "
    "which her him she their them does did been were had got get one all out up who the and of to is "
    "in it you that was for are with this have not but be on as at we they what can will from i'm it's "
    "don't my your me if so or by an there when has just now please should would could how why",
    "german": "gut gute neue neuer diese dieser dieses kein keine mehr sehr gibt hier dann wieder immer danke "
    "wollen können müssen muss will unser unsere ihr sein war waren zum zur einem einer beim durch "
    "gegen jetzt der die das und ist nicht ich wir sie es ein eine einen dem den mit auf für von zu im "
    "auch noch wie aber haben habe hat kann wird sind bei nach aus dass oder wenn schon mal bitte heute "
    "morgen nur mir euch uns vom als des du er um",
    "french": "nouveau nouvelle bon bonne deux tous toute avoir faut peut demain matin salut bonjour voici voilà "
    "le la les des et est pas je nous vous il elle une du que qui dans pour sur avec ce cette mais au "
    "aux son sa ses ont sont c'est j'ai plus tout bien fait être leur où merci aujourd'hui chez très un "
    "de en ne se si tu y",
    "spanish": "nuevo nueva bueno buena dos todos tengo hace hacer quiero puedo hola donde este ese eso mi tu te "
    "el los las y es no que de en un una por con para se lo su al del más pero como está son muy ya hay "
    "esto esta yo nos les fue ser tiene puede cuando todo bien hoy mañana gracias porque también aquí "
    "vamos la si",
    "italian": "voglio vuoi posso devo siamo abbiamo ciao nuovo nuova buona tutto tutti quello dove quando stato "
    "sta il lo gli è non che di un una per con si del della dei delle nel nella sono ho ha questo "
    "questa più ma come anche ci mi ti sul dal alla al fatto bene oggi domani grazie perché molto "
    "essere la da le se",
    "portuguese": "os as é não que de do da dos das em um uma por com para se no na nos nas mais mas como está são "
    "muito já isso esta eu ele ela foi ser tem pode quando tudo bem hoje amanhã obrigado também aqui "
    "você",
    "polish": "jeden jedna dwa moja mój moje nowy nowa dobry dobra ma mamy można trzeba tutaj teraz wszystko w "
    "nie na się to jest z do że jak co tak po za od dla czy już ale są mam był była było być przez "
    "tylko jeszcze może mnie ci my wy ten ta te tej tego jutro dziś dzisiaj proszę dzięki bardzo gdzie "
    "kiedy",
    "czech": "jeden jedna dva moje můj nový nová dobrý dobrá má máme musí tady teď všechno také tak se je na to "
    "že v z do ne jsem jak co po za od pro už ale jsou mám byl byla bylo být jen ještě může mě my vy "
    "ten ta ty tu toho zítra dnes prosím díky velmi kde když který která nebo jako si by ve mi",
    "dutch": "de het een en is niet ik je wij we zij van in op te dat die met voor aan zijn er maar ook als naar "
    "bij nog hebben heeft kan wordt uit over dan wat hoe waar morgen vandaag graag deze dit geen wel "
    "moet om",
    "swedish": "och är att det som en ett på för inte jag du vi ni han hon den med av till har kan om men så från "
    "eller när vad hur var idag imorgon tack ska skulle bara också här där mycket alla detta denna min "
    "din de",
}
_LETTERS = {
    "german": "äöüß",
    "french": "àâçèéêëîïôùûœæ",
    "spanish": "ñáíóú¿¡",
    "italian": "àèéìòù",
    "portuguese": "ãõáâàçéêíóôú",
    "polish": "ąćęłńóśźż",
    "czech": "ěščřžýáíéůúťďň",
    "dutch": "ëï",
    "swedish": "åäö",
}

LATIN = tuple(_SMALL_WORDS)
CYRILLIC = ("ukrainian", "russian")
ALL = (*LATIN, *CYRILLIC)
VERB = "~"  # at the end of a root of verbs, which equals such roots alone
PERHAPS = "?"  # after a language that nothing speaks for: only Snowball's careful stems
LIKELY = ("english", "german", "french", "spanish", "polish?", "czech?")  # where no word says which
_OTHERS = (("greek", "\u0370", "\u0400"), ("hebrew", "\u0590", "\u0600"), ("arabic", "\u0600", "\u0780"))
NONE = "none"  # of a script whose words have no stems
_WORDS_OF = {language: words.split() for language, words in _SMALL_WORDS.items()}


def _turned(of: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The languages of each word or letter."""
    turned: dict[str, list[str]] = {}
    for language, signs in of.items():
        for sign in signs:
            turned.setdefault(sign, []).append(language)
    return turned


_SPEAKERS, _WRITERS = _turned(_WORDS_OF), _turned(_LETTERS)
# Letters that stand together in few languages.
_BUNCHES = {
    "polish": re.compile("prz|szcz|czy|rzy|dzi|trz|krz|wsz"),
    "czech": re.compile(r"[jntlvd]í\b|ý|[sz]át\b"),
    "dutch": re.compile("ij|schr|oe[nkd]"),
}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_UKRAINIAN, _RUSSIAN = re.compile("[іїєґ]"), re.compile("[ыэъё]")
LOOKED_AT_CHARS = 400  # of a text


@lru_cache(1 << 10)
def candidates(text: str) -> tuple[str, ...]:
    """The languages that a text may be written in, for Latin and Cyrillic words; English always among the Latin."""
    small = text[:LOOKED_AT_CHARS].lower()
    return _latin(small) if small.isascii() else (*_latin(small), *_cyrillic(small))


def of_script(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the languages that are written as a word is; one that stands for all where there is no choice."""
    first = word[1:2] if word[0] in "#@" else word[0]
    if first < "\u0250" or "\u1e00" <= first < "\u1f00":
        return tuple(each for each in languages if each not in CYRILLIC)
    if "\u0400" <= first < "\u0530":
        return tuple(each for each in languages if each in CYRILLIC)
    return (next((language for language, begin, end in _OTHERS if begin <= first < end), NONE),)


def _latin(text: str) -> tuple[str, ...]:
    votes: Counter[str] = Counter()
    for word in _SPEAKERS.keys() & _WORD.findall(text.replace("’", "'")):
        for speaker in _SPEAKERS[word]:
            votes[speaker] += 2
    for letter in _WRITERS.keys() & text:
        for writer in _WRITERS[letter]:
            votes[writer] += 2 if len(_WRITERS[letter]) == 1 else 1
    for language, bunch in _BUNCHES.items():
        votes[language] += 2 if bunch.search(text) else 0
    if not (most := max(votes.values(), default=0)):
        return LIKELY
    return tuple(
        each if votes[each] > 1 or f"{each}{PERHAPS}" not in LIKELY else f"{each}{PERHAPS}"
        for each in LATIN
        if each == "english" or votes[each] * 2 >= most
    )


def _cyrillic(text: str) -> tuple[str, ...]:
    is_ukrainian, is_russian = _UKRAINIAN.search(text) is not None, _RUSSIAN.search(text) is not None
    if is_ukrainian == is_russian:
        return CYRILLIC
    return CYRILLIC[:1] if is_ukrainian else CYRILLIC[1:]
