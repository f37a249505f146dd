"""The canonical models: properties that the papers prove, and independent routes to the same numbers."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from armistice.bargaining.classics import (
    coase_screening,
    downs_rocke1994,
    fearon1995,
    gamblers_ruin,
    kalai_smorodinsky1975,
    leaders_office,
    nash1950,
    patron_aid,
    powell2006,
    reopening,
    rubinstein1982,
    slantchev2003,
    war_of_attrition,
)
from armistice.errors import DataError, ParameterError

probabilities = st.floats(0.02, 0.98)
discounts = st.floats(0.05, 0.98)
costs = st.floats(0.0, 0.5)


@given(p=probabilities, cost_a=costs, cost_b=costs)
def test_fearon_war_payoffs_sum_to_the_stake_less_its_costs(p, cost_a, cost_b):
    values = fearon1995.war_values(p=p, cost_a=cost_a, cost_b=cost_b)
    assert sum(values) == pytest.approx(1 - cost_a - cost_b)
    low, high = fearon1995.bargaining_range(p=p, cost_a=cost_a, cost_b=cost_b)
    mirrored = fearon1995.bargaining_range(p=1 - p, cost_a=cost_b, cost_b=cost_a)
    assert mirrored == pytest.approx((1 - high, 1 - low))


@given(p=probabilities, cost_a=costs, largest=st.floats(0.01, 1.0))
def test_fearon_demand_is_the_best_on_a_grid(p, cost_a, largest):
    def payoff(x):
        fights = np.clip((x - p) / largest, 0, 1)
        return x * (1 - fights) + (p - cost_a) * fights

    demand = fearon1995.demand_under_private_cost(p=p, cost_a=cost_a, largest_cost_b=largest)
    assert payoff(demand.share) >= payoff(np.linspace(0, 1, 501)).max() - 1e-12
    assert demand.war_probability == pytest.approx(np.clip((demand.share - p) / largest, 0, 1))


@given(p=probabilities, d=discounts, b1=st.floats(0.0, 0.45), b2=st.floats(0.0, 0.45), n=st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_slantchev_offers_are_a_fixed_point_lie_in_the_range_and_mirror(p, d, b1, b2, n):
    war = {"p": p, "discount": d}
    offers = slantchev2003.equilibrium_offers(n_positions=n, benefit_1=b1, benefit_2=b2, **war)
    rejecting_1, rejecting_2 = slantchev2003.rejection_values(offers, benefit_1=b1, benefit_2=b2, **war)
    np.testing.assert_allclose(1 - offers.kept_by_1[1:-1], rejecting_2, atol=1e-12)
    np.testing.assert_allclose(1 - offers.kept_by_2[1:-1], rejecting_1, atol=1e-12)
    # No deal outside the range: whoever proposes, each side gets at least its value of fighting to the finish.
    war_1 = slantchev2003.fight_to_the_finish(n_positions=n, benefit_1=b1, **war)
    war_2 = slantchev2003.fight_to_the_finish(n_positions=n, p=1 - p, discount=d, benefit_1=b2)[::-1]
    assert (offers.kept_by_1 >= war_1 - 1e-12).all()
    assert (1 - offers.kept_by_1 >= war_2 - 1e-12).all()
    assert (offers.kept_by_2 >= war_2 - 1e-12).all()
    assert (1 - offers.kept_by_2 >= war_1 - 1e-12).all()
    mirrored = slantchev2003.equilibrium_offers(n_positions=n, p=1 - p, discount=d, benefit_1=b2, benefit_2=b1)
    np.testing.assert_allclose(mirrored.kept_by_1[::-1], offers.kept_by_2, atol=1e-12)


@given(p=probabilities, d=discounts, b=st.floats(0.0, 0.4), more=st.floats(0.01, 0.1))
@settings(max_examples=40, deadline=None)
def test_slantchev_values_rise_with_strength_and_benefit(p, d, b, more):
    def value(**changes):
        arguments = {"p": p, "discount": d, "benefit_1": b} | changes
        return slantchev2003.fight_to_the_finish(n_positions=5, **arguments)[1:-1]

    assert (value(benefit_1=b + more) > value()).all()
    assume(p + more <= 1)
    # Victory is worth 1, more than any flow of fighting here, so a better chance of it is better.
    assert (value(p=p + more) > value()).all()


def test_slantchev_by_fixed_point_iteration():
    """The equations iterated as they stand, not solved."""
    n, p, d, b1, b2 = 4, 0.6, 0.95, 0.2, 0.1
    x, y = np.zeros(n + 1), np.zeros(n + 1)
    x[n], y[0] = 1.0, 1.0
    for _ in range(2000):
        new_x, new_y = x.copy(), y.copy()
        for k in range(1, n):
            new_x[k] = 1 - ((1 - d) * b2 + d * (p * y[k + 1] + (1 - p) * y[k - 1]))
            new_y[k] = 1 - ((1 - d) * b1 + d * (p * x[k + 1] + (1 - p) * x[k - 1]))
        x, y = new_x, new_y
    offers = slantchev2003.equilibrium_offers(n_positions=n, p=p, discount=d, benefit_1=b1, benefit_2=b2)
    np.testing.assert_allclose(offers.kept_by_1, x, atol=1e-10)
    np.testing.assert_allclose(offers.kept_by_2, y, atol=1e-10)


def test_slantchev_without_flows_or_discounting_is_the_gamblers_ruin():
    values = slantchev2003.fight_to_the_finish(n_positions=5, p=0.42, discount=1 - 1e-11, benefit_1=0.0)
    ruin = [gamblers_ruin.win_probability(p=0.42, n_positions=5, start=k) for k in range(6)]
    np.testing.assert_allclose(values, ruin, atol=1e-9)


def test_slantchev_takes_many_strengths_at_once():
    p = np.array([0.2, 0.5, 0.7])
    many = slantchev2003.fight_to_the_finish(n_positions=4, p=p, discount=0.9, benefit_1=0.3)
    for row, chance in zip(many, p, strict=True):
        one = slantchev2003.fight_to_the_finish(n_positions=4, p=chance, discount=0.9, benefit_1=0.3)
        np.testing.assert_array_equal(row, one)


@given(d1=discounts, d2=discounts)
def test_rubinstein_shares_leave_the_other_indifferent_and_reward_patience(d1, d2):
    first = rubinstein1982.share_of_first_proposer(discount_1=d1, discount_2=d2)
    second = rubinstein1982.share_of_first_proposer(discount_1=d2, discount_2=d1)
    assert 1 - first == pytest.approx(d2 * second)
    assert rubinstein1982.share_of_first_proposer(discount_1=min(d1 + 0.01, 0.99), discount_2=d2) > first


def test_rubinstein_with_a_last_round_by_hand():
    def kept(rounds):
        return rubinstein1982.share_with_last_round(discount_1=0.9, discount_2=0.8, rounds=rounds)

    assert kept(2) == pytest.approx(1 - 0.8)  # side 2 would keep everything in round 2
    assert kept(3) == pytest.approx(1 - 0.8 * (1 - 0.9))


@given(d=st.floats(0.0, 0.99), rounds=st.integers(1, 30))
def test_screening_prices_fall_and_never_below_the_limit(d, rounds):
    prices = coase_screening.prices_on_path(discount=d, rounds=rounds)
    assert all(later <= earlier + 1e-15 for earlier, later in pairwise(prices))
    first = coase_screening.screening(discount=d, rounds=rounds)
    limit = coase_screening.limit_screening(discount=d)
    assert limit.price - 1e-12 <= first.price <= 0.5 + 1e-12
    assert first.revenue >= limit.revenue - 1e-12  # being able to stop is a way to commit


def test_screening_two_rounds_by_direct_maximisation():
    """No recursion: the seller's expected revenue as a function of both cut-offs, on a fine grid."""
    d = 0.9
    k = np.linspace(0.5, 1, 200_001)
    second = k / 2  # the monopoly price when values reach up to k
    price = k - d * (k - second)
    revenue = price * (1 - k) + d * second * (k - second)
    best = revenue.argmax()
    found = coase_screening.screening(discount=d, rounds=2)
    assert found.price == pytest.approx(price[best], abs=1e-5)
    assert found.cut_off == pytest.approx(k[best], abs=1e-5)
    assert found.revenue == pytest.approx(revenue[best], abs=1e-10)


