"""Landmarks: months watched and endings seen ahead, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.history.landmarks import MONTH_DAYS, going_on, landmark_counts, outcome_shares

EDGES = [0, 6, 12, 24]


def counts(starts, ends, causes, wars, on, until, edges=EDGES):
    months = [np.atleast_2d(np.asarray(values, dtype=float)) * MONTH_DAYS for values in (starts, ends)]
    return landmark_counts(
        *months, causes, np.array(wars), np.array(on, dtype=float) * MONTH_DAYS,
        edges=edges, n_causes=2, observed_until=until * MONTH_DAYS,
    )  # fmt: skip


def test_exposure_stops_at_the_ending_and_at_the_last_day_observed():
    # War 0 lasts 0-20 and ends by cause 2; war 1 lasts 5-40 by cause 1, but nothing is known after month 30.
    found = counts([0, 5], [20, 40], [2, 1], [0, 0, 1, 1], [0, 10, 10, 29], 30)
    assert found.exposure == pytest.approx(np.array([[6, 6, 8], [6, 4, 0], [6, 6, 8], [1, 0, 0]]))
    assert found.endings[0].tolist() == [[0, 0], [0, 0], [0, 1]]
    assert found.endings[1].tolist() == [[0, 0], [0, 1], [0, 0]]
    assert found.endings[2:].sum() == 0


def test_an_ending_beyond_the_last_day_observed_is_not_seen_however_near():
    assert counts([0], [20], [1], [0], [18], 19.9).endings.sum() == 0
    assert counts([0], [20], [1], [0], [18], 20.1).endings.sum() == 1


def test_a_landmark_after_the_last_day_observed_counts_for_nothing():
    found = counts([0], [50], [1], [0], [31], 30)
    assert found.exposure.sum() == 0
    assert found.weight.tolist() == [0]


def test_vague_dates_give_means_over_draws():
    # In one draw the war ended at month 8, in the other at month 14; at month 10 it goes on in one of them only.
    found = counts([[0], [0]], [[8], [14]], [1], [0, 0], [6, 10], 99)
    assert found.weight.tolist() == [1, 0.5]
    assert found.exposure == pytest.approx(np.array([[(2 + 6) / 2, (0 + 2) / 2, 0], [4 / 2, 0, 0]]))
    assert found.endings[:, :, 0] == pytest.approx(np.array([[0.5, 0.5, 0], [0.5, 0, 0]]))


def test_going_on_begins_with_the_first_day_and_is_over_on_the_last():
    day = np.array([[10.0]])
    on = np.array([9.0, 10.0, 19.9, 20.0])
    assert going_on(day, day + 10, np.zeros(4, dtype=int), on)[0].tolist() == [False, True, True, False]


def test_what_happened_is_a_share_of_the_draws_in_which_the_war_went_on():
    starts, ends = np.zeros((3, 1)), np.array([[5.0], [14.0], [30.0]]) * MONTH_DAYS
    weight, happened = outcome_shares(
        starts, ends, [2], np.array([0]), np.array([6 * MONTH_DAYS]), [6, 12, 36], n_causes=2
    )
    assert weight == pytest.approx([2 / 3])
    assert happened[0, :, 1].tolist() == [0, 0.5, 1]
    assert happened[0, :, 0].tolist() == [0, 0, 0]


def test_a_war_that_ends_before_it_starts_is_refused():
    with pytest.raises(DataError, match="position 1 ends before it starts"):
        counts([0, 9], [5, 8], [1, 1], [0], [1], 30)


def test_edges_must_rise_from_nothing():
    for edges in ([1, 2], [0, 6, 6], [0]):
        with pytest.raises(ParameterError, match="edges must rise from 0"):
            counts([0], [5], [1], [0], [1], 30, edges=edges)
