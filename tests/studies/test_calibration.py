"""The calibration of a record: nothing known later, this war left out, and what is told."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.estimate import NotIdentified, Reported
from armistice.record.load import load_war
from armistice.record.reference import OUTCOMES
from armistice.simulation.war_class import PARAMETERS
from armistice.studies._calibration import (
    calibrated,
    calibration_charts,
    calibration_quantities,
    calibration_sentences,
    calibration_tables,
    cause_of_outcome,
    observed_endings,
)


@pytest.fixture(scope="module")
def ukraine():
    return load_war("ukraine").as_of("2025-06-03")


def test_outcomes_become_causes():
    assert len(OUTCOMES) == 6
    assert cause_of_outcome(np.arange(7)).tolist() == [0, 1, 1, 2, 2, 3, 3]


def test_only_what_could_be_coded_by_the_day_counts():
    korea = load_war("korea")
    early = observed_endings(korea.as_of("1951-07-15"), np.random.default_rng(1), "all")
    later = observed_endings(korea.as_of("1953-07-15"), np.random.default_rng(1), "all")
    # in 1951 endings up to 1949 could be coded, in 1953 those up to 1951
    assert 0 < early.ended.sum() < later.ended.sum() < 60
    first = calibrated(load_war("korea").as_of("1951-07-15"), np.random.default_rng(1))
    assert first.lasted == pytest.approx(12.7, abs=0.1)


def test_wars_of_the_same_type_are_fewer(ukraine):
    same = observed_endings(ukraine, np.random.default_rng(1))
    every = observed_endings(ukraine, np.random.default_rng(1), "all")
    assert 50 < same.at_risk[0] < 100 < 800 < every.at_risk[0]
    assert same.design_effect > 1
    assert (same.ended.sum(axis=1) <= same.at_risk).all()


def test_one_seed_one_calibration_shared_by_studies(ukraine):
    first = calibrated(ukraine, np.random.default_rng(np.random.SeedSequence(5, spawn_key=(1,))))
    second = calibrated(ukraine, np.random.default_rng(np.random.SeedSequence(5, spawn_key=(2,))))
    assert first is second
    other = calibrated(ukraine, np.random.default_rng(6))
    assert other is not first
    # dates are drawn anew: the answer hardly moves
    a, b = (each.incidence([12]).share for each in (first, other))
    assert a == pytest.approx(b, abs=0.02)


def test_calibration_narrows_the_prior_and_says_what_it_did_not_learn(ukraine):
    found = calibrated(ukraine, np.random.default_rng(1))
    assert found.effective_sample_size > 500
    assert (found.contraction < 1.05).all()
    assert found.contraction[PARAMETERS.index("movement")] < 0.6
    told = calibration_quantities(found)
    assert set(told) == {f"calibration_contraction[{name}]" for name in PARAMETERS}
    for name, learnt in zip(PARAMETERS, found.learnt, strict=True):
        assert isinstance(told[f"calibration_contraction[{name}]"], Reported if learnt else NotIdentified)
    learnt_table, check = calibration_tables(found, np.random.default_rng(2))
    assert [row[-1].en for row in learnt_table.rows] == ["learnt" if yes else "not learnt" for yes in found.learnt]
    assert len(check.rows) == 21
    assert len(calibration_charts(found, np.random.default_rng(2))) == 1
    assert "71" in calibration_sentences(ukraine, found)[0].en


def test_without_any_ending_the_prior_stands_and_is_called_so(ukraine):
    from armistice.simulation.calibrate import calibrate
    from armistice.simulation.grouped import GroupedEndings

    empty = calibrate(GroupedEndings(np.zeros(7), np.zeros((7, 3))), lasted=6.0)
    assert empty.contraction == pytest.approx(1.0, abs=0.01)
    assert "assumptions alone" in calibration_sentences(ukraine, empty)[0].en
    assert calibration_charts(empty, np.random.default_rng(1)) == ()
    assert all(isinstance(told, NotIdentified) for told in calibration_quantities(empty).values())
