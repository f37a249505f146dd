"""Exact endings against closed forms, and against many played wars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import MECHANISMS, Game, Mechanisms, Side, State
from armistice.errors import ParameterError
from armistice.simulation.chain import CHAIN_ENDINGS, monthly_endings, monthly_transition
from armistice.simulation.endings import ENDINGS
from armistice.simulation.play import play
from armistice.simulation.rules import rules_of

_SIDE = Side(security_levels=2, stock_levels=2, signing_risk=(0.8, 0.5), office_rent=0.6, erosion=0.2)


def _game() -> Game:
    return Game(
        a=replace(_SIDE, cost=0.25, aid_lost=0.2, aid_lost_suspended=0.4, wear=0.2, effort_wear=0.3),
        b=replace(_SIDE, cost=0.1, expected_share=0.6, signing_risk=(0.9, 0.2), aid_gained=0.3),
        front_cells=5, mobility=0.4, advance_chance=0.45, breakthrough=0.3, issues=(), treaty_shares=(0.3, 0.5, 0.6),
        talks_open=0.1, talks_suspended=0.3, proposer_switches=0.7,
        mechanisms=replace(Mechanisms(), partial_deals=False),
    )  # fmt: skip


def test_gamblers_ruin():
    game = Game(front_cells=4, mobility=1.0, advance_chance=0.6, issues=()).without(*MECHANISMS)
    equilibrium = solve(game, certify=False)
    months = monthly_endings(equilibrium, State(front=2, talks="suspended"), 400)
    ended = dict(zip(CHAIN_ENDINGS, months.sum(axis=0), strict=True))
    assert ended["victory_a"] == pytest.approx(0.6923076923, abs=1e-10)
    assert ended["victory_b"] == pytest.approx(1 - 0.6923076923, abs=1e-10)
    assert months.sum(axis=1) @ np.arange(1, 401) == pytest.approx(3.8461538462, abs=1e-9)


def test_every_war_is_somewhere():
    onward, ended = monthly_transition(solve(_game(), certify=False, tolerance=1e-6))
    assert np.allclose(onward.sum(axis=1) + ended.sum(axis=1), 1.0, atol=1e-12)
    assert min(onward.min(), ended.min()) >= 0


def test_played_wars_end_as_often_as_the_chain_says():
    game = _game()
    equilibrium = solve(game, certify=False, tolerance=1e-6)
    start = State(front=2, talks="suspended", proposer="b", aid_a=True, security_b=0, stock_a=0)
    n, horizons = 200_000, (1, 3, 12, 60)
    exact = np.cumsum(monthly_endings(equilibrium, start, 60), axis=0)
    played = play(rules_of(equilibrium, start), n_wars=n, months=60, seed=5).chances(horizons)
    columns = [ENDINGS.index(name) for name in CHAIN_ENDINGS]
    for row, months in enumerate(horizons):
        expected = exact[months - 1]
        # five standard errors, and the thresholds of 1 / 65,536 that played chances are rounded to
        allowed = 5 * np.sqrt(expected * (1 - expected) / n) + 2e-4
        assert (np.abs(played[row, columns] - expected) < allowed).all()
    assert exact[-1].min() > 0.002  # each ending is put to the test


def test_what_does_not_fit_is_refused():
    equilibrium = solve(Game(front_cells=4).without("aid", "security", "stocks", "mediator"), certify=False)
    with pytest.raises(ParameterError, match="without issues"):
        monthly_transition(equilibrium)
    with pytest.raises(ParameterError, match="months must be"):
        monthly_endings(equilibrium, State(front=2), 0)
