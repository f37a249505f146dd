"""Mean paces, their difference, and the slope of a front known in ranges."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from armistice.errors import DataError
from armistice.frontline import Changes, mean_pace, pace_difference, recent_slope
from armistice.frontline.changes import MONTH_DAYS


def weeks(change, days=7.0):
    change = np.asarray(change, dtype=float)
    lengths = np.broadcast_to(days, change.shape).astype(float)
    return Changes(np.datetime64("2024-01-01") + np.cumsum(lengths).astype(int), lengths, change)


def test_mean_pace_is_the_plain_mean_with_students_interval_on_eight_batches():
    change = np.random.default_rng(1).normal(70, 50, 48)
    found = mean_pace(weeks(change))
    batches = change.reshape(8, 6).mean(axis=1) / 7 * MONTH_DAYS
    low, high = stats.t.interval(0.95, 7, batches.mean(), stats.sem(batches))
    assert found.value == pytest.approx(change.mean() / 7 * MONTH_DAYS)
    assert (found.lower, found.upper) == pytest.approx((low, high))


def test_longer_stretches_count_by_their_days():
    days = np.where(np.arange(16) % 2, 7.0, 21.0)
    found = mean_pace(weeks(days * 3, days))
    assert found.value == pytest.approx(3 * MONTH_DAYS)
    assert found.standard_error == pytest.approx(0, abs=1e-9)


def test_fifteen_weeks_are_too_few():
    with pytest.raises(DataError, match="at least 16"):
        mean_pace(weeks(np.ones(15)))


def test_difference_is_welchs():
    rng = np.random.default_rng(2)
    one, two = rng.normal(70, 50, 48), rng.normal(0, 10, 48)
    found = pace_difference(mean_pace(weeks(one)), mean_pace(weeks(two)))
    batches = [x.reshape(8, 6).mean(axis=1) / 7 * MONTH_DAYS for x in (one, two)]
    welch = stats.ttest_ind(*batches, equal_var=False).confidence_interval(0.95)
    assert (found.lower, found.upper) == pytest.approx((welch.low, welch.high))


def test_runs_of_like_weeks_are_held_by_the_interval_though_not_by_a_plain_one():
    rng, held, plain = np.random.default_rng(3), 0, 0
    for _ in range(400):
        noise = rng.normal(0, 1, 152)
        for j in range(1, 152):
            noise[j] += 0.7 * noise[j - 1]
        change = noise[100:]
        found = mean_pace(weeks(change))
        held += found.lower <= 0 <= found.upper
        low, high = stats.t.interval(0.95, 51, change.mean(), stats.sem(change))
        plain += low <= 0 <= high
    assert plain < 300  # 95% of 400 is 380: the plain interval is far too narrow
    assert held > 340


def test_slope_is_weighted_least_squares():
    before = np.array([80.0, 60.0, 30.0, 10.0, 0.0])
    values = np.array([0.0, 6.0, 4.0, 12.0, 15.0])
    reach = np.array([2.0, 8.0, 4.0, 4.0, 1.0])
    found = recent_slope(before, values, values - reach, values + reach)
    months = -before / MONTH_DAYS
    design = np.column_stack([np.ones(5), months])
    precision = np.diag(1 / (reach / 2) ** 2)
    covariance = np.linalg.inv(design.T @ precision @ design)
    beta = covariance @ design.T @ precision @ values
    residual = values - design @ beta
    excess = max(1.0, residual @ precision @ residual / 3)
    assert found.value == pytest.approx(beta[1])
    assert found.standard_error == pytest.approx(np.sqrt(covariance[1, 1] * excess))
    assert (found.n, found.window_days) == (5, 90)


def test_the_window_widens_until_it_holds_four_positions_and_forgets_what_is_older():
    before = np.array([700.0, 170.0, 120.0, 95.0, 5.0])
    values = np.array([-500.0, 0.0, 1.0, 2.0, 3.0])
    found = recent_slope(before, values, values - 5, values + 5)
    assert (found.n, found.window_days) == (4, 180)
    assert found.value > 0


def test_one_position_in_two_years_gives_no_slope():
    before, values = np.array([900.0, 5.0]), np.array([0.0, 3.0])
    assert recent_slope(before, values, values - 1, values + 1) is None


def test_a_single_day_of_two_reports_gives_no_slope():
    before, values = np.array([5.0, 5.0]), np.array([0.0, 3.0])
    assert recent_slope(before, values, values - 1, values + 1) is None
