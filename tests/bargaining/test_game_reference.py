"""The fast solver against the slow one written from docs/model.md."""

import numpy as np
import pytest
from reference_solver import Reference

from armistice.bargaining.equilibrium import Precision, solve
from armistice.bargaining.game import MECHANISMS, Game, Issue, Side, State

pytestmark = pytest.mark.slow  # compiling the kernels takes minutes


def small_game():
    """Every mechanism on in 192 states: A has leader levels and a patron, B has stocks."""
    a = Side(discount=0.8, security_levels=2, signing_risk=(0.9, 0.3), stock_levels=1, rebuilt_levels=0, fallen_value=0.1,
             refusal_cost=0.03, erosion=0.3, recovery=0.2, expected_share=0.45, mediator_transfer=0.04)  # fmt: skip
    b = Side(discount=0.7, security_levels=1, signing_risk=(0.5,), stock_levels=2, has_patron=False, fallen_value=-0.05,
             cost=0.25, office_rent=0.4, wear=0.15, refusal_cost=0.02, mediator_transfer=0.05, expectation_scale=0.1)  # fmt: skip
    return Game(a=a, b=b, front_cells=3, issues=(Issue("prisoners", 0.03, -0.01, 0.4),), treaty_shares=(0.3, 0.5, 0.65),
                advance_chance=0.45, armistice_reopening=0.2, treaty_reopening=0.05, breakthrough=0.3,
                proposer_switches=0.7)  # fmt: skip


def difference(game, precision):
    found = solve(game, precision=precision, tolerance=1e-10, certify=False)
    slow = Reference(game, precision.offer, precision.answer, precision.effort)
    values, fight = slow.solve()
    worst = 0.0
    for n, (z, phase, i, aa, ab, ha, hb, ma, mb, k) in enumerate(slow.states):
        state = State(front=k, talks=phase, proposer=i.lower(), settled=tuple(game.issues[x].name for x in z),
                      aid_a=bool(aa), aid_b=bool(ab), security_a=ha, security_b=hb, stock_a=ma, stock_b=mb)  # fmt: skip
        at = game.index(state)
        for fast, plain in ((found.value_a, values["A"]), (found.value_b, values["B"]),
                            (found.fight_a, fight["A"]), (found.fight_b, fight["B"])):  # fmt: skip
            worst = max(worst, abs(fast[at] - plain[n]))
    return worst


@pytest.mark.parametrize("flip", [False, True])
def test_small_games_agree_with_the_plain_solver(flip):
    game = small_game().mirrored() if flip else small_game()
    assert game.n_states == 192
    assert difference(game, Precision(20.0, 30.0, 60.0)) < 1e-8


@pytest.mark.parametrize("name", [name for name in MECHANISMS if name not in ("talks", "treaty")])
def test_agreement_holds_with_each_mechanism_off(name):
    assert difference(small_game().without(name), Precision(10.0, 15.0, 30.0)) < 1e-8


@pytest.mark.slow
def test_a_game_with_everything_on_both_sides_agrees():
    side = Side(discount=0.8, security_levels=2, signing_risk=(0.9, 0.3), stock_levels=2)
    game = Game(a=side, b=side, front_cells=2, treaty_shares=(0.4, 0.5, 0.6)).with_values(
        b_cost=0.2, b_fallen_value=0.1
    )
    assert game.n_states == 768
    assert difference(game, Precision(20.0, 20.0, 100.0)) < 1e-8


def test_rows_of_the_plain_kernel_sum_to_one():
    slow = Reference(small_game(), 1.0, 1.0, 1.0)
    for player in "AB":
        matrix, _ = slow.transitions(player, {"A": 1, "B": 0})
        assert np.all(matrix.sum(axis=1) <= 1 + 1e-12)
