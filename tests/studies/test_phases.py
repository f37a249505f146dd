"""Phases of the bundled wars: when they changed, and reasons where they cannot be told."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from armistice.escalation.change_points import find_steps
from armistice.escalation.regimes import RegimeSettings, draw_weeks, find_phases
from armistice.estimate import Estimate, NotIdentified, Reported
from armistice.record.load import load_war
from armistice.studies._phases_words import verdict
from armistice.studies.phases import STUDY, PhasesParameters
from armistice.studies.study import StudyResult


def _run(war: str, as_of: str | None = None, **parameters: object) -> StudyResult:
    return STUDY.run(load_war(war).as_of(as_of), PhasesParameters(**parameters), np.random.default_rng(1))


@pytest.fixture(scope="module")
def ukraine() -> StudyResult:
    return _run("ukraine", "2025-06-03")


def test_ukraine_cannot_tell_a_new_phase_from_gradual_growth(ukraine) -> None:
    found = ukraine.quantities["new_phase_probability"]
    assert isinstance(found, Estimate)
    assert found.lower < 0.5 < found.upper
    assert isinstance(ukraine.quantities["weeks_in_phase"], NotIdentified)
    assert any("Gradual growth" in s.en for s in ukraine.sentences)
    # If there are phases, the last change lies where drones rose about fivefold, between June and November 2024.
    changes = next(t for t in ukraine.tables if t.name == "changes")
    assert "2024-07-01" <= changes.rows[-1][0] <= "2024-11-30"


def test_series_without_recent_or_enough_weeks_are_named(ukraine) -> None:
    left_out = " ".join(s.en for s in ukraine.sentences if s.en.startswith("Left out"))
    assert "strikes of Ukraine" in left_out
    assert "confirmed by name" in left_out


def test_ribbon_adds_up_to_one_in_every_month(ukraine) -> None:
    ribbon = next(c for c in ukraine.charts if c.name == "ribbon")
    months = np.array(ribbon.columns["across"])
    values = np.array(ribbon.columns["value"])
    for month in ("2023-05", "2024-12", months[-1]):
        assert values[months == month].sum() == pytest.approx(1.0)


def test_korea_went_over_to_static_war_in_autumn_1951_and_stayed_there() -> None:
    found = _run("korea", "1953-06-30")
    probability, since = found.quantities["new_phase_probability"], found.quantities["weeks_in_phase"]
    assert isinstance(probability, Estimate)
    assert probability.value < 0.3
    assert isinstance(since, Estimate)
    began = dt.date(1953, 5, 31) - dt.timedelta(days=7 * round(since.value))
    assert dt.date(1951, 9, 15) <= began <= dt.date(1951, 12, 15)
    assert isinstance(found.quantities["n_phases"], Reported)


@pytest.mark.parametrize("war", ["iran_iraq", "vietnam", "ethiopia_eritrea"])
def test_wars_without_weekly_numbers_say_so(war) -> None:
    assert _run(war).status == "not_observed"


def test_a_young_war_has_no_year_before() -> None:
    found = _run("ukraine", "2023-03-01")
    assert found.status in ("not_observed", "not_identified")
    assert "78" in found.reason.en


def test_nothing_new_is_said_only_where_change_points_see_no_change_either(ukraine) -> None:
    rng, path = np.random.default_rng(5), np.zeros(160, dtype=np.int64)
    path[130:] = 1
    levels = np.array([[0.0, 0.0, 0.0], [0.9, 0.0, 0.0]])
    step = draw_weeks(levels, np.full(3, 0.5), np.full(3, 0.4), path, rng)
    still = draw_weeks(levels, np.full(3, 0.5), np.full(3, 0.4), np.zeros(160, dtype=np.int64), rng)
    settings = RegimeSettings(n_draws=20)
    phases, steps = find_phases(still, rng, settings), find_steps(still)
    assert phases.upper < 0.5
    assert steps.upper < 0.5
    assert verdict(phases, steps) == "same"
    # The same phases beside change points that see a step: it cannot be told.
    assert verdict(phases, find_steps(step)) == "cannot tell"
    changed = ukraine.quantities["level_changed_probability"]
    assert isinstance(changed, Estimate)
    assert 0 <= changed.lower <= changed.value <= changed.upper <= 1
