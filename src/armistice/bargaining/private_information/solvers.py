"""Equilibria of small two-player games with private information, with their exploitability.

* :func:`solve_zero_sum`: linear programme in sequence form (Koller, Megiddo and von Stengel 1996); exact, for games
  whose payoffs sum to a constant: bargaining in which delay wastes nothing.
* :func:`solve`: regret matching (CFR+, Tammelin 2014, alternating, linearly averaged) for any two-player game. In
  games that are not zero-sum regret minimisation need not find a Nash equilibrium, so the result always carries what
  each side could still gain by deviating, and an answer that is not good enough raises.

There may be several equilibria; the answer is the one that regret matching finds from equal play. The linear
programme's plans are optimal against a perfect opponent, but may waste what an erring one gives away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from armistice.bargaining.inputs import share, whole_number
from armistice.bargaining.private_information.extensive_form import Layer, SequenceForm
from armistice.checks import positive
from armistice.errors import NotConvergedError, ParameterError

__all__ = ["Equilibrium", "solve", "solve_zero_sum"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """Plans of both sides and how good they are.

    Parameters
    ----------
    plan_a, plan_b : ndarray
        Realisation plans, by sequence.
    value_a, value_b : float
        Expected payoffs.
    exploitability_a, exploitability_b : float
        What each side would gain by its best deviation, in units of the payoffs.
    iterations : int
        Rounds of regret matching; 0 for the linear programme.
    method : str
        Which solver.
    """

    plan_a: Floats
    plan_b: Floats
    value_a: float
    value_b: float
    exploitability_a: float
    exploitability_b: float
    iterations: int
    method: str

    @property
    def exploitability(self) -> float:
        """The larger of the two sides' gains."""
        return max(self.exploitability_a, self.exploitability_b)

    def __str__(self) -> str:
        return (
            f"{self.method}: value A {self.value_a:.6f}, value B {self.value_b:.6f}; "
            f"gain from deviating A {self.exploitability_a:.2e}, B {self.exploitability_b:.2e}"
            f"{f' after {self.iterations} iterations' if self.iterations else ''}"
        )


def solve(
    game: SequenceForm,
    *,
    tolerance: float = 1e-3,
    max_iterations: int = 20_000,
    check_every: int = 100,
    alternate: bool = True,
    tremble: float | None = None,
) -> Equilibrium:
    """Regret matching until no side can gain more than ``tolerance``.

    Parameters
    ----------
    game : SequenceForm
        From :func:`~armistice.bargaining.private_information.extensive_form.sequence_form`.
    tolerance : float
        Largest gain from deviating, in units of the payoffs, that still counts as an equilibrium.
    max_iterations : int
        Rounds at most.
    check_every : int
        Rounds between two looks at the exploitability.
    alternate : bool
        Whether the sides learn in turn, which is faster, or at the same time, which treats equal sides equally: in
        a stand-off with several equilibria only the latter finds the one that mirrors itself.
    tremble : float, optional
        Each side learns as if the other erred with this probability, playing evenly. Without it a demand that is
        never made is never answered sensibly, and a threat that nobody would carry out can stand. A tenth of
        ``tolerance`` by default. What is printed is the exploitability of the plans without errors.

    Raises
    ------
    NotConvergedError
        If the best plans found can be exploited by more than ``tolerance``; the message says by how much.
    """
    positive("tolerance", tolerance)
    whole_number("max_iterations", max_iterations, least=1)
    whole_number("check_every", check_every, least=1)
    error = share("tremble", tolerance / 10 if tremble is None else tremble)
    even = [game.uniform_plan(0), game.uniform_plan(1)]
    regrets = [[np.zeros(layer.sequences.shape) for layer in game.layers[player]] for player in (0, 1)]
    plans = [game.uniform_plan(0), game.uniform_plan(1)]
    averages = [np.zeros_like(plan) for plan in plans]
    best: Equilibrium | None = None
    for iteration in range(1, max_iterations + 1):
        seen = list(plans)
        for player in (0, 1):
            other = (plans if alternate else seen)[1 - player]
            gradient = game.gradient(player, (1 - error) * other + error * even[1 - player])
            plans[player] = _match_regrets(game.layers[player], regrets[player], gradient, len(plans[player]))
            averages[player] += iteration * plans[player]
        if iteration % check_every == 0 or iteration == max_iterations:
            mean = [average / average[0] for average in averages]
            # Where play settles down the last plans are sharper than their average.
            for candidate in (mean, plans):
                found = _judged(game, candidate[0], candidate[1], iteration, "regret matching")
                if best is None or found.exploitability < best.exploitability:
                    best = found
            if best is not None and best.exploitability <= tolerance:
                return best
    assert best is not None
    raise NotConvergedError(
        f"Regret matching stopped after {max_iterations} iterations: deviating still gains A "
        f"{best.exploitability_a:.3g} and B {best.exploitability_b:.3g}, more than tolerance = {tolerance:g}. "
        "Raise max_iterations or tolerance."
    )