def test_attrition_by_simulation():
    game = war_of_attrition.attrition(prize_1=1.0, prize_2=2.0, cost_1=0.1, cost_2=0.3)
    assert (game.hazard_1, game.hazard_2) == pytest.approx((0.15, 0.1))
    rng = np.random.default_rng(2)
    stops_1, stops_2 = rng.exponential(1 / game.hazard_1, 200_000), rng.exponential(1 / game.hazard_2, 200_000)
    length = np.minimum(stops_1, stops_2)
    assert game.mean_length == pytest.approx(length.mean(), rel=0.01)
    assert game.win_probability_1 == pytest.approx((stops_2 < stops_1).mean(), abs=0.005)
    assert game.survival(3.0) == pytest.approx((length > 3).mean(), abs=0.005)
    # Side 1 is indifferent: holding out against side 2's hazard is worth nothing beyond conceding now.
    payoff = np.where(stops_2 < stops_1, 1.0, 0.0) - 0.1 * length
    assert payoff.mean() == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("p", [0.3, 0.5, 0.5 + 1e-7, 0.6, 0.999, 1.0, 0.0])
def test_ruin_solves_its_own_equations(p):
    n = 7
    wins = [gamblers_ruin.win_probability(p=p, n_positions=n, start=k) for k in range(n + 1)]
    battles = [gamblers_ruin.expected_battles(p=p, n_positions=n, start=k) for k in range(n + 1)]
    for k in range(1, n):
        assert wins[k] == pytest.approx(p * wins[k + 1] + (1 - p) * wins[k - 1], abs=1e-12)
        assert battles[k] == pytest.approx(1 + p * battles[k + 1] + (1 - p) * battles[k - 1], abs=1e-4)
    assert (wins[0], wins[n], battles[0], battles[n]) == (0, 1, 0, 0)


