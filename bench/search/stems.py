"""Measure the stems of words: `python -m bench.search.stems`.

Of two forms of one word (simplemma's dictionaries, only forms that are frequent in wordfreq's texts), how many find
each other; and of forms of two words that begin with the same three letters, how many do so wrongly. Beside ours, in a
text whose language is seen and in one whose language is not: equal forms, and Snowball's stem.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import click
import Stemmer
import wordfreq
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from app.search.words.folding import folded, form_of
from app.search.words.languages import CYRILLIC, LATIN, candidates
from app.search.words.lexemes import lexemes, matches

LANGUAGES = {
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese",
    "pl": "polish", "cs": "czech", "nl": "dutch", "sv": "swedish", "el": "greek", "ru": "russian",
    "tr": "turkish", "uk": "ukrainian", "ar": "arabic", "he": "hebrew",
}  # fmt: skip
FREQUENT = 100_000  # words of each language
BEGINNING_CHARS = 3
Pair = tuple[str, str]
Finds = Callable[[str, str], bool]


class Quality(NamedTuple):
    """Shares: of the forms of one word those that find each other, of those of others those that do so wrongly."""

    found: float
    wrong: float


class Forms(NamedTuple):
    """Random pairs of forms: of one word, and of two that begin alike."""

    same: list[Pair]
    other: list[Pair]


def forms(code: str, many: int, seed: int) -> Forms:
    """As many pairs of each kind, the same for the same seed."""
    draw = random.Random(seed)
    frequent = {form_of(word) for word in wordfreq.top_n_list(code, FREQUENT)}
    lemmas, beginnings = defaultdict(set), defaultdict(set)
    for form, lemma in DefaultDictionaryFactory().get_dictionary(code).items():
        if (small := form_of(form)) in frequent and small.isalpha() and len(small) >= BEGINNING_CHARS:
            lemmas[form_of(lemma)].add(small)
    for lemma in lemmas:
        lemmas[lemma] |= {lemma} & frequent
        for form in lemmas[lemma]:
            beginnings[form[:BEGINNING_CHARS]].add((form, lemma))
    return Forms([*_same(lemmas.values(), many, draw)], [*_other(beginnings.values(), many, draw)])


def _same(groups: Iterable[set[str]], many: int, draw: random.Random) -> Iterator[Pair]:
    several = [sorted(group) for group in groups if len(group) > 1]
    for _ in range(many):
        one, other = draw.sample(draw.choice(several), 2)
        yield one, other


def _other(groups: Iterable[set[Pair]], many: int, draw: random.Random) -> Iterator[Pair]:
    several = [sorted(group) for group in groups if len({lemma for _, lemma in group}) > 1]
    weights = [len(group) for group in several]
    while many:
        (one, lemma), (other, of) = draw.sample(*draw.choices(several, weights), 2)
        if one != other and lemma != of and folded(one) != folded(other) and one != of and other != lemma:
            yield one, other
            many -= 1


def quality(pairs: Forms, finds: Finds) -> Quality:
    """How well something finds the forms of one word, and those alone."""
    found, wrong = (sum(finds(*pair) for pair in each) / len(each) for each in pairs)
    return Quality(found, wrong)


def snowball(language: str) -> Finds:
    """Snowball's stemmer of a language; equal forms where it has none."""
    if language not in Stemmer.algorithms():
        return lambda one, other: folded(one) == folded(other)
    stem = Stemmer.Stemmer(language).stemWord
    return lambda one, other: folded(stem(one)) == folded(stem(other))


def ours(languages: tuple[str, ...]) -> Finds:
    """What Parley does in a text of these languages."""
    return lambda one, other: matches(one, "word", other, languages)


def seen_as(language: str) -> tuple[str, ...]:
    """The languages that a text of one is looked at as, where it has words enough to see that."""
    return tuple(dict.fromkeys(("english", language))) if language in LATIN else (language,)


@click.command(help=__doc__)
@click.option("--pairs", default=20_000, show_default=True, help="Of each kind, for each language.")
@click.option("--seed", default=1, show_default=True)
@click.option("--only", multiple=True, type=click.Choice([*LANGUAGES]), help="This language; as often as needed.")
@click.option("--show", default=0, help="So many pairs that are missed, and wrongly found.")
def main(pairs: int, seed: int, only: tuple[str, ...], show: int) -> None:
    click.echo("| | equal | Snowball | ours | ours, language not seen | lexemes a word |\n|---|---|---|---|---|---|")
    for code in only or LANGUAGES:
        language, drawn = LANGUAGES[code], forms(code, pairs, seed)
        ways = (
            lambda one, other: folded(one) == folded(other),
            snowball(language),
            ours(seen_as(language)),
            ours(candidates("") if language in LATIN else CYRILLIC),
        )
        cells = [f"{each.found:.1%} / {each.wrong:.1%}" for each in (quality(drawn, way) for way in ways)]
        kept = sum(len(lexemes(one)) for one, _ in drawn.same) / pairs
        click.echo(f"| {language} | {' | '.join(cells)} | {kept:.2f} |")
        finds = ways[2]
        for what, each in (
            ("missed", (p for p in drawn.same if not finds(*p))),
            ("wrong", (p for p in drawn.other if finds(*p))),
        ):
            if show:
                click.echo(
                    f"  {what}: " + ", ".join("/".join(pair) for _, pair in zip(range(show), each, strict=False))
                )


if __name__ == "__main__":
    main()
