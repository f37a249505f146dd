"""Private information: falling demands, learning, standing firm, and two solvers that others check."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from armistice.bargaining.classics import coase_screening, fearon1995
from armistice.bargaining.private_information import (
    Types,
    demands_game,
    efg_text,
    one_sided,
    posteriors,
    screen,
    sequence_form,
    solve,
    solve_zero_sum,
    standoff_game,
)
from armistice.bargaining.private_information.extensive_form import chance, count_nodes, decision, end
from armistice.errors import DataError, NotConvergedError, ParameterError

EVEN = np.linspace(0, 1, 101)


# One side does not know.


@pytest.mark.parametrize(("p", "cost_a", "largest"), [(0.5, 0.1, 0.4), (0.2, 0.05, 0.7)])
def test_one_round_with_a_uniform_cost_is_fearon(p, cost_a, largest):
    found = screen(EVEN * largest, p=p, cost_a=cost_a, discount=0.9, rounds=1)
    expected = fearon1995.demand_under_private_cost(p=p, cost_a=cost_a, largest_cost_b=largest)
    assert found.demands[0] == pytest.approx(expected.share, abs=1e-12)
    assert found.war_probability == pytest.approx(expected.war_probability, abs=1e-12)


@pytest.mark.parametrize("rounds", [1, 2, 3, 10, 60])
@pytest.mark.parametrize("discount", [0.6, 0.9])
def test_without_costs_for_a_it_is_coase_screening_round_by_round(rounds, discount):
    found = screen(np.linspace(0, 1, 201), p=0.0, cost_a=0.0, discount=discount, rounds=rounds)
    prices = coase_screening.prices_on_path(discount=discount, rounds=rounds)
    shown = min(rounds, 4)
    np.testing.assert_allclose(found.demands[:shown], prices[:shown], atol=1e-8)
    revenue = coase_screening.screening(discount=discount, rounds=rounds).revenue
    assert found.value_a == pytest.approx(revenue, abs=1e-7)


@pytest.mark.parametrize("shape", [0.5, 0.8, 1.0])
def test_two_rounds_by_direct_maximisation(shape):
    """A's second demand is best for what is left; its first foresees that. Both cut-offs by a general optimiser."""
    p, cost_a, d = 0.3, 0.08, 0.85

    def cost(q):
        return 0.1 + 0.5 * np.maximum(q, 0.0) ** shape

    def best(worth, low, high):
        found = minimize_scalar(lambda k: -worth(k), bounds=(low, high), method="bounded", options={"xatol": 1e-11})
        return (low, worth(low)) if worth(low) >= -found.fun else (found.x, -found.fun)

    def premium_and_worth(k):
        last_cut_off, last_worth = best(lambda k2: (cost(k2) + cost_a) * (k - k2), 0.0, k)
        premium = (1 - d) * cost(k) + d * cost(last_cut_off)
        return premium, (premium + cost_a) * (1 - k) + d * last_worth

    grid = np.linspace(0.01, 0.99, 99)
    near = grid[np.argmax([premium_and_worth(k)[1] for k in grid])]
    cut_off, worth = best(lambda k: premium_and_worth(k)[1], near - 0.01, near + 0.01)
    coarse, fine = (screen(cost(np.linspace(0, 1, n)), p=p, cost_a=cost_a, discount=d, rounds=2) for n in (101, 401))
    assert fine.value_a == pytest.approx(worth + p - cost_a, abs=1e-5)
    assert fine.demands[0] == pytest.approx(p + premium_and_worth(cut_off)[0], abs=2e-4)
    assert fine.cut_offs[0] == pytest.approx(cost(cut_off), abs=2e-4)
    assert 0.05 < cut_off < 0.95  # neither corner
    # The error shrinks with the nodes, or is rounding already.
    errors = [abs(found.value_a - (worth + p - cost_a)) for found in (coarse, fine)]
    assert errors[1] < max(errors[0] / 2, 2e-9)


quantiles = st.builds(
    lambda low, width, shape: low + width * EVEN**shape,
    st.floats(0.0, 0.2),
    st.floats(0.01, 0.3),
    st.floats(0.6, 3.0),
)


