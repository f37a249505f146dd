"""Further away than ever, or not, or nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.outlook.change import change_since


def test_draws_share_what_is_assumed():
    # Levels differ tenfold between draws, but every draw says: a fifth lower now than in the lowest month before.
    level = np.exp(np.linspace(-3, 0, 200))
    draws = 0.3 * np.outer([1.2, 1.0, 1.5, 0.8], level)
    found = change_since([0.12, 0.10, 0.15, 0.08], draws)
    assert found.verdict == "further"
    assert found.value == pytest.approx(-0.02)
    assert found.against == 1
    assert found.share_further == 1
    # Taken apart, the months' own intervals overlap widely: pairing is what decides.
    assert np.quantile(draws[3], 0.975) > np.quantile(draws[1], 0.025)


def test_each_claim_is_held_to_the_harder_month():
    draws = np.array([[0.1, 0.3], [0.3, 0.1], [0.2, 0.2]])
    found = change_since([0.2, 0.21, 0.2], draws, level=0.9)
    # Lowest point: the first month; against it the draws gain .1 and -.1. Against each draw's own lowest both gain .1.
    assert (found.lower, found.upper) == pytest.approx((-0.09, 0.1))
    assert found.verdict == "cannot_tell"
    # Every draw has a lower month, but not the same one: no month is known to have been lower.
    assert (draws[-1] > draws[:-1].min(axis=0)).all()


def test_noise_makes_no_claim_easier():
    """Thirty months that are all alike, each with noise of its own: a verdict is given in less than one case in twenty."""
    rng = np.random.default_rng(2)
    verdicts = []
    for _ in range(200):
        level = np.exp(rng.normal(-2, 0.5, 400))
        draws = level * np.exp(0.1 * rng.standard_normal((31, 400)))
        verdicts.append(change_since(draws.mean(axis=1), draws).verdict)
    assert np.mean([verdict != "cannot_tell" for verdict in verdicts]) < 0.05


def test_cannot_tell_is_an_answer():
    rng = np.random.default_rng(1)
    found = change_since(np.full(10, 0.2), rng.uniform(0.1, 0.3, (10, 500)))
    assert found.verdict == "cannot_tell"
    assert found.share_further == pytest.approx(0.1, abs=0.04)  # ten months alike: each is the lowest as often
    assert change_since([0.2, 0.2], rng.uniform(0.1, 0.3, (2, 500))).verdict == "cannot_tell"


def test_the_verdict_is_that_of_the_interval():
    # Every draw falls while the point estimate rises: the interval told holds 0, so nothing is claimed.
    found = change_since([0.10, 0.12], [[0.10, 0.10, 0.10], [0.09, 0.08, 0.07]])
    assert found.lower < 0 < found.upper == pytest.approx(0.02)
    assert found.verdict == "cannot_tell"


@pytest.mark.parametrize(
    ("points", "draws"),
    [([0.1], [[0.1]]), ([0.1, 0.2], [[0.1]]), ([0.1, np.nan], [[0.1], [0.2]]), ([0.1, 0.2], np.zeros((2, 0)))],
)
def test_too_little_to_compare(points, draws):
    with pytest.raises(DataError):
        change_since(points, draws)
