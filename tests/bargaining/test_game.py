"""Properties of the bargaining game, its certificate, its switches and its errors."""

from dataclasses import replace

import numpy as np
import pytest

from armistice.bargaining import kernels, months
from armistice.bargaining.equilibrium import Precision, solve
from armistice.bargaining.game import MECHANISMS, Game, Issue, Side, State
from armistice.bargaining.reading import agreement_chances, deal_gains, reservation_share
from armistice.bargaining.region import Region, deal_region, settlement_needs
from armistice.bargaining.tables import tables_of
from armistice.errors import NotConvergedError, ParameterError

pytestmark = pytest.mark.slow  # compiling the kernels takes minutes

HERE = State(front=2, talks="open")


def small(**values):
    side = Side(discount=0.95, security_levels=2, signing_risk=(0.9, 0.3), stock_levels=2)
    game = Game(a=side, b=side, front_cells=4, treaty_shares=(0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7))
    return game.with_values(b_cost=0.2, b_office_rent=0.3, **values)


@pytest.fixture(scope="module")
def solved():
    return solve(small(), precision=60)


def test_the_certificate_of_a_small_game(solved):
    proof = solved.certificate
    assert proof.residual < 1e-8
    assert proof.value_error < 1e-6
    assert 0 <= proof.exploitability_a < 0.2
    assert 0 <= proof.exploitability_b < 0.2
    assert proof.spread < 1e-6
    assert set(proof.starts) == {"middle", "all_fight", "all_settle"}


def test_sharper_choices_leave_less_to_gain():
    gaps = [solve(small(), precision=p).certificate.exploitability_a for p in (20, 200)]
    assert gaps[1] < gaps[0]


def test_policies_are_probabilities(solved):
    assert np.allclose(solved.policies.offers.sum(axis=-1), 1)
    for part in (solved.policies.accepts, solved.policies.first, solved.policies.second):
        assert part.min() >= 0
        assert part.max() <= 1
    assert sum(agreement_chances(solved, HERE).values()) == pytest.approx(1)


def test_relabelling_the_sides_mirrors_the_result(solved):
    other = solve(small().mirrored(), precision=60, certify=False)
    seen = solved.value_a.transpose(0, 1, 2, 4, 3, 6, 5, 8, 7, 9)[:, :, ::-1, ..., ::-1]
    assert np.abs(other.value_b - seen).max() < 1e-6


def test_kernel_rows_sum_to_one():
    tables = tables_of(small())
    assert np.allclose(tables.regime.sum(axis=1), 1)
    for stock in (tables.stock_a, tables.stock_b):
        assert np.allclose(stock.sum(axis=-1), 1)
    assert np.allclose(tables.security_a[1].sum(axis=1), 1)
    assert np.allclose(tables.security_b[0].sum(axis=1), 1)
    assert np.all(tables.security_a[0].sum(axis=1)[0] < 1)


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_switch_changes_the_value_of_the_war(solved, name):
    game = small().without(name)
    other = solve(game, precision=60, certify=False)
    state = replace(HERE, talks="mediated") if name == "mediator" else HERE
    if name in ("talks", "mediator"):
        state = replace(HERE, talks="suspended")
    before, after = solved.value_a[small().index(state)], other.value_a[game.index(state)]
    assert abs(before - after) > 1e-6


@pytest.mark.parametrize(
    ("change", "direction", "off"),
    [
        ({"a_cost": 0.4}, -1, ("office",)),
        ({"a_aid_income": 0.2}, 1, ("office",)),
        ({"a_discount": 0.98}, 1, ("office",)),
        ({"a_office_rent": 0.6}, 1, ("security", "defeat_risk")),
        ({"a_office_rent": 0.6}, -1, ("signing_risk",)),
        ({"a_defeat_risk": 0.2}, 1, ()),
    ],
)
def test_the_reservation_share_moves_the_right_way(change, direction, off):
    """Down with the cost of war; up with aid and with the patience of a side that is winning. With what office is
    worth, up where only signing endangers it, and down where only the war does."""
    game = small(a_expected_share=0.6).without(*off, "mediator", "partial_deals").with_values(advance_chance=0.6)
    here = replace(HERE, aid_a=True)
    before, after = (
        reservation_share(solve(g, precision=60, certify=False), here, "a")
        for g in (game, game.with_values(**change))
    )
    assert np.sign(after - before) == direction