def test_ruin_of_a_long_war_does_not_overflow():
    assert gamblers_ruin.win_probability(p=0.01, n_positions=5000, start=2500) == 0.0
    assert gamblers_ruin.win_probability(p=0.99, n_positions=5000, start=2500) == 1.0


@given(d1=st.floats(-0.5, 0.3), d2=st.floats(-0.5, 0.3), scale_1=st.floats(0.5, 3.0), scale_2=st.floats(0.5, 3.0))
@settings(max_examples=30, deadline=None)
def test_solutions_do_not_depend_on_units_and_share_their_axioms(d1, d2, scale_1, scale_2):
    for solution in (nash1950, kalai_smorodinsky1975):
        u1, u2 = solution.over_frontier(lambda u: 1 - u**2 if u > 0 else 1.0, disagreement=(max(d1, 0.0), d2))
        v1, v2 = solution.over_frontier(
            lambda u: scale_2 * (1 - (u / scale_1) ** 2 if u > 0 else 1.0),
            disagreement=(scale_1 * max(d1, 0.0), scale_2 * d2),
            largest_value_1=scale_1,
        )
        assert (v1 / scale_1, v2 / scale_2) == pytest.approx((u1, u2), abs=1e-7)


def test_solutions_over_packages_with_and_without_lotteries():
    # By hand. The hull runs (0,5)-(3,4)-(5,0): the product of gains is largest at (3, 4), 12.
    packages = [[0.0, 5.0], [1.0, 1.0], [3.0, 4.0], [5.0, 0.0], [6.0, -1.0]]
    assert nash1950.over_packages(packages).packages == (2,)
    # Equal fractions t of (5, 5) on the edge from (0,5) to (3,4) and to (5,0): 5t = 3 + 2w and 5t = 4 - 4w.
    fair = kalai_smorodinsky1975.over_packages(packages)
    assert fair.packages == (2, 3)
    assert fair.weights == pytest.approx((5 / 6, 1 / 6))
    assert fair.values == pytest.approx((10 / 3, 10 / 3))
    assert kalai_smorodinsky1975.over_packages(packages, lotteries=False).packages == (2,)
    shifted = nash1950.over_packages(np.asarray(packages) + 7.0, disagreement=(7.0, 7.0))
    assert shifted.values == pytest.approx((10.0, 11.0))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_lotteries_over_packages_match_a_fine_search_over_all_pairs(seed):
    points = np.random.default_rng(seed).uniform(-0.3, 1.0, (6, 2))
    assume((points >= 0).all(axis=1).any())
    kept = points[(points >= 0).all(axis=1)]
    w = np.linspace(0, 1, 2001)[:, None]
    mixed = np.concatenate([w * a + (1 - w) * b for a in kept for b in kept])
    product = np.prod(nash1950.over_packages(points).values)
    assert product >= mixed.prod(axis=1).max() - 1e-12
    assert product == pytest.approx(mixed.prod(axis=1).max(), abs=1e-5)
    fractions = mixed / kept.max(axis=0)
    fair = np.min(np.asarray(kalai_smorodinsky1975.over_packages(points).values) / kept.max(axis=0))
    assert fair >= fractions.min(axis=1).max() - 1e-12
    assert fair == pytest.approx(fractions.min(axis=1).max(), abs=1e-3)


