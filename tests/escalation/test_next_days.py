"""Forecasts of counts: scores against integrals, likelihood against a general optimiser, recovery, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.escalation.forecast_scores import best_method, crps_of_draws, log_score_of_draws, rolling_scores
from armistice.escalation.next_days import METHODS, fit_memory, forecast_paths, memory_means


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
    scores = rolling_scores(series, horizons=(7, 30), rng=np.random.default_rng(1))
    by = {(s.method, s.horizon): s for s in scores}
    assert by["memory", 30].crps < by["last value", 30].crps
    assert best_method(scores, 30) in METHODS
    assert best_method(scores, 90) is None
    assert {s.horizon for s in scores} == {7, 30}


def test_too_short_a_series_has_no_scores(series) -> None:
    assert rolling_scores(series[:125], horizons=(7,), rng=np.random.default_rng(1)) == []


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
