"""Rates by state of the talks."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.escalation.talks_states import rate_ratio


def test_means_and_missing_days() -> None:
    counts = np.array([4.0, np.nan, 8.0, 1.0, 2.0, np.nan])
    state = np.array([True, True, True, False, False, False])
    found = rate_ratio(counts, state, ~state, rng=np.random.default_rng(1), block_days=2)
    assert (found.rate, found.other_rate, found.n_days, found.n_other_days) == (6.0, 1.5, 2, 2)
    assert found.ratio == 4.0


def test_nothing_to_compare_is_none() -> None:
    counts = np.array([1.0, 2.0, np.nan])
    none = np.zeros(3, dtype=bool)
    some = np.array([True, False, False])
    assert rate_ratio(counts, some, none, rng=np.random.default_rng(1)) is None
    assert rate_ratio(np.array([1.0, 0.0, 0.0]), some, ~some, rng=np.random.default_rng(1)) is None


def test_blocks_widen_the_interval_of_violence_that_comes_in_stretches() -> None:
    rng = np.random.default_rng(2)
    level = np.repeat(rng.gamma(1.0, 20.0, size=40), 15)
    counts = rng.poisson(level).astype(float)
    state = np.arange(600) < 300
    widths = [
        np.log(found.upper / found.lower)
        for days in (1, 15)
        for found in [rate_ratio(counts, state, ~state, rng=np.random.default_rng(3), block_days=days)]
    ]
    assert widths[1] > 2 * widths[0]


@pytest.mark.parametrize("block_days", [7, 14])
def test_coverage_with_autocorrelation(block_days: int) -> None:
    """The truth is 1; intervals with blocks hold it far more often than intervals without would."""
    rng = np.random.default_rng(4)
    state = np.arange(400) < 200
    held = 0
    for _ in range(60):
        counts = rng.poisson(np.repeat(rng.gamma(4.0, 5.0, size=80), 5)).astype(float)
        found = rate_ratio(counts, state, ~state, rng=rng, block_days=block_days, n_draws=400)
        held += found.lower <= 1 <= found.upper
    assert held >= 48