@given(
    costs=quantiles,
    p=st.floats(0, 0.5),
    cost_a=st.floats(0.02, 0.4),
    d=st.floats(0.0, 0.95),
    rounds=st.integers(1, 8),
)
@settings(max_examples=40, deadline=None)
def test_screening_is_a_best_reply_wastes_only_costs_and_stays_in_the_range(costs, p, cost_a, d, rounds):
    found = screen(costs, p=p, cost_a=cost_a, discount=d, rounds=rounds)
    n = np.arange(len(found.demands))
    # No type gains by accepting at another time, or never; the result says so itself.
    accepting = d**n * (1 - found.demands) + (1 - d**n) * (1 - p - costs[:, None])
    never = np.where(len(n) == rounds, 1 - p - costs, -np.inf)
    assert (found.values_b >= np.maximum(accepting.max(axis=1), never) - 1e-4).all()
    assert found.type_regret <= 1e-4
    # No deal outside the range.
    assert (found.demands >= p + costs[0] - 1e-9).all()
    assert (found.demands <= p + costs[-1] + 1e-9).all()
    assert (np.diff(found.demands) <= 1e-9).all()
    assert (np.diff(found.mean_cost_left) <= 1e-9).all()
    assert found.settled.sum() + found.war_probability == pytest.approx(1)
    # What the sides get adds up to the stake less the costs of the months fought.
    fine = np.linspace(0, 1, 20_001)
    cost = np.interp(fine, EVEN, costs)
    left = np.concatenate([[1.0], 1 - np.cumsum(found.settled)])
    month = np.sum(fine[:, None] <= left[1:], axis=1)  # months fought by the type at each quantile
    fought = np.where(month == len(n), 1.0, 1 - d ** np.minimum(month, len(n)))
    waste = np.trapezoid(fought * (cost_a + cost), fine)
    assert found.value_a + np.trapezoid(np.interp(fine, EVEN, found.values_b), fine) == pytest.approx(
        1 - waste, abs=0.01
    )
    assert found.value_a >= p - cost_a - 1e-12


def test_the_path_owns_up_when_the_nodes_are_too_few(monkeypatch):
    """Costs that rise with infinite slope from 0, and hardly a cost for A: coarse nodes leave types with regrets."""
    arguments = {"p": 0.0, "cost_a": 0.02, "discount": 0.75, "rounds": 4}
    costs = 0.105 * np.linspace(0, 1, 101) ** 0.4
    refined = screen(costs, **arguments)
    monkeypatch.setattr(one_sided, "_LEAST_CELLS", 0)  # no second look
    coarse = screen(costs, **arguments)
    assert coarse.type_regret > 1e-4 >= refined.type_regret >= 0


def test_a_knife_edge_between_two_nodes_is_looked_at_again():
    # At 101 nodes the third demand falls to 0 at once; on finer nodes a fourth demand remains, as with 161 to 401.
    costs = 0.17529780556717992 * EVEN**1.2487564102937965
    found = screen(costs, p=0.0, cost_a=0.02, discount=0.2734375, rounds=4)
    assert len(found.demands) == 4
    assert found.type_regret <= 1e-4


def test_a_costlier_war_for_the_demander_lowers_its_demand():
    demands = [
        screen(EVEN * 0.4, p=0.5, cost_a=cost, discount=0.9, rounds=3).demands[0]
        for cost in (0.02, 0.05, 0.1, 0.2, 0.3)
    ]
    assert all(np.diff(demands) < 0)


def test_patience_without_a_deadline_dissolves_the_demand_and_a_deadline_restores_it():
    """Coase: with many rounds the patient demander gives nearly everything away at once. A near deadline is a threat."""
    far = screen(EVEN * 0.4, p=0.5, cost_a=0.1, discount=0.99, rounds=200)
    near = screen(EVEN * 0.4, p=0.5, cost_a=0.1, discount=0.99, rounds=5)
    assert far.demands[0] < 0.51
    assert far.war_probability == 0.0
    assert len(far.demands) < 10
    assert near.demands[0] > 0.63
    assert near.war_probability > 0.3


