"""The sampler against exact answers, and the intervals against made-up fronts whose pace is known."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.frontline import Changes, changes_over, draw_pace
from armistice.frontline.changes import MONTH_DAYS
from armistice.frontline.robust_pace import PaceDraws, _sample_pace


def weeks(change):
    change = np.asarray(change, dtype=float)
    return Changes(np.datetime64("2024-01-01") + 7 * np.arange(1, len(change) + 1), np.full(len(change), 7.0), change)


def test_filter_and_backward_draws_follow_the_exact_gaussian_posterior():
    rate, chains = np.array([1.0, 3.0, 2.0, 8.0, 4.0]), 200_000
    variance = np.array([1.0, 0.5, 2.0, 4.0, 0.7])
    moves = np.array([0.3, 1.0, 0.2, 2.0])
    path = _sample_pace(
        rate, np.tile(variance[:, None], chains), np.tile(moves[:, None], chains), np.random.default_rng(1)
    )
    # Dense: a flat prior on the first pace, so the precision is that of the data plus that of the steps.
    steps = np.diff(np.eye(5), axis=0)
    covariance = np.linalg.inv(np.diag(1 / variance) + steps.T @ np.diag(1 / moves) @ steps)
    mean = covariance @ (rate / variance)
    assert path.mean(axis=1) == pytest.approx(mean, abs=0.015)
    assert np.cov(path) == pytest.approx(covariance, abs=0.015)


def test_a_lump_weighs_little_and_hardly_moves_the_pace():
    rng = np.random.default_rng(4)
    change = 70 + 10 * rng.normal(size=60)
    lumpy = change.copy()
    lumpy[50] += 500
    clean, dirty = (draw_pace(weeks(c), np.random.default_rng(5)) for c in (change, lumpy))
    at = 50
    assert dirty.weight[at] < 0.05
    assert np.median(dirty.weight) > 0.7
    a_week = 500 / 7 * MONTH_DAYS
    assert abs(np.median(dirty.pace[:, at]) - np.median(clean.pace[:, at])) < 0.03 * a_week


def test_a_lasting_jump_is_followed_within_two_months():
    rng = np.random.default_rng(6)
    change = 10 * rng.normal(size=60)
    change[-8:] += 70
    draws = draw_pace(weeks(change), rng)
    low, high = np.quantile(draws.pace[:, -1], [0.025, 0.975])
    assert low < 10 * MONTH_DAYS < high
    assert low > 0


def test_intervals_hold_the_pace_now_of_wandering_lumpy_fronts():
    rng, held = np.random.default_rng(7), 0
    for _ in range(40):
        pace = rng.normal(0, 200) + np.cumsum(rng.normal(0, 60 / np.sqrt(MONTH_DAYS), 400))
        shown = np.cumsum(pace / MONTH_DAYS + 8 * rng.standard_t(3, 400) / np.sqrt(3))
        for day in np.flatnonzero(rng.random(400) < 0.02):
            shown[day:] += rng.choice([-1, 1]) * rng.uniform(30, 120)
        seen = np.flatnonzero(rng.random(400) < 0.8)
        front = changes_over(np.datetime64("2024-01-01") + seen, (shown + rng.normal(0, 5, 400))[seen])
        draws = draw_pace(front, rng, iterations=100, chains=60)
        low, high = np.quantile(draws.pace[:, -1], [0.025, 0.975])
        held += low <= pace[seen[-1]] <= high
    # 35 or more of 40 at a true 95% with probability 0.986; the seed is fixed. An interval of half the width holds 28.
    assert held >= 35


def test_the_mean_ahead_spreads_as_a_walk_with_jumps():
    draws = PaceDraws(np.full((200_000, 1), 50.0), np.full(200_000, 3.0), np.ones(1))
    rng = np.random.default_rng(8)
    ahead = draws.mean_ahead(12 * 7 / MONTH_DAYS, rng)
    by_week = 50 + np.cumsum(3 * rng.standard_t(2, (200_000, 12)), axis=1)
    middles = np.column_stack([np.full(200_000, 50.0), by_week[:, :-1]]) / 2 + by_week / 2
    expected = np.quantile(middles.mean(axis=1), [0.05, 0.25, 0.5, 0.75, 0.95])
    assert np.quantile(ahead, [0.05, 0.25, 0.5, 0.75, 0.95]) == pytest.approx(expected, abs=0.35)


def test_same_seed_same_draws():
    change = np.random.default_rng(9).normal(20, 30, 30)
    one, two = (draw_pace(weeks(change), np.random.default_rng(1)).pace for _ in range(2))
    assert np.array_equal(one, two)


@pytest.mark.parametrize(("change", "says"), [(np.ones(11), "at least 12"), (np.zeros(20), "never changed")])
def test_too_short_and_never_moving_fronts_are_refused(change, says):
    with pytest.raises(DataError, match=says):
        draw_pace(weeks(change), np.random.default_rng(1))
