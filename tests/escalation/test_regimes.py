"""Phases: the likelihood against brute force, planted changes, no change where there is none, bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.escalation.regimes import (
    PhaseFit,
    RegimeSettings,
    _Batch,
    draw_weeks,
    find_phases,
    phase_changes,
)

QUICK = RegimeSettings(n_draws=20)


def _weeks(path: np.ndarray, step: float, seed: int, *, inertia: float = 0.5, columns: int = 3) -> np.ndarray:
    levels = np.array([np.zeros(columns), np.full(columns, step)])
    rng = np.random.default_rng(seed)
    return draw_weeks(levels, np.full(columns, inertia), np.full(columns, 0.4), path, rng)


def _path(weeks_ago: int, n: int = 160) -> np.ndarray:
    path = np.zeros(n, dtype=np.int64)
    path[n - weeks_ago :] = 1
    return path


def test_likelihood_and_probabilities_equal_the_sum_over_all_paths() -> None:
    rng = np.random.default_rng(2)
    z = rng.normal(size=(6, 2))
    z[2, 1] = np.nan
    batch = _Batch.start(np.array([[[-0.5, 0.3], [0.8, -0.2]]]), np.array([2]), 10.0)
    batch.inertia, batch.scale = np.array([[0.4, 0.7]]), np.array([[0.6, 0.9]])
    value, smoothed, pairs = batch.expect(z[None])

    total, by_state, by_pair = 0.0, np.zeros((6, 2)), np.zeros((5, 2, 2))
    for path in itertools.product((0, 1), repeat=6):
        weight = 0.5
        for t in range(1, 6):
            j, k = path[t - 1], path[t]
            weight *= 0.9 if j == k else 0.1
            for d in range(2):
                if np.isnan(z[t, d]) or np.isnan(z[t - 1, d]):
                    continue
                a, s = batch.inertia[0, d], batch.scale[0, d]
                mean = batch.levels[0, k, d] + a * (z[t - 1, d] - batch.levels[0, j, d])
                weight *= np.exp(-0.5 * ((z[t, d] - mean) / s) ** 2) / (s * np.sqrt(2 * np.pi))
        total += weight
        for t in range(6):
            by_state[t, path[t]] += weight
        for t in range(5):
            by_pair[t, path[t], path[t + 1]] += weight
    assert value[0] == pytest.approx(np.log(total))
    np.testing.assert_allclose(smoothed[0], by_state / total, atol=1e-10)
    np.testing.assert_allclose(pairs[0], by_pair / total, atol=1e-10)


def test_every_iteration_raises_the_penalised_likelihood() -> None:
    z = _weeks(_path(50), 1.0, 3)
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    batch = _Batch.start(np.array([[[-0.2] * 3, [0.2] * 3]]), np.array([2]), 26.0)
    values = []
    for _ in range(12):
        values.append(float(batch.expect(z[None])[0][0] - 0.25 * (batch.levels[0] ** 2 / batch.scale[0] ** 2).sum()))
        batch.iterate(z[None], 1)
    # The small ridge on the levels is the only thing that may cost likelihood.
    assert np.all(np.diff(values) > -0.05)
    assert values[-1] > values[0]


def test_a_planted_change_is_found_in_its_week() -> None:
    found = find_phases(_weeks(_path(30), 1.5, 1), np.random.default_rng(1), QUICK)
    assert found.lower > 0.9
    assert len(found.best.levels) == 2
    changes = phase_changes(found.best)
    assert len(changes) == 1
    assert abs(changes[0].week - 130) <= 1
    assert changes[0].earliest <= 130 <= changes[0].latest
    assert found.best.levels[1, 0] - found.best.levels[0, 0] == pytest.approx(1.5, abs=0.4)
    np.testing.assert_allclose(found.best.probability.sum(axis=1), 1.0)


def test_no_change_inertia_and_steady_growth_are_no_new_phase() -> None:
    rng = np.random.default_rng(1)
    for weeks in (
        _weeks(_path(0), 0.0, 2, inertia=0.5),
        _weeks(_path(0), 0.0, 3, inertia=0.85),
        _weeks(_path(0), 0.0, 4) + np.linspace(0, 2, 160)[:, None],
        # Growth over the last year only: a drift that bends.
        _weeks(_path(0), 0.0, 5) + np.clip(np.arange(160)[:, None] - 104, 0, None) / 40,
    ):
        found = find_phases(weeks, rng, QUICK)
        assert found.new_phase < 0.2
        assert found.weights.sum() + found.drift_weight == pytest.approx(1.0)


def test_a_phase_that_was_there_a_year_ago_is_not_new() -> None:
    path = np.zeros(160, dtype=np.int64)
    path[80:] = 1
    found = find_phases(_weeks(path, 2.0, 6), np.random.default_rng(1), QUICK)
    assert len(found.best.levels) == 2
    assert found.new_phase < 0.05


def test_an_unclear_change_has_a_wide_interval() -> None:
    found = find_phases(_weeks(_path(30), 0.9, 7, columns=1), np.random.default_rng(1), RegimeSettings(n_draws=60))
    assert found.upper - found.lower > 0.3


def test_phases_are_ordered_and_scales_do_not_matter() -> None:
    weeks = _weeks(_path(60), -1.5, 8)
    one = find_phases(weeks, np.random.default_rng(1), QUICK)
    other = find_phases(100 + 7 * weeks, np.random.default_rng(1), QUICK)
    assert one.best.levels[0, 0] < one.best.levels[1, 0]
    assert one.new_phase == pytest.approx(other.new_phase, abs=1e-6)
    np.testing.assert_allclose(100 + 7 * one.best.levels, other.best.levels, rtol=1e-6)
    # A density on a scale seven times wider is seven times lower for each of the 159 x 3 numbers.
    shift = one.best.log_likelihood - other.best.log_likelihood
    assert shift == pytest.approx(159 * 3 * np.log(7), rel=1e-6)


def test_the_answer_does_not_hang_on_the_random_stream() -> None:
    weeks = _weeks(_path(30), 0.9, 9)
    one, other = (find_phases(weeks, np.random.default_rng(seed), QUICK) for seed in (1, 2))
    assert one.new_phase == other.new_phase
    np.testing.assert_array_equal(one.weights, other.weights)


def test_missing_weeks_and_a_column_that_starts_late_are_left_out() -> None:
    weeks = _weeks(_path(30), 1.5, 1)
    weeks[:90, 1] = np.nan
    weeks[40:45, 0] = np.nan
    found = find_phases(weeks, np.random.default_rng(1), QUICK)
    assert found.new_phase > 0.9


def test_changes_carry_the_weeks_that_are_sure() -> None:
    first = np.array([0.99, 0.99, 0.9, 0.6, 0.3, 0.02, 0.01])
    fit = PhaseFit(
        np.zeros((2, 1)), np.zeros(1), np.ones(1), np.column_stack([first, 1 - first]), 0.0, 0.0, 0.0
    )  # fmt: skip
    (change,) = phase_changes(fit)
    assert (change.week, change.earliest, change.latest, change.before, change.after) == (4, 2, 5, 0, 1)


@pytest.mark.parametrize(
    ("panel", "says"),
    [
        (np.zeros(100), "weeks as rows"),
        (np.zeros((60, 2)), "at least 78 weeks"),
        (np.full((100, 1), np.nan), "at least 52 weeks"),
        (np.zeros((100, 0)), "at least 52 weeks"),
        (np.ones((100, 1)), "never changes"),
        (np.full((100, 1), -np.inf), "infinite"),
    ],
)
def test_bad_input_is_named(panel, says) -> None:
    with pytest.raises(DataError, match=says):
        find_phases(panel, np.random.default_rng(1))


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(ParameterError, match="level"):
        RegimeSettings(level=1.5)
    with pytest.raises(ParameterError, match="phase_weeks"):
        RegimeSettings(phase_weeks=1.0)
