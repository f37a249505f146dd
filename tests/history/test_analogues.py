"""Distances between wars, how firm their order is, and whether they foretell, on made-up wars."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.history import gower_distances, leave_one_out, rank_ranges

NAN = np.nan


def test_distance_by_hand_with_weights_and_unknown_cells():
    # Ranges over all four wars: 1, 3 and 10.
    found = gower_distances(
        [1.0, 2.0, 0.0],
        [[0.0, 5.0, 10.0], [1.0, NAN, 5.0], [NAN, 2.0, NAN]],
        weights=[1.0, 2.0, 1.0],
        min_known_share=0.45,
    )
    assert found.distance == pytest.approx([(1 * 1 + 2 * 1 + 1 * 1) / 4, (0 + 0.5) / 2, 0.0])
    assert found.known_share == pytest.approx([1.0, 0.5, 0.5])
    assert found.contributions[0] == pytest.approx([0.25, 0.5, 0.25])
    assert np.isnan(found.contributions[1]).tolist() == [False, True, False]
    assert found.rank.tolist() == [3, 2, 1]


def test_contributions_add_up_and_units_do_not_matter():
    rng = np.random.default_rng(1)
    past = rng.normal(size=(12, 6))
    past[rng.random(past.shape) < 0.3] = NAN
    war = rng.normal(size=6)
    found = gower_distances(war, past, min_known_share=0.01)
    assert np.nansum(found.contributions, axis=1) == pytest.approx(found.distance)
    scale, shift = np.array([3.0, -2.0, 1000.0, 1.0, 0.1, 7.0]), 5.0
    other = gower_distances(war * scale + shift, past * scale + shift, min_known_share=0.01)
    assert other.distance == pytest.approx(found.distance)


def test_a_war_of_which_too_little_is_known_is_not_ranked():
    found = gower_distances([1.0, 1.0, 1.0], [[1.0, NAN, NAN], [1.0, 0.0, 0.0]], min_known_share=0.5)
    assert found.distance[0] == 0
    assert np.isnan(found.rank[0])
    assert found.rank[1] == 1


def test_ties_share_their_mean_rank():
    assert gower_distances([0.0], [[1.0], [0.0], [1.0]]).rank.tolist() == [2.5, 1.0, 2.5]


@pytest.mark.parametrize(
    ("war", "past", "says"),
    [
        ([1.0, 1.0], [[1.0, NAN], [0.0, NAN]], "Feature trench is known in no past war"),
        ([NAN, NAN], [[1.0, 1.0]], "Nothing is known of the war"),
        ([1.0, 1.0], np.empty((0, 2)), "no past war to compare with"),
        ([1.0, 1.0], [[1.0]], "2 columns, got shape"),
        ([1.0, np.inf], [[1.0, 1.0]], "must be finite"),
    ],
)
def test_wrong_tables_are_named(war, past, says):
    with pytest.raises(DataError, match=says):
        gower_distances(war, past, names=["patron", "trench"])


def test_ranks_do_not_move_where_one_war_is_alike_in_everything():
    past = np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 9.0], [0.0, 0.0, 6.0]])
    found = rank_ranges(past[0], past, rng=np.random.default_rng(1), n_draws=400)
    assert (found.lower[0], found.upper[0]) == (1, 1)
    assert (found.lower[1], found.upper[1]) == (3, 3)  # it differs most in each feature


def test_the_range_of_ranks_holds_what_weights_and_unknown_cells_can_do():
    # One war agrees in one feature, the other in the other: with even weights over all, each is first half the time.
    past = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = rank_ranges([1.0, 1.0], past, rng=np.random.default_rng(2), n_draws=4000)
    assert found.rank[:, 0].mean() == pytest.approx(1.5, abs=0.03)
    tight = rank_ranges([1.0, 1.0], past, weights=[3.0, 1.0], spread=200.0, rng=np.random.default_rng(2), n_draws=400)
    assert tight.rank[:, 0].max() == 1
    # An unknown cell takes 0 or 1 as often as the three wars where it is known: agrees in two of three draws.
    unknown = np.array([[NAN], [1.0], [0.0]])
    drawn = rank_ranges([1.0], unknown, rng=np.random.default_rng(3), n_draws=6000)
    assert (drawn.distance[:, 0] == 0).mean() == pytest.approx(2 / 3, abs=0.02)


def test_nothing_unknown_and_given_weights_agree_with_the_distances():
    rng = np.random.default_rng(4)
    past, war = rng.normal(size=(9, 5)), rng.normal(size=5)
    weights = np.array([1.0, 2.0, 0.5, 1.0, 1.5])
    exact = gower_distances(war, past, weights=weights)
    near = rank_ranges(war, past, weights=weights, spread=1e7, rng=rng, n_draws=3)
    assert near.distance == pytest.approx(np.tile(exact.distance, (3, 1)), abs=1e-3)
    assert near.rank[0].tolist() == exact.rank.tolist()


def test_leave_one_out_by_hand():
    # Two clusters of three whose endings differ: the two nearest are always right, the rest of the five never even.
    features = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
    found = leave_one_out(features, [1, 1, 1, 0, 0, 0], k=2)
    assert (found.brier_nearest, found.n, found.events) == (0.0, 6, 3)
    assert found.brier_base == pytest.approx((1 - 2 / 5) ** 2)
    assert (found.skill, found.lower, found.upper) == (1.0, 1.0, 1.0)
    # With two wars' worth of the share among the five others added: (2 x 2/5 + 2) / 4 = 0.7.
    shrunk = leave_one_out(features, [1, 1, 1, 0, 0, 0], k=2, shrink=2.0)
    assert shrunk.brier_nearest == pytest.approx((1 - 0.7) ** 2)


def test_skill_is_reported_also_when_nearest_wars_mislead():
    features = [[0.0], [0.1], [1.0], [1.1], [2.0], [2.1], [3.0], [3.1]]
    found = leave_one_out(features, [1, 0, 1, 0, 1, 0, 1, 0], k=1)
    assert found.brier_nearest == 1.0
    assert found.skill < -1


def test_the_interval_of_skill_rarely_claims_skill_where_there_is_none():
    """Size: features that say nothing. The interval may lie above 0 in 2.5 % of tables, give or take its drawing."""
    rng = np.random.default_rng(7)
    wrong = 0
    for _ in range(300):
        came = rng.random(24) < 0.5
        if came.all() or not came.any():
            continue
        found = leave_one_out(rng.normal(size=(24, 6)), came, k=5, shrink=2.0)
        wrong += found.lower > 0
    assert wrong / 300 <= 0.05


def test_true_skill_is_found():
    rng = np.random.default_rng(8)
    features = rng.normal(size=(60, 2))
    found = leave_one_out(features, features[:, 0] > 0, k=5)
    assert found.lower > 0.2


@pytest.mark.parametrize(
    ("happened", "k", "error", "says"),
    [
        ([1, 0, 1], 5, DataError, "at least 7 wars"),
        ([1] * 8, 2, DataError, "All wars ended alike"),
        ([1, 0] * 4, 0, ParameterError, "k must be at least 1"),
    ],
)
def test_leave_one_out_refuses_what_it_cannot_tell(happened, k, error, says):
    with pytest.raises(error, match=says):
        leave_one_out(np.zeros((len(happened), 1)), happened, k=k)
