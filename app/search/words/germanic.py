"""What forms of German and English words have in common that Snowball's stemmers leave apart. Pure.

A root of a verb ends with `~`, so that it equals such roots alone: "macht" finds "machen", and "Nacht" does not find
"nach", although both pairs differ by the same endings.
"""

import re
from collections.abc import Iterator

from app.search.words.languages import VERB

# aufgeregt, aufzuregen: aufregen.
_APART = (
    "ab|an|auf|aus|bei|dar|ein|fest|fort|frei|her|heraus|hin|hinzu|los|mit|nach|nieder|rein|statt|teil|um|unter|vor|"
    "voraus|vorbei|weg|weiter|wieder|zu|zurück|zusammen|über"
)
_INSIDE = re.compile(rf"((?:{_APART})?)(?:ge|(?<=.)zu)(.{{3,}}(?:e[nt]|t)(?:e[nmrs]?)?|.{{3,}}en)")
_VERB = re.compile(r"(.{3,}?)(?:e?test|e?te[nt]?|e?st|end(?:e[nmrs]?)?|e[nt]?|t|n)")

_IRREGULAR = """
be: been being, become: became, begin: began begun, bite: bit bitten, blow: blew blown, break: broke broken,
bring: brought, build: built, buy: bought, catch: caught, child: children, choose: chose chosen, come: came,
deal: dealt, dig: dug, do: did done, draw: drew drawn, drink: drank drunk, drive: drove driven,
eat: ate eaten, fall: fell fallen, feel: felt, fight: fought, find: found, fly: flew flown, foot: feet,
forget: forgot forgotten, freeze: froze frozen, get: got gotten, give: gave given, go: went gone, goose: geese,
grow: grew grown, half: halves, hang: hung, hear: heard, hide: hid hidden, hold: held, keep: kept, knife: knives,
know: knew known, lead: led, leaf: leaves, leave: left, lend: lent, life: lives, lose: lost, make: made, man: men,
mean: meant, meet: met, mouse: mice, pay: paid, person: people, ride: rode ridden, ring: rang rung, rise: rose risen,
run: ran, say: said, see: saw seen, seek: sought, sell: sold, send: sent, shake: shook shaken, shelf: shelves,
shoot: shot, show: shown, sing: sang sung, sink: sank sunk, sit: sat, sleep: slept, speak: spoke spoken,
spend: spent, stand: stood, steal: stole stolen, stick: stuck, strike: struck, swear: swore sworn, swim: swam swum,
take: took taken, teach: taught, tear: tore torn, tell: told, think: thought, throw: threw thrown, tooth: teeth,
understand: understood, wake: woke woken, wear: wore worn, wife: wives, win: won, wolf: wolves, woman: women,
write: wrote written
"""
_LEMMAS = {
    form: lemma
    for entry in _IRREGULAR.replace("\n", " ").split(",")
    for lemma, forms in [entry.strip().split(": ")]
    for form in forms.split()
}
_ALONE = {"does": "do", "goes": "go"}  # and no plurals
_JOINED = re.compile(r"(re|un|over|under|out|mis|fore|for|with|up|down|back|grand|sales|business|work)(.{3,})")
_MAN = re.compile(r"(.{3,})men")


def german(form: str) -> Iterator[str]:
    """The roots of a German form, as a verb."""
    if verb := _VERB.fullmatch(form):
        yield verb[1] + VERB
    if (inside := _INSIDE.fullmatch(form)) and (
        verb := _VERB.fullmatch(re.sub("(?<=e[nt])e[nmrs]?$|(?<=t)e[nmrs]?$", "", inside[2]))
    ):
        yield inside[1] + verb[1] + VERB


def english_alone(form: str) -> str | None:
    """The only stem of an English form that looks like one of another word."""
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