leaders_drawn = st.builds(
    leaders_office.Leaders,
    p=probabilities,
    cost_a=st.floats(0.0, 0.3),
    cost_b=st.floats(0.0, 0.3),
    rent=st.floats(0.0, 1.0),
    expected_share=st.floats(0.0, 1.0),
    war_risk=st.floats(0.0, 0.9),
)


@given(leaders=leaders_drawn)
def test_deal_set_is_where_both_leaders_gain(leaders):
    intervals = leaders_office.deal_set(leaders)
    war = leaders_office.war_values(leaders)
    for x in np.linspace(0, 1, 201):
        deal = leaders_office.deal_values(leaders, x)
        slack = min(deal[0] - war[0], deal[1] - war[1])
        ends = [abs(x - end) for interval in intervals for end in interval]
        edges = [abs(x - leaders.expected_share), abs(1 - x - leaders.expected_share), abs(slack), *ends]
        if min(edges) > 1e-9:
            assert any(low <= x <= high for low, high in intervals) == (slack >= 0)


@given(leaders=leaders_drawn)
def test_largest_expectation_is_where_the_deal_set_empties(leaders):
    war = np.maximum(leaders_office.war_values(leaders), 0.0)
    losing = np.maximum(np.add(leaders_office.war_values(leaders), leaders.rent), 0.0)
    # Where the least acceptable shares add up to exactly 1 the deal set is one point, lost in rounding.
    sums = np.array([war.sum(), losing.sum(), war[0] + losing[1], losing[0] + war[1]])
    assume((np.abs(sums - 1) > 1e-6).all())
    largest = leaders_office.largest_expectation(leaders)
    below, above = (
        leaders_office.deal_set(
            leaders_office.Leaders(
                leaders.p, leaders.cost_a, leaders.cost_b, leaders.rent, min(1.0, max(0.0, theta)), leaders.war_risk
            )
        )
        for theta in (largest - 1e-6, largest + 1e-6)
    )
    if largest >= 1e-6:
        assert below
    if largest <= 1 - 1e-6:
        assert not above


@given(leaders=leaders_drawn, x=st.floats(0.0, 1.0))
def test_leaders_mirror_and_rents_block_just_above_their_flip(leaders, x):
    swapped = leaders_office.Leaders(
        1 - leaders.p, leaders.cost_b, leaders.cost_a, leaders.rent, leaders.expected_share, leaders.war_risk
    )
    assume(abs(1 - x - leaders.expected_share) > 1e-9)
    assume(abs(x - leaders.expected_share) > 1e-9)
    assert leaders_office.deal_values(swapped, 1 - x)[::-1] == pytest.approx(leaders_office.deal_values(leaders, x))
    flip = leaders_office.blocking_rent(leaders, x)
    if math.isfinite(flip) and flip > 1e-6:
        for rent, both in ((flip * (1 - 1e-6), True), (flip * (1 + 1e-6), False)):
            tried = leaders_office.Leaders(
                leaders.p, leaders.cost_a, leaders.cost_b, rent, leaders.expected_share, leaders.war_risk
            )
            deal, war = leaders_office.deal_values(tried, x), leaders_office.war_values(tried)
            assert all(d >= w for d, w in zip(deal, war, strict=True)) is both