def _match_regrets(layers: list[Layer], regrets: list[Floats], gradient: Floats, n_sequences: int) -> Floats:
    """One player's step: regrets from the last moves to the first under the current play, then the new plan."""
    worth = gradient
    plays = []
    for layer, regret in zip(reversed(layers), reversed(regrets), strict=True):
        play = _play(regret)
        moves = worth[layer.sequences]
        value = (play * moves).sum(axis=1)
        np.add.at(worth, layer.parents, value)
        np.maximum(regret + moves - value[:, None], 0.0, out=regret)
        plays.append(_play(regret))
    plan = np.zeros(n_sequences)
    plan[0] = 1.0
    for layer, play in zip(layers, reversed(plays), strict=True):
        plan[layer.sequences] = plan[layer.parents, None] * play
    return plan


def _play(regret: Floats) -> Floats:
    total = regret.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        play: Floats = np.where(total > 0, regret / total, 1.0 / regret.shape[1])
    return play


def _judged(game: SequenceForm, plan_a: Floats, plan_b: Floats, iterations: int, method: str) -> Equilibrium:
    value_a, value_b = game.values(plan_a, plan_b)
    gain_a, gain_b = game.exploitability(plan_a, plan_b)
    return Equilibrium(plan_a.copy(), plan_b.copy(), value_a, value_b, gain_a, gain_b, iterations, method)


def solve_zero_sum(game: SequenceForm) -> Equilibrium:
    """The exact value and optimal plans of a game whose payoffs sum to a constant.

    Raises
    ------
    ParameterError
        If the payoffs do not sum to a constant.
    NotConvergedError
        If the linear programme fails.
    """
    sums = game.leaf_payoffs.sum(axis=0)
    if np.ptp(sums) > 1e-9:
        raise ParameterError(
            f"game is not constant-sum: payoffs sum to {sums.min():g} at one end and {sums.max():g} at another. "
            "Use solve()."
        )
    plan_a, plan_b = _optimal_plan(game, 0), _optimal_plan(game, 1)
    return _judged(game, plan_a, plan_b, 0, "linear programme")


def _optimal_plan(game: SequenceForm, player: int) -> Floats:
    """Maximise what the player is sure of: the other's best reply, written as prices of its information sets."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, hstack

    own, other = game.sequences[player], game.sequences[1 - player]
    own_rows = _plan_constraints(game.layers[player], len(own))
    other_rows = _plan_constraints(game.layers[1 - player], len(other))
    payoff = coo_array(
        (
            game.leaf_chance * game.leaf_payoffs[player],
            (game.leaf_sequences[1 - player], game.leaf_sequences[player]),
        ),
        shape=(len(other), len(own)),
    )
    # For every sequence of the other: its prices add up to no more than the payoff that ends there.
    bound = hstack([-payoff, other_rows.T]).tocsr()
    plan_rows = hstack([own_rows, coo_array((own_rows.shape[0], other_rows.shape[0]))]).tocsr()
    objective = np.zeros(len(own) + other_rows.shape[0])
    objective[len(own)] = -1.0  # the price of the empty sequence is the value
    right = np.zeros(own_rows.shape[0])
    right[0] = 1.0
    limits = [(0.0, None)] * len(own) + [(None, None)] * other_rows.shape[0]
    answer = linprog(
        objective, A_ub=bound, b_ub=np.zeros(len(other)), A_eq=plan_rows, b_eq=right, bounds=limits, method="highs"
    )
    if not answer.success:
        raise NotConvergedError(f"The linear programme failed: {answer.message}")
    return _cleaned(game.layers[player], np.asarray(answer.x[: len(own)]))


def _plan_constraints(layers: list[Layer], n_sequences: int) -> Any:  # a scipy sparse array
    """Rows: the empty sequence has probability 1; at each set the moves' probabilities add up to their parent's."""
    from scipy.sparse import coo_array

    rows, columns, entries = [0], [0], [1.0]
    row = 1
    for layer in layers:
        for parent, moves in zip(layer.parents, layer.sequences, strict=True):
            rows += [row] * (len(moves) + 1)
            columns += [int(parent), *(int(move) for move in moves)]
            entries += [-1.0] + [1.0] * len(moves)
            row += 1
    return coo_array((entries, (rows, columns)), shape=(row, n_sequences))


def _cleaned(layers: list[Layer], plan: Floats) -> Floats:
    """The plan with rounding removed, so that probabilities add up at every set."""
    plan = np.maximum(plan, 0.0)
    clean = np.zeros_like(plan)
    clean[0] = 1.0
    for layer in layers:
        clean[layer.sequences] = clean[layer.parents, None] * _play(plan[layer.sequences])
    return clean
