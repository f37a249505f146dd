"""Trees written in Gambit's extensive-game format, so that other solvers can check ours.

Format: https://gambitproject.readthedocs.io, "The extensive game (.efg) file format". Nodes come in prefix order;
information sets and outcomes are numbered from 1. Probabilities are written as fractions that sum to 1 exactly, which
readers insist on.
"""

from __future__ import annotations

from fractions import Fraction

from armistice.bargaining.private_information.extensive_form import CHANCE, END, Node
from armistice.errors import ParameterError

__all__ = ["efg_text"]


def efg_text(root: Node, *, title: str, players: tuple[str, str] = ("A", "B")) -> str:
    """The text of an ``.efg`` file.

    Parameters
    ----------
    root : Node
        The tree.
    title : str
        Title of the game.
    players : tuple of str
        Names of player 0 and 1.

    Examples
    --------
    >>> from armistice.bargaining.private_information.extensive_form import decision, end
    >>> print(efg_text(decision(0, "start", ["stop"], [end(1, 0.5)]), title="one move"))
    EFG 2 R "one move" { "A" "B" }
    ""
    p "" 1 1 "start" { "stop" } 0
    t "" 1 "" { 1, 0.5 }
    <BLANKLINE>
    """
    lines = [f"EFG 2 R {_quoted(title)} {{ {_quoted(players[0])} {_quoted(players[1])} }}", '""']
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    ends = nature = 0
    stack = [root]
    while stack:
        node = stack.pop()
        if node.player == END:
            ends += 1
            lines.append(f't "" {ends} "" {{ {_decimal(node.payoffs[0])}, {_decimal(node.payoffs[1])} }}')
        elif node.player == CHANCE:
            nature += 1
            moves = " ".join(
                f"{_quoted(action)} {p}"
                for action, p in zip(node.actions, _fractions(node.probabilities), strict=True)
            )
            lines.append(f'c "" {nature} "" {{ {moves} }} 0')
        else:
            known = numbers[node.player]
            number = known.setdefault(node.information, len(known) + 1)
            moves = " ".join(_quoted(action) for action in node.actions)
            lines.append(f'p "" {node.player + 1} {number} {_quoted(node.information)} {{ {moves} }} 0')
        stack.extend(reversed(node.children))
    return "\n".join(lines) + "\n"


def _fractions(probabilities: tuple[float, ...]) -> list[Fraction]:
    """Fractions close to these numbers that sum to 1 exactly; the largest takes up the rounding."""
    found = [Fraction(p).limit_denominator(10**6) for p in probabilities]
    if sum(found) != 1:
        found = [Fraction(round(p * 10**9), 10**9) for p in probabilities]
        largest = max(range(len(found)), key=found.__getitem__)
        found[largest] += 1 - sum(found)
    return found


def _decimal(value: float) -> str:
    return f"{value:.17g}"


def _quoted(text: str) -> str:
    if '"' in text or "\\" in text:
        raise ParameterError(f"Names in an .efg file cannot hold quotes or backslashes, got {text!r}.")
    return f'"{text}"'
