"""Aalen-Johansen against hand-worked cases, closed forms, lifelines and scikit-survival."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.errors import DataError, ParameterError
from armistice.history import aalen_johansen, influence
from armistice.history.incidence import incidence_after

CAUSES = 3


def wars(n: int, seed: int, *, late: bool = True, watched: float = 60.0):
    """Untied durations, causes and entries of made-up wars."""
    rng = np.random.default_rng(seed)
    lasted = rng.exponential(20.0, n)
    entry = np.where(rng.random(n) < 0.3, rng.uniform(0, 10, n), 0.0) if late else np.zeros(n)
    until = entry + rng.uniform(0, watched, n)
    seen = np.minimum(lasted, until)
    cause = np.where(lasted <= until, rng.integers(1, CAUSES + 1, n), 0)
    kept = seen > entry
    return seen[kept], cause[kept], entry[kept]


def test_late_entry_censoring_and_ties_worked_by_hand():
    # At 2: risk set {a, b, c} (d enters at 3), one ending by cause 1. At 5: {b, c, d, e} of which b and c end,
    # by 1 and 2. At 6 e leaves unended. At 9: only d, ends by cause 2.
    curve = aalen_johansen([2, 5, 5, 9, 6], [1, 1, 2, 2, 0], n_causes=2, entry=[0, 0, 0, 3, 2])
    assert curve.times.tolist() == [2, 5, 9]
    assert curve.at_risk.tolist() == [3, 4, 1]
    assert curve.survival == pytest.approx([2 / 3, 1 / 3, 0])
    assert curve.incidence[:, 0] == pytest.approx([1 / 3, 1 / 3 + 2 / 3 / 4, 1 / 3 + 2 / 3 / 4])
    assert curve.incidence[:, 1] == pytest.approx([0, 2 / 3 / 4, 2 / 3 / 4 + 1 / 3])


def test_a_war_that_enters_when_another_ends_is_not_yet_at_risk():
    curve = aalen_johansen([4, 8], [1, 1], n_causes=1, entry=[0, 4])
    assert curve.at_risk.tolist() == [1, 1]


def test_without_censoring_it_is_the_share_and_its_binomial_variance():
    lasted, cause = np.arange(1.0, 21.0), np.array([1, 2, 2, 3, 1] * 4)
    curve = aalen_johansen(lasted, cause, n_causes=3)
    for position in (0, 6, 13, 19):
        for k in range(3):
            share = np.mean((cause == k + 1) & (lasted <= lasted[position]))
            assert curve.incidence[position, k] == pytest.approx(share, abs=1e-12)
            assert curve.variance[position, k] == pytest.approx(share * (1 - share) / 20, abs=1e-12)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_landmark_is_the_conditional_probability(seed):
    lasted, cause, entry = wars(300, seed)
    whole = aalen_johansen(lasted, cause, n_causes=CAUSES, entry=entry)
    later = aalen_johansen(lasted, cause, n_causes=CAUSES, entry=entry, landmark=11.0)
    last = np.searchsorted(whole.times, 11.0, side="right") - 1
    expected = (whole.at([11.0 + 7, 11.0 + 30]) - whole.incidence[last]) / whole.survival[last]
    assert later.at([7, 30]) == pytest.approx(expected, abs=1e-12)
    assert later.times.min() > 11.0


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cause_asked", [1, 2, 3])
def test_equals_lifelines(late, cause_asked):
    lifelines = pytest.importorskip("lifelines")
    lasted, cause, entry = wars(120, 4, late=late)
    assert len(np.unique(lasted)) == len(lasted), "lifelines breaks ties at random; the input must have none"
    fitter = lifelines.AalenJohansenFitter(calculate_variance=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifelines' own deprecations, not ours
        fitter.fit(lasted, cause, event_of_interest=cause_asked, entry=entry if late else None)
    theirs = fitter.cumulative_density_
    ours = aalen_johansen(lasted, cause, n_causes=CAUSES, entry=entry)
    at = theirs.index.to_numpy()
    assert ours.at(at)[:, cause_asked - 1] == pytest.approx(theirs.iloc[:, 0].to_numpy(), abs=1e-8)


def test_equals_scikit_survival():
    competing = pytest.importorskip("sksurv.nonparametric").cumulative_incidence_competing_risks
    lasted, cause, _ = wars(200, 5, late=False)
    lasted = np.ceil(lasted)  # ties are welcome here
    times, theirs = competing(cause, lasted)
    ours = aalen_johansen(lasted, cause, n_causes=CAUSES).at(times)
    assert ours == pytest.approx(theirs[1:].T, abs=1e-8)
    assert ours.sum(axis=1) == pytest.approx(theirs[0], abs=1e-8)


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, CAUSES), st.integers(0, 10)), min_size=1, max_size=40),
    st.integers(0, 12),
)
def test_endings_and_going_on_sum_to_one_and_order_does_not_matter(rows, landmark):
    entry = np.array([min(e, d) for d, _, e in rows], dtype=float)
    lasted, cause = np.array([d for d, _, _ in rows], dtype=float), np.array([c for _, c, _ in rows])
    curve = aalen_johansen(lasted, cause, n_causes=CAUSES, entry=entry, landmark=landmark)
    assert curve.incidence.sum(axis=1) + curve.survival == pytest.approx(np.ones(len(curve.times)), abs=1e-9)
    assert (np.diff(curve.incidence, axis=0) >= -1e-12).all()
    back = aalen_johansen(lasted[::-1], cause[::-1], n_causes=CAUSES, entry=entry[::-1], landmark=landmark)
    assert back.incidence == pytest.approx(curve.incidence, abs=1e-12)


def weighted_incidence(lasted, cause, entry, weight, ahead, landmark):
    """The estimator with weights, in plain loops: an independent route to the influence of a war."""
    survival, found = 1.0, np.zeros(CAUSES)
    begun = np.maximum(entry, landmark)
    for t in sorted(set(lasted[(cause > 0) & (lasted > landmark) & (lasted <= landmark + ahead)])):
        at_risk = weight[(begun < t) & (t <= lasted)].sum()
        hazard = [weight[(lasted == t) & (cause == k) & (begun < t)].sum() / at_risk for k in range(1, CAUSES + 1)]
        found += survival * np.array(hazard)
        survival *= 1 - sum(hazard)
    return found


@pytest.mark.parametrize("rounded", [False, True])
def test_influence_is_the_derivative_by_a_war_s_weight(rounded):
    lasted, cause, entry = wars(40, 6)
    if rounded:
        lasted, entry = np.ceil(lasted), np.floor(entry)
    found = influence(lasted, cause, [8, 25], n_causes=CAUSES, entry=entry, landmark=5.0)
    step = 1e-5
    for war in range(0, len(lasted), 3):
        for a, ahead in enumerate((8, 25)):
            up, down = np.ones(len(lasted)), np.ones(len(lasted))
            up[war], down[war] = 1 + step, 1 - step
            slope = (
                weighted_incidence(lasted, cause, entry, up, ahead, 5.0)
                - weighted_incidence(lasted, cause, entry, down, ahead, 5.0)
            ) / (2 * step)
            assert found.influence[war, a] == pytest.approx(slope, abs=1e-7)


def test_influence_agrees_with_the_curve_and_sums_to_nothing():
    lasted, cause, entry = wars(250, 7)
    groups = [[1, 1, 0], [1, 1, 1]]
    found = influence(lasted, cause, [6, 12, 40], n_causes=CAUSES, groups=groups, entry=entry, landmark=9.0)
    curve = aalen_johansen(lasted, cause, n_causes=CAUSES, entry=entry, landmark=9.0)
    assert found.incidence == pytest.approx(curve.at([6, 12, 40]) @ np.array(groups).T, abs=1e-12)
    assert found.influence.sum(axis=0) == pytest.approx(np.zeros((3, 2)), abs=1e-12)
    assert found.at_risk == int(((lasted > 9) & (entry <= 9)).sum())


def test_jackknife_variance_is_near_greenwood_s():
    lasted, cause, entry = wars(2000, 8)
    found = influence(lasted, cause, [12], n_causes=CAUSES, entry=entry, landmark=5.0)
    curve = aalen_johansen(lasted, cause, n_causes=CAUSES, entry=entry, landmark=5.0)
    last = np.searchsorted(curve.times, 17.0, side="right") - 1
    assert (found.influence**2).sum(axis=0)[0] == pytest.approx(curve.variance[last], rel=0.05)


def test_accounted_is_the_share_of_the_stretch_in_which_a_war_s_fate_is_known():
    found = influence([15, 14, 30, 8, 25], [1, 0, 0, 2, 1], [10], n_causes=2, entry=[0, 0, 0, 0, 12], landmark=10.0)
    # ended in it; watched for 4 of 10; outlasted it; gone before; seen from 12 of 10..20 on
    assert found.accounted[:, 0] == pytest.approx([1.0, 0.4, 1.0, 0.0, 0.8])


def test_nothing_ended():
    found = influence([5, 9], [0, 0], [3, 6], n_causes=2, landmark=2.0)
    assert found.incidence.tolist() == [[0, 0], [0, 0]]
    assert not found.influence.any()


@pytest.mark.parametrize(
    ("durations", "causes", "entry", "landmark", "message"),
    [
        ([1, 2], [1], None, 0, "same length"),
        ([1, np.nan], [1, 0], None, 0, "finite"),
        ([-1, 2], [1, 0], None, 0, "negative"),
        ([1, 2], [1, 4], None, 0, "whole numbers from 0"),
        ([1, 2], [1, 0.5], None, 0, "whole numbers from 0"),
        ([1, 2], [1, 0], [0, 3], 0, "position 1"),
        ([1, 2], [1, 0], None, -1, "landmark"),
    ],
)
def test_wrong_input(durations, causes, entry, landmark, message):
    with pytest.raises((DataError, ParameterError), match=message):
        aalen_johansen(durations, causes, n_causes=3, entry=entry, landmark=landmark)


def test_ahead_must_be_positive():
    with pytest.raises(ParameterError, match="ahead"):
        influence([1.0], [1], [0.0], n_causes=1)


def test_many_landmarks_at_once_are_the_same_curves():
    lasted, cause, _ = wars(400, 9, late=False)
    landmarks, ahead = np.array([0.0, 3.3, 11.0, 25.0]), [1.0, 6.0, 30.0]
    found = incidence_after(lasted, cause, landmarks, ahead, n_causes=CAUSES)
    for row, landmark in zip(found, landmarks, strict=True):
        curve = aalen_johansen(lasted, cause, n_causes=CAUSES, landmark=landmark)
        assert row == pytest.approx(curve.at(ahead), abs=1e-12)


def test_a_landmark_that_too_few_outlasted_is_moved_to_where_enough_did():
    lasted, cause = [5.0, 10.0, 15.0, 20.0], [1, 2, 1, 2]
    moved = incidence_after(lasted, cause, [17.0], [9.5], n_causes=2, least_at_risk=3)
    # From just before 10, three are left: one ends at 10 by cause 2, one at 15 by cause 1, the last at 20.
    assert moved[0, 0] == pytest.approx([1 / 3, 1 / 3])
    alone = incidence_after(lasted, cause, [17.0], [10.0], n_causes=2)
    assert alone[0, 0].tolist() == [0, 1]
    with pytest.raises(DataError, match="Fewer than 5"):
        incidence_after(lasted, cause, [1.0], [1.0], n_causes=2, least_at_risk=5)
    with pytest.raises(ParameterError, match="at least 1"):
        incidence_after(lasted, cause, [1.0], [1.0], n_causes=2, least_at_risk=0)
