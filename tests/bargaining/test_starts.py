"""Other starts, other equilibria: what is told, and when."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.bargaining import starts as module
from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import Game, Side, State
from armistice.bargaining.reading import deal_gains
from armistice.bargaining.region import deal_region
from armistice.bargaining.starts import compare_starts, solve_from
from armistice.errors import ParameterError

pytestmark = pytest.mark.slow  # compiling the kernels takes minutes

HERE = State(front=2)


def small(**values):
    side = Side(discount=0.95, security_levels=2, signing_risk=(0.9, 0.3), stock_levels=2)
    game = Game(a=side, b=side, front_cells=4, treaty_shares=(0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7))
    return game.with_values(**({"b_cost": 0.2, "b_office_rent": 0.3} | values))


def states(game):
    return [
        State(front=front, talks=talks, proposer=proposer, security_a=level, aid_b=aid, stock_b=stock)
        for front in range(1, game.front_cells)
        for talks in ("suspended", "open")
        for proposer in ("a", "b")
        for level in (0, 1)
        for aid in (False, True)
        for stock in (0, 1)
    ]


def test_where_there_is_one_equilibrium_all_starts_find_it():
    found = solve(small(), precision=60, certify=False)
    said = compare_starts(found, HERE, starts=3)
    assert said.n_settled == 2
    assert said.value_spread < 1e-6
    assert not said.deal_differs
    assert not said.armistice_differs


def test_where_there_are_several_the_starts_lie_as_far_apart_as_the_certificate_says():
    found = solve(small(a_office_rent=0.3), precision=500)
    others = [solve_from(found.game, start, precision=500) for start in ("all_fight", "all_settle")]
    assert found.certificate.spread > 0.05
    apart = max(
        float(np.abs(getattr(each, name) - getattr(found, name)).max())
        for each in others
        for name in ("value_a", "value_b")
    )
    assert apart == pytest.approx(found.certificate.spread, abs=1e-5)
    for each in others:
        assert each.residual <= 1e-8  # an equilibrium too, of the same game


def test_the_verdict_is_compared_deal_by_deal(monkeypatch):
    """At every state: differing verdicts are those read from the solutions themselves."""
    game = small(a_office_rent=0.6, a_cost=0.1, b_cost=0.1)
    found = solve(game, precision=300, certify=False)
    others = {start: solve_from(game, start, precision=300) for start in ("all_fight", "all_settle")}
    monkeypatch.setattr(module, "solve_from", lambda game, start, precision: others[start])
    seen = set()
    for state in states(game):
        said = compare_starts(found, state, starts=3)
        verdicts = [
            [any(g.blocked_by == "nobody" for g in deal_gains(each, state) if g.kind in kinds)
             for kinds in (("armistice", "treaty"), ("armistice",))]
            for each in (found, *others.values())
        ]  # fmt: skip
        assert said.deal_differs == (len({deal for deal, _ in verdicts}) > 1)
        assert said.armistice_differs == (len({line for _, line in verdicts}) > 1)
        at = game.index(state)
        of_b = [each.value_b[at] for each in (found, *others.values())]
        assert said.value_spread >= max(of_b) - min(of_b) - 1e-12
        seen.add((said.deal_differs, said.armistice_differs))
    assert any(deal for deal, _ in seen)  # the comparison is put to the test
    assert any(armistice for _, armistice in seen)
    assert (False, False) in seen


def test_a_start_that_does_not_settle_says_nothing(monkeypatch):
    monkeypatch.setattr(module, "solve_from", lambda game, start, precision: None)
    said = compare_starts(solve(small(), precision=60, certify=False), HERE, starts=2)
    assert said.n_settled == 0
    assert np.isnan(said.value_spread)
    assert not said.deal_differs


def test_a_region_compares_starts_only_if_asked():
    ranges = {"a_cost": (0.1, 0.3)}
    plain = deal_region(small(), ranges, HERE, n_draws=2, rng=np.random.default_rng(1), precision=60)
    assert plain.comparisons == {}
    more = deal_region(small(), ranges, HERE, n_draws=2, rng=np.random.default_rng(1), precision=60, starts=3)
    assert sorted(more.comparisons) == [0, 1]
    assert more.deal.tolist() == plain.deal.tolist()
    for starts in (0, 4):
        with pytest.raises(ParameterError, match="starts must lie"):
            deal_region(small(), ranges, HERE, n_draws=2, rng=np.random.default_rng(1), starts=starts)
