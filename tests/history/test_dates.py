"""Drawing dates known only to the month or the year."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.history import draw_durations


def days(*texts: str):
    return np.array(texts, dtype="datetime64[D]")


def test_exact_dates_move_by_less_than_a_day():
    lasted, starts = draw_durations(
        days("1950-06-25"),
        days("1950-06-25"),
        days("1953-07-27"),
        days("1953-07-27"),
        n_draws=200,
        rng=np.random.default_rng(1),
    )
    assert lasted.shape == starts.shape == (200, 1)
    assert np.abs(lasted - 1128).max() < 1
    assert lasted.std() > 0.3


def test_a_year_against_a_day_is_even_over_the_year():
    lasted, _ = draw_durations(
        days("1990-01-01"),
        days("1990-01-01"),
        days("1992-01-01"),
        days("1992-12-31"),
        n_draws=20_000,
        rng=np.random.default_rng(2),
    )
    assert lasted.mean() == pytest.approx(730 + 183 - 0.5, abs=3)
    assert lasted.std() == pytest.approx(366 / np.sqrt(12), rel=0.02)


def test_start_and_end_in_one_unknown_year_keep_their_order_evenly():
    lasted, _ = draw_durations(
        days("1991-01-01"),
        days("1991-12-31"),
        days("1991-01-01"),
        days("1991-12-31"),
        n_draws=20_000,
        rng=np.random.default_rng(3),
    )
    assert lasted.min() > 0
    # The distance of two points on a stretch is a third of it on average.
    assert lasted.mean() == pytest.approx(365 / 3, rel=0.02)


def test_a_sliver_of_order_is_found():
    lasted, starts = draw_durations(
        days("1991-01-01"),
        days("1991-12-31"),
        days("1991-01-01"),
        days("1991-01-01"),
        n_draws=500,
        rng=np.random.default_rng(4),
    )
    assert (lasted > 0).all()
    assert (lasted <= 1).all()
    assert (starts <= days("1991-01-02").astype(float)).all()


def test_same_seed_same_dates():
    window = (days("1991-01-01"), days("1991-12-31"), days("1993-01-01"), days("1993-12-31"))
    first, again = (draw_durations(*window, n_draws=5, rng=np.random.default_rng(7))[0] for _ in range(2))
    assert (first == again).all()


def test_impossible_dates():
    with pytest.raises(DataError, match="position 1 must end before it starts"):
        draw_durations(
            days("1990-01-01", "1990-06-01"), days("1990-01-01", "1990-06-01"), days("1990-03-01", "1990-05-01"),
            days("1990-03-01", "1990-05-30"), n_draws=1, rng=np.random.default_rng(1),
        )  # fmt: skip
    with pytest.raises(ParameterError, match="n_draws"):
        draw_durations(
            days("1990-01-01"),
            days("1990-01-01"),
            days("1990-03-01"),
            days("1990-03-01"),
            n_draws=0,
            rng=np.random.default_rng(1),
        )


def test_draws_are_spread_so_that_few_are_enough():
    means = [
        draw_durations(
            days("1990-01-01"), days("1990-01-01"), days("1992-01-01"), days("1992-12-31"),
            n_draws=20, rng=np.random.default_rng(seed),
        )[0].mean()
        for seed in range(50)
    ]  # fmt: skip
    # Plain draws would leave a spread of 366 / sqrt(12 x 20) = 23.6 days.
    assert np.std(means) < 3
