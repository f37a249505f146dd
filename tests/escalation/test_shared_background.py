"""Answer or shared background: a planted answer is claimed, a background in common is not, and sides can be swapped."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import ParameterError
from armistice.escalation.retaliation_counts import RetaliationSettings, fit_retaliation
from armistice.escalation.shared_background import direction_verdict, fit_background
from tests.escalation.test_retaliation_counts import known_model

SETTINGS = RetaliationSettings(knot_days=180)


def with_background(n_days: int, loading: tuple[float, float], memory: float, seed: int) -> np.ndarray:
    """Counts of two sides that answer nothing; a latent autoregression multiplies both means of 25 a day."""
    rng = np.random.default_rng(seed)
    latent = np.zeros(n_days)
    for t in range(1, n_days):
        latent[t] = memory * latent[t - 1] + np.sqrt(1 - memory**2) * rng.standard_normal()
    level = 25 * np.exp(np.outer(latent, loading) - np.square(loading) / 2)
    return rng.poisson(rng.gamma(4.0, level / 4.0)).astype(float)


def test_a_planted_answer_is_claimed_in_its_direction_and_swapped_with_the_sides() -> None:
    counts = known_model(900, [[0.2, 0.0], [0.6, 0.1]], level=30.0).simulate(np.random.default_rng(1))[0]
    found = direction_verdict(fit_retaliation(counts, settings=SETTINGS), 0, 1, np.random.default_rng(2))
    assert found.verdict == "second answers first"
    assert found.p_second_answers < 0.001
    assert found.p_first_answers > 0.9
    swapped = direction_verdict(fit_retaliation(counts[:, ::-1], settings=SETTINGS), 0, 1, np.random.default_rng(2))
    assert swapped.verdict == "first answers second"
    assert swapped.difference == pytest.approx(-found.difference)
    by_columns = direction_verdict(fit_retaliation(counts, settings=SETTINGS), 1, 0, np.random.default_rng(2))
    assert by_columns.verdict == "first answers second"


def test_a_background_in_common_is_no_direction_though_both_pasts_foretell() -> None:
    counts = with_background(900, (0.6, 0.6), 0.9, seed=3)
    found = direction_verdict(fit_retaliation(counts, settings=SETTINGS), 0, 1, np.random.default_rng(4))
    assert found.t_second_answers > 3
    assert found.t_first_answers > 3
    assert found.verdict == "background or both"


def test_fast_answers_with_movement_on_the_same_day_are_refused() -> None:
    rng = np.random.default_rng(5)
    first = rng.poisson(rng.gamma(3.0, 10.0, 900)).astype(float)
    # Two thirds of the answer on the day itself, one third on the next.
    mean = 5.0 + 0.6 * first + 0.3 * np.r_[30.0, first[:-1]]
    second = rng.poisson(mean).astype(float)
    fit = fit_retaliation(np.column_stack([first, second]), settings=SETTINGS)
    found = direction_verdict(fit, 0, 1, np.random.default_rng(6))
    assert fit.half_life_days[1, 0] < 1
    assert found.same_day_correlation > 0.3
    assert found.verdict == "same day"


def test_moments_find_the_background_that_was_planted() -> None:
    counts = with_background(40_000, (0.5, 0.3), 0.9, seed=7)
    found = fit_background(counts, np.full(counts.shape, 25.0))
    assert found.persistent == pytest.approx([0.25, 0.09], rel=0.2)
    assert found.common == pytest.approx(0.15, rel=0.2)
    assert found.common_memory == pytest.approx(0.9, abs=0.04)
    assert found.dispersion == pytest.approx([4.0, 4.0], rel=0.1)
    assert found.same_day < 0.02


def test_missing_days_change_little() -> None:
    rng = np.random.default_rng(8)
    counts = known_model(900, [[0.2, 0.0], [0.6, 0.1]], level=30.0).simulate(rng)[0]
    counts[rng.random(counts.shape) < 0.05] = np.nan
    found = direction_verdict(fit_retaliation(counts, settings=SETTINGS), 0, 1, rng)
    assert found.verdict == "second answers first"
    assert found.n_days < 900 - 28


def test_too_few_draws_are_said() -> None:
    counts = known_model(200, [[0.2, 0.0], [0.2, 0.1]]).simulate(np.random.default_rng(9))[0]
    with pytest.raises(ParameterError, match="at least 20"):
        direction_verdict(fit_retaliation(counts), 0, 1, np.random.default_rng(1), n_draws=5)
