"""Symbolic strikes on the bundled wars: few acts, wide intervals, restraint said aloud, nothing after as_of."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.estimate import Estimate, NotIdentified, NotObserved, Reported
from armistice.record.load import load_war
from armistice.studies.study import StudyResult
from armistice.studies.symbolic_strikes import STUDY, SymbolicStrikesParameters


def _run(war: str, as_of: str | None = None, **parameters: object) -> StudyResult:
    return STUDY.run(load_war(war).as_of(as_of), SymbolicStrikesParameters(**parameters), np.random.default_rng(1))


@pytest.fixture(scope="module")
def ukraine() -> StudyResult:
    return _run("ukraine", "2025-06-03")


def test_ukraine_gives_a_probability_with_an_interval_that_says_how_few_acts_there_are(ukraine) -> None:
    found = ukraine.quantities["answer_probability"]
    assert isinstance(found, Estimate)
    assert found.n >= 5
    assert found.lower < found.value < found.upper
    assert found.upper - found.lower > 0.3
    restraint = ukraine.quantities["restraint_probability_of[russia]"]
    assert isinstance(restraint, Estimate)
    assert restraint.value == pytest.approx(1 - found.value)
    assert ukraine.quantities["answer_probability_of[russia]"] == found


def test_acts_of_june_2025_are_not_yet_observed_on_3_june(ukraine) -> None:
    assert any("Spiderweb" in s.en and "not on record yet" in s.en for s in ukraine.sentences)
    rows = {row[0].en: row for table in ukraine.tables if table.name == "not-judged-russia" for row in table.rows}
    assert rows["Drones on Russian air bases (Spiderweb), 1 June 2025"][2].en == "not yet observed"
    assert not any(key.startswith("ratio_after[spiderweb") for key in ukraine.quantities)


def test_the_other_direction_has_too_few_acts_and_says_so(ukraine) -> None:
    assert isinstance(ukraine.quantities["answer_probability_of[ukraine]"], NotIdentified)


def test_announcements_are_counted_apart_from_what_was_measured(ukraine) -> None:
    announced = ukraine.quantities["announced_answers_of[russia]"]
    assert isinstance(announced, Reported)
    # The bridge of 2022 and of 2023, Kursk and the November missiles were answered in words at the least.
    assert 4 <= announced.value < announced.n


def test_every_choice_is_shown(ukraine) -> None:
    table = next(t for t in ukraine.tables if t.name == "sensitivity")
    assert len({row[0].en for row in table.rows}) >= 5


def test_korea_has_one_comparable_act_and_no_probability() -> None:
    found = _run("korea")
    assert isinstance(found.quantities["answer_probability"], NotIdentified)
    ratio = found.quantities["ratio_after[rok-boycott/us_deaths]"]
    assert isinstance(ratio, Estimate)
    assert not ratio.excludes(1.0)


@pytest.mark.parametrize("war", ["iran_iraq", "vietnam", "ethiopia_eritrea"])
def test_short_or_absent_series_are_said_to_be_missing(war) -> None:
    found = _run(war)
    assert found.status == "not_observed"
    assert found.reason is not None
    assert isinstance(found.quantities.get("answer_probability", NotObserved(found.reason)), NotObserved)


def test_nothing_after_as_of_is_used() -> None:
    early, late = (_run("ukraine", day) for day in ("2025-04-01", "2025-06-03"))
    assert "ratio_after[taganrog/russian_drones]" in early.quantities
    assert not any("general-2025" in key for key in early.quantities)
    assert any("general-2025" in key for key in late.quantities)


def test_each_row_says_who_denies_the_act(ukraine) -> None:
    rows = {row[0].en: row[1] for table in ukraine.tables if "judged" in table.name for row in table.rows}
    denied = {name.split(",")[0]: by.en for name, by in rows.items() if by is not None}
    assert denied["Drones over the Kremlin"] == "Ukraine"
    assert denied["Explosions at the Saky air base"] == "Russia"
    bridge = next(by for name, by in rows.items() if name.startswith("Truck bomb on the Crimean Bridge"))
    assert bridge is None
    judged = next(t for t in ukraine.tables if t.name == "answers-of-russia")
    assert judged.columns[1].en == "denied by"
    assert all(row[3] is not None for row in judged.rows)
