"""The bench of search: that its town is what it says, and its figures those of what was seen. No speed is judged."""

import re
import uuid
from collections import Counter, defaultdict
from itertools import islice

import numpy as np
import pytest

from bench.scenarios import Figures
from bench.search import report, watch
from bench.search.beside import Beside
from bench.search.questions import QUESTIONS
from bench.search.sentences import sentences
from bench.search.timing import times
from bench.search.town import batches
from bench.search.town.batches import HITS, OURS, ROOMS, Plan
from bench.search.town.texts import RARE, SHARES, WALL
from bench.search.watch import Watch

COUNT = 60_000  # more than one batch


@pytest.fixture(scope="module")
def plan() -> Plan:
    return batches.plan(COUNT, seed=1)


@pytest.fixture(scope="module")
def town(plan: Plan) -> list[list[str]]:
    return [row.split("\t") for number in (0, 1) for row in batches.rows(plan, number, [7, 8]).splitlines()]


def test_the_same_seed_gives_the_same_batch_and_another_seed_another(plan: Plan) -> None:
    again, other = batches.plan(COUNT, seed=1), batches.plan(COUNT, seed=2)

    assert batches.rows(again, 1, [7, 8]) == batches.rows(plan, 1, [7, 8])
    assert batches.rows(other, 1, [7, 8]) != batches.rows(plan, 1, [7, 8])


def test_each_room_is_numbered_from_1_without_a_gap_and_rises_with_time(plan: Plan, town: list[list[str]]) -> None:
    seqs, seen = defaultdict(list), []
    for room, seq, rev, _author, id, _body, time in town:
        assert rev == seq
        assert uuid.UUID(id)
        seqs[int(room)].append(int(seq))
        seen.append(time)

    assert all(numbers == [*range(1, len(numbers) + 1)] for numbers in seqs.values())
    assert [len(seqs[room]) for room in range(1, ROOMS + 1)] == plan.before[-1].tolist()
    assert seen == sorted(set(seen))
    assert len(town) == COUNT


def test_messages_have_80_characters_on_average_in_all_languages(plan: Plan, town: list[list[str]]) -> None:
    lengths = [len(row[5]) for row in town]

    assert 76 < np.mean(lengths) < 84
    for code, words in zip(SHARES, plan.languages, strict=True):
        assert any(str(words.words[0]) in row[5] for row in town), code


def test_the_rare_word_is_in_ten_messages_and_the_wall_only_in_rooms_of_others(town: list[list[str]]) -> None:
    has = {word: [int(row[0]) - 1 for row in town if re.search(rf"\b{word}\b", row[5])] for word in (RARE, WALL)}

    assert len(has[RARE]) == HITS
    assert all(room % OURS for room in has[WALL])
    assert 0.09 < len(has[WALL]) / COUNT < 0.11


def test_the_largest_rooms_are_some_percent_of_all(plan: Plan) -> None:
    sizes = Counter(dict(enumerate(plan.before[-1].tolist())))

    assert [room for room, _ in sizes.most_common(3)] == [0, 1, 2]
    assert 0.01 < sizes[0] / COUNT < 0.1


def test_sentences_are_of_the_length_of_messages_and_come_once() -> None:
    found = [*islice(sentences(), 500)]

    assert len({*found}) == 500
    assert all(40 <= len(sentence) <= 120 and " " in sentence for sentence in found)


def test_a_lag_is_the_time_between_the_looks_that_saw_a_message_written_and_found() -> None:
    looks = np.array([0.0, 1.0, 2.0, 3.0])
    written_and_found = np.array([[5, 5], [7, 5], [8, 6], [8, 8]])

    assert watch._lags(looks, written_and_found).tolist() == [1.0, 2.0, 1.0]


def test_what_was_seen_becomes_the_figures_of_how_soon_it_is_found() -> None:
    seen = Watch("", rooms=2)
    seen._looks = [(0.0, [(1, 0, 0), (2, 0, 0)]), (1.0, [(1, 2, 0), (2, 1, 1)]), (4.0, [(1, 2, 2), (2, 1, 1)])]
    figures = Figures(*[1.0] * 10)

    found = seen.found(figures)

    assert (found.p50_ms, found.most_ms, found.level_s) == (3_000, 3_000, 3.0)


def test_the_tables_show_who_was_asked_and_say_who_is_missing() -> None:
    answers = {question.name: {1: times([2.0, 4.0], 20)} for question in QUESTIONS}
    found = {"beside": {"one": Beside(100.0, answers), "other": Beside(0, {}, "this machine has none")}}

    tables = report.tables(found)

    assert "| a rare one | 1 | 3.0 |" in tables
    assert "other: this machine has none." in tables
    assert "| bytes a message: one | 100 |" in tables
