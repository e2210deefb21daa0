"""Forms of one word find each other, and those of others do not, where Snowball's stemmers alone would err."""

import pytest

from app.search.words.languages import LIKELY
from app.search.words.lexemes import keys_of, lexemes, matches

ONE_WORD = {
    "english": "write wrote, written writing, said says, children child, bulkier bulky, gunmen gunman, "
    "understood understand, does do, doing does, goes go",
    "german": "machen macht, machte gemacht, aufregen aufgeregt, aufzuregen aufgeregt, schicken schickte, "
    "geschickten schicken, klatschen klatschten, holt geholt",
    "french": "mangent manger, calmons calmées, trou trous, neveu neveux, travail travaux, actrice acteur, "
    "masseuses masseur, grattent grattez",
    "spanish": "nuez nueces, feliz felices, almorcé almorzar, busqué buscar, certifica certificar, puedo poder, "
    "piensan pensar, encuentra encontrar",
    "portuguese": "reuniões reunião, animais animal, homens homem, papéis papel",
    "polish": "Łukasz Łukasza, Łukaszem Łukaszowi, Tomasz Tomasza, pytasz pyta",
    "hebrew": "בלון בלוני, אורווה אורוות, והבית לבית, אנונימי אנונימיים, תאנים תאני, מכתב במכתבים",
    "arabic": "كمية كميات, المكتبة مكتبات, والكتاب كتاب, مهندس المهندسون",
}
OTHERS = {
    "english": "interest inter, men me, tier tie, wound wind, doe does",
    "german": "Nacht nach, gestern stern, Karte kar, Angst an",
    "french": "maisons maïs, parent par, moment mom, détail dette",
    "spanish": "cielo celeste, fuego figo",
    "portuguese": "mais mal, mães mas",
    "polish": "Łukasz luka, gulasz gula",
    "hebrew": "שלום שלם, ביצה בית, הודו הודעה",
    "arabic": "كاتب كتاب, مدير مدرسة",
}


def pairs(of: dict[str, str]) -> list[tuple[str, str, str]]:
    each = [(language, pair.lower().split()) for language, row in of.items() for pair in row.split(", ")]
    return [(language, one, other) for language, (one, other) in each]


@pytest.mark.parametrize(("language", "one", "other"), pairs(ONE_WORD))
def test_forms_of_one_word_find_each_other(language: str, one: str, other: str) -> None:
    assert matches(one, "word", other, (language,))
    assert matches(other, "word", one, (language,))


@pytest.mark.parametrize(("language", "one", "other"), pairs(OTHERS))
def test_other_words_are_not_found(language: str, one: str, other: str) -> None:
    assert not matches(one, "word", other, (language,))


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("baz", "bazaar"),
        ("jeer", "jee"),
        ("log", "logos"),
        ("policies", "police"),
        ("skies", "ski"),
        ("part", "parties"),
    ],
)
def test_a_stem_of_a_language_that_is_only_guessed_does_not_count_where_it_misleads(asked: str, word: str) -> None:
    assert any(matches(asked, "word", word, (each,)) for each in LIKELY)
    assert not matches(asked, "word", word, LIKELY)


@pytest.mark.parametrize(
    ("text", "asked"), [("er macht das", "machen"), ("ils le mangent", "manger"), ("we wrote", "write")]
)
def test_the_index_has_what_other_forms_ask_for(text: str, asked: str) -> None:
    assert not keys_of(asked).isdisjoint(lexemes(text))
