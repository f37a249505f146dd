"""Breaks in talks: ratios by hand, the right share of false alarms, a planted change found."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.escalation.talks_breaks import breaks_in_talks

STRETCHES = [(0, 200), (200, 300), (300, 600), (600, 750)]


def wandering(seed: int, n: int = 750) -> np.ndarray:
    """Counts with memory: a latent autoregression moves their mean."""
    rng = np.random.default_rng(seed)
    latent = np.zeros(n)
    for t in range(1, n):
        latent[t] = 0.8 * latent[t - 1] + 0.3 * rng.standard_normal()
    return rng.poisson(rng.gamma(2.0, 10 * np.exp(latent) / 2.0)).astype(float)


def test_windows_and_ratios_by_hand() -> None:
    counts = np.full(120, 2.0)
    counts[60:] = 6.0
    counts[62] = np.nan
    # Five days of the state before, ten after.
    found = breaks_in_talks(
        counts, [60], [(0, 55), (55, 60), (60, 70), (70, 120)], np.random.default_rng(1), least_days=5
    )
    (one,) = found.breaks
    assert (one.before, one.after, one.n_before, one.n_after) == (2.0, 6.0, 5, 9)
    assert found.ratio == pytest.approx((6 + 0.5 / 9) / (2 + 0.5 / 5))
    # Nothing moves within a stretch but the half count and the missing day: no placebo strays as far.
    assert found.p_value == pytest.approx(1 / 2001)
    assert found.lower > 2.5
    assert found.n_placebos == (55 - 15 + 1) + (120 - 70 - 15 + 1)


def test_short_windows_are_left_out_and_said() -> None:
    found = breaks_in_talks(wandering(1), [200, 205], [(0, 200), (200, 205), (205, 750)], np.random.default_rng(2))
    assert [b.is_usable for b in found.breaks] == [False, False]
    assert np.isnan(found.ratio)
    assert found.n_usable == 0


def test_no_change_is_called_one_as_often_as_it_should() -> None:
    p_values, held = [], []
    for seed in range(250):
        found = breaks_in_talks(wandering(seed), [200, 600], STRETCHES, np.random.default_rng(seed), n_draws=400)
        p_values.append(found.p_value)
        held.append(found.lower <= 1 <= found.upper)
    # 99 % binomial bands of 250 at 5 % and 95 %.
    assert 5 <= sum(p <= 0.05 for p in p_values) <= 22
    assert 228 <= sum(held) <= 245


def test_a_planted_change_is_found_with_its_size() -> None:
    held, low = [], []
    for seed in range(60):
        counts = wandering(1000 + seed)
        rng = np.random.default_rng(seed)
        counts[600:] = rng.poisson(3.0 * counts[600:] + 0.0)
        found = breaks_in_talks(counts, [200, 600], STRETCHES, rng, n_draws=400)
        held.append(found.lower <= np.sqrt(3.0) <= found.upper)
        low.append(found.ratio)
    assert np.exp(np.mean(np.log(low))) == pytest.approx(np.sqrt(3.0), rel=0.1)
    assert sum(held) >= 52


def test_what_is_wrong_is_said() -> None:
    counts = wandering(3)
    with pytest.raises(DataError, match="no stretch starts"):
        breaks_in_talks(counts, [10], STRETCHES, np.random.default_rng(1))
    with pytest.raises(DataError, match="overlap"):
        breaks_in_talks(counts, [200], [(0, 250), (200, 300)], np.random.default_rng(1))
