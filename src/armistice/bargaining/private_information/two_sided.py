"""Neither side knows what the other can bear: two small games of talks, solved by :mod:`.solvers`.

* :func:`demands_game`: the sides take turns to demand a share; a rejection costs a month of war. What is demanded and
  rejected tells the other something: talks as learning, positions converge.
* :func:`standoff_game`: each month both stand firm or concede, at the same time; standing firm costs a month of war.
  The longer it lasts, the tougher the other must be: attrition.

Both sides' types are on small grids and drawn independently. Payoffs are discounted averages in units of the stake.
:func:`posteriors` shows what each side knows month by month.

Sources: Fearon, "Fighting Rather than Bargaining", working paper, Stanford 2013, for private information on both
sides; Slantchev, "The Principle of Convergence in Wartime Negotiations", American Political Science Review 97(4),
2003, for learning; Maynard Smith 1974 and Fudenberg and Tirole 1986, Econometrica 54(4), for attrition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import discount_factor, shares, whole_number
from armistice.bargaining.private_information.extensive_form import END, Node, chance, decision, end
from armistice.checks import one_dimensional
from armistice.errors import DataError, ParameterError

__all__ = ["Posteriors", "TalksGame", "Types", "demands_game", "posteriors", "standoff_game"]

Floats = npt.NDArray[np.float64]
Behaviour: TypeAlias = dict[str, dict[str, float]]
UNSETTLED: Final = "unsettled"


@dataclass(frozen=True, slots=True)
class Types:
    """What each side may be like.

    Parameters
    ----------
    costs_a, costs_b : array_like of shape (n_a,) and (n_b,)
        Costs of a month of war as a flow, in units of the stake.
    weights_a, weights_b : array_like
        Probabilities of the types, independent across sides.
    war_share : array_like, broadcast to (n_a, n_b)
        What A gets of the stake from fighting on, before costs, given both types.
    """

    costs_a: npt.ArrayLike
    costs_b: npt.ArrayLike
    weights_a: npt.ArrayLike
    weights_b: npt.ArrayLike
    war_share: npt.ArrayLike

    def checked(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """The five as arrays, or an error that names the one that is wrong."""
        found = []
        for side in "ab":
            costs = one_dimensional(f"costs_{side}", getattr(self, f"costs_{side}")).astype(np.float64)
            weights = one_dimensional(f"weights_{side}", getattr(self, f"weights_{side}")).astype(np.float64)
            if not len(costs) or not np.isfinite(costs).all() or (costs < 0).any():
                raise ParameterError(f"costs_{side} must be finite and at least 0, got {costs.tolist()}.")
            if weights.shape != costs.shape:
                raise DataError(f"weights_{side} must have one entry per cost, got {len(weights)} for {len(costs)}.")
            if not (weights > 0).all() or abs(weights.sum() - 1) > 1e-9:
                raise ParameterError(f"weights_{side} must be positive and sum to 1, got {weights.tolist()}.")
            found += [costs, weights]
        costs_a, weights_a, costs_b, weights_b = found
        won = shares("war_share", self.war_share)
        try:
            won = np.broadcast_to(won, (len(costs_a), len(costs_b)))
        except ValueError:
            raise DataError(f"war_share must fit shape ({len(costs_a)}, {len(costs_b)}), got {won.shape}.") from None
        return costs_a, costs_b, weights_a, weights_b, won


@dataclass(frozen=True, slots=True)
class TalksGame:
    """A game of talks between two sides with private types.

    Parameters
    ----------
    root : Node
        Nature's draw of the types, and all that may follow; two moves per month.
    n_types_a, n_types_b : int
        Types of each side.
    months : int
        Months of talks.
    """

    root: Node
    n_types_a: int
    n_types_b: int
    months: int


@dataclass(frozen=True, slots=True)
class Posteriors:
    """What both sides can know before each month, if they play as planned.

    Parameters
    ----------
    still_at_war : ndarray of shape (months + 1,)
        Probability that the war is not settled before each month; the last entry after the last month.
    still_at_war_a, still_at_war_b : ndarray of shape (months + 1, n_types)
        The same for each type of a side.
    types_a, types_b : ndarray of shape (months + 1, n_types)
        Probability of each type among the wars that still go on; NaN once none does.
    """

    still_at_war: Floats
    still_at_war_a: Floats
    still_at_war_b: Floats
    types_a: Floats
    types_b: Floats


def demands_game(types: Types, *, menu: npt.ArrayLike, discount: float, months: int) -> TalksGame:
    """Alternating demands, A first.

    Each month the proposer picks A's share from the menu; the other accepts, or a month of war is fought, worth
    ``(1 - d)`` times ``war_share - cost_a`` to A and ``1 - war_share - cost_b`` to B. After the last month war goes
    on for ever. Payoffs sum to 1 less the costs of the months fought.

    Parameters
    ----------
    types : Types
        What each side may be like.
    menu : array_like of shape (n_shares,)
        The shares for A that may be proposed.
    discount : float
        Discount factor per month.
    months : int
        Months of talks; the tree grows as ``n_shares ** months``.
    """
    costs_a, costs_b, weights_a, weights_b, won = types.checked()
    d, months = discount_factor("discount", discount), whole_number("months", months, least=1)
    offers = shares("menu", one_dimensional("menu", menu))
    if not len(offers) or len(np.unique(offers)) < len(offers):
        raise ParameterError(f"menu must hold at least one share, all different, got {offers.tolist()}.")
    names = [f"{offer:.12g}" for offer in offers]

    def talks(i: int, j: int, month: int, said: str) -> Node:
        war = (float(won[i, j] - costs_a[i]), float(1 - won[i, j] - costs_b[j]))
        if month == months:
            return end(*war, UNSETTLED)
        weight = d**month
        fought = ((1 - weight) * war[0], (1 - weight) * war[1])
        mover = month % 2
        children = []
        for offer, name in zip(offers, names, strict=True):
            heard = f"{said} {name}?".lstrip()  # once rejected the question mark becomes a cross
            accepted = end(fought[0] + weight * float(offer), fought[1] + weight * float(1 - offer))
            rejected = talks(i, j, month + 1, f"{said} {name}x".lstrip())
            known = _known(1 - mover, i, j, heard)
            children.append(decision(1 - mover, known, ["accept", "reject"], [accepted, rejected]))
        return decision(mover, _known(mover, i, j, said), names, children)

    return _with_types(weights_a, weights_b, months, lambda i, j: talks(i, j, 0, ""))


def standoff_game(types: Types, *, prize: float, discount: float, months: int) -> TalksGame:
    """Both stand firm or concede each month, at the same time.

    A side that concedes alone leaves the other the share ``prize`` and keeps ``1 - prize``; two that concede together
    split in halves. While both stand firm a month of war costs each its cost, and brings nothing. After the last
    month the stake is split by ``war_share``.

    Parameters
    ----------
    types : Types
        What each side may be like.
    prize : float
        Share of the side that outlasts the other, above 1/2.
    discount : float
        Discount factor per month.
    months : int
        Months until the stand-off is cut short.
    """
    costs_a, costs_b, weights_a, weights_b, won = types.checked()
    d, months = discount_factor("discount", discount), whole_number("months", months, least=1)
    if not 0.5 < prize <= 1:
        raise ParameterError(f"prize must lie above 0.5 and at most 1, got {prize}.")

    def standing(i: int, j: int, month: int) -> Node:
        weight = d**month
        paid = ((1 - weight) * float(costs_a[i]), (1 - weight) * float(costs_b[j]))

        def split(share_a: float, label: str = "") -> Node:
            return end(weight * share_a - paid[0], weight * (1 - share_a) - paid[1], label)

        if month == months:
            return split(float(won[i, j]), UNSETTLED)
        moves = ["concede", "stand"]
        b_after = [
            decision(1, _known(1, i, j, f"month {month + 1}"), moves, outcomes)
            for outcomes in (
                [split(0.5), split(1 - prize)],
                [split(prize), standing(i, j, month + 1)],
            )
        ]
        return decision(0, _known(0, i, j, f"month {month + 1}"), moves, b_after)

    return _with_types(weights_a, weights_b, months, lambda i, j: standing(i, j, 0))


def _known(player: int, i: int, j: int, heard: str) -> str:
    """An information set: the side, its own type, and what both have seen."""
    return f"{'AB'[player]}{(i, j)[player] + 1} {heard}".rstrip()


def _with_types(weights_a: Floats, weights_b: Floats, months: int, game: Callable[[int, int], Node]) -> TalksGame:
    """Nature draws both types; then the game between them."""
    n_a, n_b = len(weights_a), len(weights_b)
    pairs = [(i, j) for i in range(n_a) for j in range(n_b)]
    odds = [float(weights_a[i] * weights_b[j]) for i, j in pairs]
    root = chance([f"A{i + 1} B{j + 1}" for i, j in pairs], odds, [game(i, j) for i, j in pairs])
    return TalksGame(root, n_a, n_b, months)


def posteriors(game: TalksGame, behaviour_a: Behaviour, behaviour_b: Behaviour) -> Posteriors:
    """Follow play month by month.

    Parameters
    ----------
    game : TalksGame
        From :func:`demands_game` or :func:`standoff_game`.
    behaviour_a, behaviour_b : dict
        Probabilities of actions by information set, as ``SequenceForm.behaviour`` gives them.

    Returns
    -------
    Posteriors
    """
    reach = np.zeros((game.months + 1, game.n_types_a, game.n_types_b))
    behaviours = (behaviour_a, behaviour_b)
    stack = [
        (child, 0, divmod(pair, game.n_types_b), probability)
        for pair, (child, probability) in enumerate(zip(game.root.children, game.root.probabilities, strict=True))
    ]
    while stack:
        node, depth, types, reached = stack.pop()
        # Each month is two moves, so months begin at even depths.
        if (node.player != END and depth % 2 == 0) or node.information == UNSETTLED:
            reach[depth // 2][types] += reached
        if node.player != END:
            odds = behaviours[node.player][node.information]
            stack.extend(
                (child, depth + 1, types, reached * odds[action])
                for action, child in zip(node.actions, node.children, strict=True)
                if odds[action] > 0
            )
    by_a, by_b, total = reach.sum(axis=2), reach.sum(axis=1), reach.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Posteriors(total, by_a / by_a[0], by_b / by_b[0], by_a / total[:, None], by_b / total[:, None])
