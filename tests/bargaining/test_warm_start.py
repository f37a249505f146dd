"""Beginning at the values of another game: the same equilibrium sooner, or the path after all."""

import numpy as np
import pytest

from armistice.bargaining import equilibrium
from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import Game, Issue, Side
from armistice.errors import ParameterError

pytestmark = pytest.mark.slow  # compiling the kernels takes minutes


def small(**values):
    side = Side(discount=0.95, security_levels=2, signing_risk=(0.9, 0.3), stock_levels=2)
    game = Game(
        a=side, b=side, front_cells=4, treaty_shares=(0.3, 0.45, 0.5, 0.6), issues=(Issue("grain", 0.02, -0.01),)
    )
    return game.with_values(b_cost=0.2, **values)


@pytest.fixture(scope="module")
def near():
    return solve(small(), precision=60, certify=False)


def apart(one, other):
    return max(np.abs(one.value_a - other.value_a).max(), np.abs(one.value_b - other.value_b).max())


def test_a_near_game_reaches_the_same_values_in_fewer_sweeps(near):
    game = small(b_aid_income=0.06, armistice_reopening=0.021)
    cold = solve(game, precision=60, certify=False)
    warm = solve(game, precision=60, certify=False, start_values=near)
    assert apart(near, cold) > 1e-4  # another game, another solution
    assert apart(warm, cold) < 1e-6
    assert warm.residual <= 1e-8
    assert warm.sweeps < cold.sweeps
    assert warm.precision_path == (60,)
    assert np.abs(warm.fight_a - cold.fight_a).max() < 1e-6


def test_arrays_do_as_well_and_are_left_alone(near):
    values = near.value_a.copy(), near.value_b.copy()
    game = small(a_cost=0.16)
    same = solve(game, precision=60, certify=False, start_values=values)
    assert apart(same, solve(game, precision=60, certify=False, start_values=near)) == 0
    assert np.array_equal(values[0], near.value_a)


def test_its_own_values_need_one_sweep_a_mask_and_the_check(near):
    assert solve(small(), precision=60, certify=False, start_values=near).sweeps == 2


def test_values_that_do_not_settle_lead_to_the_path(near, monkeypatch):
    monkeypatch.setattr(equilibrium, "_WARM_SWEEPS", 2)
    game = small(a_cost=0.3)
    found = solve(game, precision=60, certify=False, start_values=near)
    assert apart(found, solve(game, precision=60, certify=False)) == 0
    assert len(found.precision_path) > 1


def test_the_certificate_compares_with_the_path_too(near):
    proof = solve(small(a_cost=0.16), precision=60, start_values=near).certificate
    assert set(proof.starts) == {"given", "middle", "all_fight", "all_settle"}
    assert proof.spread < 1e-6


def test_values_of_another_game_are_refused(near):
    with pytest.raises(ParameterError, match="side a have shape"):
        solve(small().without("aid"), start_values=near)
    with pytest.raises(ParameterError, match="side b are not all finite"):
        solve(small(), start_values=(near.value_a, near.value_b * np.nan))
