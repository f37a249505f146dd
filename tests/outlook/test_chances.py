"""Chances by month: they give back the incidences they came from, and add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.errors import DataError
from armistice.outlook.chances import (
    incidence_by_month,
    monthly_from_counts,
    monthly_from_incidence,
    still_going_on,
)


def test_incidences_come_back_at_their_horizons():
    given_incidence = np.array([[0.02, 0.05], [0.03, 0.11], [0.2, 0.3]])
    monthly = monthly_from_incidence(given_incidence, [3, 6, 24])
    assert monthly.shape == (24, 2)
    assert incidence_by_month(monthly)[[2, 5, 23]] == pytest.approx(given_incidence)


def test_hazards_are_constant_between_horizons():
    # 1 - (1 - h)^3 = .271 for h = .1, and the ways keep their shares of it.
    monthly = monthly_from_incidence([[0.0813, 0.1897]], [3])
    assert monthly == pytest.approx(np.tile([0.03, 0.07], (3, 1)))


def test_counts_are_over_those_still_fighting():
    monthly = monthly_from_counts([[10, 30], [6, 0], [0, 27]], 100)
    assert monthly == pytest.approx(np.array([[0.1, 0.3], [0.1, 0.0], [0.0, 0.5]]))
    assert still_going_on(monthly) == pytest.approx([0.6, 0.54, 0.27])
    assert monthly_from_counts([[4.0], [0.0]], 4).tolist() == [[1.0], [0.0]]


def test_a_year_gone_by_is_twelve_months_left_out():
    monthly = monthly_from_incidence([[0.1, 0.1], [0.3, 0.25]], [6, 30])
    whole = incidence_by_month(monthly)
    later = (whole[29] - whole[11]) / (1 - whole[11].sum())
    assert incidence_by_month(monthly[12:])[-1] == pytest.approx(later)


@given(st.lists(st.lists(st.floats(0, 0.3), min_size=3, max_size=3), min_size=1, max_size=30))
def test_chances_rise_and_never_add_up_to_more_than_one(months):
    monthly = np.array(months)
    incidence = incidence_by_month(monthly)
    assert (np.diff(incidence, axis=0) >= 0).all()
    assert incidence[-1].sum() + still_going_on(monthly)[-1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("incidence", "ahead", "message"),
    [
        ([[0.2], [0.1]], [3, 6], "must rise with the horizon"),
        ([[0.7, 0.4]], [3], "at most 1"),
        ([[0.1], [0.2]], [6, 3], "whole months that rise"),
        ([[0.1]], [1.5], "whole months that rise"),
        ([[0.1]], [3, 6], "one row for each of 2 horizons"),
    ],
)
def test_incoherent_incidences_are_refused(incidence, ahead, message):
    with pytest.raises(DataError, match=message):
        monthly_from_incidence(incidence, ahead)


def test_more_endings_than_wars_are_refused():
    with pytest.raises(DataError, match="at most the 5 wars"):
        monthly_from_counts([[3], [3]], 5)
