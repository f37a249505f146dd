"""Small two-player games as trees, and the same games in sequence form.

A tree is made of chance nodes, decision nodes and ends. The sequence form lists, per player, the sequences of own
choices; a strategy is then a *plan*: for each sequence the probability that the player's own choices allow it.
Payoffs are bilinear in the two plans, so that values, best replies and regrets are a few array operations.

Source: von Stengel, "Efficient Computation of Behavior Strategies", Games and Economic Behavior 14, 1996.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, ParameterError

__all__ = [
    "CHANCE",
    "END",
    "Layer",
    "Node",
    "SequenceForm",
    "chance",
    "count_nodes",
    "decision",
    "end",
    "sequence_form",
]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
CHANCE: Final = -1
END: Final = -2
LARGEST_N_NODES: Final = 200_000


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a tree; build with :func:`chance`, :func:`decision` and :func:`end`.

    Parameters
    ----------
    player : int
        0 or 1; ``CHANCE`` or ``END``.
    information : str
        Name of the information set: what the player knows. For an end a label, for chance "".
    actions : tuple of str
        Names of the moves, one per child.
    children : tuple of Node
        Where each move leads.
    probabilities : tuple of float
        Of a chance node's moves.
    payoffs : tuple of float
        Of an end, to player 0 and 1.
    """

    player: int
    information: str = ""
    actions: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()
    probabilities: tuple[float, ...] = ()
    payoffs: tuple[float, float] = (0.0, 0.0)


def end(payoff_a: float, payoff_b: float, label: str = "") -> Node:
    """An end of the game; ``label`` tells sorts of end apart."""
    if not (np.isfinite(payoff_a) and np.isfinite(payoff_b)):
        raise ParameterError(f"payoffs must be finite, got {payoff_a} and {payoff_b}.")
    return Node(END, label, payoffs=(float(payoff_a), float(payoff_b)))


def chance(actions: Sequence[str], probabilities: Sequence[float], children: Sequence[Node]) -> Node:
    """A move of nature; probabilities must be positive and sum to 1."""
    odds = tuple(float(p) for p in probabilities)
    if not len(actions) == len(odds) == len(children) or not odds:
        raise DataError("A chance node needs as many probabilities and children as actions, and at least one.")
    if min(odds) <= 0 or abs(sum(odds) - 1) > 1e-9:
        raise ParameterError(f"probabilities must be positive and sum to 1, got a sum of {sum(odds):.12g}.")
    return Node(CHANCE, actions=tuple(actions), children=tuple(children), probabilities=odds)


def decision(player: int, information: str, actions: Sequence[str], children: Sequence[Node]) -> Node:
    """A move of player 0 or 1, who cannot tell apart nodes with the same ``information``."""
    if player not in (0, 1):
        raise ParameterError(f"player must be 0 or 1, got {player}.")
    if len(actions) != len(children) or not actions:
        raise DataError(f"Decision {information!r} needs as many children as actions, and at least one.")
    return Node(player, information, tuple(actions), tuple(children))


def count_nodes(root: Node) -> int:
    """Nodes of a tree, ends included."""
    count, stack = 0, [root]
    while stack:
        node = stack.pop()
        count += 1
        stack.extend(node.children)
    return count


@dataclass(frozen=True, slots=True)
class Layer:
    """Information sets of one player with as many own moves before them and as many actions.

    Parameters
    ----------
    parents : ndarray of int, shape (n_sets,)
        The sequence that leads to each set.
    sequences : ndarray of int, shape (n_sets, n_actions)
        The sequence that each action makes.
    """

    parents: Indices
    sequences: Indices


