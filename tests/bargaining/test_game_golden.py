"""Published special cases out of the one solver, with switches off."""

import numpy as np
import pytest

from armistice.bargaining.equilibrium import Precision, solve
from armistice.bargaining.game import MECHANISMS, Game, Side, State

pytestmark = pytest.mark.slow  # compiling the kernels takes minutes

EXACT = Precision(np.inf, np.inf, np.inf)


def bare(*keep, a=None, b=None, **values):
    game = Game(a=a or Side(), b=b or Side(), issues=(), **{"treaty_shares": (0.5,), **values})
    return game.without(*[name for name in MECHANISMS if name not in keep])


def slantchev_game(n, p, d, b1, b2, *keep):
    values = {"advance_chance": p, "mobility": 1.0, "holding_weight": 0.0, "talks_open": 1.0, "talks_suspended": 0.0}
    off = [name for name in MECHANISMS if name not in keep]
    game = Game(a=Side(discount=d, cost=0, income=b1), b=Side(discount=d, cost=0, income=b2), front_cells=n, issues=(),
                **values).without(*off)  # fmt: skip
    return game.with_values(treaty_shares=None)


@pytest.mark.parametrize(
    ("n", "p", "d", "b1", "b2", "x", "y", "w"),
    [
        (6, 0.5, 0.9, 0.3, 0.3, [0.2355753449, 0.3781362938, 0.5154140127, 0.6320547891, 0.7998386678], None,
         [0.1543014596, 0.2762254657, 0.3928662420, 0.5301439610, 0.7185647825]),
        (4, 0.6, 0.95, 0.2, 0.1, [0.4247821101, 0.6693719125, 0.8681880734],
         [0.6084580099, 0.3337155963, 0.1656386733], [0.3563443896, 0.6076217361, 0.8108962597]),
    ],
)  # fmt: skip
def test_slantchev_2003(n, p, d, b1, b2, x, y, w):
    deal = solve(slantchev_game(n, p, d, b1, b2, "talks", "treaty"), precision=EXACT, tolerance=1e-12, certify=False)
    assert deal.value_a[0, 1, 0].ravel() == pytest.approx(x, abs=2e-10)
    if y is not None:
        assert deal.value_b[0, 1, 1].ravel() == pytest.approx(y, abs=2e-10)
    fight = solve(slantchev_game(n, p, d, b1, b2), precision=EXACT, tolerance=1e-12, certify=False)
    assert fight.value_a[0, 0, 0].ravel() == pytest.approx(w, abs=2e-10)


def test_gamblers_ruin():
    game = bare(
        advance_chance=0.6, mobility=1.0, holding_weight=0.0, front_cells=4, a=Side(cost=0, discount=1 - 1e-9)
    )
    found = solve(game.with_values(b_cost=0), precision=EXACT, tolerance=1e-13, certify=False)
    assert found.value_a[..., 1] == pytest.approx(0.6923076923, abs=1e-7)
    # the mean length is what a flow cost of 1 a month costs, per unit of (1 - discount)
    patient = 1 - 1e-7
    free, costly = (
        solve(game.with_values(a_cost=cost, a_discount=patient), precision=EXACT, tolerance=1e-14, certify=False)
        for cost in (0.0, 1.0)
    )
    months = (free.value_a[..., 1] - costly.value_a[..., 1]) / (1 - patient)
    assert months == pytest.approx(3.8461538462, abs=1e-5)


def test_patron_aid_without_a_front():
    side = Side(discount=0.95, cost=0, income=0.15, aid_income=0.2, aid_lost=0.1, aid_gained=0.05, has_patron=True)
    game = bare("aid", a=side, b=Side(has_patron=False), mobility=0.0, holding_weight=0.0, front_cells=2)
    found = solve(game, precision=EXACT, tolerance=1e-13, certify=False)
    assert found.value_a[0, 0, 0, :, 0].ravel() == pytest.approx([0.1993506494, 0.2512987013], abs=2e-10)


