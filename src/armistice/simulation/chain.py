"""How a war ends by the rules of a solved game, exactly: chances passed on from month to month, nothing drawn.

What :mod:`.play` estimates by playing many wars, for games small enough that the whole monthly transition fits a matrix
(a few thousand states). Order of moves and chances are those of ``docs/model.md``; a deal ends the war.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Equilibrium
from armistice.bargaining.game import State
from armistice.bargaining.tables import ARMISTICE, TREATY, TREATY_ANY
from armistice.errors import ParameterError

__all__ = ["CHAIN_ENDINGS", "monthly_endings", "monthly_transition"]

Floats = npt.NDArray[np.float64]
#: Ways in which a war can end by the game alone.
CHAIN_ENDINGS: Final = ("armistice", "peace_agreement", "victory_a", "victory_b")
_MOST_STATES: Final = 5000


def monthly_transition(equilibrium: Equilibrium) -> tuple[Floats, Floats]:
    """A month of war as matrices.

    Parameters
    ----------
    equilibrium : Equilibrium
        Of a game without issues to settle, of at most 5,000 states.

    Returns
    -------
    onward : ndarray of float64, shape (n_states, n_states)
        Chance to be in each state at the start of the next month.
    ended : ndarray of float64, shape (n_states, len(CHAIN_ENDINGS))
        Chance that the war ends this month. Rows of both together sum to 1.

    Raises
    ------
    ParameterError
        If the game has issues or too many states.
    """
    game, t, policies = equilibrium.game, equilibrium.tables, equilibrium.policies
    masks, talks, _, aid_a, aid_b, levels_a, levels_b, stocks_a, stocks_b, cells = game.shape
    if masks > 1:
        raise ParameterError("a game with issues to settle does not fit; give a game without issues.")
    if game.n_states > _MOST_STATES:
        raise ParameterError(
            f"a chain of {game.n_states} states is too large (at most {_MOST_STATES}); play it instead."
        )
    shape = (talks, 2, aid_a, aid_b, levels_a, levels_b, stocks_a, stocks_b, cells)
    agreed = policies.offers[0] * policies.accepts[0]
    deals = [
        agreed[..., np.isin(t.kind, kinds)].sum(axis=-1).reshape(shape)
        for kinds in ((ARMISTICE,), (TREATY, TREATY_ANY))
    ]
    fights = 1 - deals[0] - deals[1]
    first, second = policies.first[0].reshape(shape), policies.second[0].reshape(*shape, 2)
    # (state, new stock of A, of B, cells of A from 0 to N)
    moved = np.zeros((*shape, stocks_a, stocks_b, cells + 2))
    for effort_a in range(t.efforts):
        for effort_b in range(t.efforts):
            chosen = fights * _chosen(first, second, effort_a, effort_b)
            advance = t.advance[0][:aid_a, :aid_b, effort_a, effort_b]  # (aid_a, aid_b, stock_a, stock_b)
            moved += np.einsum(
                "tpabABmnk,abmnkj,amM,bnN->tpabABmnkMNj",
                chosen, _front(t.move, t.wide, advance, cells), t.stock_a[:aid_a, effort_a],
                t.stock_b[:aid_b, effort_b], optimize=True,
            )  # fmt: skip
    ended = np.stack(
        [*(deal.ravel() for deal in deals), *(moved[..., end].sum(axis=(-2, -1)).ravel() for end in (-1, 0))], axis=1
    )
    # Whoever falls is followed by a successor at the top: the other player's view of each leader.
    regime = t.regime.reshape(talks, 2, aid_a, aid_b, talks, 2, aid_a, aid_b)
    onward = np.einsum(
        "tpabABmnkMNj,ACj,BDj,tpabuqcd->tpabABmnkuqcdCDMNj",
        moved[..., 1:-1], t.security_a[1], t.security_b[0], regime, optimize=True,
    )  # fmt: skip
    return onward.reshape(game.n_states, game.n_states), ended


def _chosen(first: Floats, second: Floats, effort_a: int, effort_b: int) -> Floats:
    """Chance of these efforts, given who proposes and so moves first."""
    out = np.empty_like(first)
    for proposer, (own, other) in enumerate(((effort_a, effort_b), (effort_b, effort_a))):
        at = (slice(None), proposer)
        leads = first[at] if own else 1 - first[at]
        follows = second[at][..., own]
        out[at] = leads * (follows if other else 1 - follows)
    return out


def _front(move: float, wide: float, advance: Floats, cells: int) -> Floats:
    """Chances of the cells held after a month's move, (aid_a, aid_b, stock_a, stock_b, cell, 0 to N)."""
    step = np.zeros((*advance.shape, cells, cells + 2))
    for k in range(1, cells + 1):
        step[..., k - 1, k] += 1 - move
        for size, share in ((1, 1 - wide), (2, wide)):
            step[..., k - 1, min(k + size, cells + 1)] += move * share * advance
            step[..., k - 1, max(k - size, 0)] += move * share * (1 - advance)
    return step


def monthly_endings(equilibrium: Equilibrium, state: State, months: int) -> Floats:
    """Chance that a war from a state ends in each way in each month, shape (months, len(CHAIN_ENDINGS)).

    Parameters
    ----------
    equilibrium : Equilibrium
    state : State
        At the start of the first month.
    months : int

    Raises
    ------
    ParameterError
        As :func:`monthly_transition`; or if the state does not exist, or ``months`` is below 1.
    """
    if months < 1:
        raise ParameterError(f"months must be 1 or more, got {months}.")
    onward, ended = monthly_transition(equilibrium)
    here = np.zeros(len(onward))
    here[np.ravel_multi_index(equilibrium.game.index(state), equilibrium.game.shape)] = 1.0
    out = np.empty((months, len(CHAIN_ENDINGS)))
    for month in range(months):
        out[month] = here @ ended
        here = here @ onward
    return out