@pytest.mark.parametrize("seed", range(3))
def test_values_sum_to_the_stake_less_the_costs_of_the_war(seed):
    """Without talks the loss is the costs times the (discounted) length of the war, which a flow of 1 measures."""
    rng = np.random.default_rng(seed)
    values = {name: float(rng.uniform(0.05, 0.5)) for name in ("a_cost", "b_cost", "mobility", "breakthrough")}
    bare = small(a_aid_income=0.0, b_aid_income=0.0).with_values(
        **values, advance_chance=float(rng.uniform(0.2, 0.8))
    )
    war = bare.without("office", "effort", "mediator", "partial_deals", "talks")
    found, paid = (solve(game, precision=60, certify=False) for game in (war, war.with_values(a_income=1.0)))
    length = paid.value_a - found.value_a
    assert length.max() > 0.1
    costs = values["a_cost"] + values["b_cost"]
    assert np.abs(found.value_a + found.value_b - (1 - costs * length)).max() < 1e-6
    # deals divide the stake and shorten the war; without costs nothing is lost at all
    talks = bare.without("office", "effort", "mediator", "partial_deals")
    settled = solve(talks, precision=60, certify=False)
    total = settled.value_a + settled.value_b
    assert total.max() < 1
    assert np.all(total[:, 0] > (found.value_a + found.value_b)[:, 0])
    free = solve(talks.with_values(a_cost=0.0, b_cost=0.0), precision=60, certify=False)
    assert np.abs(free.value_a + free.value_b - 1).max() < 1e-6


def test_threads_change_nothing(solved, monkeypatch):
    monkeypatch.setattr(months, "_WORTH_THREADS", 0)
    monkeypatch.setattr(kernels, "_threads", lambda: 3)
    again = solve(small(), precision=60)
    assert np.array_equal(again.value_a, solved.value_a)
    assert np.array_equal(again.policies.offers, solved.policies.offers)
    assert again.certificate == solved.certificate


def test_the_path_rises_in_even_steps_to_the_wanted_precision(solved):
    assert solved.precision_path == pytest.approx((50.0, 50 * 2**0.25, 60.0))
    with pytest.raises(ParameterError, match="path_ratio must be above 1, got 1"):
        solve(small(), path_ratio=1.0)


def test_office_at_stake_raises_what_a_leader_must_get(solved):
    assert reservation_share(solved, HERE, "b") > reservation_share(solved, HERE, "b", with_office=False)


def test_patience_raises_the_reservation_of_a_side_that_is_winning():
    game = small().without("office", "talks").with_values(advance_chance=0.8)
    patient, impatient = (solve(game.with_values(a_discount=d), precision=60, certify=False) for d in (0.97, 0.9))
    at = game.index(State(front=2, talks="suspended"))
    assert patient.value_a[at] > impatient.value_a[at]


def test_with_costless_office_and_one_month_of_war_the_bargaining_range_is_fearons():
    """The deals that both accept are those in [p - c_A, p + c_B] (Fearon 1995)."""
    side = Side(discount=0.5, cost=0.0)
    grid = tuple(np.round(np.arange(0, 1.001, 0.01), 2))
    game = Game(a=replace(side, cost=0.2), b=replace(side, cost=0.3), front_cells=2, mobility=1.0, issues=(),
                talks_open=0.0, talks_suspended=1.0, treaty_shares=grid)  # fmt: skip
    game = game.without(*[name for name in MECHANISMS if name not in ("talks", "treaty")])
    found = solve(game, precision=Precision(np.inf, np.inf, np.inf), certify=False)
    shares = [g.share for g in deal_gains(found, State(front=1)) if g.blocked_by == "nobody"]
    assert (min(shares), max(shares)) == pytest.approx((0.4, 0.65))  # half of .2 and .3 accrue: p - .1, p + .15


