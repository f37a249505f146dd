"""Intervals with few wars, pooled dates, medians."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.history import bootstrap_shares, ending_shares, median_ahead, share_interval


@pytest.mark.parametrize(("ended", "n"), [(0, 7), (1, 7), (3, 10), (25, 60), (7, 7)])
def test_interval_is_clopper_pearson_for_independent_wars(ended, n):
    from scipy.stats import binomtest

    lasted = np.concatenate([np.linspace(1, 5, ended), np.full(n - ended, 20.0)])
    cause = (lasted < 10).astype(int)
    found = ending_shares(lasted, cause, [10.0], n_causes=1)
    exact = binomtest(ended, n).proportion_ci(0.95, method="exact")
    assert found.share[0, 0] == pytest.approx(ended / n)
    assert (found.lower[0, 0], found.upper[0, 0]) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_copies_of_wars_in_one_conflict_add_nothing():
    rng = np.random.default_rng(3)
    lasted, cause = rng.exponential(20, 30), rng.integers(1, 3, 30)
    alone = ending_shares(lasted, cause, [6.0, 24.0], n_causes=2, landmark=3.0)
    thrice = ending_shares(
        np.tile(lasted, 3),
        np.tile(cause, 3),
        [6.0, 24.0],
        n_causes=2,
        landmark=3.0,
        clusters=np.tile(np.arange(30), 3),
    )
    naive = ending_shares(np.tile(lasted, 3), np.tile(cause, 3), [6.0, 24.0], n_causes=2, landmark=3.0)
    assert thrice.share == pytest.approx(alone.share)
    assert thrice.lower == pytest.approx(alone.lower)
    assert thrice.upper == pytest.approx(alone.upper)
    assert (naive.upper - naive.lower < 0.75 * (thrice.upper - thrice.lower)).all()


def test_no_ending_among_copies_counts_each_conflict_once():
    found = ending_shares(np.full(9, 30.0), np.zeros(9), [12.0], n_causes=1, clusters=[0, 0, 0, 0, 0, 1, 1, 2, 2])
    assert found.upper[0, 0] == pytest.approx(1 - 0.025 ** (1 / 3))


def test_censored_wars_count_for_the_time_they_were_watched():
    # Six watched throughout, four for half the stretch, none ended: worth eight.
    found = ending_shares([50.0] * 6 + [16.0] * 4, np.zeros(10), [12.0], n_causes=1, landmark=10.0)
    assert found.upper[0, 0] == pytest.approx(1 - 0.025 ** (1 / 8))


def test_draws_of_dates_are_averaged_and_widen_the_interval():
    certain = ending_shares([8.0, 30, 30, 30, 30, 30], [1, 0, 0, 0, 0, 0], [12.0], n_causes=1)
    drawn = ending_shares(
        [[8.0, 30, 30, 30, 30, 30], [14.0, 30, 30, 30, 30, 30]], [1, 0, 0, 0, 0, 0], [12.0], n_causes=1
    )
    assert drawn.share[0, 0] == pytest.approx(1 / 12)
    assert drawn.lower[0, 0] == 0 < certain.lower[0, 0]
    assert 1 - 0.025 ** (1 / 6) < drawn.upper[0, 0] < certain.upper[0, 0]
    # Within: (5/36)/6 in one draw, 0 in the other. Between: variance of 1/6 and 0, times 3/2.
    assert drawn.variance[0, 0] == pytest.approx((5 / 36 / 6) / 2 + (1 / 72) * 1.5)


def test_mixture_bounds_solve_the_mixture():
    from scipy.stats import beta

    lower, upper = share_interval([0.2, 0.4], [0.016, 0.024], [10, 10])
    assert (beta.cdf(lower, 2, 9) + beta.cdf(lower, 4, 7)) / 2 == pytest.approx(0.025, abs=1e-7)
    assert (beta.cdf(upper, 3, 8) + beta.cdf(upper, 5, 6)) / 2 == pytest.approx(0.975, abs=1e-7)


def test_only_members_of_the_set_count_and_may_differ_by_draw():
    lasted = np.array([[5.0, 30, 30, 30], [5.0, 30, 30, 30]])
    member = np.array([[True, True, False, False], [True, True, True, True]])
    found = ending_shares(lasted, [1, 0, 0, 0], [12.0], n_causes=1, at_risk=member)
    assert found.share[0, 0] == pytest.approx((1 / 2 + 1 / 4) / 2)
    assert (found.at_risk, found.at_risk_lower, found.at_risk_upper) == (3.0, 2, 4)
    assert found.membership.tolist() == [1, 1, 0.5, 0.5]


def test_groups_add_causes_and_all_causes_meet_survival():
    rng = np.random.default_rng(5)
    lasted, cause = rng.exponential(20, 80), rng.integers(0, 4, 80)
    found = ending_shares(lasted, cause, [12.0], n_causes=3, groups=[[1, 0, 0], [0, 1, 1], [1, 1, 1]], landmark=6)
    assert found.share[0, 0] + found.share[0, 1] == pytest.approx(found.share[0, 2])


def test_unwatched_stretch_has_no_bounds():
    found = ending_shares([10.0, 10.0], [0, 0], [5.0], n_causes=1, landmark=9.999999)
    assert found.upper[0, 0] > 0.99
    with pytest.raises(DataError, match="after lasting 20"):
        ending_shares([10.0, 10.0], [0, 0], [5.0], n_causes=1, landmark=20.0)


def test_median_is_where_the_curve_and_its_bounds_cross_one_half():
    lasted = np.arange(1.0, 101.0)
    found = ending_shares(lasted, np.ones(100), np.arange(1.0, 101.0), n_causes=1)
    value, lower, upper = median_ahead(found)
    assert value == 50
    # Exact 95% bounds of a binomial share of 100 first exceed one half with 41 ended, and last with 60.
    assert (lower, upper) == (39, 61)


def test_median_without_end():
    found = ending_shares([3.0, 50, 50, 50, 50], [1, 0, 0, 0, 0], np.arange(1.0, 40.0), n_causes=1)
    value, lower, upper = median_ahead(found)
    assert value == upper == np.inf
    assert lower < np.inf


def test_bootstrap_spreads_as_the_jackknife_says():
    rng = np.random.default_rng(9)
    lasted, cause = rng.exponential(20, 400), rng.integers(0, 3, 400)
    conflicts = rng.integers(0, 150, 400)
    draws = bootstrap_shares(lasted, cause, [12.0], n_causes=2, rng=rng, n_draws=4000, clusters=conflicts, landmark=4)
    found = ending_shares(lasted, cause, [12.0], n_causes=2, clusters=conflicts, landmark=4)
    assert draws.mean(axis=0) == pytest.approx(found.share, abs=0.004)
    # The published variance is never below that of separate wars, so it may exceed the bootstrap's.
    assert (draws.var(axis=0) < 1.1 * found.variance).all()
    assert (draws.var(axis=0) > 0.7 * found.variance).all()


def test_bootstrap_of_no_endings_is_why_it_is_not_published():
    draws = bootstrap_shares(
        np.full(7, 30.0), np.zeros(7), [12.0], n_causes=1, rng=np.random.default_rng(1), n_draws=50
    )
    assert not draws.any()


def test_wrong_shapes():
    with pytest.raises(DataError, match="one value per war, 3"):
        ending_shares([1.0, 2, 3], [1, 0], [1.0], n_causes=1)
    with pytest.raises(ParameterError, match="level"):
        share_interval([0.1], [0.01], [5], level=1.0)


@pytest.mark.parametrize(("n", "least"), [(8, 0.93), (40, 0.93)])
def test_coverage_small_version(n, least):
    """1 - exp(-12 x rate) by the first of two equal causes; the long table is docs/validation-endings.md."""
    rng, rate, covered, sets = np.random.default_rng(n), 0.03, 0, 300
    truth = 0.5 * (1 - np.exp(-rate * 12))
    for _ in range(sets):
        lasted, until = rng.exponential(1 / rate, n) + 10, rng.uniform(10, 120, n)
        cause = np.where(lasted <= until, rng.integers(1, 3, n), 0)
        found = ending_shares(np.minimum(lasted, until), cause, [12.0], n_causes=2, landmark=10.0)
        covered += found.lower[0, 0] <= truth <= found.upper[0, 0]
    assert covered / sets >= least
