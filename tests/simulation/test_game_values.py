"""Wars played under the policies of a solved game, every mechanism on, against what the game says of them."""

import numpy as np
import pytest
from scipy.stats import chi2

from armistice.bargaining.game import State
from armistice.simulation.play import play
from armistice.simulation.rules import rules_of
from tests.simulation.games import every_mechanism, solved
from tests.simulation.reference_chain import Chain
from tests.simulation.reference_payoffs import Payoffs
from tests.simulation.reference_player import play_plain

N, MONTHS = 45_000, 64  # 0.85 ** 64 = 3e-5 of the stake is left out

# discounted fast, so that values are reached within few months; leaders of both sides fall from three levels
GAME = every_mechanism(
    a_discount=0.85, b_discount=0.85, b_security_levels=3, b_signing_risk=(0.7, 0.4, 0.2), a_fallen_value=0.05,
    a_mediator_transfer=0.1, b_refusal_cost=0.1, a_refusal_cost=0.08, a_stock_levels=2, b_stock_levels=2,
)  # fmt: skip
STATES = [
    State(front=2, talks="mediated", proposer="b", aid_a=True, aid_b=True),
    State(front=1, talks="open", security_a=0, stock_b=0),
    State(front=2, talks="mediated", proposer="b", aid_a=True, security_a=0),
    State(front=2, talks="open", settled=("grain",), aid_a=True, security_a=1, security_b=1),
    State(front=3, talks="mediated", security_a=2, security_b=0, stock_a=0),
]
#: Fewer states, still every mechanism, for the exact chain; B has no patron.
SMALL = every_mechanism(
    a_security_levels=2, a_signing_risk=(0.9, 0.3), a_stock_levels=2, b_stock_levels=2, b_has_patron=False
)
TIGHT = State(front=2, talks="suspended", proposer="b", aid_a=True, security_b=0)


@pytest.fixture(scope="module")
def measured():
    """Mean payoffs of A, B, their standard errors, and what was met on the way, per state."""
    equilibrium, out = solved(GAME), []
    for state in STATES:
        payoffs = Payoffs(equilibrium, N)
        rules = rules_of(equilibrium, state, deals_reopen=True)
        played = play_plain(rules, n_wars=N, months=MONTHS, seed=21, on_month=payoffs)
        out.append((payoffs.paid.mean(axis=1), payoffs.paid.std(axis=1) / np.sqrt(N), payoffs.seen, played))
    return out


@pytest.mark.parametrize("number", range(len(STATES)))
def test_mean_payoffs_are_the_values(measured, number):
    equilibrium, at = solved(GAME), GAME.index(STATES[number])
    mean, error, seen, played = measured[number]
    values = np.array([equilibrium.value_a[at], equilibrium.value_b[at]])
    assert (error < 1e-3).all()
    assert (np.abs(mean - values) < 4 * error).all(), (mean, values, error)
    # everything that pays was met
    assert seen["fallen"] > 100
    assert seen["reopened"] > 100
    assert seen["refusals"] > 10
    assert (played.ended[:4, 1:].clip(0).sum(axis=1) > 100).all()


def test_payoffs_tell_these_states_and_neighbouring_games_apart(measured):
    """Costs of war a tenth higher, or a chance to advance of 0.47 for 0.45, would fail the test above."""
    equilibrium = solved(GAME)
    for other in (GAME.with_values(a_cost=0.275, b_cost=0.165), GAME.with_values(advance_chance=0.47)):
        wrong = solved(other)
        far = []
        for state, (_, error, _, _) in zip(STATES, measured, strict=True):
            at = GAME.index(state)
            moved = [wrong.value_a[at] - equilibrium.value_a[at], wrong.value_b[at] - equilibrium.value_b[at]]
            far += list(np.abs(moved) / error)
        assert max(far) > 4


@pytest.fixture(scope="module")
def chain():
    return Chain(solved(SMALL))


def test_endings_follow_the_exact_chain(chain):
    """Endings by month, against the distribution carried forward month by month over all states."""
    n, months = 4_000_000, 24
    played = play(rules_of(solved(SMALL), TIGHT), n_wars=n, months=months, seed=22)
    counts = np.append(played.ended[:4, 1:].ravel(), played.front[months, 1:4])

    def p_value(chain):
        exact, front = chain.endings_by_month(TIGHT, months, reopen=False)
        return _p_value(counts, np.append(exact[:, 1:].ravel(), front[months]) * n)

    assert p_value(chain) > 1e-4
    assert p_value(Chain(solved(SMALL), stocks_first=True)) < 1e-6


def test_deals_that_reopen_follow_the_exact_chain(chain):
    """Where the wars stand after 1, 6 and 24 months: under a deal, won, or fought on."""
    n = 4_000_000
    played = play(rules_of(solved(SMALL), TIGHT, deals_reopen=True), n_wars=n, months=24, seed=22)
    found = {}
    for reopen in (True, False):
        exact, front = chain.endings_by_month(TIGHT, 24, reopen=reopen)
        for month in (1, 6, 24):
            counts = np.append(played.ended[:4, : month + 1].sum(axis=1), played.front[month, 1:4])
            wanted = np.append(exact[:, : month + 1].sum(axis=1), front[month]) * n
            found[reopen, month] = _p_value(counts, wanted)
    assert min(found[True, month] for month in (1, 6, 24)) > 1e-4
    assert max(found[False, month] for month in (6, 24)) < 1e-6


def test_absorption_without_end_is_that_of_the_linear_system(chain):
    """Deals final, the war goes on until it ends: shares of endings by one linear solve over all states."""
    n = 4_000_000
    played = play(rules_of(solved(SMALL), TIGHT), n_wars=n, months=600, seed=23)
    counts = played.ended[:4, 1:].sum(axis=1)
    assert counts.sum() == n
    assert _p_value(counts, chain.absorbed(TIGHT) * n) > 1e-4
    # it would see shares of endings that are off by a hundredth
    assert _p_value(counts, chain.absorbed(TIGHT) * n * np.array([1.01, 0.99, 1.01, 0.99]), loose=True) < 1e-6


def _p_value(counts, wanted, loose=False):
    """Of a chi-square test; cells with fewer than ten expected together."""
    assert loose or counts.sum() == pytest.approx(wanted.sum(), rel=1e-9)
    enough = wanted >= 10
    counts, wanted = (np.append(one[enough], one[~enough].sum()) for one in (counts, wanted))
    kept = wanted > 0
    assert counts[~kept].sum() == 0
    statistic = ((counts[kept] - wanted[kept]) ** 2 / wanted[kept]).sum()
    return chi2.sf(statistic, kept.sum() - 1)