def test_no_deal_that_loses_for_a_side_is_agreed_by_exact_choice():
    game = small().without("mediator", "partial_deals", "signing_risk", "effort")
    found = solve(game, precision=Precision(400.0, 4000.0, 400.0), certify=False)
    chances = found.policies.accepts[game.index(HERE)]
    for gain in deal_gains(found, HERE):
        option = int(np.flatnonzero(found.tables.shares == gain.share)[0]) if gain.kind == "treaty" else 1
        if gain.gain_b < -0.005:
            assert chances[option] < 0.01


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"mobility": 1.2}, "mobility"),
        ({"a_discount": 1.0}, "a.discount"),
        ({"b_wear": 0.9}, "b: wear"),
        ({"a_rebuilt_levels": 5}, "a.rebuilt_levels"),
        ({"a_signing_risk": (0.5, 2.0)}, r"a.signing_risk\[1\]"),
        ({"a_stock_levels": 0}, "a.stock_levels"),
        ({"b_stock_levels": 2.5}, "b.stock_levels must be a whole number"),
        ({"front_cells": 4.5}, "front_cells must be a whole number"),
        ({"b_rebuilt_levels": -1}, "b.rebuilt_levels"),
        ({"issues": (Issue("children", 0.1, float("nan")),)}, "value_b of 'children'"),
        ({"issues": (Issue("nothing", 0.0, 0.0),)}, "no side values 'nothing'"),
        ({"treaty_shares": (1.5,)}, "treaty_shares"),
        ({"a_colour": 1}, "a_colour"),
    ],
)
def test_bad_input_is_named(change, name):
    with pytest.raises(ParameterError, match=name):
        small(**change)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State(front=2, talks="paused"), "talks must be one of suspended, open, mediated"),
        (State(front=2, proposer="c"), "proposer must be one of a, b"),
        (State(front=4), "front must lie from 1 to 3"),
        (State(front=2, stock_b=7), "stock_b: level 7"),
        (State(front=2, settled=("grain",)), "'grain' is no issue"),
    ],
)
def test_a_state_that_does_not_exist_is_named(state, says):
    with pytest.raises(ParameterError, match=says):
        small().index(state)


def test_a_game_that_does_not_settle_raises_with_its_amplitude():
    with pytest.raises(NotConvergedError, match="over the last 50 sweeps up to"):
        solve(small(), precision=2000, max_sweeps=5, certify=False)


def test_region_keeps_failed_draws_as_unknown(monkeypatch):
    from armistice.bargaining import region

    calls = iter([True, False, True])

    def sometimes(*args, **options):
        if not next(calls):
            raise NotConvergedError("cycled")
        return solve(*args, **options)

    monkeypatch.setattr(region, "solve", sometimes)
    found = deal_region(small(), {"a_cost": (0.1, 0.4)}, HERE, n_draws=3, rng=np.random.default_rng(1))
    assert found.known.tolist() == [True, False, True]
    assert found.blocked_by["armistice"][1] == "unknown"
    assert found.failures == {1: "cycled"}


def test_needs_finds_the_two_conditions_that_a_deal_requires():
    """Deals exist exactly where x <= .3 or y >= .75: the box x > .3, y < .75 holds none."""
    rng = np.random.default_rng(5)
    draws = rng.uniform(size=(2000, 3))
    deal = (draws[:, 0] <= 0.3) | (draws[:, 1] >= 0.75)
    found = settlement_needs(Region(("x", "y", "z"), draws, np.ones(2000, bool), deal, {}, {}, {}))
    got = {c.name: (c.is_at_most, c.threshold) for c in found.conditions}
    # thresholds lie at sixteenths of the draws, on the safe side of .3 and .75
    assert got["x"][0] is True
    assert 0.3 <= got["x"][1] < 0.3 + 1.5 / 16
    assert got["y"][0] is False
    assert 0.75 - 1.5 / 16 < got["y"][1] <= 0.75
    assert found.n_exceptions <= 0.01 * found.n_checked
    assert 0.4 < found.share_without <= 0.7 * 0.75 + 0.03


def test_relabelling_mirrors_the_result_where_there_are_several_equilibria():
    """Which one is reached must not depend on which side is called A: draws at a precision that leaves several."""
    rng = np.random.default_rng(4)
    for _ in range(12):
        game = small(
            a_discount=0.99,
            b_discount=0.99,
            a_cost=rng.uniform(0.05, 0.5),
            a_office_rent=rng.uniform(0, 1),
            b_expected_share=rng.uniform(0.4, 0.7),
            mobility=rng.uniform(0.05, 0.5),
        )
        found, other = (solve(one, precision=300, certify=False) for one in (game, game.mirrored()))
        seen = found.value_a.transpose(0, 1, 2, 4, 3, 6, 5, 8, 7, 9)[:, :, ::-1, ..., ::-1]
        assert np.abs(other.value_b - seen).max() < 1e-6
