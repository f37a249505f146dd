"""Which days belong to a round, worked out by hand on small calendars."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.escalation.windows import (
    calendar_of,
    episodes_of_announced_rounds,
    episodes_of_rounds,
    episodes_of_truces,
    transported,
)


def _calendar(n_days: int, starts: list[int], ends: list[int] | None = None, truce: tuple[int, ...] = ()):
    quiet = np.zeros(n_days, dtype=bool)
    quiet[list(truce)] = True
    first = np.array(starts, dtype=np.int64)
    last = first if ends is None else np.array(ends, dtype=np.int64)
    return calendar_of(np.ones(n_days, dtype=bool), quiet, first, last, window_days=3), first, last


def _episodes(
    n_days: int, starts: list[int], *, side: str, ends: list[int] | None = None, truce: tuple[int, ...] = ()
):
    calendar, first, last = _calendar(n_days, starts, ends, truce)
    return episodes_of_rounds(calendar, first, last, side=side, window_days=3, comparison_days=4)


def test_windows_leave_out_the_day_of_the_round() -> None:
    (before,) = _episodes(40, [20], side="before")
    (after,) = _episodes(40, [20], side="after")
    assert before.window_days.tolist() == [17, 18, 19]
    assert after.window_days.tolist() == [21, 22, 23]
    assert before.comparison_days.tolist() == [13, 14, 15, 16, 24, 25, 26, 27] == after.comparison_days.tolist()


def test_a_round_of_several_days_ends_on_its_last() -> None:
    (after,) = _episodes(40, [20], ends=[22], side="after")
    assert after.window_days.tolist() == [23, 24, 25]
    assert after.comparison_days.tolist() == [13, 14, 15, 16, 26, 27, 28, 29]


def test_a_day_in_two_rounds_zones_counts_for_neither() -> None:
    # Zones 17..23 and 22..28: days 22 and 23 are in both, and round 25's window before is 22, 23, 24.
    first, second = _episodes(60, [20, 25], side="before")
    assert first.window_days.tolist() == [17, 18, 19]
    assert second.window_days.tolist() == [24]
    after, _ = _episodes(60, [20, 25], side="after")
    assert after.window_days.tolist() == [21]


def test_other_rounds_windows_are_no_comparison_and_the_nearest_days_beyond_step_in() -> None:
    first, _ = _episodes(60, [20, 27], side="before")
    # Days 24..30 lie in the second round's zone; the four nearest ordinary days after are 31..34.
    assert first.comparison_days.tolist() == [13, 14, 15, 16, 31]
    # Nothing beyond twice the usual distance: offsets end at 3 + 2 * 4 = 11 days after the round.
    assert first.comparison_days.max() <= 31


def test_truce_days_leave_window_and_comparison() -> None:
    (before,) = _episodes(40, [20], side="before", truce=(16, 17))
    assert before.window_days.tolist() == [18, 19]
    assert before.comparison_days.tolist() == [12, 13, 14, 15, 24, 25, 26, 27]


def test_a_round_at_the_end_of_what_is_known_is_compared_with_the_past_only() -> None:
    (before,) = _episodes(22, [20], side="before")
    assert before.comparison_days.tolist() == [13, 14, 15, 16]
    (after,) = _episodes(22, [20], side="after")
    assert after.window_days.tolist() == [21]
    assert after.asked_days == 3


def test_truces_are_judged_on_their_own_days() -> None:
    calendar, _, _ = _calendar(40, [], truce=(20, 21))
    (truce,) = episodes_of_truces(calendar, np.array([20]), np.array([21]), comparison_days=3, guard_days=1)
    assert truce.window_days.tolist() == [20, 21]
    assert truce.comparison_days.tolist() == [17, 18, 19, 22, 23, 24]


@given(
    values=st.lists(st.integers(0, 50), min_size=1, max_size=30),
    pattern=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    first=st.integers(-15, 15),
)
def test_transported_sums_are_the_sums_written_out(values: list[int], pattern: list[int], first: int) -> None:
    y = np.array(values, dtype=float)
    expected = [
        sum(w * (y[t + first + j] if 0 <= t + first + j < len(y) else 0.0) for j, w in enumerate(pattern))
        for t in range(len(y))
    ]
    found = transported(y, np.array([pattern], dtype=float), first)[0]
    assert found == pytest.approx(expected)


def _announced(announced: list[int], starts: list[int], *, side: str, truce: tuple[int, ...] = ()):
    calendar, heard, _ = _calendar(60, announced, starts, truce)
    first = np.array(starts, dtype=np.int64)
    return episodes_of_announced_rounds(calendar, heard, first, first, side=side, window_days=3, comparison_days=4)


def test_windows_from_the_announcement_leave_out_its_day_and_the_day_of_the_round() -> None:
    (before,) = _announced([20], [23], side="before")
    (since,) = _announced([20], [23], side="since")
    assert before.window_days.tolist() == [17, 18, 19]
    assert since.window_days.tolist() == [21, 22]
    assert since.asked_days == 2
    # The comparison lies beyond the window before the announcement and the one after the round (24, 25, 26).
    assert before.comparison_days.tolist() == [13, 14, 15, 16, 27, 28, 29, 30] == since.comparison_days.tolist()


def test_days_since_an_announcement_are_no_more_than_the_window() -> None:
    (since,) = _announced([20], [40], side="since")
    assert since.window_days.tolist() == [21, 22, 23]
    (same_day,) = _announced([20], [20], side="since")
    assert same_day.window_days.tolist() == []


def test_days_since_one_announcement_that_another_zone_holds_count_for_neither() -> None:
    # The second round is announced on day 25: its zone begins on day 22, within the first's (20 - 3 to 24 + 3).
    first, second = _announced([20, 25], [24, 30], side="since", truce=(26,))
    assert first.window_days.tolist() == [21]
    assert second.window_days.tolist() == [28]
