"""Scores, worked by hand, and bands that hold what they should."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.history.scores import brier_scores, integrated_brier, log_scores, reliability, skill


def test_brier_by_cause_worked_by_hand():
    # Said 0.5 and 0.2; it ended by the first. Then by neither.
    found = brier_scores([[0.5, 0.2], [0.5, 0.2]], [[1, 0], [0, 0]])
    assert found == pytest.approx(np.array([[0.25, 0.04], [0.25, 0.04]]))
    assert brier_scores([0.9, 0.1], [0, 1]).sum() == pytest.approx(0.81 + 0.81)


def test_a_vague_outcome_scores_the_mean_over_what_may_have_happened():
    p = np.array([0.3, 0.1])
    mean = (brier_scores(p, [1, 0]) + brier_scores(p, [0, 0])) / 2
    assert brier_scores(p, [0.5, 0]) == pytest.approx(mean)
    log_mean = (log_scores(p, [1, 0]) + log_scores(p, [0, 0])) / 2
    assert log_scores(p, [0.5, 0]) == pytest.approx(log_mean)


def test_log_score_counts_going_on_and_has_a_floor():
    assert log_scores([0.5, 0.2], [0, 0]) == pytest.approx(-np.log(0.3))
    assert log_scores([0.5, 0.2], [0, 1]) == pytest.approx(-np.log(0.2))
    # Said 0: 0.001 of the 1.001 that is left after the floor.
    assert log_scores([0.0, 0.2], [1, 0]) == pytest.approx(-np.log(0.001 / 1.001))


def test_both_are_proper():
    """Nobody gains by saying other than what they think."""
    rng = np.random.default_rng(1)
    for _ in range(50):
        truth, other = (rng.dirichlet([1, 1, 1])[:2] * 0.97 + 0.01 for _ in range(2))
        for score in (lambda p, y: brier_scores(p, y).sum(), log_scores):
            assert score(truth, truth) <= score(other, truth) + 1e-12


def test_integrated_brier_by_the_trapezium():
    # From 0 at 0, to 0.2 at 6, to 0.4 at 12: (0.1 x 6 + 0.3 x 6) / 12.
    assert integrated_brier(np.array([0.2, 0.4]), [6, 12]) == pytest.approx(0.2)
    with pytest.raises(DataError, match="must rise"):
        integrated_brier(np.array([0.2, 0.4]), [12, 6])


def test_skill_and_its_weights():
    found = skill([1.0, 2.0, 9.0], [2.0, 2.0, 9.0], [1, 1, 2], rng=np.random.default_rng(1), weight=[1, 1, 0])
    assert found.value == pytest.approx(0.25)
    assert (found.score, found.reference_score) == (1.5, 2.0)
    assert (found.n, found.n_clusters) == (2, 2)


def test_skill_interval_is_over_conflicts_not_forecasts():
    """A hundred forecasts of two conflicts are two conflicts."""
    rng = np.random.default_rng(2)
    many = np.repeat([0.5, 1.3], 50)
    few = skill(many, np.ones(100), np.repeat([1, 2], 50), rng=rng)
    apart = skill(many, np.ones(100), np.arange(100), rng=rng)
    assert few.upper - few.lower > 3 * (apart.upper - apart.lower)
    assert few.lower < few.value < few.upper


def forecasts(n_clusters, seed, shift=0.0, shock=0.0):
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(n_clusters), 6)
    periods = np.tile(np.arange(6), n_clusters)
    p = rng.uniform(0.05, 0.6, len(clusters))
    truth = np.clip(p + shift + shock * rng.standard_normal(6)[periods], 0, 1)
    return p, (rng.random(len(p)) < truth).astype(float), clusters, periods


def test_the_band_covers_an_honest_forecast_and_not_a_wrong_one():
    honest = [
        reliability(*forecasts(150, seed)[:3], rng=np.random.default_rng(seed), n_draws=400).covers
        for seed in range(60)
    ]
    assert np.mean(honest) > 0.88
    wrong = [
        reliability(*forecasts(150, seed, 0.12)[:3], rng=np.random.default_rng(seed), n_draws=400).covers
        for seed in range(30)
    ]
    assert np.mean(wrong) < 0.2


def test_shocks_that_a_period_shares_widen_the_band_only_if_periods_are_resampled():
    p, y, clusters, periods = forecasts(150, 3, shock=0.15)
    apart = reliability(p, y, clusters, rng=np.random.default_rng(1))
    both = reliability(p, y, clusters, rng=np.random.default_rng(1), periods=periods)
    assert both.happened == pytest.approx(apart.happened)
    assert np.mean(both.upper - both.lower) > 1.5 * np.mean(apart.upper - apart.lower)


def test_bins_hold_equal_numbers_and_their_means():
    p = np.linspace(0.1, 0.5, 100)
    found = reliability(p, (p > 0.3).astype(float), np.arange(100), rng=np.random.default_rng(1), n_bins=4)
    assert found.n.tolist() == [25, 25, 25, 25]
    assert found.forecast == pytest.approx([p[i : i + 25].mean() for i in range(0, 100, 25)])
    assert found.happened.tolist() == [0, 0, 1, 1]


def test_equal_forecasts_leave_fewer_bins():
    found = reliability([0.2] * 30, [0, 1] * 15, np.arange(30), rng=np.random.default_rng(1))
    assert found.n.tolist() == [30]


@pytest.mark.parametrize(
    ("forecast", "happened", "message"),
    [([0.5, 0.6], [1, 0], "sum to 1"), ([0.5, -0.1], [1, 0], "sum to 1"), ([0.5], [1, 0], "one shape")],
)
def test_what_is_no_forecast_is_refused(forecast, happened, message):
    with pytest.raises(DataError, match=message):
        brier_scores(forecast, happened)
