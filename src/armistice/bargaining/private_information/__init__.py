"""Private information: what each side does not know about the other, and what talks and fighting teach.

* :mod:`.one_sided`: one side makes demands, the other knows its own cost (cut-off dynamic programming).
* :mod:`.patient`: the same without a last offer.
* :mod:`.standing_firm`: neither knows the other's cost and neither bends (attrition, in closed form along its path).
* :mod:`.two_sided`: neither knows what the other can bear; small games of demands and of standing firm.
* :mod:`.extensive_form`, :mod:`.solvers`: trees, their sequence form, and equilibria with their exploitability.
* :mod:`.efg`: the same trees for Gambit and OpenSpiel to check.
"""

from __future__ import annotations

from armistice.bargaining.private_information.efg import efg_text
from armistice.bargaining.private_information.extensive_form import sequence_form
from armistice.bargaining.private_information.one_sided import screen
from armistice.bargaining.private_information.patient import screen_without_end
from armistice.bargaining.private_information.solvers import Equilibrium, solve, solve_zero_sum
from armistice.bargaining.private_information.standing_firm import best_single_demand, stand_firm
from armistice.bargaining.private_information.two_sided import Types, demands_game, posteriors, standoff_game

__all__ = [
    "Equilibrium",
    "Types",
    "best_single_demand",
    "demands_game",
    "efg_text",
    "posteriors",
    "screen",
    "screen_without_end",
    "sequence_form",
    "solve",
    "solve_zero_sum",
    "stand_firm",
    "standoff_game",
]