def test_leaders_with_costless_office_are_fearon():
    leaders = leaders_office.Leaders(0.3, 0.1, 0.2, rent=0.0, expected_share=0.6, war_risk=0.4)
    expected = fearon1995.bargaining_range(p=0.3, cost_a=0.1, cost_b=0.2)
    assert leaders_office.deal_set(leaders) == [pytest.approx(expected)]


def test_mediator_pays_just_enough():
    leaders = leaders_office.Leaders(0.5, 0.1, 0.1, rent=0.4, expected_share=0.55, war_risk=0.2)
    for x in (0.3, 0.5, 0.55, 0.8):
        paid = leaders_office.mediator_payments(leaders, x)
        deal, war = leaders_office.deal_values(leaders, x), leaders_office.war_values(leaders)
        for payment, d, w in zip(paid, deal, war, strict=True):
            assert payment == pytest.approx(max(0, w - d))
        assert leaders_office.mediator_payment_with_side_payments(leaders, x) <= sum(paid) + 1e-12


def test_gamble_by_comparing_the_two_payoffs():
    gamble = {"q": 0.3, "survival_if_won": 0.9, "survival_if_lost": 0.1, "cost": 0.02, "swing": 0.1, "rent": 0.5}
    x = 0.4
    for h in np.linspace(0.0, 1.0, 101):
        settle = x + h * 0.5
        fight = 0.3 * (x + 0.1 + 0.9 * 0.5) + 0.7 * (x - 0.1 + 0.1 * 0.5) - 0.02
        if abs(settle - fight) > 1e-12:
            assert downs_rocke1994.fights_on(float(h), **gamble) == (fight > settle)


@given(
    p_now=st.floats(0.05, 0.6),
    p_next=st.floats(0.05, 1.0),
    d=st.floats(0.1, 0.98),
    a=st.floats(0, 0.3),
    c=st.floats(0, 0.3),
)
def test_powell_by_comparing_the_declining_sides_payoffs(p_now, p_next, d, a, c):
    fight = 1 - p_now - c
    live_with_it = (1 - d) * 1 + d * (1 - p_next + a)
    assume(abs(fight - live_with_it) > 1e-12)
    fights = powell2006.declining_side_fights(p_now=p_now, p_next=p_next, discount=d, cost_a=a, cost_d=c)
    assert fights == (fight > live_with_it)


def test_aid_values_by_iteration_and_their_difference():
    d, stops, starts = 0.95, 0.1, 0.05
    on, off = np.zeros(5), np.zeros(5)
    on[4] = off[4] = 1.0
    for _ in range(3000):
        fought = [np.r_[0, 0.05 * 0.2 + d * 0, 0, 0, 1] for _ in range(2)]
        new = []
        for p, stay, leave in ((0.6, (on, 1 - stops), (off, stops)), (0.4, (off, 1 - starts), (on, starts))):
            ahead = stay[1] * stay[0] + leave[1] * leave[0]
            value = fought[0].copy()
            value[1:4] = (1 - d) * 0.2 + d * (p * ahead[2:] + (1 - p) * ahead[:-2])
            new.append(value)
        on, off = new
    found = patron_aid.values_with_front(
        n_positions=4, p_on=0.6, p_off=0.4, benefit=0.2, stops=stops, starts=starts, discount=d
    )
    np.testing.assert_allclose(found.on, on, atol=1e-12)
    np.testing.assert_allclose(found.off, off, atol=1e-12)
    plain = patron_aid.values_without_front(flow_on=0.35, flow_off=0.15, stops=stops, starts=starts, discount=d)
    assert float(plain.on - plain.off) == pytest.approx((1 - d) * 0.2 / (1 - d * (1 - stops - starts)))


@given(
    p_on=st.floats(0.5, 0.9),
    p_off=st.floats(0.1, 0.4),
    stops=st.floats(0.05, 0.5),
    starts=st.floats(0.05, 0.5),
    d=discounts,
)
@settings(max_examples=40, deadline=None)
def test_aid_that_helps_more_or_lasts_longer_makes_fighting_on_worth_more(p_on, p_off, stops, starts, d):
    def values(**changes):
        aid = {"p_on": p_on, "p_off": p_off, "stops": stops, "starts": starts} | changes
        found = patron_aid.values_with_front(n_positions=4, benefit=0.2, discount=d, **aid)
        return np.concatenate([found.on[1:-1], found.off[1:-1]])

    now = values()
    assert (now[:3] > now[3:]).all()
    assert (values(p_on=p_on + 0.05) > now).all()
    assert (values(stops=stops - 0.04) >= now).all()
    assert (values(starts=starts + 0.04) >= now).all()


