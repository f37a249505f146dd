"""Change points: every cutting enumerated on few weeks, planted steps found, drift and bad input told apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.escalation.change_points import _best, _posterior, _prior, _segment_logs, _whitened, find_steps
from armistice.escalation.regimes import draw_weeks

INERTIA, NOISE, CHANCE = np.array([0.3, 0.0]), np.array([0.7, 0.4]), 0.1


def _enumerated(z: np.ndarray) -> tuple[float, np.ndarray, float, tuple[int, ...]]:
    """Evidence, probability of a change before each difference, of one in the last few, and the best cutting: by hand."""
    from scipy.stats import multivariate_normal

    x = z[1:] - INERTIA * z[:-1]
    n = len(x)
    logs: dict[tuple[int, ...], float] = {}
    for size in range(n):
        for cuts in itertools.combinations(range(1, n), size):
            value = size * np.log(CHANCE) + (n - 1 - size) * np.log(1 - CHANCE)
            for i, j in itertools.pairwise((0, *cuts, n)):
                for d in range(z.shape[1]):
                    part = x[i:j, d][np.isfinite(x[i:j, d])]
                    if len(part):
                        cov = NOISE[d] ** 2 * np.eye(len(part)) + (1 - INERTIA[d]) ** 2
                        value += multivariate_normal.logpdf(part, np.zeros(len(part)), cov)
            logs[cuts] = value
    top = max(logs.values())
    weights = {cuts: np.exp(value - top) for cuts, value in logs.items()}
    total = sum(weights.values())
    by_day = np.array([sum(w for cuts, w in weights.items() if t in cuts) / total for t in range(n)])
    return top + np.log(total), by_day, total, max(logs, key=lambda cuts: logs[cuts])


def test_recursions_equal_the_sum_over_all_cuttings() -> None:
    rng = np.random.default_rng(3)
    z = rng.normal(size=(9, 2)) * 0.5
    z[5:] += 1.5
    z[3, 1] = np.nan
    evidence, by_day, _, best = _enumerated(z)
    found = _posterior(z, INERTIA, NOISE, CHANCE, len(z))
    assert found.evidence == pytest.approx(evidence)
    np.testing.assert_allclose(found.by_week[2:], by_day[1:], atol=1e-12)
    x = _whitened(z, INERTIA)
    assert _best(_segment_logs(x, INERTIA, NOISE) + _prior(len(x), CHANCE)) == list(best)


def _weeks(step: float, ago: int, seed: int, *, drift: float = 0.0) -> np.ndarray:
    rng, path = np.random.default_rng(seed), np.zeros(160, dtype=np.int64)
    path[160 - ago :] = 1
    levels = np.array([[0.0, 0.0], [step, step]])
    weeks = draw_weeks(levels, np.full(2, 0.4), np.full(2, 0.4), path, rng)
    return weeks + np.linspace(0, drift, 160)[:, None]


def test_a_planted_step_is_dated_and_sized() -> None:
    for seed in range(5):
        found = find_steps(_weeks(1.2, 30, seed))
        assert found.last_year > 0.95
        step = found.steps[-1]
        assert step.earliest <= 130 <= step.latest
        assert abs(step.week - 130) <= 2
        assert step.sizes == pytest.approx((1.2, 1.2), abs=0.6)
        assert step.probability > 0.9


def test_no_step_and_steady_growth_are_not_taken_for_one() -> None:
    level = [find_steps(_weeks(0.0, 30, seed)).last_year for seed in range(8)]
    growth = [find_steps(_weeks(0.0, 30, seed, drift=2.0)) for seed in range(8)]
    assert np.mean(level) < 0.4
    assert np.mean([one.last_year for one in growth]) < 0.2
    assert np.mean([one.drift_weight for one in growth]) > 0.7


def test_a_step_of_two_years_ago_is_not_one_of_the_last_year() -> None:
    found = find_steps(_weeks(1.5, 100, 2))
    assert found.last_year < 0.4
    assert abs(found.steps[0].week - 60) <= 2


def test_more_changes_expected_make_one_likelier_and_all_three_are_spanned() -> None:
    weeks = _weeks(0.0, 30, 7)
    each = [find_steps(weeks, chances=(chance,)).last_year for chance in (1 / 52, 1 / 104, 1 / 208)]
    assert each[0] > each[1] > each[2]
    found = find_steps(weeks)
    assert (found.upper, found.last_year, found.lower) == pytest.approx(tuple(each), rel=0.3)
    assert found.lower <= found.last_year <= found.upper


def test_missing_weeks_and_bad_input() -> None:
    weeks = _weeks(1.5, 30, 1)
    weeks[::9, 0] = np.nan
    assert find_steps(weeks).last_year > 0.9
    with pytest.raises(DataError, match="at least 78 weeks"):
        find_steps(weeks[:60])
    with pytest.raises(DataError, match="infinite"):
        find_steps(np.where(np.arange(160)[:, None] == 3, np.inf, _weeks(1.0, 30, 1)))
