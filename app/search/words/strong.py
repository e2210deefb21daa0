"""The forms of German strong verbs, of which the vowel changes: schrieb, geschrieben, schreiben. Pure."""

import re
from collections.abc import Iterator

from app.search.words.folding import folded

# Written before a verb: apart from it in a sentence, with “ge” and “zu” between them (aufgeregt, aufzuregen).
SEPARABLE = (
    "ab an auf aus bei dar durch ein fern fest fort frei her heraus herunter hin hinter hinzu hoch los mit nach nieder "
    "raus rein runter statt teil um unter vor voraus vorbei weg weiter wieder zu zurück zusammen über"
)
_APART = frozenset([*SEPARABLE.split(), *map(folded, SEPARABLE.split())])
_INSEPARABLE = frozenset({"be", "ent", "er", "ge", "miss", "ver", "zer", "über", "uber", "unter", "wider", "durch"})
_LONGEST_PREFIX = max(map(len, _APART))
# Of each verb: its past, its participle, what its present has in “du” and “er”; a hyphen for what is as in other verbs,
# or is another word more often.
_VERBS = """
beginnen: begann begonnen -, beißen: - gebissen -, bieten: - geboten -, binden: - gebunden -, bitten: - gebeten -,
bleiben: blieb geblieben -, brechen: brach gebrochen brich, brennen: brannte gebrannt -, bringen: brachte gebracht -,
denken: dachte gedacht -, essen: aß gegessen iss, fahren: fuhr gefahren fähr, fallen: fiel gefallen fäll,
fangen: fing gefangen fäng, finden: fand gefunden -, fliegen: flog geflogen -, fließen: floss geflossen -,
geben: gab gegeben gib, gehen: ging gegangen -, gelten: galt gegolten gilt, gewinnen: gewann gewonnen -,
gießen: goss gegossen -, greifen: - gegriffen -, halten: hielt gehalten hält, hängen: hing gehangen -,
heben: hob gehoben -, heißen: hieß geheißen -, helfen: half geholfen hilf, kennen: kannte gekannt -,
kommen: kam gekommen -, laden: lud geladen läd, lassen: ließ gelassen läss, laufen: lief gelaufen läuf,
leiden: litt gelitten -, leihen: lieh geliehen -, lesen: las gelesen lies, liegen: - gelegen -,
meiden: mied gemieden -, nehmen: nahm genommen nimm, nennen: nannte genannt -, raten: riet geraten -,
reißen: - gerissen -, rennen: rannte gerannt -, rufen: rief gerufen -, schaffen: schuf - -,
scheiden: schied geschieden -, scheinen: schien geschienen -, schieben: schob geschoben -,
schießen: schoss geschossen -, schlafen: schlief geschlafen schläf, schlagen: schlug geschlagen schläg,
schließen: - geschlossen -, schneiden: - geschnitten -, schreiben: schrieb geschrieben -,
schreien: schrie geschrien -, schweigen: schwieg geschwiegen -, schwimmen: schwamm geschwommen -,
sehen: sah gesehen sieh, senden: sandte gesandt -, singen: sang gesungen -, sitzen: saß gesessen -,
sprechen: sprach gesprochen sprich, springen: sprang gesprungen -, stehen: - gestanden -, steigen: stieg gestiegen -,
sterben: starb gestorben stirb, stoßen: stieß gestoßen -, streiten: stritt gestritten -, tragen: trug getragen träg,
treffen: traf getroffen triff, treiben: trieb getrieben -, treten: trat getreten tritt, trinken: trank getrunken -,
tun: tat getan -, vergessen: vergaß vergessen vergiss, verlieren: verlor verloren -,
verschwinden: verschwand verschwunden -, wachsen: wuchs gewachsen wächs, waschen: wusch gewaschen wäsch,
weisen: wies gewiesen -, wenden: wandte gewandt -, werfen: warf geworfen wirf, wiegen: wog gewogen -,
wissen: wusste gewusst weiß, ziehen: zog gezogen -, zwingen: zwang gezwungen -
"""
_ADJECTIVE = re.compile(r"(.+en)e[nmrs]?")


def _forms() -> Iterator[tuple[str, str]]:
    """Each form that is not as in other verbs, with its verb."""
    for entry in _VERBS.replace("\n", " ").split(","):
        verb, forms = entry.strip().split(": ")
        past, participle, present = forms.split()
        if past != "-":
            yield from ((past + ending, verb) for ending in ("", "n", "en", "st", "t"))
        if participle != "-":
            yield participle, verb
        if present != "-":
            yield from ((present + ending, verb) for ending in ("", "st", "t"))


_VERB_OF = {shape: verb for form, verb in _forms() for shape in (form, folded(form))}
_PARTICIPLES = {form: verb for form, verb in _VERB_OF.items() if form.startswith("ge") and form.endswith(("en", "t"))}
# Behind be-, ver- and their like there is no “ge”: besprochen.
_BARE = _VERB_OF | {form.removeprefix("ge"): verb for form, verb in _PARTICIPLES.items()}


def infinitive(form: str) -> str | None:
    """The verb of a form, with what is written before it: aufschreiben for aufgeschriebene.

    Behind what is apart in a sentence only the participle counts: Aufgaben are no form of aufgeben.
    """
    shapes = (form, adjective[1]) if (adjective := _ADJECTIVE.fullmatch(form)) else (form,)
    return next((verb for shape in shapes if (verb := _VERB_OF.get(shape) or _prefixed(shape))), None)


def _prefixed(form: str) -> str | None:
    for end in range(2, min(_LONGEST_PREFIX, len(form)) + 1):
        prefix, rest = form[:end], form[end:]
        for prefixes, verbs in ((_APART, _PARTICIPLES), (_INSEPARABLE, _BARE)):
            if prefix in prefixes and rest in verbs:
                return prefix + verbs[rest]
    return None