@dataclass(frozen=True, slots=True)
class SequenceForm:
    """A game by sequences; index 0 of either player is the empty sequence.

    Parameters
    ----------
    leaf_sequences : ndarray of int, shape (2, n_leaves)
        Last own sequence of each player at each end.
    leaf_chance : ndarray of shape (n_leaves,)
        Probability of nature's moves on the way to each end.
    leaf_payoffs : ndarray of shape (2, n_leaves)
        Payoffs at each end.
    layers : tuple of two lists of Layer
        Per player, from the first moves to the last.
    sequences : tuple of two lists of (str, str)
        Per player: information set and action of each sequence; ("", "") for the empty one.
    """

    leaf_sequences: Indices
    leaf_chance: Floats
    leaf_payoffs: Floats
    layers: tuple[list[Layer], list[Layer]]
    sequences: tuple[list[tuple[str, str]], list[tuple[str, str]]]

    def values(self, plan_a: Floats, plan_b: Floats) -> tuple[float, float]:
        """Expected payoffs of both players."""
        reach = self.leaf_chance * plan_a[self.leaf_sequences[0]] * plan_b[self.leaf_sequences[1]]
        return float(self.leaf_payoffs[0] @ reach), float(self.leaf_payoffs[1] @ reach)

    def gradient(self, player: int, plan_of_other: Floats) -> Floats:
        """Expected payoff that ends at each of the player's sequences, given the other's plan."""
        weight = self.leaf_chance * self.leaf_payoffs[player] * plan_of_other[self.leaf_sequences[1 - player]]
        sums = np.bincount(self.leaf_sequences[player], weight, minlength=len(self.sequences[player]))
        return sums.astype(np.float64, copy=False)

    def best_reply_value(self, player: int, plan_of_other: Floats) -> float:
        """The most that the player can get against the other's plan."""
        worth = self.gradient(player, plan_of_other)
        for layer in reversed(self.layers[player]):
            np.add.at(worth, layer.parents, worth[layer.sequences].max(axis=1))
        return float(worth[0])

    def exploitability(self, plan_a: Floats, plan_b: Floats) -> tuple[float, float]:
        """What each player could gain by the best deviation from these plans; at least 0 up to rounding."""
        value_a, value_b = self.values(plan_a, plan_b)
        return self.best_reply_value(0, plan_b) - value_a, self.best_reply_value(1, plan_a) - value_b

    def behaviour(self, player: int, plan: Floats) -> dict[str, dict[str, float]]:
        """Probabilities of the actions at each information set; uniform where the plan never gets there."""
        found: dict[str, dict[str, float]] = {}
        for layer in self.layers[player]:
            for parent, moves in zip(layer.parents, layer.sequences, strict=True):
                total = plan[parent]
                odds = plan[moves] / total if total > 0 else np.full(len(moves), 1 / len(moves))
                names = [self.sequences[player][move] for move in moves]
                found[names[0][0]] = {action: float(p) for (_, action), p in zip(names, odds, strict=True)}
        return found

    def uniform_plan(self, player: int) -> Floats:
        """The plan that plays every action with the same probability."""
        plan = np.zeros(len(self.sequences[player]))
        plan[0] = 1.0
        for layer in self.layers[player]:
            plan[layer.sequences] = plan[layer.parents, None] / layer.sequences.shape[1]
        return plan


@dataclass(slots=True)
class _Builder:
    """Collects sequences and ends on one walk through a tree."""

    sequences: tuple[list[tuple[str, str]], list[tuple[str, str]]] = field(
        default_factory=lambda: ([("", "")], [("", "")])
    )
    known: tuple[dict[str, tuple[int, tuple[str, ...], int, int]], ...] = field(default_factory=lambda: ({}, {}))
    leaves: list[tuple[int, int, float, float, float]] = field(default_factory=list)

    def first_move(self, node: Node, parent: int, depth: int) -> int:
        """Number of the set's first sequence; the same set must be reached by the same own moves."""
        sets = self.known[node.player]
        if node.information not in sets:
            sets[node.information] = (parent, node.actions, len(self.sequences[node.player]), depth)
            self.sequences[node.player].extend((node.information, action) for action in node.actions)
        before, actions, first, _ = sets[node.information]
        if before != parent or actions != node.actions:
            raise DataError(
                f"Information set {node.information!r} is reached by different own moves or offers different "
                "actions: a player must remember what it did."
            )
        return first


def sequence_form(root: Node) -> SequenceForm:
    """The sequence form of a tree.

    Raises
    ------
    DataError
        If a player forgets its own moves, or the tree is too large (200,000 nodes).
    """
    builder = _Builder()
    visited = 0
    stack: list[tuple[Node, tuple[int, int], tuple[int, int], float]] = [(root, (0, 0), (0, 0), 1.0)]
    while stack:
        node, at, depth, reached = stack.pop()
        visited += 1
        if visited > LARGEST_N_NODES:
            raise DataError(f"The tree has more than {LARGEST_N_NODES} nodes; use fewer types, months or demands.")
        if node.player == END:
            builder.leaves.append((at[0], at[1], reached, *node.payoffs))
        elif node.player == CHANCE:
            stack.extend(
                (child, at, depth, reached * p) for child, p in zip(node.children, node.probabilities, strict=True)
            )
        else:
            mover = node.player
            first = builder.first_move(node, at[mover], depth[mover])
            for move, child in enumerate(node.children):
                here = (first + move, at[1]) if mover == 0 else (at[0], first + move)
                deeper = (depth[0] + (mover == 0), depth[1] + (mover == 1))
                stack.append((child, here, deeper, reached))
    table = np.asarray(builder.leaves, dtype=np.float64).T
    layers = (_layers(builder.known[0]), _layers(builder.known[1]))
    return SequenceForm(table[:2].astype(np.intp), table[2], table[3:], layers, builder.sequences)


def _layers(sets: dict[str, tuple[int, tuple[str, ...], int, int]]) -> list[Layer]:
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for parent, actions, first, depth in sets.values():
        groups.setdefault((depth, len(actions)), []).append((parent, first))
    layers = []
    for depth, n_actions in sorted(groups):
        parents, firsts = np.asarray(groups[depth, n_actions], dtype=np.intp).T
        layers.append(Layer(parents, firsts[:, None] + np.arange(n_actions)))
    return layers
