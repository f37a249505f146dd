"""Which endings held, on made-up dyads and conflicts, and how well the interval covers."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.history import next_episodes, renewal_shares


def test_one_dyad_after_another():
    found = next_episodes(
        [7, 7, 8, 7], [1950, 1960, 1955, 1970], [1952, 1960, 1956, 1975], [1, 1, 1, 0], [0, 1, 2, 3]
    )
    assert found.is_ending.tolist() == [True, True, True, False]  # the last goes on
    assert found.following.tolist() == [1, 3, -1, -1]
    assert found.is_renewed.tolist() == [True, True, False, False]


def test_a_dyad_that_stops_while_its_conflict_goes_on_is_no_ending_of_the_conflict():
    # Two dyads of one conflict: the first stops in 1990, the second fights on until 1993; a third begins in 1999.
    first, last, ended = [1988, 1989, 1999], [1990, 1993, 2000], [1, 1, 1]
    by_conflict = next_episodes([1, 1, 1], first, last, ended, [0, 1, 2])
    assert by_conflict.is_ending.tolist() == [False, True, True]
    assert by_conflict.following.tolist() == [-1, 2, -1]
    by_dyad = next_episodes([11, 12, 13], first, last, ended, [0, 1, 2])
    assert by_dyad.is_ending.tolist() == [True, True, True]
    assert not by_dyad.is_renewed.any()


def test_a_dyad_that_begins_in_the_next_year_keeps_the_conflict_going():
    found = next_episodes([1, 1], [1988, 1991], [1990, 1995], [1, 1], [0, 1])
    assert found.is_ending.tolist() == [False, True]


def test_of_two_that_stop_in_one_year_the_later_is_the_ending():
    found = next_episodes([1, 1, 1], [1980, 1980, 1990], [1985, 1985, 1991], [1, 1, 1], [200.0, 100.0, 900.0])
    assert found.is_ending.tolist() == [True, False, True]
    assert found.following.tolist() == [2, -1, -1]


def test_wrong_episodes_are_named():
    with pytest.raises(DataError, match="position 1 ends before it begins"):
        next_episodes([1, 1], [1980, 1990], [1985, 1989], [1, 1], [0, 1])
    with pytest.raises(DataError, match="no ending to follow"):
        renewal_shares([], [], [5.0])


def test_shares_are_kaplan_meier_by_hand():
    # Back after 2 and 6 years; followed 4 and 8 years without.
    found = renewal_shares([2.0, 4.0, 6.0, 8.0], [1, 0, 1, 0], [1.0, 5.0, 7.0])
    assert found.share[:, 0] == pytest.approx([0.0, 1 / 4, 1 - 3 / 4 * 1 / 2])
    assert found.at_risk == 4


def test_shares_agree_with_an_independent_kaplan_meier():
    lifelines = pytest.importorskip("lifelines")
    rng = np.random.default_rng(3)
    back, seen = rng.exponential(8.0, 80), rng.uniform(0.0, 15.0, 80)
    found = renewal_shares(np.minimum(back, seen), back <= seen, [2.0, 5.0, 10.0])
    fitted = lifelines.KaplanMeierFitter().fit(np.minimum(back, seen), back <= seen)
    assert found.share[:, 0] == pytest.approx(1 - fitted.predict([2.0, 5.0, 10.0]).to_numpy(), abs=1e-12)


def test_the_interval_covers_when_endings_of_one_conflict_are_alike():
    """Coverage: 25 conflicts, one to five endings each, their hazards spread by a factor; censored evenly to 20 years."""
    rng = np.random.default_rng(5)
    shape, mean_hazard, years = 1.5, 0.06, 5.0
    truth = 1 - (1 + mean_hazard * years / shape) ** -shape  # over a gamma of hazards
    covered = []
    for _ in range(200):
        sizes = rng.integers(1, 6, 25)
        conflict = np.repeat(np.arange(25), sizes)
        hazard = rng.gamma(shape, mean_hazard / shape, 25)[conflict]
        back, seen = rng.exponential(1 / hazard), rng.uniform(0.0, 20.0, len(conflict))
        found = renewal_shares(np.minimum(back, seen), back <= seen, [years], clusters=conflict)
        covered.append(bool(found.lower[0, 0] <= truth <= found.upper[0, 0]))
    assert np.mean(covered) >= 0.93
