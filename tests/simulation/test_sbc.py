"""A right sampler passes, a narrow and a biased one do not; the bands hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.simulation.sbc import chi_square, ecdf_difference, ranks

N_DRAWS, N_RUNS = 99, 200


def _ranks(rng, *, shift=0.0, width=1.0, n=N_RUNS):
    """Normal mean, standard normal prior, one observation of variance 1: posterior N(y / 2, 1 / 2)."""
    truth = rng.standard_normal(n)
    y = truth + rng.standard_normal(n)
    sd = np.sqrt(0.5)
    draws = y[:, None] / 2 + sd * (shift + width * rng.standard_normal((n, N_DRAWS)))
    return ranks(truth[:, None], draws[:, :, None], rng)[:, 0]


def _rejected(rng, runs, **wrong):
    found = [_ranks(rng, **wrong) for _ in range(runs)]
    by_chi_square = np.mean([chi_square(rank, N_DRAWS)[1] < 0.05 for rank in found])
    by_ecdf = np.mean([ecdf_difference(rank, N_DRAWS).p_value <= 0.05 for rank in found])
    return by_chi_square, by_ecdf


def test_a_right_sampler_is_rejected_as_rarely_as_said():
    by_chi_square, by_ecdf = _rejected(np.random.default_rng(1), 300)
    # three standard errors of a share of 5 % in 300
    assert 0.012 < by_chi_square < 0.088
    assert 0.012 < by_ecdf < 0.088


@pytest.mark.parametrize(
    ("wrong", "least_chi_square", "least_ecdf"),
    [({"width": 0.75}, 0.85, 0.85), ({"width": 1.4}, 0.85, 0.85), ({"shift": 0.3}, 0.45, 0.85)],
)
def test_a_narrow_a_wide_and_a_biased_sampler_are_found_out(wrong, least_chi_square, least_ecdf):
    """Power with 200 runs. Chi-square does not look at the order of the bins, so a shift is the harder for it."""
    by_chi_square, by_ecdf = _rejected(np.random.default_rng(2), 100, **wrong)
    assert by_chi_square > least_chi_square
    assert by_ecdf > least_ecdf


def test_the_band_holds_everywhere_at_once():
    rng = np.random.default_rng(3)
    band = ecdf_difference(rng.integers(0, 100, 150), 99, level=0.9)
    uniform = rng.integers(0, 100, size=(10_000, 150))
    difference = (uniform[:, :, None] < band.at * 100).mean(axis=1) - band.at
    inside = ((difference >= band.lower - 1e-12) & (difference <= band.upper + 1e-12)).all(axis=1)
    # at least 90 %, and hardly more: counts are whole numbers
    assert 0.891 < np.mean(inside) < 0.925


def test_p_value_and_band_agree():
    rng = np.random.default_rng(4)
    for _ in range(50):
        rank = _ranks(rng, shift=rng.uniform(0, 0.4), n=80)
        found = ecdf_difference(rank, N_DRAWS)
        if abs(found.p_value - 0.05) > 0.01:
            assert found.inside == (found.p_value > 0.05)


def test_one_place_is_a_binomial_test():
    from scipy.stats import binom

    rank = np.repeat([0, 9], [13, 7])  # 13 of 20 in the lower half of ranks 0 to 9
    found = ecdf_difference(rank, 9, n_places=1)
    assert found.at.tolist() == [0.5]
    assert found.difference[0] == pytest.approx(0.65 - 0.5)
    assert found.p_value == pytest.approx(2 * binom(20, 0.5).sf(12))


def test_chi_square_by_hand():
    # ranks 0 to 3 in three bins: {0, 1}, {2}, {3}; of 8 ranks 4, 2 and 2 are expected
    statistic, p_value = chi_square([0, 0, 1, 1, 1, 1, 2, 3], 3, bins=3)
    assert statistic == pytest.approx(4 / 4 + 1 / 2 + 1 / 2)
    assert p_value == pytest.approx(np.exp(-1.0))


def test_ties_are_broken_at_random():
    rng = np.random.default_rng(5)
    truth, draws = np.zeros((4000, 1)), np.zeros((4000, 3, 1))
    assert np.bincount(ranks(truth, draws, rng)[:, 0]).tolist() == pytest.approx([1000] * 4, abs=110)


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(DataError, match="from 0 to n_draws"):
        chi_square([0, 5], 4)
    with pytest.raises(DataError, match="empty"):
        ecdf_difference([], 4)
    with pytest.raises(ParameterError, match="bins"):
        chi_square([0, 1], 4, bins=9)
    with pytest.raises(DataError, match="do not fit"):
        ranks(np.zeros((3, 2)), np.zeros((3, 5, 1)), np.random.default_rng(0))
