"""What the forms of a Slavic word have in common: Polish, Czech, Russian, Ukrainian. Pure.

Snowball's stemmers (it has none for Ukrainian) leave verbs apart from their past, and nouns from their cases in which
the last consonant softens (matka, matce). Here endings are taken off by plain lists, the longest first, and the
consonant and the vowel before it are made what they are in most forms. Roots may differ from every real word. The lists
were tried on simplemma's dictionaries, see bench/search/stems.py.
"""

import re
from collections.abc import Iterator

from app.search.words.folding import folded
from app.search.words.softening import russian_verb, ukrainian_verb

_SHORTEST = "(?<=...)"


def _endings(*groups: str) -> re.Pattern[str]:
    """A pattern of any of these endings, the longest first; a hyphen is no ending at all."""
    every = {ending for group in groups for ending in group.split()}
    return re.compile(f"{_SHORTEST}(?:{'|'.join(sorted(every, key=len, reverse=True))})$")


def _joined(starts: str, ends: str) -> str:
    """Each start with each end behind it."""
    return " ".join(start + end.replace("-", "") for start in starts.split() for end in ends.split())


# Polish and Czech are looked at without their accents.
_POLISH_PARTICIPLE = "ny na ne ni nej nego nemu nych nym nymi nie nia niu niem niom niami niach"
_POLISH = _endings(
    "a e i o u y ia ie io iu em om ow owi ami ach iem iom iow iami iach ego emu ej ych ich ym im ymi imi "
    "iego iemu iej iej sza sze szy szym szego ejsza ejszy ejsze osc osci oscia",
    _joined("a owa i y ywa iwa e ie", "c l la lo li ly lem lam les las lismy lysmy liscie lysmy lby laby liby -"),
    _joined("a owa e o io", _POLISH_PARTICIPLE),
    _joined("a e i y uj uje", "m sz my cie ja jac jacy jaca jace jacych jacym jacego j jcie jmy -"),
    "uje uja ujac ujaca ujacy ujacych e esz emy ecie a ac iac acy aca ace acych acym acego wszy lszy",
    "nac nal nela nelo neli nely nie na niety nieta",
)
_POLISH_SOFT = (
    ("scie", "st"), ("szcze", "sk"), ("dzie", "d"), ("cie", "t"), ("dze", "g"), ("rze", "r"), ("ce", "k"),
    ("sze", "ch"),
    ("sci", "st"), ("dzi", "d"), ("ci", "t"), ("dzy", "g"), ("rzy", "r"), ("cy", "k"),
)  # fmt: skip

_POLISH_NOUN = re.compile("((?:luk|tom|jon|jud|eli|mesj|gul|kalam)asz)(?:a|owi|em|u|e|y|ow|om|ami|ach)?")

_CZECH_PARTICIPLE = "n na no ni ny ne neho nemu nou nych nym nymi nem ni nim"
_CZECH = _endings(
    "a e i o u y ou em um am ech ich ach ami emi imi ovi ove y eho emu ej ych ym ymi im iho imu ost osti eji ejsi",
    _joined("a ova i e", "t l la lo li ly"),
    _joined("a ova e", _CZECH_PARTICIPLE),
    "uje uji ujes ujeme ujete ujou ujici uj ujte am as ame ate aji ajici im is ime ite ej ejte ejme ete eme es eji "
    "nout nul nula nuli nulo nu ne nou nes neme l la lo li ly t",
)
_CZECH_SOFT = (("ste", "sk"), ("sti", "sk"), ("cte", "ck"), ("cti", "ck"), ("ze", "h"), ("ce", "k"), ("zi", "h"))

_UKRAINIAN_PARTICIPLE = "но ний на не ні них ного ному ним ними ній ну ння нню нні нням ннями ннях нь"
_UKRAINIAN = _endings(
    "а е є и і ї й о у ю я ь ий ій ая яя ее ям ями ам ами ах ях ові еві єві ієві ого ього ому ьому ої ою ею єю",
    "ів їв ом ем єм ієм им их ими има ей ія ії ію ією ій іям іями іях іє ість ості істю",
    "іше ішого іша іші іший іших ішою ішої ішому",
    _joined("ов", "ого ому ий а е і их им ими у ої ою"),
    _joined("ува юва а я и і", "ти в ла ло ли вши ть"),
    _joined("ува юва а я е ує", _UKRAINIAN_PARTICIPLE),
    _joined("у ю а я", "є ю єш єть ємо єте ють ючи вали йте й ймо"),
    "ить ять ать уть ють емо имо ете иш еш еть йте іть ши чи нути нув нула нули нуло нуть неш",
    _joined("(?<=[аеиуяії])", "ти в ла ло ли"),  # знати, їхав
)
_UKRAINIAN_CASES = _endings(
    "а е є и і ї й о у ю я ь ями ам ами ах ях ові еві єві ієві ою ею єю ів їв ом ем єм ієм ія ії ію ією ій"
)
_UKRAINIAN_WHOLE = frozenset({"коли", "нічого"})  # no forms of коло and ніч
_UKRAINIAN_SOFT = (("ці", "к"), ("зі", "г"), ("сі", "х"))
_DOUBLED = re.compile(r"([дзлнстцчшж])\1$")  # ніччю, стаття
_CLOSED = re.compile(r"(.+)[ії]([бвгґджзклмнпрстфхцчшщ]{1,2}ь?)")
_OPENED = {"і": "ое", "ї": "є"}