def test_finer_nodes_hardly_change_the_path():
    coarse, fine = (screen(np.linspace(0, 0.4, n), p=0.5, cost_a=0.1, discount=0.97, rounds=30) for n in (101, 201))
    np.testing.assert_allclose(coarse.demands, fine.demands, atol=2e-3)
    assert coarse.value_a == pytest.approx(fine.value_a, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"cost_quantiles": [0.3, 0.2, 0.1]}, DataError, "cost_quantiles must be finite, at least 0 and rising"),
        ({"cost_quantiles": [0.1, 0.4]}, DataError, "3 to 401 nodes, got 2"),
        ({"cost_quantiles": [0.1, 0.2, 0.6]}, ParameterError, "largest cost, 0.6, on top of p = 0.5"),
        ({"p": 1.5}, ParameterError, "p must lie from 0 to 1, got 1.5"),
        ({"cost_a": -0.1}, ParameterError, "cost_a must be"),
        ({"discount": 1.0}, ParameterError, "discount must be at least 0 and below 1"),
        ({"rounds": 0}, ParameterError, "rounds must be a whole number of at least 1"),
    ],
)
def test_bad_screening_input_names_the_parameter(change, error, message):
    arguments = {"cost_quantiles": [0.1, 0.2, 0.3], "p": 0.5, "cost_a": 0.1, "discount": 0.9, "rounds": 2} | change
    with pytest.raises(error, match=message):
        screen(arguments.pop("cost_quantiles"), **arguments)


# Neither side knows.

TYPES = Types([0.05, 0.2, 0.4], [0.05, 0.2, 0.4], [0.5, 0.3, 0.2], [1 / 3] * 3, 0.5)


def solved(game, **options):
    form = sequence_form(game.root)
    found = solve(form, **options)
    return form, found, form.behaviour(0, found.plan_a), form.behaviour(1, found.plan_b)


def war_costs(game, seen, discount, costs_a, costs_b):
    """Expected costs of the months fought, from who is still at war when; after the last month for ever or never."""
    per_month = (
        seen.still_at_war_a * game_weights(costs_a) @ costs_a + seen.still_at_war_b * game_weights(costs_b) @ costs_b
    )
    months = np.arange(game.months)
    return float(((1 - discount) * discount**months) @ per_month[1:]), float(per_month[-1])


def game_weights(costs):
    return np.full(len(costs), 1 / len(costs))


@pytest.mark.parametrize("months", [1, 2, 3, 4])
def test_talks_teach_and_payoffs_sum_to_the_stake_less_the_war(months):
    costs = np.array([0.05, 0.2, 0.4])
    d = 0.8
    game = demands_game(
        Types(costs, costs, [1 / 3] * 3, [1 / 3] * 3, 0.5), menu=[0.35, 0.5, 0.65], discount=d, months=months
    )
    _, found, a, b = solved(game, tolerance=1e-4)
    assert found.exploitability <= 1e-4
    seen = posteriors(game, a, b)
    during, for_ever = war_costs(game, seen, d, costs, costs)
    assert found.value_a + found.value_b == pytest.approx(1 - during - d**months * for_ever, abs=1e-9)
    # Convergence: the wars that go on are fought by ever tougher sides, and every type settles sooner the more it suffers.
    assert (np.diff(seen.still_at_war) <= 1e-12).all()
    for types in (seen.types_a, seen.types_b):
        np.testing.assert_allclose(types.sum(axis=1), 1)
        assert (np.diff(types @ costs) <= 1e-4).all()  # plans are exact to 1e-4
    assert seen.types_a[-1] @ costs < seen.types_a[0] @ costs
    assert (np.diff(seen.still_at_war_b[-1]) <= 1e-9).all()


def test_standing_firm_the_weak_concede_first_and_the_toughest_last():
    costs = np.array([0.1, 0.3, 0.6, 1.0, 1.5])
    d = 0.9
    game = standoff_game(Types(costs, costs, [0.2] * 5, [0.2] * 5, 0.5), prize=0.8, discount=d, months=12)
    _, found, a, b = solved(game, tolerance=1e-3, alternate=False)
    assert found.value_a == pytest.approx(found.value_b, abs=1e-12)  # equal sides fare equally
    seen = posteriors(game, a, b)
    assert (np.diff(seen.still_at_war_a, axis=1) <= 0.02).all()
    assert seen.still_at_war_a[1] == pytest.approx(
        [0.8, 0.8, 0.8, 0.8, 0], abs=0.02
    )  # the weakest, one in five, concede at once
    assert (np.diff(seen.types_a @ costs) <= 0.01).all()
    during, _ = war_costs(game, seen, d, costs, costs)
    assert found.value_a + found.value_b == pytest.approx(_mean_discount(seen, d, game.months) - during, abs=1e-9)


