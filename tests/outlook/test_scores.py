"""Scores of the whole time to an end, against integrals done another way."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.outlook.scores import crps_to_end, log_score_to_end


def by_hand(ended_by, end, span, steps=200_000):
    """The integral on a fine grid."""
    months = len(ended_by)
    t = (np.arange(steps) + 0.5) / steps * min(span, months)
    f = np.interp(t, np.arange(months + 1), [0.0, *ended_by])
    return float(((f - (end <= t)) ** 2).mean() * min(span, months))


@pytest.mark.parametrize(
    ("end", "span"), [(2.7, 5.0), (0.2, 3.4), (np.inf, 4.5), (4.99, 9.0), (7.0, 9.0), (3.0, 3.0)]
)
def test_crps_is_the_integral(end, span):
    ended_by = [0.1, 0.15, 0.5, 0.55, 0.9]
    assert crps_to_end([ended_by], [end], [span])[0] == pytest.approx(by_hand(ended_by, end, span), abs=1e-4)


def test_crps_is_proper_where_watching_stops_early():
    # The truth has its least expected score among rivals that are too soon, too late, or too sure.
    rng = np.random.default_rng(1)
    n, months = 40_000, 24
    end = rng.exponential(1 / 0.06, n)
    span = rng.uniform(6, 40, n)
    seen = np.where(end <= span, end, np.inf)

    def mean_score(rate):
        ended_by = np.tile(-np.expm1(-rate * np.arange(1, months + 1)), (n, 1))
        return float(crps_to_end(ended_by, seen, span).mean())

    truth = mean_score(0.06)
    assert truth < mean_score(0.05)
    assert truth < mean_score(0.075)


def test_log_score_is_minus_the_log_likelihood():
    monthly = np.array([[[0.1, 0.2], [0.3, 0.1], [0.05, 0.05]]] * 4)
    found = log_score_to_end(monthly, [2, 3, 5, 0], [1, -1, 0, -1])
    ended_in_2 = -np.log(0.7 * 0.1)
    to_the_last = -np.log(0.7 * 0.6 * 0.9)  # whatever came after the last month forecast
    assert found == pytest.approx([ended_in_2, to_the_last, to_the_last, 0.0])


@pytest.mark.parametrize(
    ("ended_by", "lasted", "watched", "message"),
    [
        ([[0.5, 0.4]], [1], [2], "must rise"),
        ([[0.5, 1.4]], [1], [2], "at most 1"),
        ([[0.5]], [-1], [2], "must not be negative"),
        ([[0.5]], [3], [2], "cannot end after it was watched"),
        ([[0.5]], [np.inf], [0], "above 0"),
        ([[0.5]], [1, 2], [2], "for each forecast"),
    ],
)
def test_what_cannot_be_scored_is_refused(ended_by, lasted, watched, message):
    with pytest.raises(DataError, match=message):
        crps_to_end(ended_by, lasted, watched)


@pytest.mark.parametrize(("lasted", "way"), [([-1], [0]), ([0], [0]), ([1], [2]), ([1], [-2])])
def test_endings_that_are_none_are_refused(lasted, way):
    with pytest.raises(DataError, match="must lie from -1"):
        log_score_to_end(np.full((1, 2, 2), 0.1), lasted, way)
