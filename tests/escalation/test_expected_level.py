"""The expected level against an independent oracle (statsmodels) and against what is known of its parts."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.escalation.expected_level import (
    _cubic_basis,
    dispersion_by_likelihood,
    fit_expected_level,
    model_weighting,
    penalised_fit,
)
from armistice.escalation.windows import calendar_of, episodes_of_rounds


@pytest.fixture(scope="module")
def made() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts with slow growth and a weekday, their design, and their means."""
    rng = np.random.default_rng(11)
    day = np.arange(500)
    mean = np.exp(2.5 + day / 400 + 0.4 * (day % 7 == 2))
    counts = rng.negative_binomial(4, 4 / (4 + mean)).astype(float)
    return counts, np.column_stack([np.ones(500), day / 500, (day % 7 == 2).astype(float)]), mean


def test_regression_agrees_with_statsmodels(made: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    counts, design, _ = made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import statsmodels.api as sm

        oracle = sm.GLM(counts, design, family=sm.families.NegativeBinomial(alpha=1 / 4)).fit(tol=1e-12)
    found = penalised_fit(counts, design, np.zeros((3, 3)), dispersion=4.0)
    assert found == pytest.approx(oracle.params, abs=1e-7)


def test_dispersion_agrees_with_statsmodels(made: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    counts, design, _ = made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.discrete.discrete_model import NegativeBinomial

        oracle = NegativeBinomial(counts, design).fit(disp=0, maxiter=500, gtol=1e-9)
    mean = np.exp(design @ oracle.params[:3])
    assert dispersion_by_likelihood(counts, mean) == pytest.approx(1 / oracle.params[3], rel=1e-3)


def test_a_penalty_pulls_towards_zero(made: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    counts, design, _ = made
    free = penalised_fit(counts, design, np.zeros((3, 3)), 4.0)
    tight = penalised_fit(counts, design, np.diag([0.0, 0.0, 1e6]), 4.0)
    assert free[2] > 0.3
    assert abs(tight[2]) < 1e-3


def test_level_finds_trend_weekday_and_dispersion(made: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    counts, _, mean = made
    level = fit_expected_level(counts, np.ones(500, dtype=bool))
    assert np.abs(np.log(level.mean / mean)).mean() < 0.1
    assert level.weekday[2] / level.weekday[[0, 1, 3, 4, 5, 6]].mean() == pytest.approx(np.exp(0.4), rel=0.15)
    assert level.weekday.mean() == pytest.approx(1.0)
    assert level.dispersion == pytest.approx(4.0, rel=0.25)


def test_days_out_of_the_likelihood_do_not_matter(made: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    counts, _, _ = made
    usable = np.ones(500, dtype=bool)
    usable[100:110] = False
    changed = counts.copy()
    changed[100:110] = 9999.0
    missing = counts.copy()
    missing[100:110] = np.nan
    levels = [fit_expected_level(y, usable).mean for y in (counts, changed, missing)]
    assert np.array_equal(levels[0], levels[1])
    assert np.array_equal(levels[0], levels[2])


def test_memory_is_found_where_there_is_one() -> None:
    rng = np.random.default_rng(3)
    state = np.zeros(1500)
    for t in range(1, 1500):
        state[t] = 0.8 * state[t - 1] + rng.normal(0, 0.3)
    with_memory = rng.poisson(40 * np.exp(state)).astype(float)
    without = rng.poisson(40, size=1500).astype(float)
    everyday = np.ones(1500, dtype=bool)
    level = fit_expected_level(with_memory, everyday)
    assert level.memory == pytest.approx(0.75, abs=0.12)
    assert level.persistent_share > 0.5
    assert fit_expected_level(without, everyday).persistent_share < 0.1


def test_weights_follow_the_memory() -> None:
    counts = np.full(200, 10.0)
    days = np.array([100], dtype=np.int64)
    calendar = calendar_of(np.isfinite(counts), np.zeros(200, dtype=bool), days, days, window_days=7)
    episodes = episodes_of_rounds(calendar, days, days, side="before", window_days=7, comparison_days=28)
    level = fit_expected_level(np.random.default_rng(1).poisson(10, 200).astype(float), calendar.comparable)

    def weights(memory: float, share: float) -> np.ndarray:
        from dataclasses import replace

        return model_weighting(replace(level, memory=memory, persistent_share=share), calendar, episodes).weights[0]

    chosen = episodes[0].comparison
    even, near = weights(0.5, 0.0), weights(0.9, 0.8)
    assert even[chosen] == pytest.approx(np.full(56, 1 / 56))
    assert not even[~chosen].any()
    before = np.flatnonzero(chosen)[:28]
    assert near[before[-1]] > 5 * near[before[0]]
    # The window lies before the round: the days before it tell more than those after.
    assert near[before].sum() > near[np.flatnonzero(chosen)[28:]].sum()


def test_splines_sum_to_one() -> None:
    assert _cubic_basis(100, 28).sum(axis=1) == pytest.approx(np.ones(100))


@pytest.mark.parametrize("counts", [np.zeros(100), np.full(20, 5.0)])
def test_too_little_to_fit_is_an_error(counts: np.ndarray) -> None:
    with pytest.raises(DataError, match="at least 28 days"):
        fit_expected_level(counts, np.ones(len(counts), dtype=bool))
