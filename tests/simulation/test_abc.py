"""ABC against posteriors in closed form; each test has a wrong weight or kernel that it would catch."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from armistice.errors import DataError, NotConvergedError, ParameterError
from armistice.simulation.abc import (
    AbcPosterior,
    BoxPrior,
    abc_smc,
    effective_sample_size,
    regression_adjusted,
    weighted_quantiles,
)

UNIT = BoxPrior([0.0], [1.0])


def _binomial(theta, rng):
    return rng.binomial(12, theta[:, :1]).astype(float)


def _distance_from(posterior: AbcPosterior, exact) -> float:
    """Largest distance between the weighted cumulative distribution and the exact one."""
    order = np.argsort(posterior.theta[:, 0])
    reached = np.cumsum(posterior.weights[order])
    return float(np.abs(reached - exact.cdf(posterior.theta[order, 0])).max())


def test_a_binomial_share_has_its_beta_posterior():
    found = abc_smc(_binomial, [1.0], UNIT, np.random.default_rng(1), n_particles=4000)
    exact = stats.beta(2, 12)
    assert found.tolerances[-1] == 0
    assert len(found.tolerances) >= 3
    # 1.63 / sqrt(n) is the 1 % point of Kolmogorov's distance
    assert _distance_from(found, exact) < 1.63 / np.sqrt(found.effective_sample_size)
    assert found.effective_sample_size > 1500


@pytest.mark.parametrize("wrong", ["no weights", "no prior density"])
def test_the_binomial_test_catches_wrong_weights(wrong, monkeypatch):
    if wrong == "no prior density":  # as if proposals were made on the bounded scale
        monkeypatch.setattr(BoxPrior, "log_density_free", lambda self, free: np.zeros(len(free)))
    found = abc_smc(_binomial, [1.0], UNIT, np.random.default_rng(1), n_particles=4000)
    if wrong == "no weights":
        found = AbcPosterior(**{**vars(found), "weights": np.full(len(found.theta), 1 / len(found.theta))})
    assert _distance_from(found, stats.beta(2, 12)) > 1.63 / np.sqrt(found.effective_sample_size)


def test_a_rate_with_a_logarithmic_prior_has_its_gamma_posterior():
    prior = BoxPrior([0.01], [1000.0], [True])
    found = abc_smc(
        lambda theta, rng: rng.poisson(theta[:, :1]).astype(float), [4.0], prior, np.random.default_rng(2),
        n_particles=4000,
    )  # fmt: skip
    assert found.tolerances[-1] == 0
    # density proportional to rate^(4 - 1) exp(-rate); a flat prior would give Gamma(5)
    assert _distance_from(found, stats.gamma(4)) < 1.63 / np.sqrt(found.effective_sample_size)
    assert _distance_from(found, stats.gamma(5)) > 0.1


def test_a_mean_near_the_edge_of_its_box_has_a_truncated_posterior():
    def simulate(theta, rng):
        return rng.normal(theta[:, 0], 0.3)[:, None]

    prior = BoxPrior([0.0], [2.0])
    found = abc_smc(simulate, [-0.1], prior, np.random.default_rng(3), n_particles=2000, tolerance=0.05, scale=[1.0])
    exact = stats.truncnorm(0.1 / 0.3, 2.1 / 0.3, loc=-0.1, scale=0.3)
    # half a percent for the width of the tolerance: its variance is a hundredth of the posterior's
    assert _distance_from(found, exact) < 1.63 / np.sqrt(found.effective_sample_size) + 0.005
    assert found.theta.min() > 0


def test_failed_simulations_are_rejected_and_counted():
    def simulate(theta, rng):
        found = _binomial(theta, rng)
        found[rng.random(len(theta)) < theta[:, 0]] = np.nan  # fails the more often the larger the share
        return found

    found = abc_smc(simulate, [3.0], UNIT, np.random.default_rng(4), n_particles=4000)
    # Conditional on not failing: one more failure to see, so Beta(4, 10 + 1)
    assert _distance_from(found, stats.beta(4, 11)) < 1.63 / np.sqrt(found.effective_sample_size)
    assert _distance_from(found, stats.beta(4, 10)) > 0.05
    assert 0.2 < found.failures / found.simulations < 0.6


def _two_means(theta, rng):
    """Sample means whose errors hang together: covariance [[1, .8], [.8, 1]] / 4."""
    z = rng.standard_normal((len(theta), 2))
    return theta + 0.5 * np.column_stack([z[:, 0], 0.8 * z[:, 0] + 0.6 * z[:, 1]])


@pytest.mark.parametrize("heteroscedastic", [False, True])
def test_adjusted_draws_have_the_covariance_that_a_wide_tolerance_hides(heteroscedastic):
    prior = BoxPrior([-10.0, -10.0], [10.0, 10.0])
    raw = abc_smc(
        _two_means, [1.0, -2.0], prior, np.random.default_rng(5), n_particles=4000, tolerance=1.5, scale=[1.0, 1.0]
    )
    found = regression_adjusted(raw, heteroscedastic=heteroscedastic)
    covariance = np.cov(found.theta.T, aweights=found.weights)
    assert np.allclose(found.mean(), [1.0, -2.0], atol=4 * 0.5 / np.sqrt(found.effective_sample_size))
    # 8 %: four standard errors of a variance from 5,000 draws
    assert np.allclose(covariance, [[0.25, 0.2], [0.2, 0.25]], atol=0.02)
    assert raw.sd()[0] > 0.6  # without the adjustment the tolerance shows


def test_heteroscedastic_adjustment_mends_a_spread_that_changes_with_the_summary():
    # The spread of theta given the summary rises fourfold across the tolerance; plain adjustment averages it.
    rng = np.random.default_rng(6)
    summary = rng.uniform(-1, 1, 20_000)
    prior = BoxPrior([-100.0], [100.0])
    theta = 0.5 * summary + np.exp(0.7 * summary) * rng.standard_normal(20_000)
    at = -0.6
    raw = AbcPosterior(
        prior, np.array([at]), theta[:, None], np.full(20_000, 1 / 20_000), summary[:, None], np.abs(summary - at),
        np.eye(1), (0.8,), 1.0, 20_000, 0, "",
    )  # fmt: skip
    exact = np.exp(0.7 * at)
    assert regression_adjusted(raw, heteroscedastic=True).sd()[0] == pytest.approx(exact, rel=0.05)
    assert regression_adjusted(raw).sd()[0] > 1.08 * exact


def test_same_seed_same_draws():
    a, b = (abc_smc(_binomial, [3.0], UNIT, np.random.default_rng(7), n_particles=200) for _ in range(2))
    assert np.array_equal(a.theta, b.theta)
    assert np.array_equal(a.weights, b.weights)


def test_it_stops_and_says_why():
    def simulate(theta, rng):
        return rng.normal(theta[:, 0], 1.0)[:, None]

    prior = BoxPrior([-5.0], [5.0])
    few = abc_smc(simulate, [0.0], prior, np.random.default_rng(8), n_particles=200, max_simulations=1500)
    assert few.simulations <= 1500
    assert "too few" in few.stopped
    rare = abc_smc(simulate, [0.0], prior, np.random.default_rng(8), n_particles=200, min_acceptance=0.1)
    assert rare.acceptance >= 0.1
    assert "too few" in rare.stopped
    done = abc_smc(simulate, [0.0], prior, np.random.default_rng(8), n_particles=200, tolerance=0.5, scale=[1.0])
    assert done.stopped == "tolerance reached"
    assert done.distances.max() <= 0.5
    assert abc_smc(_binomial, [3.0], UNIT, np.random.default_rng(8), n_particles=200).stopped == "tolerance reached"


def test_what_cannot_be_used_is_refused():
    rng = np.random.default_rng(9)
    with pytest.raises(ParameterError, match="below upper"):
        BoxPrior([1.0], [1.0])
    with pytest.raises(ParameterError, match="positive lower bound"):
        BoxPrior([0.0], [1.0], [True])
    with pytest.raises(DataError, match="observed must be finite"):
        abc_smc(_binomial, [np.nan], UNIT, rng)
    with pytest.raises(DataError, match="simulate must return shape"):
        abc_smc(_binomial, [1.0, 2.0], UNIT, rng)
    with pytest.raises(NotConvergedError, match="could be simulated"):
        abc_smc(lambda theta, rng: np.full((len(theta), 1), np.nan), [1.0], UNIT, rng)
    with pytest.raises(ParameterError, match="keep must lie"):
        abc_smc(_binomial, [1.0], UNIT, rng, keep=1.0)


def test_weights_and_quantiles():
    assert effective_sample_size([3.0, 1.0]) == pytest.approx(1.6)
    values, weights = np.array([[1.0, 5.0], [2.0, 4.0], [3.0, 3.0]]), np.array([0.1, 0.2, 0.7])
    assert weighted_quantiles(values, weights, [0.25, 0.75]).tolist() == [[2.0, 3.0], [3.0, 4.0]]
