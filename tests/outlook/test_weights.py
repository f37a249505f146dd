"""Weights of the pool: recovered from many wars, held near equal by few, and honest about how sure they are."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.outlook.pool import pool_monthly
from armistice.outlook.scores import log_score_to_end
from armistice.outlook.weights import Lesson, learn_weights, simplex_grid

MONTHS = 60


def world(n_wars, spreads, rng):
    """Wars with hazards of their own; each method sees their logarithms with errors of its own spread."""
    lessons = []
    for number in range(n_wars):
        log_hazard = np.log([0.012, 0.02]) + rng.normal(0, 1, 2)
        said = [np.minimum(np.exp(log_hazard + rng.normal(0, spread, 2)), 0.4) for spread in spreads]
        hazard = np.minimum(np.exp(log_hazard), 0.4)
        end = int(rng.geometric(hazard.sum()))
        way = int(rng.choice(2, p=hazard / hazard.sum()))
        lasted = np.array([end, end - (end - 1) // 2])
        ways = np.where(lasted > MONTHS, -1, way)
        monthly = np.broadcast_to(np.array(said)[:, None, None], (len(spreads), 2, MONTHS, 2))
        lessons.append(Lesson(f"war {number}", monthly, np.minimum(lasted, MONTHS), ways))
    return lessons


def score(lessons, weights):
    return np.mean(
        [log_score_to_end(pool_monthly(each.monthly, weights), each.lasted, each.way).mean() for each in lessons]
    )


def test_no_war_leaves_equal_weights_that_could_be_anything():
    found = learn_weights([], n_methods=2, rng=np.random.default_rng(1))
    assert found.weights.tolist() == [0.5, 0.5]
    assert found.penalty == np.inf
    low, high = np.quantile(found.drawn[:, 0], [0.025, 0.975])
    assert (low, high) == pytest.approx((0.025, 0.975), abs=0.02)  # even from 0 to 1
    assert found.scores.shape == (0, 4)


def test_one_war_moves_the_draws_but_not_the_weights():
    rng = np.random.default_rng(2)
    lesson = world(1, (0.0, 3.0), rng)
    found = learn_weights(lesson, n_methods=2, rng=rng)
    assert found.weights.tolist() == [0.5, 0.5]
    assert found.scores[0, 2] == found.scores[0, 3]  # nobody taught the war itself


def test_many_wars_teach_the_better_method():
    rng = np.random.default_rng(3)
    lessons = world(60, (0.5, 1.5), rng)
    found = learn_weights(lessons, n_methods=2, rng=rng, n_draws=300)
    fresh = world(1500, (0.5, 1.5), rng)
    grid = simplex_grid(2, 20)
    best = grid[np.argmin([score(fresh, point) for point in grid])]
    low, high = np.quantile(found.drawn[:, 0], [0.025, 0.975])
    assert low <= best[0] <= high
    assert found.weights[0] > 0.65
    assert score(fresh, found.weights) < score(fresh, [0.5, 0.5]) - 0.05
    # The columns: each alone, equal weights, weights learnt from the other wars.
    alone_a, alone_b, equal, left_out = found.scores.mean(axis=0)
    assert alone_a < alone_b
    assert left_out < equal


def test_with_few_wars_shrinkage_helps():
    """Four wars, equally good methods: free weights lose against equal ones, shrunk weights hardly do."""
    rng = np.random.default_rng(4)
    fresh = world(800, (1.0, 1.0), rng)
    risk = {round(w[0], 2): score(fresh, w) for w in simplex_grid(2)[::4]}
    best = min(risk.values())
    lost = {"free": [], "shrunk": []}
    for _ in range(40):
        lessons = world(4, (1.0, 1.0), rng)
        for name, penalties in (("free", (1e-9,)), ("shrunk", (2.0, 4.0, 8.0, np.inf))):
            found = learn_weights(lessons, n_methods=2, rng=rng, penalties=penalties, n_draws=1).weights[0]
            lost[name].append(risk[min(risk, key=lambda w: abs(w - found))] - best)
    assert np.mean(lost["shrunk"]) < 0.25 * np.mean(lost["free"])
    assert np.mean(lost["shrunk"]) < 0.03


def test_scores_are_those_of_the_pool():
    rng = np.random.default_rng(5)
    lessons = world(3, (0.3, 0.9), rng)
    found = learn_weights(lessons, n_methods=2, rng=rng)
    for i, each in enumerate(lessons):
        assert found.scores[i, :3] == pytest.approx([score([each], w) for w in ([1, 0], [0, 1], [0.5, 0.5])])
    assert found.wars == ("war 0", "war 1", "war 2")


def test_three_methods_have_a_grid_of_their_own():
    grid = simplex_grid(3, 4)
    assert len(grid) == 15
    assert grid.sum(axis=1) == pytest.approx(np.ones(15))
    found = learn_weights(
        world(2, (0.5, 1.0, 1.5), np.random.default_rng(6)), n_methods=3, rng=np.random.default_rng(6)
    )
    assert found.weights.sum() == pytest.approx(1)


def test_wrong_numbers_are_refused():
    with pytest.raises(DataError, match="do not have 3 methods"):
        learn_weights(world(1, (1, 1), np.random.default_rng(7)), n_methods=3, rng=np.random.default_rng(7))
    with pytest.raises(ParameterError, match="penalties must"):
        learn_weights([], n_methods=2, rng=np.random.default_rng(7), penalties=(2.0, 1.0))
    with pytest.raises(ParameterError, match="1 to 4 methods"):
        simplex_grid(9)