def _mean_discount(seen, d, months):
    """What the stake of 1 is worth when it is split at last, discounted."""
    ends = -np.diff(seen.still_at_war)
    return float(ends @ d ** np.arange(months) + seen.still_at_war[-1] * d**months)


@pytest.mark.parametrize(("cost", "months"), [(0.5, 12), (1.2, 5)])
def test_standoff_of_known_types_by_backward_induction(cost, months):
    """One type a side: each month is a 2x2 game whose symmetric equilibrium can be written down."""
    d, prize = 0.9, 0.8
    value, chances = 0.5, []  # after the last month the stake is split in halves
    for _ in range(months):
        both_stand = -(1 - d) * cost + d * value
        gain_by_standing = prize - 0.5
        concede = max(0.0, (1 - prize - both_stand) / (gain_by_standing + 1 - prize - both_stand))
        if both_stand >= 1 - prize:
            concede = 0.0
        value = concede * prize + (1 - concede) * both_stand
        chances.append(concede)
    game = standoff_game(Types([cost], [cost], [1.0], [1.0], 0.5), prize=prize, discount=d, months=months)
    _, found, a, _ = solved(game, tolerance=1e-7, alternate=False, max_iterations=50_000)
    assert found.value_a == pytest.approx(value, abs=1e-4)
    for month, expected in enumerate(reversed(chances), start=1):
        assert a[f"A1 month {month}"]["concede"] == pytest.approx(expected, abs=0.01)
    assert max(chances) > 0.05  # the case has something to concede


@pytest.mark.parametrize("seed", range(5))
def test_a_single_demand_by_brute_force(seed):
    """One month: A's types pick the demand that is best against B's accept-if-better."""
    rng = np.random.default_rng(seed)
    costs_a, costs_b = np.sort(rng.uniform(0, 0.3, 3)), np.sort(rng.uniform(0, 0.5, 4))
    weights_b = rng.dirichlet(np.ones(4))
    menu = np.linspace(0.4, 0.9, 11)
    won, d = 0.5, 0.9
    accepts = 1 - menu[:, None] >= 1 - won - costs_b
    payoff = (weights_b * np.where(accepts, menu[:, None], won - costs_a[:, None, None])).sum(axis=2)
    game = demands_game(Types(costs_a, costs_b, [0.2, 0.3, 0.5], weights_b, won), menu=menu, discount=d, months=1)
    _, found, a, _ = solved(game, tolerance=1e-6)
    assert found.value_a == pytest.approx(np.array([0.2, 0.3, 0.5]) @ payoff.max(axis=1), abs=1e-5)
    for i, row in enumerate(payoff):
        played = a[f"A{i + 1}"]
        assert sum(p * row[k] for k, p in enumerate(played.values())) == pytest.approx(row.max(), abs=1e-4)


def test_relabelling_the_sides_of_a_standoff_mirrors_it():
    one = Types([0.1, 0.9], [0.3, 0.5, 0.8], [0.4, 0.6], [0.2, 0.3, 0.5], 0.4)
    other = Types([0.3, 0.5, 0.8], [0.1, 0.9], [0.2, 0.3, 0.5], [0.4, 0.6], 0.6)
    found, mirrored = (
        solved(standoff_game(types, prize=0.9, discount=0.85, months=6), tolerance=1e-3, alternate=False)[1]
        for types in (one, other)
    )
    assert (found.value_a, found.value_b) == pytest.approx((mirrored.value_b, mirrored.value_a), abs=1e-9)


def exact_constant_sum_game(months):
    """Costless war over unknown strength; all numbers are binary fractions, so that other solvers see exact sums."""
    won = np.array([[0.5, 0.375, 0.125], [0.625, 0.5, 0.25], [0.875, 0.625, 0.5]])
    types = Types([0.0] * 3, [0.0] * 3, [0.5, 0.25, 0.25], [0.25, 0.25, 0.5], won)
    return demands_game(types, menu=[0.25, 0.5, 0.625], discount=0.5, months=months)


