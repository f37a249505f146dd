"""Retaliation on daily counts: likelihood against hand-worked and independent ones, simulation, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError, StatisticalWarning
from armistice.escalation.retaliation_counts import (
    RetaliationFit,
    RetaliationSettings,
    fit_retaliation,
    smooth_design,
)
from armistice.escalation.retaliation_inference import answer_test, branching_intervals
from armistice.escalation.retaliation_kernels import climb, lag_weights, row_likelihood

PLAIN = RetaliationSettings(has_weekdays=False, knot_days=10_000)


def known_model(n_days: int, branching: list[list[float]], *, decay: float = 0.5, level: float = 8.0, **settings):
    """A model with known parameters, its constant baseline chosen so that every series has this mean."""
    chosen = RetaliationSettings(**{"has_weekdays": False, "knot_days": 10_000, **settings})
    alpha = np.array(branching)
    k = len(alpha)
    design = smooth_design(n_days, chosen)
    theta = np.zeros((k, design.shape[1] + k + 3))
    theta[:, : design.shape[1]] = np.log(level * (1 - alpha.sum(axis=1)))[:, None]
    theta[:, design.shape[1] : design.shape[1] + k] = alpha
    theta[:, -3:-1] = np.log(decay)
    theta[:, -1] = np.log(5.0)
    shape = (n_days, k)
    return RetaliationFit(
        chosen, np.full(shape, level), np.full(shape, level), design, theta, np.zeros(k), np.full(shape, np.nan)
    )


def test_lag_weights_are_shares_and_know_their_slope() -> None:
    weights, slopes = lag_weights(math.log(0.7), 3)
    by_hand = np.array([math.exp(-0.7), math.exp(-1.4), math.exp(-2.1)])
    assert weights == pytest.approx(by_hand / by_hand.sum())
    step = 1e-6
    difference = (lag_weights(math.log(0.7) + step, 3)[0] - lag_weights(math.log(0.7) - step, 3)[0]) / (2 * step)
    assert slopes == pytest.approx(difference, abs=1e-8)


@pytest.mark.parametrize("is_poisson", [False, True])
@pytest.mark.parametrize("row", [0, 2])
def test_gradient_agrees_with_finite_differences(row: int, is_poisson: bool) -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(6.0, (80, 3)).astype(float)
    design = smooth_design(80, RetaliationSettings(knot_days=30))
    used = rng.random(80) < 0.9
    used[:7] = False
    roughness = 0.3 * np.eye(design.shape[1])
    theta = rng.normal(0.0, 0.2, design.shape[1] + 6)
    theta[design.shape[1] : design.shape[1] + 3] = (0.3, 0.1, 0.2)

    def value(at):
        return row_likelihood(at, counts[:, row], used, counts, design, roughness, row, 7, 3, is_poisson)[0]

    gradient = row_likelihood(theta, counts[:, row], used, counts, design, roughness, row, 7, 3, is_poisson)[1]
    steps = 1e-5 * np.eye(len(theta))
    numeric = [(value(theta + step) - value(theta - step)) / 2e-5 for step in steps]
    assert gradient == pytest.approx(numeric, rel=1e-5, abs=1e-6)
    assert (gradient[-1] == 0) == is_poisson


def test_likelihood_of_a_case_worked_day_by_day() -> None:
    from scipy.stats import nbinom

    counts = np.array([[2.0, 1.0], [0.0, 4.0], [3.0, 2.0], [5.0, 0.0], [1.0, 7.0]])
    theta = np.array([math.log(1.5), 0.2, 0.4, math.log(0.9), math.log(0.3), math.log(2.5)])
    used = np.array([False, False, True, False, True])
    value, _, _, means = row_likelihood(
        theta, counts[:, 0], used, counts, np.ones((5, 1)), np.zeros((1, 1)), 0, 2, 0, False
    )
    own = np.exp(-0.9 * np.array([1, 2])) / np.exp(-0.9 * np.array([1, 2])).sum()
    answer = np.exp(-0.3 * np.array([1, 2])) / np.exp(-0.3 * np.array([1, 2])).sum()
    expected = 0.0
    for t in (2, 4):
        mean = 1.5 + 0.2 * own @ counts[[t - 1, t - 2], 0] + 0.4 * answer @ counts[[t - 1, t - 2], 1]
        assert means[t] == pytest.approx(mean)
        expected += nbinom.logpmf(counts[t, 0], 2.5, 2.5 / (2.5 + mean))
    assert value == pytest.approx(expected)


def test_without_answers_the_poisson_model_is_the_log_linear_one_of_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(4)
    design = smooth_design(200, RetaliationSettings(knot_days=60))
    counts = rng.poisson(np.exp(1.5 + np.sin(np.arange(200) / 25)))[:, None].astype(float)
    used = np.arange(200) >= 7
    theta = np.zeros(design.shape[1] + 4)
    fixed = np.zeros(len(theta), dtype=bool)
    fixed[-4:] = True
    found, value, _, _ = climb(
        theta, fixed, np.full(len(theta), -30.0), np.full(len(theta), 30.0), counts[:, 0], used, counts, design,
        np.zeros((design.shape[1],) * 2), 0, 7, 0, True, 1e-9, 200,
    )  # fmt: skip
    oracle = sm.GLM(counts[used, 0], design[used], family=sm.families.Poisson()).fit(tol=1e-10)
    assert value == pytest.approx(oracle.llf, abs=1e-5)
    assert found[:-4] == pytest.approx(oracle.params, abs=1e-3)


def test_impulse_response_worked_by_hand() -> None:
    model = known_model(50, [[0.5, 0.0], [0.25, 0.0]], lag_days=1)
    response = model.impulse_response(0, extra=8.0, days=3)
    assert response == pytest.approx(np.array([[8, 0], [4, 2], [2, 1], [1, 0.5]]))
    assert model.spectral_radius == pytest.approx(0.5)
    assert model.impulse_response(1, extra=8.0, days=3)[1:] == pytest.approx(0.0)


def test_half_life_is_where_half_of_the_answers_have_come() -> None:
    model = known_model(80, [[0.5]], decay=0.2)
    weights = np.exp(-0.2 * np.arange(1, 29))
    done = weights.cumsum() / weights.sum()
    first = int(np.flatnonzero(done >= 0.5)[0])
    between = (0.5 - done[first - 1]) / (done[first] - done[first - 1])
    assert model.half_life_days[0, 0] == pytest.approx(first + between)


def test_simulation_has_the_mean_that_the_branching_matrix_implies() -> None:
    model = known_model(600, [[0.3, 0.0], [0.4, 0.2]], level=10.0)
    drawn = model.simulate(np.random.default_rng(1), n_sets=50)
    mean = np.linalg.solve(np.eye(2) - model.branching, model.baseline[0])
    assert mean == pytest.approx([10.0, 10.0])
    assert drawn[:, 100:].mean(axis=(0, 1)) == pytest.approx(mean, rel=0.03)


def test_planted_answers_are_found_with_their_direction_and_pace() -> None:
    planted = known_model(4000, [[0.3, 0.0], [0.4, 0.2]], level=20.0)
    fits = [fit_retaliation(one, settings=PLAIN) for one in planted.simulate(np.random.default_rng(2), n_sets=6)]
    # One set of 4,000 days scatters by 0.04: three standard errors of the mean of six.
    assert np.mean([fit.branching for fit in fits], axis=0) == pytest.approx(planted.branching, abs=0.05)
    assert np.median([fit.decay[1, 0] for fit in fits]) == pytest.approx(0.5, rel=0.3)
    fit = fits[0]
    assert fit.dispersion == pytest.approx([5.0, 5.0], rel=0.15)
    assert answer_test(fit, 1, 0).p_value < 1e-6
    assert answer_test(fit, 0, 1).p_value > 0.01


def test_missing_days_leave_the_likelihood_and_stand_at_their_mean_in_the_lags() -> None:
    planted = known_model(3000, [[0.3, 0.0], [0.4, 0.2]], level=20.0)
    rng = np.random.default_rng(5)
    found = []
    for counts in planted.simulate(rng, n_sets=6):
        counts[rng.random(counts.shape) < 0.1] = np.nan
        fit = fit_retaliation(counts, settings=PLAIN)
        found.append(fit.branching)
    # Scatter of one set 0.045: three standard errors of the mean of six.
    assert np.mean(found, axis=0) == pytest.approx(planted.branching, abs=0.055)
    assert fit.n_used.tolist() == np.isfinite(counts[28:]).sum(axis=0).tolist()
    holes = np.isnan(counts)
    holes[:28] = False
    assert fit.filled[holes] == pytest.approx(fit.mean[holes], rel=0.02)


def test_residuals_are_uniform_under_the_model_and_not_without_its_dispersion() -> None:
    from scipy.stats import kstest

    planted = known_model(1500, [[0.4]], level=20.0)
    counts = planted.simulate(np.random.default_rng(6))[0]
    rng = np.random.default_rng(7)
    right = fit_retaliation(counts, settings=PLAIN).residuals(rng)
    poisson = RetaliationSettings(has_weekdays=False, knot_days=10_000, is_poisson=True)
    wrong = fit_retaliation(counts, settings=poisson).residuals(rng)
    assert np.isnan(right[:28]).all()
    assert kstest(right[28:, 0], "uniform").pvalue > 0.01
    assert kstest(wrong[28:, 0], "uniform").pvalue < 1e-4


def test_intervals_hold_the_estimate_and_are_narrower_with_more_days() -> None:
    widths = []
    for n_days in (300, 2400):
        counts = known_model(n_days, [[0.3, 0.0], [0.4, 0.2]]).simulate(np.random.default_rng(8))[0]
        fit = fit_retaliation(counts, settings=PLAIN)
        found = branching_intervals(fit, np.random.default_rng(9), n_draws=19)
        assert np.all(found.lower <= fit.branching)
        assert np.all(found.upper >= fit.branching)
        assert np.all(found.correction >= 1)
        widths.append((found.upper - found.lower).mean())
    assert widths[1] < 0.7 * widths[0]


def test_restriction_repairs_nearly_half_of_the_bias_of_a_flexible_baseline() -> None:
    flexible = {"has_weekdays": False, "knot_days": 60}
    planted = known_model(700, [[0.5]], decay=0.2, level=20.0, **flexible)
    sets = planted.simulate(np.random.default_rng(14), n_sets=24)
    plain, restricted = (
        np.mean([
            fit_retaliation(one, settings=RetaliationSettings(**flexible, is_restricted=is_restricted)).branching[0, 0]
            for one in sets
        ])
        for is_restricted in (False, True)
    )  # fmt: skip
    assert plain < 0.25
    assert abs(restricted - 0.5) < 0.6 * (0.5 - plain)


def test_growth_without_end_is_said_with_its_number() -> None:
    rng = np.random.default_rng(0)
    counts = np.full((250, 1), 5.0)
    weights, _ = lag_weights(math.log(1.0), 7)
    for t in range(7, 250):
        counts[t] = rng.poisson(0.2 + 1.05 * weights @ counts[t - 7 : t, 0][::-1])
    settings = RetaliationSettings(lag_days=7, knot_days=10_000, has_weekdays=False)
    with pytest.warns(StatisticalWarning, match=r"spectral radius 1\.\d\d"):
        fit = fit_retaliation(counts, settings=settings)
    with pytest.raises(ParameterError, match="spectral radius"):
        branching_intervals(fit, rng)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.__setitem__((40, 0), -1), "whole numbers.*-1 at position 40"),
        (lambda c: c.__setitem__((41, 1), 2.5), "whole numbers.*2.5 at position 41"),
        (lambda c: c.__setitem__((slice(30, 60), 1), np.nan), "no observed day from position 30 to 59"),
        (lambda c: c.__setitem__((slice(None), 0), 0), "Series 0 has no event"),
    ],
)
def test_bad_counts_are_said(change, message) -> None:
    counts = np.random.default_rng(11).poisson(5.0, (90, 2)).astype(float)
    change(counts)
    with pytest.raises(DataError, match=message):
        fit_retaliation(counts)


def test_bad_shapes_and_days_are_said() -> None:
    counts = np.random.default_rng(12).poisson(5.0, (90, 2)).astype(float)
    days = np.arange("2024-09-01", "2024-11-30", dtype="datetime64[D]")
    for wrong, what in (
        (np.r_[days[1], days[0], days[2:]], "out of order"),
        (np.r_[days[:1], days[:-1]], "repeated"),
    ):
        with pytest.raises(DataError, match=what):
            fit_retaliation(counts, days=wrong)
    with pytest.raises(DataError, match="skipped after 2024-09-01"):
        fit_retaliation(counts[:-1], days=np.delete(days, 1))
    with pytest.raises(DataError, match="55 days are too few"):
        fit_retaliation(counts[:55])
    with pytest.raises(DataError, match="one row per day"):
        fit_retaliation(counts[:, 0])
    with pytest.raises(DataError, match="covariates"):
        fit_retaliation(counts, covariates=np.full((90, 1), np.nan))
