"""Changes over stretches of days."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.errors import DataError, ParameterError
from armistice.frontline import change_between, changes_over, monthly_changes


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


def test_stretches_are_counted_back_from_the_last_observation():
    seen = days("2025-05-01", "2025-05-03", "2025-05-06", "2025-05-10", "2025-05-12", "2025-05-13")
    found = changes_over(seen, np.array([0.0, 1.0, 5.0, 6.0, 8.0, 20.0]), min_days=7)
    # 13 May less 6 May; nothing lies 7 days before 6 May.
    assert found.ends.tolist() == days("2025-05-13").tolist()
    assert found.change.tolist() == [15.0]
    assert found.days.tolist() == [7.0]


def test_a_gap_makes_a_longer_stretch_and_missing_values_are_no_observation():
    seen = days("2025-05-01", "2025-05-08", "2025-05-15", "2025-05-29")
    found = changes_over(seen, np.array([10.0, np.nan, 13.0, 20.0]))
    assert found.days.tolist() == [14.0, 14.0]
    assert found.change.tolist() == [3.0, 7.0]


@given(st.lists(st.integers(1, 30), min_size=2, max_size=40), st.integers(1, 20))
def test_changes_add_up_to_the_whole_and_none_is_short(gaps, min_days):
    seen = np.datetime64("2024-01-01") + np.cumsum(gaps)
    values = np.arange(len(gaps)) ** 1.5
    found = changes_over(seen, values, min_days=min_days)
    assert np.all(found.days >= min_days)
    if len(found.change):
        first = found.ends[0] - np.timedelta64(int(found.days[0]), "D")
        assert found.change.sum() == pytest.approx(values[-1] - values[list(seen).index(first)])
        assert found.days.sum() == (seen[-1] - first).astype(int)


def test_days_out_of_order_and_no_length_are_refused():
    with pytest.raises(DataError, match="increase"):
        changes_over(days("2025-05-02", "2025-05-01"), np.array([1.0, 2.0]))
    with pytest.raises(ParameterError, match="min_days"):
        changes_over(days("2025-05-01", "2025-05-02"), np.array([1.0, 2.0]), min_days=0)


def test_change_between_takes_the_last_observation_unless_it_is_stale():
    seen, values = days("2025-04-29", "2025-05-31"), np.array([100.0, 149.0])
    ends = np.datetime64("2025-04-30"), np.datetime64("2025-05-31")
    assert change_between(seen, values, *ends) == 49.0
    assert change_between(seen, values, *ends, stale_days=0) is None
    assert change_between(seen, values, np.datetime64("2025-04-28"), ends[1]) is None


def test_months_are_month_end_less_month_end_and_an_unfinished_month_is_left_out():
    seen = np.arange(np.datetime64("2025-03-31"), np.datetime64("2025-06-04"))
    values = (seen - seen[0]).astype(float) * 2
    values[seen == np.datetime64("2025-04-30")] = np.nan  # 29 April stands in
    found = monthly_changes(seen, values, last_day=np.datetime64("2025-06-03"), months=3)
    assert [str(month) for month, _ in found] == ["2025-03-01", "2025-04-01", "2025-05-01"]
    assert [change for _, change in found] == [None, 58.0, 64.0]


def test_a_month_counts_on_its_own_last_day():
    seen = np.arange(np.datetime64("2025-04-30"), np.datetime64("2025-06-01"))
    found = monthly_changes(seen, np.arange(32.0), last_day=np.datetime64("2025-05-31"), months=1)
    assert found == [(np.datetime64("2025-05-01"), 31.0)]