@pytest.mark.parametrize("months", [1, 2, 3])
def test_linear_programme_and_regret_matching_agree_on_constant_sums(months):
    form = sequence_form(exact_constant_sum_game(months).root)
    exact, learnt = solve_zero_sum(form), solve(form, tolerance=1e-5, max_iterations=50_000)
    assert exact.exploitability < 1e-9
    assert learnt.value_a == pytest.approx(exact.value_a, abs=2e-5)
    assert exact.value_a + exact.value_b == pytest.approx(1)
    assert abs(exact.value_a - 0.5) > 0.01  # a value that guessing would miss


def test_exploitability_by_trying_every_pure_strategy():
    rng = np.random.default_rng(11)
    game = demands_game(
        Types([0.1, 0.3], [0.1, 0.2], [0.6, 0.4], [0.3, 0.7], 0.5), menu=[0.4, 0.6], discount=0.7, months=1
    )
    form = sequence_form(game.root)
    plans = []
    for player in (0, 1):
        plan = form.uniform_plan(player)
        for layer in form.layers[player]:
            plan[layer.sequences] = plan[layer.parents, None] * rng.dirichlet(np.ones(2), len(layer.parents))
        plans.append(plan)
    value = form.values(*plans)
    gains = form.exploitability(*plans)
    for player in (0, 1):
        layer = form.layers[player][0]
        best = -np.inf
        for choice in itertools.product(range(2), repeat=len(layer.parents)):
            pure = np.zeros_like(plans[player])
            pure[0] = 1
            pure[layer.sequences[np.arange(len(choice)), choice]] = 1
            trial = [pure, plans[1]] if player == 0 else [plans[0], pure]
            best = max(best, form.values(*trial)[player])
        assert gains[player] == pytest.approx(best - value[player], abs=1e-12)
        assert gains[player] > 1e-3


def test_a_solver_that_does_not_get_there_says_how_far_off_it_is():
    form = sequence_form(demands_game(TYPES, menu=[0.35, 0.5, 0.65], discount=0.8, months=4).root)
    with pytest.raises(
        NotConvergedError, match=r"after 3 iterations: deviating still gains A \d.* tolerance = 1e-09"
    ):
        solve(form, tolerance=1e-9, max_iterations=3)


def test_an_answer_prints_its_exploitability():
    form = sequence_form(standoff_game(TYPES, prize=0.8, discount=0.9, months=2).root)
    assert "gain from deviating A" in str(solve(form))