# канал is no verb, Киев no plural: the whole word is a stem of them, too.
_RUSSIAN_NOUN = re.compile(r"(.{2,}[аи]л|.{2,}[её][лт])(?:[ауеыи]|ом|ов|ам|ами|ах)?")
_NOUN = re.compile(
    "(.*(?:канал|журнал|сигнал|матер[иі]ал|терм[иі]нал|портал|ф[иі]л[иі]ал|персонал|[иі]нтервал|кап[иі]тал|ф[иі]нал|"
    "[иі]деал|скандал|вокзал|метал|потенц[иі]ал|генерал|ориг[иі]нал|зал|\\b[иі]гор))"
    "(?:[ауеиіыьяю]|[ое]м|ов|[иі]в|[ое]в[иі]|ами?|ах)?"
)
_RUSSIAN_WHOLE = re.compile(r".+(?:[оеё]в|[еоиы]й|[иеыая]л)")
_RUSSIAN = _endings(
    "а е и о у ы ю я ь й ия ии ию ией иям иями иях ие ий ой ый ая яя ое ее ую юю ого его ому ему ым им ом ем ей ею ою "
    "ов ев ам ям ами ями ах ях ых их ыми ими ые",
    _joined("ова ева а я и е ы", "ть л ла ло ли в вши нный нная нное нные нных нного нным но ны на"),
    _joined("у ю а я е", "ет ешь ем ете ют ю ющий ющая ющие ющих я й йте"),
    "ит ят ат ут ют ишь ите им ет ешь ете ем ь ьте й йте в вший л ла ло ли ть ти",
    "нуть нул нула нули нет нут ни",
)
_RUSSIAN_CASES = _endings(
    "а е и о у ы ю я ь й ия ии ию ией ием иям иями иях ие ий ой ом ем ей ею ою ов ев ам ям ами ями ах ях"
)

# ząb and zęby, stůl and stolu: the vowel of the last syllable is another one when an ending comes.
_POLISH_CLOSED = re.compile("(.+)ą([bcdfghjklłmnprstwzćńśźż]{1,2})")
_CZECH_CLOSED = re.compile("(.+)ů([bcčdďfghjklmnňprřsštťvzž]{1,2})")
_REFLEXIVE = re.compile("(?<=...)(?:ся|сь)$")
# замок, замка; денег, деньги; dárek, dárku: the vowel before the last consonant goes when an ending comes.
_FLEETING = re.compile(r"(.{2,}?)(?:ь?[оеёє]|i?e)([гкцлмнрвkcnrlw])ь?")


def polish(form: str) -> Iterator[str]:
    """The roots of a Polish form."""
    yield from _roots(folded(form), _POLISH, _POLISH_SOFT)
    if closed := _POLISH_CLOSED.fullmatch(form):
        yield f"{closed[1]}e{closed[2]}"


def polish_noun(form: str) -> str | None:
    """The stem of a Polish noun that ends as verbs do: Łukasz."""
    noun = _POLISH_NOUN.fullmatch(folded(form))
    return noun[1] if noun else None


def czech(form: str) -> Iterator[str]:
    """The roots of a Czech form; `nej` is the most of something."""
    plain = folded(form)
    yield from _roots(plain[3:] if plain.startswith("nej") and len(plain) > 7 else plain, _CZECH, _CZECH_SOFT)
    if closed := _CZECH_CLOSED.fullmatch(form):
        yield f"{closed[1]}o{closed[2]}"


def russian(form: str) -> Iterator[str]:
    """The roots of a Russian form, and what it is when it only looks like a verb or a plural."""
    if noun := _NOUN.fullmatch(form):
        yield noun[1]
        return
    if noun := _RUSSIAN_NOUN.fullmatch(form):
        yield noun[1]
    if _RUSSIAN_WHOLE.fullmatch(form):
        yield form
    plain = _REFLEXIVE.sub("", folded(form))
    yield from _roots(plain, _RUSSIAN, ())
    yield from russian_verb(plain)
    yield _RUSSIAN_CASES.sub("", plain)


def ukrainian(form: str) -> Iterator[str]:
    """The roots of a Ukrainian form; its closed syllables open: Київ and Києва, ніч and ночі."""
    if form in _UKRAINIAN_WHOLE:
        yield form
        return
    if noun := _NOUN.fullmatch(form):
        yield noun[1]
        return
    plain = _REFLEXIVE.sub("", folded(form))
    roots = (*_roots(plain, _UKRAINIAN, _UKRAINIAN_SOFT), _UKRAINIAN_CASES.sub("", plain))
    yield from (_DOUBLED.sub(r"\1", root) for root in roots)
    yield from ukrainian_verb(plain)
    if closed := _CLOSED.fullmatch(plain):
        before, vowel, after = closed[1], plain[closed.end(1)], closed[2].removesuffix("ь")
        yield from (f"{before}{opened}{after}" for opened in _OPENED[vowel])


def _roots(plain: str, endings: re.Pattern[str], soft: tuple[tuple[str, str], ...]) -> Iterator[str]:
    root = endings.sub("", plain, count=1)
    yield root
    if root[-2:-1] == "ь":  # письма, писем
        yield root[:-2] + root[-1]
    if fleeting := _FLEETING.fullmatch(plain):
        yield fleeting[1] + fleeting[2]
    for ending, hard in soft:
        if plain.endswith(ending) and len(plain) > len(ending) + 1:
            yield plain.removesuffix(ending) + hard
            break
