"""Shrunken hazards: against closed forms, an independent Poisson regression, and made-up wars whose truth is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.history.shrunken_hazards import (
    LEAST_PRECISION,
    MOST_PRECISION,
    elapsed_basis,
    fit_shrunken_hazards,
    incidence_of_hazards,
    observed_and_expected,
)

EDGES = [0.0, 6.0, 12.0]


def world(n, seed, effects=((0.0, 0.0), (0.0, 0.0)), level=(0.02, 0.05)):
    """Landmarks with two standard normal covariates; ``effects[cause]`` are their coefficients."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 2))
    rate = np.array(level) * np.exp(x @ np.array(effects).T)
    ended = rng.exponential(1 / rate.sum(axis=1))
    cause = np.where(rng.random(n) < rate[:, 0] / rate.sum(axis=1), 0, 1)
    exposure, endings = np.zeros((n, 2)), np.zeros((n, 2, 2))
    for j in range(2):
        exposure[:, j] = np.clip(ended, EDGES[j], EDGES[j + 1]) - EDGES[j]
        here = (ended > EDGES[j]) & (ended <= EDGES[j + 1])
        endings[here, j, cause[here]] = 1
    return x, exposure, endings


def test_without_covariates_it_is_events_over_months():
    x, exposure, endings = world(500, 1)
    found = fit_shrunken_hazards(x[:, :0], exposure, endings, edges=EDGES, blocks=[])
    expected = np.log(endings.sum(axis=0) / exposure.sum(axis=0)[:, None])
    assert found.log_hazards(np.zeros((1, 0)))[0] == pytest.approx(expected, abs=1e-2)


def test_hardly_shrunk_it_is_poisson_regression():
    sm = pytest.importorskip("statsmodels.api")
    x, exposure, endings = world(800, 2, effects=((0.6, 0.0), (-0.4, 0.3)))
    found = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[2], precision=0.0)
    stretch = np.tile(np.eye(2), (800, 1))
    design, seen = np.hstack([stretch, np.repeat(x, 2, axis=0)]), exposure.ravel() > 0
    for k in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = sm.GLM(
                endings[:, :, k].ravel()[seen], design[seen], family=sm.families.Poisson(),
                exposure=exposure.ravel()[seen],
            ).fit()  # fmt: skip
        slope = found.coefficients[:, k] / found.spread
        assert slope == pytest.approx(other.params[2:], abs=2e-3)
        assert found.log_hazards(np.zeros((1, 2)))[0, :, k] == pytest.approx(other.params[:2], abs=5e-3)


def test_what_says_nothing_is_shrunk_and_what_says_much_is_not():
    x, exposure, endings = world(3000, 3, effects=((0.8, 0.0), (0.0, 0.0)))
    free = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[1, 1], precision=0.0)
    found = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[1, 1], least=1.0)
    kept = found.coefficients / free.coefficients
    assert kept[0, 0] == pytest.approx(1, abs=0.05)
    assert found.precision[0, 0] < 10
    assert found.precision[1, 0] > 100
    assert abs(found.coefficients[1, 0]) < abs(free.coefficients[1, 0]) * 0.8
    assert (found.precision <= MOST_PRECISION).all()
    bounded = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[1, 1])
    assert bounded.precision.min() == LEAST_PRECISION


def test_weights_count_as_repeats():
    x, exposure, endings = world(200, 4, effects=((0.5, 0.2), (0.0, 0.0)))
    weight = np.where(np.arange(200) < 100, 2.0, 1.0)
    twice = np.concatenate([np.arange(200), np.arange(100)])
    # Standardisation looks at landmarks, not weights, so compare hazards with hardly any shrinkage.
    one = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[2], weight=weight, precision=0.0)
    two = fit_shrunken_hazards(x[twice], exposure[twice], endings[twice], edges=EDGES, blocks=[2], precision=0.0)
    assert one.log_hazards(x[:5]) == pytest.approx(two.log_hazards(x[:5]), abs=1e-3)