def test_a_linear_programme_is_refused_where_war_wastes():
    form = sequence_form(demands_game(TYPES, menu=[0.4, 0.6], discount=0.8, months=1).root)
    with pytest.raises(ParameterError, match="game is not constant-sum: payoffs sum to"):
        solve_zero_sum(form)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"weights_a": [0.5, 0.6, 0.1]}, ParameterError, "weights_a must be positive and sum to 1"),
        ({"weights_b": [0.5, 0.5]}, DataError, "weights_b must have one entry per cost, got 2 for 3"),
        ({"costs_b": [-0.1, 0.2, 0.3]}, ParameterError, "costs_b must be finite and at least 0"),
        ({"war_share": 1.2}, ParameterError, "war_share must lie from 0 to 1, got 1.2"),
        ({"war_share": [0.5, 0.5]}, DataError, r"war_share must fit shape \(3, 3\)"),
    ],
)
def test_bad_types_name_the_parameter(change, error, message):
    given_ = {
        "costs_a": [0.1, 0.2, 0.3],
        "costs_b": [0.1, 0.2, 0.3],
        "weights_a": [1 / 3] * 3,
        "weights_b": [1 / 3] * 3,
        "war_share": 0.5,
    }
    with pytest.raises(error, match=message):
        standoff_game(Types(**given_ | change), prize=0.8, discount=0.9, months=2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: demands_game(TYPES, menu=[0.5, 0.5], discount=0.9, months=1), "menu must hold at least one share"),
        (lambda: demands_game(TYPES, menu=[0.5, 1.5], discount=0.9, months=1), "menu must lie from 0 to 1, got 1.5"),
        (lambda: demands_game(TYPES, menu=[0.5], discount=1.0, months=1), "discount must be at least 0 and below 1"),
        (lambda: standoff_game(TYPES, prize=0.4, discount=0.9, months=1), "prize must lie above 0.5"),
        (lambda: standoff_game(TYPES, prize=0.8, discount=0.9, months=0), "months must be a whole number"),
        (
            lambda: chance(["a", "b"], [0.5, 0.6], [end(0, 0), end(0, 0)]),
            "probabilities must be positive and sum to 1",
        ),
        (lambda: decision(2, "x", ["a"], [end(0, 0)]), "player must be 0 or 1, got 2"),
        (lambda: end(np.inf, 0), "payoffs must be finite"),
        (lambda: efg_text(end(0, 0), title='a "quoted" title'), "cannot hold quotes"),
    ],
)
def test_bad_games_name_the_parameter(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_a_player_who_forgets_is_refused():
    inner = decision(0, "forgot", ["x", "y"], [end(0, 0), end(1, 1)])
    with pytest.raises(DataError, match="'forgot' is reached by different own moves"):
        sequence_form(decision(0, "start", ["left", "right"], [inner, inner]))


# What other programs say of the same trees.


def in_open_spiel(game, behaviours):
    """The game and our plans as OpenSpiel sees them."""
    pyspiel = pytest.importorskip("pyspiel", reason="OpenSpiel is not installed")
    loaded = pyspiel.load_efg_game(efg_text(game.root, title="talks"))
    plans, stack = {}, [loaded.new_initial_state()]
    while stack:
        state = stack.pop()
        if state.is_terminal():
            continue
        actions = [a for a, _ in state.chance_outcomes()] if state.is_chance_node() else state.legal_actions()
        if not state.is_chance_node():
            key = state.information_state_string()
            odds = behaviours[state.current_player()][key.split("-", 3)[3]]
            plans[key] = [(a, odds[state.action_to_string(a)]) for a in actions]
        for action in actions:
            stack.append(state.child(action))
    return pyspiel, loaded, plans


@pytest.mark.parametrize(
    ("game", "n_nodes"),
    [
        (demands_game(TYPES, menu=[0.35, 0.5, 0.65], discount=0.8, months=4), 3250),
        (demands_game(TYPES, menu=[0.35, 0.5, 0.65], discount=0.8, months=5), 9811),
        (standoff_game(TYPES, prize=0.8, discount=0.9, months=20), 1090),
    ],
    ids=["demands, 4 months", "demands, 5 months", "stand-off, 20 months"],
)
def test_open_spiel_finds_the_same_exploitability(game, n_nodes):
    assert count_nodes(game.root) == n_nodes
    form, found, a, b = solved(game, tolerance=1e-3)
    pyspiel, loaded, plans = in_open_spiel(game, (a, b))
    assert pyspiel.nash_conv(loaded, plans) == pytest.approx(
        found.exploitability_a + found.exploitability_b, abs=1e-9
    )
    # Far from equilibrium as well, where the number is not nearly 0.
    even = [form.uniform_plan(player) for player in (0, 1)]
    pyspiel, loaded, plans = in_open_spiel(game, tuple(form.behaviour(player, even[player]) for player in (0, 1)))
    gains = form.exploitability(*even)
    assert sum(gains) > 0.01
    assert pyspiel.nash_conv(loaded, plans) == pytest.approx(sum(gains), abs=1e-9)


def test_gambit_finds_the_same_value_of_a_constant_sum_game():
    pygambit = pytest.importorskip("pygambit", reason="Gambit is not installed")
    game = exact_constant_sum_game(3)
    assert count_nodes(game.root) == 1063
    exact = solve_zero_sum(sequence_form(game.root))
    loaded = pygambit.read_efg(io.StringIO(efg_text(game.root, title="talks")))
    answer = pygambit.nash.lp_solve(loaded, rational=False).equilibria[0]
    assert float(answer.payoff(loaded.players["A"])) == pytest.approx(exact.value_a, abs=1e-9)


def test_probabilities_in_the_file_sum_to_one_exactly():
    from fractions import Fraction

    weights = np.random.default_rng(5).dirichlet(np.ones(7))
    text = efg_text(chance([str(k) for k in range(7)], weights, [end(k, -k) for k in range(7)]), title="odds")
    line = next(line for line in text.splitlines() if line.startswith("c "))
    odds = [Fraction(word) for word in line.split("{")[1].split("}")[0].split()[1::2]]
    assert sum(odds) == 1
    np.testing.assert_allclose([float(p) for p in odds], weights, atol=1e-8)
