"""Falling demands without a last offer, and standing firm when neither side knows what the other can bear."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from armistice.bargaining.classics import coase_screening, fearon1995
from armistice.bargaining.private_information import best_single_demand, screen, screen_without_end, stand_firm
from armistice.errors import DataError, ParameterError

# --- falling demands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("discount", [0.8, 0.9, 0.95, 0.99, 0.997])
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_without_costs_for_a_it_is_the_coase_conjecture_in_closed_form(discount, scale):
    found = screen_without_end(np.linspace(0, scale, 5), p=0.0, cost_a=0.0, discount=discount)
    limit = coase_screening.limit_screening(discount=discount)
    months = np.arange(6)
    np.testing.assert_allclose(found.demands[:6], scale * limit.price * limit.cut_off**months, rtol=1e-6)
    by_month = 1 - limit.cut_off ** (months + 1)
    np.testing.assert_allclose(np.cumsum(found.settled[:6]), by_month, atol=1e-6)
    assert found.value_a == pytest.approx(scale * limit.revenue, rel=1e-6)
    # gain v of a type that settles in month k is lost to the part 1 - d**k; k cut-offs at 1, ratio, ratio**2, ...
    k = np.arange(3000)
    mass = limit.cut_off ** (2 * k) * (1 - limit.cut_off**2)  # of the gains, which fall as the square
    assert found.gain_lost == pytest.approx(float(mass @ (1 - discount**k)), abs=1e-4)


@pytest.mark.parametrize(("cost_a", "power"), [(0.05, 1.0), (0.1, 0.7)])
def test_where_all_settle_soon_a_deadline_far_off_changes_nothing(cost_a, power):
    costs = 0.3 * np.linspace(0, 1, 201) ** power
    found = screen_without_end(costs, p=0.5, cost_a=cost_a, discount=0.97)
    far = screen(costs, p=0.5, cost_a=cost_a, discount=0.97, rounds=120)
    n = len(far.settled)
    np.testing.assert_allclose(np.cumsum(found.settled)[: n - 1], np.cumsum(far.settled)[: n - 1], atol=0.01)
    assert found.value_a == pytest.approx(far.value_a, abs=5e-5)
    assert found.months_of_war == pytest.approx(far.months_of_war, abs=0.05)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.05, 0.4), st.floats(0.5, 2.0), st.floats(0.02, 0.3), st.floats(0.0, 0.3), st.sampled_from([0.9, 0.99])
)
def test_everyone_settles_in_the_range_and_nobody_would_rather_have_waited(largest, power, cost_a, p, d):
    costs = largest * np.linspace(0, 1, 81) ** power
    found = screen_without_end(costs, p=p, cost_a=cost_a, discount=d)
    assert found.settled.sum() == pytest.approx(1, abs=2e-6)
    assert (np.diff(found.demands) <= 1e-12).all()
    assert found.demands.min() >= p - 1e-12
    assert found.demands.max() <= p + largest + 1e-12
    assert found.value_a >= p - 1e-12  # to ask for what the toughest bears, at once, is always possible
    assert 0 <= found.gain_lost < 1
    assert found.type_regret < 1e-3


def test_a_certain_cost_is_settled_at_once():
    found = screen_without_end(np.full(3, 0.2), p=0.5, cost_a=0.1, discount=0.99)
    assert found.settled.tolist() == [1.0]
    assert found.demands[0] == pytest.approx(0.7)
    assert found.gain_lost == 0


def test_types_without_a_gain_do_not_matter_to_those_with_one():
    """`screen` knows types that never accept: with a negative gain left out, the first demand is the same."""
    all_types = screen_without_end(np.linspace(0.0, 0.3, 3), p=0.5, cost_a=0.0, discount=0.95)
    scaled = screen_without_end(np.linspace(0.0, 0.15, 3), p=0.5, cost_a=0.0, discount=0.95)
    np.testing.assert_allclose(all_types.settled[:5], scaled.settled[:5], atol=1e-9)
    np.testing.assert_allclose(all_types.demands[:5] - 0.5, 2 * (scaled.demands[:5] - 0.5), rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"cost_quantiles": [0.3, 0.2, 0.1]}, DataError, "cost_quantiles"),
        ({"cost_quantiles": [0.0, 0.3, 0.6]}, ParameterError, "exceeds the stake"),
        ({"discount": 1.0}, ParameterError, "discount"),
        ({"cost_a": -0.1}, ParameterError, "cost_a"),
        ({"p": 1.2}, ParameterError, "p must"),
    ],
)
def test_bad_input_names_the_parameter(change, error, message):
    arguments = {"cost_quantiles": [0.0, 0.1, 0.2], "p": 0.5, "cost_a": 0.1, "discount": 0.9} | change
    with pytest.raises(error, match=message):
        screen_without_end(arguments.pop("cost_quantiles"), **arguments)


# --- standing firm --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "cost_a", "largest"), [(0.5, 0.1, 0.4), (0.2, 0.05, 0.7), (0.5, 0.35, 0.2)])
def test_the_best_single_demand_is_fearons(p, cost_a, largest):
    found = best_single_demand(p - cost_a, least_of_other=(1 - p - largest, 1 - p))
    if cost_a < largest:
        expected = fearon1995.demand_under_private_cost(p=p, cost_a=cost_a, largest_cost_b=largest).share
    else:
        expected = p  # sure to be accepted
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("least_a", "least_b", "demand_a", "demand_b"),
    [
        ((0.1, 0.4), (0.1, 0.4), 0.65, 0.65),
        ((0.05, 0.4), (0.1, 0.4), 0.65, 0.65),
        ((0.2, 0.5), (0.0, 0.45), 0.6, 0.7),
    ],
)
def test_types_leave_as_the_differential_equations_say(least_a, least_b, demand_a, demand_b):
    """From the types left at the start an independent integrator must follow the same path for ten years; the start
    itself must be the only one that does not run into a wall."""
    d = 0.99
    found = stand_firm(least_a=least_a, least_b=least_b, demand_a=demand_a, demand_b=demand_b, discount=d)
    rate = -np.log(d) / (demand_a + demand_b - 1)
    width_a, width_b = least_a[1] - least_a[0], least_b[1] - least_b[0]
    never_a, never_b = least_a[1] - (1 - demand_b), least_b[1] - (1 - demand_a)
    start = [width_a * (1 - found.at_once_a) - never_a, width_b * (1 - found.at_once_b) - never_b]
    assert min(found.at_once_a, found.at_once_b) == 0

    def flow(_, margins):
        x, y = margins
        return [-rate * y * (never_a + x), -rate * x * (never_b + y)]

    months = np.array([0.0, 6, 12, 36, 120])
    run = solve_ivp(flow, (0, 120), start, t_eval=months, rtol=1e-10, atol=1e-13)
    left = (never_a + run.y[0]) / width_a * (never_b + run.y[1]) / width_b
    np.testing.assert_allclose([found.settled_by(m) for m in months], 1 - left, atol=2e-4)
    for off in (0.02, -0.02):  # off the path one side ends with types that wait for nothing
        astray = solve_ivp(flow, (0, 5000), [start[0] + off, start[1]], rtol=1e-9, atol=1e-12)
        assert max(astray.y[:, -1]) > 0.01


def test_two_sides_alike_by_hand():
    """x = y: dx/dt = -(r/gap) x (o + x), so x/(o + x) falls by exp(-(r/gap) o t)."""
    found = stand_firm(least_a=(0.1, 0.4), least_b=(0.1, 0.4), demand_a=0.65, demand_b=0.65, discount=0.99)
    never, margin, gap = 0.05, 0.25, 0.3
    for months in (1.0, 12.0, 60.0):
        odds = margin / (never + margin) * np.exp(np.log(0.99) / gap * never * months)
        x = never * odds / (1 - odds)
        assert found.settled_by(months) == pytest.approx(1 - ((never + x) / 0.3) ** 2, abs=1e-5)


def test_relabelling_the_sides_mirrors_the_result():
    one = stand_firm(least_a=(0.05, 0.4), least_b=(0.1, 0.35), demand_a=0.66, demand_b=0.7, discount=0.98)
    other = stand_firm(least_a=(0.1, 0.35), least_b=(0.05, 0.4), demand_a=0.7, demand_b=0.66, discount=0.98)
    assert (one.at_once_a, one.at_once_b) == pytest.approx((other.at_once_b, other.at_once_a), abs=1e-9)
    for months in (0, 3, 12, 60):
        assert one.settled_by(months) == pytest.approx(other.settled_by(months), abs=1e-6)
    assert one.gain_lost == pytest.approx(other.gain_lost, abs=1e-6)


def test_a_side_that_never_gives_in_is_given_in_to_at_once_by_all_who_ever_will():
    found = stand_firm(least_a=(0.3, 0.5), least_b=(0.1, 0.4), demand_a=0.7, demand_b=0.7, discount=0.99)
    assert found.at_once_a == 0
    assert found.at_once_b == pytest.approx((0.3 - 0.1) / 0.3)
    assert found.settled_by(1000) == pytest.approx(found.at_once_b)


def test_compatible_demands_settle_at_once():
    found = stand_firm(least_a=(0.1, 0.5), least_b=(0.2, 0.5), demand_a=0.5, demand_b=0.5, discount=0.99)
    assert found.settled_by(0) == 1
    assert found.gain_lost == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"least_a": (0.3, 0.3)}, "least_a must rise"),
        ({"demand_a": 0.3}, "demand_a is 0.3"),
        ({"demand_b": 0.55}, "several equilibria"),
        ({"discount": 1.5}, "discount"),
        ({"demand_b": 1.2}, "demand_b"),
    ],
)
def test_impossible_stands_are_refused_by_name(change, message):
    arguments = {"least_a": (0.1, 0.4), "least_b": (0.1, 0.4), "demand_a": 0.65, "demand_b": 0.65, "discount": 0.99}
    with pytest.raises(ParameterError, match=message):
        stand_firm(**(arguments | change))
