"""Forecasts of counts: scores against integrals, likelihood against a general optimiser, recovery, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.escalation.forecast_scores import (
    crps_of_draws,
    log_score_of_draws,
    mixed,
    mixture_paths,
    rolling_forecasts,
)
from armistice.escalation.next_days import METHODS, fit_memory, forecast_paths, memory_means
from armistice.escalation.past_misses import PastForecasts, as_wide_as_missed, past_forecasts


def _counts(n: int, rng: np.random.Generator, base: float = 6.0, persistence: float = 0.7, size: float = 4.0):
    """The model itself, drawn from its definition day by day."""
    short = long = base / (1 - persistence)
    keep = np.exp(-1 / np.array([2.0, 28.0]))
    y = np.empty(n)
    for t in range(n):
        factor = 1.5 if t % 7 == 2 else 1.0
        mean = factor * (base + persistence * (0.6 * short + 0.4 * long))
        y[t] = rng.negative_binomial(size, size / (size + mean))
        short, long = keep[0] * short + (1 - keep[0]) * y[t], keep[1] * long + (1 - keep[1]) * y[t]
    return y


@pytest.fixture(scope="module")
def series() -> np.ndarray:
    return _counts(900, np.random.default_rng(3))


def test_crps_equals_the_integral_of_squared_differences_of_distributions() -> None:
    draws = np.random.default_rng(1).gamma(2.0, 10.0, size=300)
    for came in (3.0, 20.0, 90.0):
        grid = np.linspace(-5, 250, 400_001)
        below = np.searchsorted(np.sort(draws), grid, side="right") / len(draws)
        integral = np.trapezoid((below - (grid >= came)) ** 2, grid)
        n = len(draws)
        between = np.abs(draws[:, None] - draws[None, :]).sum()
        fair = between / (2 * n**2) - between / (2 * n * (n - 1))
        assert crps_of_draws(draws, came) == pytest.approx(integral + fair, abs=2e-3)


def test_log_score_of_many_normal_logs_is_that_of_the_lognormal() -> None:
    from scipy.special import ndtri

    logs = 5.0 + 0.4 * ndtri((np.arange(20_000) + 0.5) / 20_000)
    came = float(np.exp(5.3))
    exact = 0.5 * np.log(2 * np.pi) + np.log(0.4) + 0.5 * (0.3 / 0.4) ** 2 + 5.3
    assert log_score_of_draws(np.exp(logs) - 0.5, came - 0.5) == pytest.approx(exact, abs=0.01)


def test_fit_is_at_the_maximum_of_the_likelihood(series) -> None:
    from scipy.stats import nbinom

    found = fit_memory(series)
    assert found.converged
    past = memory_means(series)[:, :-1]

    def log_likelihood(base, persistence, share, weekday, size) -> float:
        mean = weekday[np.arange(len(series)) % 7] * (base + persistence * (share * past[0] + (1 - share) * past[1]))
        return float(nbinom.logpmf(series, size, size / (size + mean)).sum())

    best = (found.base, found.persistence, found.short_share, found.weekday, found.dispersion)
    assert log_likelihood(*best) == pytest.approx(found.log_likelihood, abs=1e-6)
    for position in (0, 1, 2, 4):
        for factor in (0.97, 1.03):
            moved = list(best)
            moved[position] *= factor
            assert log_likelihood(*moved) < log_likelihood(*best)
    for day in range(7):
        moved = found.weekday.copy()
        moved[day] *= 1.05
        assert log_likelihood(*best[:3], moved, best[4]) < log_likelihood(*best)


def test_fit_recovers_what_made_the_series() -> None:
    fits = [fit_memory(_counts(1500, np.random.default_rng(seed))) for seed in range(6)]
    assert np.mean([f.persistence for f in fits]) == pytest.approx(0.7, abs=0.08)
    assert np.mean([f.dispersion for f in fits]) == pytest.approx(4.0, abs=0.4)
    assert np.mean([f.weekday[2] / f.weekday[3] for f in fits]) == pytest.approx(1.5, abs=0.1)


def test_missing_days_leave_the_likelihood(series) -> None:
    holes = series.copy()
    holes[::10] = np.nan
    found = fit_memory(holes)
    assert found.n == 810
    assert found.persistence == pytest.approx(fit_memory(series).persistence, abs=0.15)
    assert memory_means(np.array([4.0, np.nan]))[0, 2] == memory_means(np.array([4.0]))[0, 1]


def test_ninety_percent_ranges_hold_nine_in_ten_of_the_models_own_totals() -> None:
    held = []
    for seed in range(40):
        y = _counts(480, np.random.default_rng(100 + seed))
        paths = forecast_paths(
            y[:450], [450], method="memory", horizon=30, n_paths=400, rng=np.random.default_rng(seed)
        )[0].sum(axis=1)
        low, high = np.quantile(paths, [0.05, 0.95])
        held.append(low <= y[450:].sum() <= high)
    assert 30 <= sum(held) <= 40


@pytest.mark.parametrize("method", METHODS)
def test_a_forecast_uses_nothing_after_its_origin(series, method) -> None:
    later = series.copy()
    later[600:] = 10_000
    one, other = (
        forecast_paths(y, [500, 600], method=method, horizon=20, n_paths=50, rng=np.random.default_rng(1))
        for y in (series, later)
    )
    np.testing.assert_array_equal(one, other)
    assert one.shape == (2, 50, 20)
    assert np.all((one >= 0) & (one == np.floor(one)))


def test_weekday_forecast_follows_the_weekday() -> None:
    y = np.tile([0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0], 40)
    paths = forecast_paths(y, [len(y)], method="same weekday", horizon=7, n_paths=20, rng=np.random.default_rng(1))
    np.testing.assert_allclose(np.median(paths[0], axis=0), y[:7])


def test_memory_beats_the_last_value_on_its_own_ground(series) -> None:
    found = rolling_forecasts(series, horizons=(7, 30), rng=np.random.default_rng(1))
    by = {(s.method, s.horizon): s for s in found.scores}
    assert by["memory", 30].crps < by["last value", 30].crps
    assert {s.horizon for s in found.scores} == {7, 30}
    assert {s.method for s in found.scores} == {*METHODS, "mixture"}
    assert {s.n_origins for s in found.scores if s.horizon == 7} == {by["mixture", 7].n_origins}


def test_too_short_a_series_has_no_scores_and_mixes_both_alike(series) -> None:
    assert rolling_forecasts(series[:125], horizons=(7,), rng=np.random.default_rng(1)) is None
    paths, weight = mixture_paths(series[:125], None, horizons=(7,), rng=np.random.default_rng(1), n_paths=40)
    assert weight == {7: 0.5}
    assert paths[7].shape == (40, 7)


def test_variance_of_the_next_forecast_by_hand() -> None:
    origins, miss = np.array([100, 114, 128]), np.array([0.5, -0.3, 0.9])
    past = PastForecasts(origins, 14, 0, np.zeros((3, 1, 28)), {28: miss})
    # On day 142 the last forecast (128 + 28 = 156) is not known; the other two ended 14 and 0 days ago.
    weight = np.array([0.5 ** (14 / 365), 1.0])
    n = weight.sum() * 14 / 28
    squared = (weight * np.array([0.25, 0.09])).sum() / weight.sum()
    expected = (4 * (0.04 + 0.002 * 28 / 3) + n * squared) / (4 + n)
    variance, freedom = past.variance(28, 142, 0.04)
    assert variance == pytest.approx(expected)
    assert freedom == pytest.approx(4 + n)
    assert past.variance(28, 120, 0.04) == pytest.approx((0.04 + 0.002 * 28 / 3, 4.0))


def test_paths_are_stretched_to_the_log_variance_wanted_and_keep_their_median() -> None:
    rng = np.random.default_rng(4)
    ahead = rng.poisson(200 * np.exp(0.1 * rng.normal(size=(6000, 1))), size=(6000, 10)).astype(float)
    misses = np.full(400, 0.6)  # many forecasts, all missed by 0.6 in logs: hardly any weight left for the prior
    past = PastForecasts(np.arange(400) * 10, 10, 0, np.zeros((400, 1, 10)), {10: misses})
    wide = as_wide_as_missed(ahead, past, origin=4010, horizon=10, rng=rng)
    logs = np.log(wide.sum(axis=1) + 0.5)
    assert np.median(logs) == pytest.approx(np.log(np.median(ahead.sum(axis=1)) + 0.5), abs=0.02)
    assert (np.quantile(logs, 0.95) - np.quantile(logs, 0.05)) / 3.2897 == pytest.approx(0.6, abs=0.05)
    # The level is surest on the first day.
    first, last = (np.log(wide[:, day] + 0.5).std() for day in (0, 9))
    assert first < 0.6 * last


def test_ranges_as_wide_as_misses_hold_more_of_what_a_drifting_level_brings() -> None:
    plain = wide = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        level = np.exp(3 + np.cumsum(rng.normal(0, 0.04, size=540)))
        y = rng.negative_binomial(5, 5 / (5 + level)).astype(float)
        for name in ("memory", "memory and misses"):
            totals = forecast_paths(y[:450], [450], method=name, horizon=90, n_paths=300, rng=rng)[0].sum(axis=1)
            low, high = np.quantile(totals, [0.05, 0.95])
            held = low <= y[450:].sum() <= high
            plain, wide = plain + (held and name == "memory"), wide + (held and name != "memory")
    assert plain <= 18
    assert wide >= 20


def test_weights_follow_past_log_scores_and_use_nothing_later(series) -> None:
    found = rolling_forecasts(series, horizons=(7,), rng=np.random.default_rng(1), days_back=100)
    misses, weekday = (found.history[m, 7] for m in ("memory and misses", "same weekday"))
    day = 600
    known = misses.origins + 7 <= day
    lead = min(known.sum(), known.sum() * 14 / 7) * (
        weekday.log_by_origin[known].mean() - misses.log_by_origin[known].mean()
    )
    assert found.weight(7, day) == pytest.approx(1 / (1 + np.exp(-lead)))
    assert found.weight(7, 100) == 0.5
    assert found.weight(30, day) == 0.5


def test_a_mixture_takes_so_many_paths_of_each() -> None:
    one, other = np.zeros((10, 3)), np.ones((10, 3))
    assert mixed(one, other, 0.3).sum() == 21
    assert mixed(one, other, 1.0).sum() == 0


def test_past_forecasts_note_what_came_over_their_medians(series) -> None:
    past = past_forecasts(series[:400], horizons=(30,), last=393, rng=np.random.default_rng(1))
    assert past.origins[-1] == 393
    assert np.isnan(past.log_miss[30][-1])  # its thirty days are not over
    row = len(past.origins) - 4
    origin = past.origins[row]
    median = np.median(past.paths[row, :, :30].sum(axis=1))
    assert past.log_miss[30][row] == pytest.approx(
        np.log((series[origin : origin + 30].sum() + 0.5) / (median + 0.5))
    )


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (np.r_[np.ones(200), -1.0], "whole numbers"),
        (np.full(200, 1.5), "whole numbers"),
        (np.ones(60), "at least 120"),
        (np.full(300, np.nan), "at least 120"),
        (np.zeros(300), "above 0"),
    ],
)
def test_bad_input_is_named(counts, says) -> None:
    with pytest.raises(DataError, match=says):
        fit_memory(counts)


def test_origins_must_increase_and_lie_in_the_series(series) -> None:
    for origins in ([500, 500], [901]):
        with pytest.raises(DataError, match="origins"):
            forecast_paths(series, origins, method="memory", horizon=5, n_paths=5, rng=np.random.default_rng(1))