@given(share=st.floats(0, 1), after=st.floats(0, 1), now=st.floats(0, 1), d=st.floats(0.1, 0.98), rho=st.floats(0, 1))
def test_reopening_flips_and_parts_agree_with_the_value(share, after, now, d, rho):
    gain = float(reopening.deal_value(share=share, war_after=after, discount=d, reopening=rho)) - now
    split = reopening.gain_split(share=share, war_now=now, war_after=after, discount=d, reopening=rho)
    assert float(split.frozen + split.strength) == pytest.approx(gain, abs=1e-12)
    least = float(reopening.smallest_acceptable_share(war_now=now, war_after=after, discount=d, reopening=rho))
    at_least = float(reopening.deal_value(share=least, war_after=after, discount=d, reopening=rho))
    assert at_least == pytest.approx(now, abs=1e-9)
    flip = float(reopening.largest_acceptable_reopening(share=share, war_now=now, war_after=after, discount=d))
    if share < now - 1e-9 and after <= now:
        assert math.isnan(flip)
        assert gain < 1e-12
    elif not math.isnan(flip) and abs(rho - flip) > 1e-9 and abs(gain) > 1e-12:
        assert (gain > 0) == (rho < flip)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fearon1995.bargaining_range(p=1.2, cost_a=0.1, cost_b=0.1), "p must lie from 0 to 1, got 1.2"),
        (
            lambda: fearon1995.war_values(p=0.5, cost_a=-0.1, cost_b=0.1),
            "cost_a must be a finite number of at least 0",
        ),
        (lambda: fearon1995.demand_under_private_cost(p=0.5, cost_a=0.1, largest_cost_b=0), "largest_cost_b must be"),
        (
            lambda: slantchev2003.fight_to_the_finish(n_positions=1, p=0.5, discount=0.9, benefit_1=0.1),
            "n_positions must be a whole number of at least 2",
        ),
        (
            lambda: slantchev2003.fight_to_the_finish(n_positions=4, p=0.5, discount=1.0, benefit_1=0.1),
            "discount must be at least 0 and below 1, got 1.0",
        ),
        (lambda: rubinstein1982.share_of_first_proposer(discount_1=-0.1, discount_2=0.5), "discount_1 must be"),
        (lambda: coase_screening.screening(discount=0.9, rounds=0), "rounds must be a whole number of at least 1"),
        (lambda: war_of_attrition.attrition(prize_1=1, prize_2=1, cost_1=0, cost_2=1), "cost_1 must be positive"),
        (lambda: gamblers_ruin.win_probability(p=0.5, n_positions=4, start=5), "start must be at most"),
        (lambda: leaders_office.Leaders(0.5, 0.1, 0.1, -1.0, 0.5, 0.2), "rent must be a finite number"),
        (
            lambda: leaders_office.deal_set(leaders_office.Leaders(0.5, 0.1, 0.1, 1, 0.5, 0.2, 0.1)),
            "needs spread = 0",
        ),
        (
            lambda: patron_aid.values_without_front(flow_on=1, flow_off=0, stops=1.1, starts=0, discount=0.9),
            "stops must lie from 0 to 1",
        ),
        (
            lambda: reopening.deal_value(share=0.5, war_after=0.4, discount=0.9, reopening=[0.1, 1.2]),
            "reopening must lie from 0 to 1, got 1.2",
        ),
        (lambda: nash1950.over_frontier(lambda u: 1 - u, disagreement=(0.5, 0.6)), "leaves nothing to gain"),
    ],
)
def test_bad_input_names_the_parameter(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_packages_worse_than_disagreement_are_refused():
    with pytest.raises(DataError, match="no package is at least as good as disagreement"):
        nash1950.over_packages([[0.1, -0.1]])
    with pytest.raises(DataError, match="one side gains from no package"):
        kalai_smorodinsky1975.over_packages([[0.0, 0.5]])