def test_unknown_counts_as_average_and_a_constant_column_as_nothing():
    x, exposure, endings = world(400, 5, effects=((0.7, 0.0), (0.0, 0.0)))
    x = np.column_stack([x, np.full(400, 3.0)])
    found = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[3])
    mean = found.log_hazards(x.mean(axis=0)[None])
    assert found.log_hazards([[np.nan, np.nan, np.nan]]) == pytest.approx(mean)
    assert found.log_hazards([[0, 0, 99.0]]) == pytest.approx(found.log_hazards([[0, 0, 3.0]]))


def test_incidence_is_the_integral_of_the_hazards():
    rng = np.random.default_rng(6)
    hazards = rng.uniform(0.01, 0.1, (3, 2, 2))
    ahead = np.array([2.0, 6.0, 9.5, 12.0, 20.0])
    found = incidence_of_hazards(hazards, EDGES, ahead)
    step = 1e-3
    grid = np.arange(step / 2, 20, step)
    which = (grid > 6).astype(int)  # the last stretch goes on beyond its edge
    for i in range(3):
        rate = hazards[i][which]
        alive = np.exp(-(np.cumsum(rate.sum(axis=1)) - rate.sum(axis=1) / 2) * step)
        for a, months in enumerate(ahead):
            within = grid < months
            assert found[i, a] == pytest.approx((alive[:, None] * rate)[within].sum(axis=0) * step, abs=1e-5)
    assert (np.diff(found, axis=1) > 0).all()
    assert (found.sum(axis=2) < 1).all()


def test_incidence_with_no_hazard_is_nothing():
    assert incidence_of_hazards(np.zeros((2, 2)), EDGES, [5.0]).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_hold_the_truth_about_as_often_as_they_say(clustered):
    """With 800 landmarks and true effects inside the prior's reach, 95% intervals of a chance cover it 90 to 99%."""
    effects, level = ((0.3, 0.0), (-0.2, 0.1)), (0.02, 0.05)
    at = np.array([[0.5, -0.5]])
    rate = np.array(level) * np.exp(at @ np.array(effects).T)
    truth = incidence_of_hazards(np.repeat(rate[:, None], 2, axis=1), EDGES, [12.0])[0, 0]
    held = []
    for seed in range(120):
        x, exposure, endings = world(800, 100 + seed, effects, level)
        clusters = np.arange(800) // 2 if clustered else None
        found = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[2], clusters=clusters, least=1.0)
        drawn = found.draws(at, np.random.default_rng(seed).standard_normal((200, 2, found.size)))
        chance = incidence_of_hazards(np.exp(drawn), EDGES, [12.0])[:, 0, 0]
        low, high = np.quantile(chance, [0.025, 0.975], axis=0)
        held.append((low <= truth) & (truth <= high))
    share = np.mean(held, axis=0)
    assert (share > 0.89).all(), share
    assert (share < 0.995).all(), share


def test_elapsed_basis_is_smooth_and_bounded():
    years = np.linspace(0.01, 60, 400)
    basis = elapsed_basis(years)
    assert np.isfinite(basis).all()
    assert np.abs(np.diff(basis, axis=0)).max() < 1.5
    assert elapsed_basis([50.0]).tolist() == elapsed_basis([40.0]).tolist()


def test_every_group_is_needed():
    one = np.ones((2, 1))
    with pytest.raises(DataError, match="codes from 0"):
        observed_and_expected(one, one, np.array([0, -1]))


def test_wrong_shapes_are_told():
    x, exposure, endings = world(20, 7)
    with pytest.raises(DataError, match="blocks must sum to the 2 features, got 3"):
        fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[3])
    with pytest.raises(DataError, match="must agree"):
        fit_shrunken_hazards(x[:5], exposure, endings, edges=EDGES, blocks=[2])
    with pytest.raises(DataError, match="Nothing was watched"):
        fit_shrunken_hazards(x, exposure * 0, endings, edges=EDGES, blocks=[2])
    found = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[2])
    with pytest.raises(DataError, match="needs 2 columns, as in the fit; got 1"):
        found.log_hazards([[1.0]])


def test_a_huge_hazard_does_not_swallow_what_came_before_it():
    found = incidence_of_hazards(np.array([[0.1], [1e18], [1e-3]]), [0, 6, 12, 24], [6, 12, 60])
    assert found[:, 0] == pytest.approx([1 - np.exp(-0.6), 1.0, 1.0])
