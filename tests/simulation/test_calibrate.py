"""Weights, conditional chances and tilts against closed forms and integration on a grid."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from armistice.errors import DataError, ParameterError
from armistice.simulation.calibrate import Calibration, calibrate
from armistice.simulation.grouped import (
    CAUSES,
    SUMMARY_MONTHS,
    GroupedEndings,
    design_effect,
    grouped_endings,
    summary_chances,
)
from armistice.simulation.war_class import GRID, PARAMETERS, PRIOR, WAR_RANGES, fading_survival

FADING = PARAMETERS.index("fading")
SETTLED = 0.01


class FadingOnly:
    """A bank in which wars are settled at a known rate and fade at the rate of the last parameter."""

    def chances(self, theta):
        lengths = np.diff([0, *GRID])
        total = SETTLED + theta[:, FADING][:, None]
        ends = -np.expm1(-total * lengths)
        return np.stack([ends * SETTLED / total, 0 * ends, ends * theta[:, FADING][:, None] / total], axis=2)


def _wars(n, fading, seed):
    rng = np.random.default_rng(seed)
    lasted = rng.exponential(1 / (SETTLED + fading), n)
    cause = np.where(rng.random(n) < SETTLED / (SETTLED + fading), 1, 3)
    return lasted, cause


@pytest.mark.parametrize("n_wars", [25, 2000])
def test_the_posterior_is_that_of_integration_on_a_grid(n_wars):
    """25 wars are answered by draws from the prior, 2,000 by draws made anew."""
    lasted, cause = _wars(n_wars, 0.02, 1)
    found = calibrate(grouped_endings(lasted, cause), bank=FadingOnly())
    # constant hazards in continuous time, cut at 120 months: events and exposure are sufficient
    faded, exposure = ((cause == 3) & (lasted <= 120)).sum(), np.minimum(lasted, 120).sum()
    grid = np.linspace(np.log(3e-4), np.log(0.1), 20_001)
    density = np.exp(faded * grid - exposure * np.exp(grid) - (faded * grid - exposure * np.exp(grid)).max())
    density /= density.sum()
    place = (grid - grid[0]) / (grid[-1] - grid[0])
    mean, sd = density @ place, np.sqrt(density @ place**2 - (density @ place) ** 2)
    drawn = PRIOR.place(found.theta)[:, FADING]
    # within four Monte Carlo errors; counting by stretches loses next to nothing of the exposure
    assert found.weights @ drawn == pytest.approx(mean, abs=4 * sd / np.sqrt(found.effective_sample_size) + 0.06 * sd)
    assert found.contraction[FADING] == pytest.approx(sd * np.sqrt(12), rel=0.08)
    assert found.effective_sample_size > 500
    # nothing is learnt of the parameters that nothing depends on
    others = [k for k in range(len(PARAMETERS)) if k != FADING]
    assert found.contraction[others] == pytest.approx(1.0, abs=0.08)
    assert found.learnt[FADING]
    assert not found.learnt[others].any()


def test_the_log_likelihood_is_multinomial_in_each_stretch():
    at_risk = np.array([9.0, 4.0, 0, 0, 0, 0, 0])
    ended = np.zeros((7, 3))
    ended[0], ended[1] = [2, 1, 1], [0, 3, 0]
    chances = np.tile([0.2, 0.3, 0.1], (2, 7, 1))
    chances[1] = [0.3, 0.3, 0.2]
    expected = [
        stats.multinomial(9, [*row, 1 - sum(row)]).logpmf([2, 1, 1, 5])
        + stats.multinomial(4, [*row, 1 - sum(row)]).logpmf([0, 3, 0, 1])
        for row in chances[:, 0]
    ]
    found = GroupedEndings(at_risk, ended).log_likelihood(chances)
    assert found[1] - found[0] == pytest.approx(expected[1] - expected[0])
    half = GroupedEndings(at_risk, ended, 2.0).log_likelihood(chances)
    assert half == pytest.approx(found / 2)


def test_no_endings_leave_the_prior():
    empty = GroupedEndings(np.zeros(7), np.zeros((7, 3)))
    found = calibrate(empty, bank=FadingOnly())
    assert found.contraction == pytest.approx(1.0, abs=0.01)
    assert not found.learnt.any()
    values = {f"{name}_{side}": np.linspace(*ends, 7) for name, ends in WAR_RANGES.items() for side in "ab"}
    assert found.tilt(values) == pytest.approx(1.0, abs=0.01)


def test_censored_wars_count_half_in_the_stretch_in_which_they_leave():
    found = grouped_endings([[2.0, 5.0, 4.0, 150.0], [4.0, 5.0, 4.0, 150.0]], [1, 3, 0, 2])
    assert found.at_risk.tolist() == [4.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert found.ended[0].tolist() == [0.5, 0.0, 0.0]
    assert found.ended[1].tolist() == [0.5, 0.0, 1.0]
    assert found.ended[2:].sum() == 0  # the victory comes after the last stretch
    only = grouped_endings([2.0, 5.0], [1, 2], member=[False, True])
    assert only.ended.sum(axis=0).tolist() == [0.0, 1.0, 0.0]


def _one(theta_fading, weights, lasted=0.0):
    theta = np.tile(PRIOR.at(np.full((1, 6), 0.5)), (len(theta_fading), 1))
    theta[:, FADING] = theta_fading
    empty = GroupedEndings(np.zeros(7), np.zeros((7, 3)))
    return Calibration(theta, np.asarray(weights), FadingOnly().chances(theta), empty, lasted)


def test_incidence_given_that_the_war_has_lasted():
    rates, weights, given = np.array([0.005, 0.05]), np.array([0.3, 0.7]), 39.3
    found = _one(rates, weights, given).incidence([12, 300], level=0.9)
    # that it lasted speaks for the slow class
    after = weights * np.exp(-(SETTLED + rates) * given)
    after /= after.sum()
    for row, ahead in enumerate((12, 300)):  # beyond the grid's 240 months chances go on as they were
        ends = -np.expm1(-(SETTLED + rates) * ahead)
        assert found.share[row] == pytest.approx(
            [after @ (ends * SETTLED / (SETTLED + rates)), 0, after @ (ends * rates / (SETTLED + rates))]
        )
    assert found.lower[0, 2] == pytest.approx(-np.expm1(-(0.015) * 12) * 0.005 / 0.015)
    assert _one(rates, weights, given).incidence([0.0]).share.tolist() == [[0.0, 0.0, 0.0]]


def test_horizons_may_come_in_any_order():
    calibration = _one(np.array([0.01]), [1.0])
    assert calibration.incidence([60, 3]).share.tolist() == calibration.incidence([3, 60]).share[::-1].tolist()


def test_tilt_is_the_ratio_of_beta_mixtures():
    theta = np.tile(PRIOR.at(np.full((1, 6), 0.5)), (2, 1))
    theta[:, PARAMETERS.index("cost")] = 0.2, 0.9
    empty = GroupedEndings(np.zeros(7), np.zeros((7, 3)))
    found = Calibration(theta, np.array([0.25, 0.75]), FadingOnly().chances(theta), empty, 0.0)
    place = np.array([0.1, 0.6, 0.9])
    weights = found.tilt({"cost_a": 0.3 * place, "cost_b": 0.3 * place[::-1], "hope": place})

    def density(mean):
        each = stats.beta(4 * mean, 4 * (1 - mean)).pdf(place)
        return each * each[::-1]

    means = np.linspace(0.05, 0.95, 2001)
    prior = np.mean([density(mean) for mean in means], axis=0)
    expected = (0.25 * density(0.2) + 0.75 * density(0.9)) / prior
    assert weights == pytest.approx(expected / expected.mean(), rel=0.02)
    lasting = np.array([0.1, 0.2, 0.9])
    tilted = found.tilt({"cost_a": 0.3 * place, "cost_b": 0.3 * place[::-1]}, lasting=lasting)
    assert tilted == pytest.approx(weights * lasting / (weights * lasting).mean())
    with pytest.raises(DataError, match="none of the calibrated"):
        found.tilt({"hope": place})
    with pytest.raises(DataError, match="no drawn game"):
        found.tilt({"cost_a": place}, lasting=np.zeros(3))


def test_wars_that_lasted_fade_more_seldom():
    theta = PRIOR.at(np.full((1, 6), 0.5))
    theta[:, 4], theta[:, FADING] = 1.5, 0.01
    empty = GroupedEndings(np.zeros(7), np.zeros((7, 3)))
    months = 36.0
    found = Calibration(theta, np.array([1.0]), FadingOnly().chances(theta), empty, months)
    drawn = found.fading_draws(20_000, np.random.default_rng(1))
    grid = np.linspace(-5, 5, 4001)
    chance = np.clip(0.01 * np.exp(1.5 * grid), 1e-6, 0.6)
    weight = np.exp(-(grid**2) / 2) * (1 - chance) ** months
    expected = (weight @ np.log(chance)) / weight.sum()
    assert np.log(drawn).mean() == pytest.approx(expected, abs=0.04)
    assert expected < np.log(0.01) - 0.3


def test_fading_survival_is_a_mixture():
    even = fading_survival(np.array([0.02]), np.array([1e-9]), [1, 10])
    assert even[0] == pytest.approx([0.98, 0.98**10])
    wide = fading_survival(np.array([0.02]), np.array([2.0]), [24])[0, 0]
    draws = np.clip(0.02 * np.exp(2.0 * np.random.default_rng(2).standard_normal(400_000)), 1e-6, 0.6)
    assert wide == pytest.approx(((1 - draws) ** 24).mean(), abs=0.004)


def test_summaries_keep_the_incidence():
    chances = np.random.default_rng(3).dirichlet([1, 1, 1, 8], size=(4, len(GRID)))[:, :, :3]
    short = summary_chances(chances)

    def incidence(of):
        lasts = np.cumprod(1 - of.sum(axis=2), axis=1)
        before = np.concatenate([np.ones((len(of), 1)), lasts[:, :-1]], axis=1)
        return np.cumsum(before[:, :, None] * of, axis=1)

    at = [GRID.index(months) for months in SUMMARY_MONTHS]
    assert incidence(short) == pytest.approx(incidence(chances)[:, at])


def test_design_effect():
    rng = np.random.default_rng(4)
    moved = rng.standard_normal((200, 2, 3))
    assert design_effect(moved, np.arange(200)) == 1.0
    twins = np.repeat(moved, 2, axis=0)
    assert design_effect(twins, np.repeat(np.arange(200), 2)) == pytest.approx(2.0)


def test_predicted_sets_are_as_large_as_the_one_observed():
    observed = GroupedEndings(np.full(7, 50.0), np.full((7, 3), 1.0), 2.0)
    theta = np.tile(PRIOR.at(np.full((1, 6), 0.5)), (1, 1))
    theta[:, FADING] = 0.02
    found = Calibration(theta, np.array([1.0]), FadingOnly().chances(theta), observed, 0.0)
    predicted = found.predictive(np.random.default_rng(5), n=4000)
    share = -np.expm1(-0.03 * 3) / 3
    low, high = stats.binom(25, share).interval(0.95)
    assert predicted.share[0, 0] == pytest.approx(share, abs=0.004)
    assert (predicted.lower[0, 0], predicted.upper[0, 0]) == pytest.approx((low / 25, high / 25), abs=0.041)
    assert len(CAUSES) == predicted.share.shape[1]


def test_what_cannot_be_used_is_refused():
    with pytest.raises(DataError, match="causes needs one value"):
        grouped_endings([1.0, 2.0], [1])
    with pytest.raises(DataError, match="causes must lie"):
        grouped_endings([1.0], [4])
    with pytest.raises(ParameterError, match="design_effect"):
        grouped_endings([1.0], [1], design_effect=0.5)
    with pytest.raises(ParameterError, match="lasted"):
        calibrate(GroupedEndings(np.zeros(7), np.zeros((7, 3))), lasted=-1, bank=FadingOnly())
    with pytest.raises(ParameterError, match="horizons"):
        _one(np.array([0.01]), [1.0]).incidence([-1.0])