def test_patron_aid_that_moves_the_front():
    odds = np.log(0.6 / 0.4)
    side = Side(discount=0.95, cost=0, income=0.2, aid_income=0, aid_lost=0.1, aid_gained=0.05)
    game = bare("aid", a=side, b=Side(has_patron=False), mobility=1.0, holding_weight=0.0, front_cells=4,
                advance_chance=0.4, aid_strength=2 * odds)  # fmt: skip
    found = solve(game, precision=EXACT, tolerance=1e-13, certify=False).value_a[0, 0, 0]
    assert found[1].ravel() == pytest.approx([0.3133363450, 0.5563720466, 0.7822242300], abs=2e-10)
    assert found[0].ravel() == pytest.approx([0.1340484747, 0.3143418443, 0.5760727120], abs=2e-10)


def leaders(rent):
    """A one-month costly lottery: half the value accrues this month, half from victory or defeat next month."""
    side = Side(discount=0.5, cost=0.2, office_rent=rent, expected_share=0.55, expectation_scale=0.0,
                signing_risk=(1.0, 1.0, 1.0), defeat_risk=0.8)  # fmt: skip
    grid = tuple(np.round(np.arange(0, 1.001, 0.01), 2))
    return bare("talks", "treaty", "office", "signing_risk", "defeat_risk", a=side, b=side, mobility=1.0,
                front_cells=2, treaty_shares=grid, talks_open=0.0, talks_suspended=1.0)  # fmt: skip


@pytest.mark.parametrize(("rent", "war", "shares"), [(0.4, 0.32, []), (0.1, 0.38, [0.48, 0.49, 0.5, 0.51, 0.52])])
def test_leaders_with_office_at_stake(rent, war, shares):
    from armistice.bargaining.reading import deal_gains

    game = leaders(rent)
    found = solve(game, precision=EXACT, tolerance=1e-13, certify=False)
    at = State(front=1)
    assert found.fight_a[game.index(at)] - rent == pytest.approx(war, abs=1e-12)
    open_shares = [
        gain.share for gain in deal_gains(found, at) if gain.kind == "treaty" and gain.blocked_by == "nobody"
    ]
    assert open_shares == pytest.approx(shares)


@pytest.mark.parametrize(("rate", "worth"), [(0.01, 0.4452825337), (0.1, 0.4229366410), (0.5, 0.4032541980)])
def test_reopening_alone_changes_no_acceptance(rate, worth):
    from armistice.bargaining.reading import deal_gains

    side = Side(discount=0.9, cost=0, income=0.3)
    game = bare("talks", "treaty", "reopening", "suspension", a=side, b=side, mobility=1.0, holding_weight=0.0,
                front_cells=6, talks_open=0.0, talks_suspended=1.0, treaty_shares=(0.38, 0.45), treaty_reopening=rate)  # fmt: skip
    found = solve(game, precision=EXACT, tolerance=1e-13, certify=False)
    low, high = [gain for gain in deal_gains(found, State(front=3)) if gain.kind == "treaty"]
    assert high.worth_a == pytest.approx(worth, abs=2e-10)
    assert high.gain_a > 0
    assert low.gain_a < 0


def test_a_ceasefire_that_lets_one_side_rebuild():
    from armistice.bargaining.reading import deal_gains

    odds = np.log(0.7 / 0.3)
    a = Side(discount=0.9, cost=0, income=0.3, stock_levels=1, rebuilt_levels=0, wear=0, effort_wear=0, refill=0,
             aid_refill=0)  # fmt: skip
    b = Side(discount=0.9, cost=0, income=0.3, stock_levels=2, rebuilt_levels=1, wear=0, effort_wear=0, refill=0,
             aid_refill=0)  # fmt: skip
    game = bare("talks", "armistice", "reopening", "suspension", "rebuilding", "stocks", a=a, b=b, mobility=1.0,
                holding_weight=0.0, front_cells=6, talks_open=0.0, talks_suspended=1.0, armistice_reopening=0.1,
                stock_strength=odds)  # fmt: skip
    found = solve(game, precision=EXACT, tolerance=1e-13, certify=False)
    (ceasefire,) = [g for g in deal_gains(found, State(front=3, stock_b=0)) if g.kind == "armistice"]
    assert [ceasefire.worth_a, ceasefire.worth_b] == pytest.approx([0.3460299002, 0.5688597745], abs=2e-10)
    assert [ceasefire.gain_a, ceasefire.gain_b] == pytest.approx([-0.0468363419, 0.1759935325], abs=2e-10)
    assert ceasefire.blocked_by == "a"
