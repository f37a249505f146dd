"""Answers within the day: spectrum against closed forms, likelihoods against independent ones, planted answers found."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.escalation.count_spectrum import periodogram, spectrum, whittle
from armistice.escalation.hawkes_events import TimedEvents, background_of
from armistice.escalation.hawkes_model import TimesSettings, layout_of
from armistice.escalation.latent_times import _move_times, log_likelihood_of_times, sample_latent_times
from armistice.escalation.retaliation_times import TimesFit
from armistice.escalation.same_day import (
    _likelihood,
    fit_same_day,
    same_day_direction,
    same_day_intervals,
    spectral_ratio,
)

ONE_WAY = ((0.2, 0.0), (0.5, 0.2))


def times_model(
    branching: tuple[tuple[float, float], tuple[float, float]], decay: float, *, days: int = 900, rate: float = 1.5
) -> TimesFit:
    """A Hawkes process in which each of two series has this many events a day."""
    matrix = np.array(branching)
    baseline = (np.eye(2) - matrix) @ np.full(2, rate)
    like = TimedEvents(np.array([0.1, 0.2]), np.zeros(2), np.array([0, 1], dtype=np.int8), 0.0, float(days), 2)
    layout = layout_of(TimesSettings(), np.ones((2, 2), dtype=bool), 1, has_talks=False)
    theta = np.concatenate([np.log(baseline), np.log(np.maximum(matrix, 1e-12)).ravel(), [np.log(decay)]])
    return TimesFit(like, background_of((0.0, float(days))), layout, theta, np.eye(7), 0.0)


def by_day(events: TimedEvents) -> np.ndarray:
    counts = np.zeros((int(events.end), 2))
    np.add.at(counts, (events.times.astype(int), events.series), 1)
    return counts


@pytest.mark.parametrize(("branching", "decay"), [(0.3, 0.4), (0.6, 5.0)])
def test_one_series_has_the_covariances_of_the_closed_form(branching: float, decay: float) -> None:
    # Hawkes (1971): covariance density A exp(-c t), integrated over two days; m events a day.
    m, n = 2.0, 400
    c = decay * (1 - branching)
    a = m * branching * decay * (2 - branching) / (2 * (1 - branching))
    same_day = m + 2 * a * (1 / c - (1 - np.exp(-c)) / c**2)
    lagged = [a * np.exp(-c * (lag - 1)) * (1 - np.exp(-c)) ** 2 / c**2 for lag in (1, 2, 3)]
    frequency = 2 * np.pi * (np.arange(n) + 0.5) / n - np.pi
    one = np.full((1, 1), branching)
    noise = np.array([m])
    density = spectrum(frequency, one, np.full((1, 1), decay), noise, np.zeros((1, 1)))[:, 0, 0]
    found = [float(np.mean(density * np.exp(1j * frequency * lag)).real) for lag in range(4)]
    assert found == pytest.approx([same_day, *lagged], rel=2e-3, abs=2e-3)


def test_simulated_days_have_the_cross_covariances_of_the_spectrum() -> None:
    model = times_model(((0.2, 0.1), (0.5, 0.3)), 3.0, days=60_000)
    counts = by_day(model.simulate(np.random.default_rng(1)))
    deviations = counts - counts.mean(axis=0)
    frequency = 2 * np.pi * (np.arange(400) + 0.5) / 400 - np.pi
    density = spectrum(frequency, model.branching, model.decays[:, :, 0], np.array([1.5, 1.5]), np.zeros((2, 2)))
    for lag in (-1, 0, 1, 2):
        expected = float(np.mean(density[:, 1, 0] * np.exp(1j * frequency * lag)).real)
        later, earlier = (deviations[max(lag, 0) :], deviations[: len(deviations) - max(lag, 0)])
        if lag < 0:
            later, earlier = deviations[:lag], deviations[-lag:]
        product = later[:, 1] * earlier[:, 0]
        assert float(product.mean()) == pytest.approx(expected, abs=4 * product.std() / np.sqrt(len(product)))
    # The second answers the first: more on the day after than on the day before.
    after, before = (float(np.mean(density[:, 1, 0] * np.exp(1j * frequency * lag)).real) for lag in (1, -1))
    assert after > 2 * before


def test_the_periodogram_is_the_spectrum_of_white_counts() -> None:
    counts = np.random.default_rng(2).poisson(4.0, (20_001, 2)).astype(float)
    _, observed = periodogram(counts - counts.mean(axis=0))
    assert len(observed) == 10_000
    assert observed.mean(axis=0) == pytest.approx(np.diag([4.0, 4.0]), abs=0.15)


@pytest.mark.parametrize("has_shocks", [True, False])
@pytest.mark.parametrize("decays", ["one", "own and answers"])
def test_gradients_are_those_of_differences(has_shocks: bool, decays: str) -> None:
    counts = by_day(times_model(ONE_WAY, 3.0, days=120).simulate(np.random.default_rng(3)))
    frequency, observed = periodogram(counts - counts.mean(axis=0))
    n_decays = 1 if decays == "one" else 2
    theta = np.concatenate(
        [[0.2, 0.1, 0.4, 0.3], np.log([0.8, 4.0])[:n_decays], np.log([1.2, 2.0]), [0.3] * has_shocks]
    )
    value, gradient = _likelihood(theta, frequency, observed, decays, has_shocks)  # type: ignore[arg-type]
    assert np.isfinite(value)
    for place, slope in enumerate(gradient):
        unit = np.eye(len(theta))[place] * 1e-6
        up, down = (_likelihood(theta + s * unit, frequency, observed, decays, has_shocks)[0] for s in (1, -1))  # type: ignore[arg-type]
        assert slope == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-3)


def test_whittle_is_what_linear_algebra_gives() -> None:
    rng = np.random.default_rng(4)
    frequency, observed = periodogram(rng.standard_normal((60, 3)))
    branching, decay = rng.uniform(0, 0.3, (3, 3)), rng.uniform(0.3, 6, (3, 3))
    noise, shocks = np.array([1.0, 2.0, 0.5]), np.full((3, 3), 0.1)
    value = whittle(frequency, observed, branching, decay, noise, shocks)[0]
    density = spectrum(frequency, branching, decay, noise, shocks)
    expected = -sum(
        np.log(np.linalg.det(f).real) + np.trace(np.linalg.solve(f, o)).real
        for f, o in zip(density, observed, strict=True)
    )
    assert value == pytest.approx(expected)


def test_the_likelihood_of_times_is_that_of_the_other_module() -> None:
    model = times_model(((0.2, 0.1), (0.4, 0.3)), 2.0, days=80)
    events = model.simulate(np.random.default_rng(5))
    fit = TimesFit(events, model.background, model.layout, model.theta, model.scale, 0.0)
    expected, _ = fit.log_likelihood_and_gradient(model.theta)
    shuffled = np.random.default_rng(6).permutation(len(events.times))
    times, series = events.times[shuffled], events.series[shuffled].astype(np.int64)
    value, intensity = log_likelihood_of_times(
        times, np.argsort(times), series, np.ones((80, 2)), model.baseline[:, 0], model.branching, 2.0
    )
    assert value == pytest.approx(expected)
    assert len(intensity) == len(times)


def test_moved_times_keep_their_days_and_intensities_right() -> None:
    model = times_model(((0.2, 0.1), (0.4, 0.3)), 2.0, days=60)
    events = model.simulate(np.random.default_rng(7))
    times, series = events.times.copy(), events.series.astype(np.int64)
    shape = np.random.default_rng(8).uniform(0.5, 1.5, (60, 2))
    first = np.searchsorted(times, np.arange(61))
    rate = model.baseline[:, 0]
    before, intensity = log_likelihood_of_times(
        times, np.argsort(times), series, shape, rate, model.branching, 2.0
    )  # fmt: skip
    moved = _move_times(
        np.random.default_rng(9), times, series, first, intensity, shape, rate, model.branching, 2.0
    )  # fmt: skip
    assert moved > len(times) / 2
    assert np.array_equal(times.astype(int), events.times.astype(int))
    after, right = log_likelihood_of_times(times, np.argsort(times), series, shape, rate, model.branching, 2.0)
    assert after != pytest.approx(before)
    assert intensity == pytest.approx(right, rel=1e-3)


def test_times_filled_in_find_planted_answers() -> None:
    counts = by_day(times_model(ONE_WAY, 4.0, days=700).simulate(np.random.default_rng(10)))
    found = sample_latent_times(counts, np.random.default_rng(11), n_sweeps=300, n_first=150)
    lower, upper = found.branching_interval()
    assert lower[1, 0] < 0.5 < upper[1, 0]
    assert lower[1, 0] > 0.25
    assert upper[0, 1] < 0.2
    assert 1.5 < np.median(found.decay) < 10
    assert (found.accepted > 0.1).all()


def test_the_spectrum_finds_who_answers_within_the_day() -> None:
    counts = by_day(times_model(ONE_WAY, 4.0, days=1500).simulate(np.random.default_rng(12)))
    level = np.tile(counts.mean(axis=0), (len(counts), 1))
    fit = fit_same_day(counts, level)
    found = same_day_direction(fit, 0, 1)
    assert found.verdict == "second answers first"
    assert same_day_direction(fit, 1, 0).verdict == "first answers second"
    lower, upper = same_day_intervals(fit)
    assert 0 < lower[1, 0] < 0.5 < upper[1, 0]
    # An end of the interval is where the ratio reaches its limit.
    assert spectral_ratio(fit, 1, 0, float(lower[1, 0])) == pytest.approx(3.84, abs=0.3)
    assert lower[0, 1] == 0


def test_shocks_of_the_day_are_no_answers() -> None:
    rng = np.random.default_rng(13)
    shared = np.exp(0.6 * rng.standard_normal(1000) - 0.18)
    counts = rng.poisson(3.0 * shared[:, None], (1000, 2)).astype(float)
    fit = fit_same_day(counts, np.full(counts.shape, 3.0))
    assert same_day_direction(fit, 0, 1).verdict == "cannot be told"
    assert fit.shock_correlation[0] > 0.3
    without = fit_same_day(counts, np.full(counts.shape, 3.0), has_shocks=False)
    assert without.branching[0, 1] + without.branching[1, 0] > 0.3


def test_bad_input_is_named() -> None:
    counts = np.ones((100, 2))
    counts[:20, 1] = np.nan
    with pytest.raises(DataError, match="Series 1: 20 % of days"):
        fit_same_day(counts, np.ones((100, 2)))
    with pytest.raises(DataError, match="above 0"):
        fit_same_day(np.ones((100, 2)), np.zeros((100, 2)))
    with pytest.raises(DataError, match="every day"):
        sample_latent_times(counts, np.random.default_rng(1))
    fit = fit_same_day(np.random.default_rng(2).poisson(2.0, (100, 2)), np.full((100, 2), 2.0), has_shocks=False)
    with pytest.raises(ParameterError, match="shocks"):
        same_day_direction(fit, 0, 1)
