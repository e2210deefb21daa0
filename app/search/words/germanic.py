"""What forms of German and English words have in common that Snowball's stemmers leave apart. Pure.

A root of a verb ends with `~`, so that it equals such roots alone: "macht" finds "machen", and "Nacht" does not find
"nach", although both pairs differ by the same endings.
"""

import re
from collections.abc import Iterator

from app.search.words.irregular import lemmas
from app.search.words.languages import VERB
from app.search.words.strong import SEPARABLE, infinitive

_APART = "|".join(sorted(SEPARABLE.split(), key=len, reverse=True))
_INSIDE = re.compile(rf"((?:{_APART})?)(?:ge|(?<=.)zu)(.{{3,}}(?:e[nt]|t)(?:e[nmrs]?)?|.{{3,}}en)")
_VERB = re.compile(r"(.{3,}?)(?:e?test|e?te[nt]?|e?st|end(?:e[nmrs]?)?|e[nt]?|t|n)")

_IRREGULAR = """
alias: aliases, analysis: analyses, appendix: appendices, axis: axes, be: been being, become: became,
begin: began begun, bend: bent, bias: biases, big: bigger biggest, bite: bit bitten, blow: blew blown,
break: broke broken, bring: brought, build: built, burn: burnt, bus: buses, buy: bought, canvas: canvases,
catch: caught, child: children childrens, choose: chose chosen, come: came, crisis: crises, criterion: criteria,
deal: dealt, dig: dug, do: did done, draw: drew drawn, drink: drank drunk, drive: drove driven, eat: ate eaten,
fall: fell fallen, feed: fed, feel: felt, fight: fought, find: found, flee: fled, fly: flew flown, foot: feet,
forget: forgot forgotten, freeze: froze frozen, gas: gases, get: got gotten, give: gave given, go: went gone,
goose: geese, grow: grew grown, half: halves, hang: hung, hear: heard, hide: hid hidden, hold: held,
hot: hotter hottest, hypothesis: hypotheses, index: indices, keep: kept, knife: knives, know: knew known, lay: laid,
lead: led, leaf: leaves, learn: learnt, leave: left, lend: lent, lens: lenses, life: lives, light: lit, lose: lost,
make: made, man: men mens, matrix: matrices, mean: meant, meet: met, mouse: mice, pay: paid, person: people peoples,
phenomenon: phenomena, prove: proven, ride: rode ridden, ring: rang rung, rise: rose risen, run: ran,
sad: sadder saddest, say: said, see: saw seen, seek: sought, sell: sold, send: sent, shake: shook shaken,
shelf: shelves, shoot: shot, show: shown, shrink: shrank shrunk, sing: sang sung, sink: sank sunk, sit: sat,
sleep: slept, slide: slid, speak: spoke spoken, spend: spent, spin: spun, stand: stood, steal: stole stolen,
stick: stuck, strike: struck, swear: swore sworn, sweep: swept, swim: swam swum, take: took taken, teach: taught,
tear: tore torn, tell: told, thesis: theses, thin: thinner thinnest, think: thought, thief: thieves,
throw: threw thrown, tooth: teeth, understand: understood, vertex: vertices, wake: woke woken, wear: wore worn,
wet: wetter wettest, wife: wives, win: won, wolf: wolves, woman: women womens, write: wrote written
"""
# Forms that look like those of another word, which Snowball gives the same stem, and the stem that they have instead.
_APART_FROM_OTHERS = """
do: does, go: goes, apartment: apartment apartments, authority: authority authorities, business: business businesses,
celebrity: celebrity celebrities, competent: competent, consistent: consistent consistently consistency,
conversion: conversion conversions, customer: customer customers, edition: edition editions,
experiment: experiment experiments experimental experimented experimenting, formation: formation formations,
hospitality: hospitality, important: important importance importantly, initiative: initiative initiatives,
lens: lens, minority: minority minorities, objective: objective objectives, polite: polite politely,
positive: positive positives positively, quite: quite, several: several, suite: suite suites,
transit: transit, unite: unite united unites uniting, witness: witness witnesses witnessed
"""
_LEMMAS, _ALONE = lemmas(_IRREGULAR), lemmas(_APART_FROM_OTHERS)
_SWEDISH_DEFINITE = re.compile("(.{3,}(?:a(?=n)|e(?=na)))na?")
_FEMALE = re.compile("(.{3,}in)nen")
_JOINED = re.compile(r"(re|un|over|under|out|mis|fore|for|with|up|down|back|grand|sales|business|work)(.{3,})")
_MAN = re.compile(r"(.{3,})men")


def swedish(form: str) -> Iterator[str]:
    """A Swedish noun without its article, where Snowball leaves it on: flickan, mötena."""
    if noun := _SWEDISH_DEFINITE.fullmatch(form):
        yield noun[1]


def german_form(form: str) -> Iterator[str]:
    """Another form of a German one: of women (Kolleginnen, Kollegin), of strong verbs (schrieb, schreiben)."""
    if female := _FEMALE.fullmatch(form):
        yield female[1]
    if verb := infinitive(form):
        yield verb


def german(form: str) -> Iterator[str]:
    """The roots of a German form, as a verb."""
    if strong := infinitive(form):
        yield strong.removesuffix("en").removesuffix("n") + VERB
    if verb := _VERB.fullmatch(form):
        yield verb[1] + VERB
    if (inside := _INSIDE.fullmatch(form)) and (
        verb := _VERB.fullmatch(re.sub("(?<=e[nt])e[nmrs]?$|(?<=t)e[nmrs]?$", "", inside[2]))
    ):
        yield inside[1] + verb[1] + VERB


def english_alone(form: str) -> str | None:
    """The only stem of an English form that looks like one of another word: "customer" is no "custom"."""
    return _ALONE.get(form)


def english(form: str) -> Iterator[str]:
    """Regular forms that have the stem of an irregular English one: written, write; bulkier, bulky; gunmen, gunman."""
    if form in _LEMMAS:
        yield _LEMMAS[form]
    elif (joined := _JOINED.fullmatch(form)) and joined[2] in _LEMMAS:
        yield joined[1] + _LEMMAS[joined[2]]
    elif men := _MAN.fullmatch(form):
        yield f"{men[1]}man"
    elif form.endswith(("ier", "iest")) and len(form) > 5:
        yield form[: form.rindex("ie")] + "y"
