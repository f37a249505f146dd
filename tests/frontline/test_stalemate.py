"""From draws of the pace to answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.errors import ParameterError
from armistice.frontline import stalemate_probability, years_to_objective


def test_pace_either_way_counts_and_bounds_are_wilsons():
    from statsmodels.stats.proportion import proportion_confint

    pace = np.array([-200.0] * 30 + [-50.0] * 25 + [80.0] * 15 + [150.0] * 30)
    share, low, high = stalemate_probability(pace, 100.0)
    assert share == 0.4
    assert (low, high) == pytest.approx(proportion_confint(40, 100, method="wilson"))


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=50), st.floats(0.1, 1e3), st.floats(1.0, 10.0))
def test_probability_never_falls_with_the_threshold(pace, threshold, factor):
    one, two = (stalemate_probability(np.array(pace), t) for t in (threshold, threshold * factor))
    assert two[0] >= one[0]
    assert 0 <= one[1] <= one[0] <= one[2] <= 1


def test_years_are_quantiles_of_remaining_over_pace_and_the_wrong_way_is_never():
    # 95% of a constant 40 a month: 4,800 / 40 / 12 = 10 years; the rest moves away.
    pace = np.array([40.0] * 95 + [-40.0] * 5)
    found = years_to_objective(pace, 4800.0)
    assert (found.median, found.lower, found.never) == (10.0, 10.0, 0.05)
    assert np.isinf(found.upper)


def test_beyond_the_horizon_is_never():
    found = years_to_objective(np.array([1.0, 2.0, 4.0, 8.0]), 960.0, horizon_years=30)
    # 80, 40, 20 and 10 years
    assert found.never == 0.5
    assert found.lower == 10.0


def test_nothing_left_is_refused():
    with pytest.raises(ParameterError, match="remaining"):
        years_to_objective(np.ones(3), 0.0)
