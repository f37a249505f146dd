"""Shares of draws and what moves them, against closed forms and another library."""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from armistice.studies._bargain_shares import paired_difference, sensitivities, share_of


@pytest.mark.parametrize(("count", "n"), [(0, 16), (3, 20), (20, 20), (41, 64)])
def test_a_share_has_the_exact_interval(count, n):
    value, lower, upper = share_of(count, n, level=0.9)
    assert value == count / n
    assert (lower, upper) == pytest.approx(proportion_confint(count, n, alpha=0.1, method="beta"), abs=1e-12)


def test_a_paired_difference_by_hand():
    # 8 gained, 0 lost of 50: (9 - 1)/52, variance (10/52 - (8/52)^2)/52, both times 1.96
    first, second = np.arange(50) < 20, np.arange(50) < 12
    value, lower, upper = paired_difference(first, second, level=0.95)
    middle, half = 8 / 52, 1.959963985 * np.sqrt((10 / 52 - (8 / 52) ** 2) / 52)
    assert (value, lower, upper) == pytest.approx((0.16, middle - half, middle + half), abs=1e-9)
    assert paired_difference(second, first, level=0.95)[0] == -0.16


def test_the_interval_of_a_paired_difference_covers():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(2000):
        u = rng.random(40)
        first, second = u < 0.5, (u < 0.35) | (rng.random(40) < 0.1)  # true difference 0.5 - 0.415
        _, lower, upper = paired_difference(first, second, level=0.95)
        hits += lower <= 0.5 - (0.35 + 0.65 * 0.1) <= upper
    assert (
        0.94 <= hits / 2000 <= 0.985
    )  # 99 % binomial band around 95 % is 0.937 to 0.963; the interval is wide by design


def test_the_assumption_that_decides_comes_first():
    rng = np.random.default_rng(2)
    draws = np.column_stack([rng.random(300), rng.random(300), np.full(300, 0.3)])
    known = np.arange(300) % 10 != 0
    deal = (draws[:, 1] > 0.6) & known
    first, second = sensitivities(draws, deal, known, level=0.95)
    assert (first.column, second.column) == (1, 0)  # the constant one is left out
    low, high = np.quantile(draws[known, 1], [1 / 3, 2 / 3])
    above, below = deal[known][draws[known, 1] >= high], deal[known][draws[known, 1] <= low]
    assert first.value == above.mean() - below.mean()
    expected = confint_proportions_2indep(
        above.sum(), len(above), below.sum(), len(below), compare="diff", method="newcomb"
    )
    assert (first.lower, first.upper) == pytest.approx(expected, abs=1e-12)
    assert (first.n_low, first.n_high) == (len(below), len(above))
