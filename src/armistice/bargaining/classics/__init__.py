"""The canonical models of bargaining and war, one module per paper: a student can start here.

Each module states its paper, who moves when, and the units; each function is a few lines. All are special cases or
building blocks of the full game in :mod:`armistice.bargaining.game`, or foils to it.

>>> from armistice.bargaining.classics import fearon1995
>>> round(fearon1995.demand_under_private_cost(p=0.5, cost_a=0.1, largest_cost_b=0.4).share, 12)
0.65
"""

from __future__ import annotations

__all__ = [
    "coase_screening",
    "downs_rocke1994",
    "fearon1995",
    "gamblers_ruin",
    "kalai_smorodinsky1975",
    "leaders_office",
    "nash1950",
    "patron_aid",
    "powell2006",
    "reopening",
    "rubinstein1982",
    "slantchev2003",
    "war_of_attrition",
]
