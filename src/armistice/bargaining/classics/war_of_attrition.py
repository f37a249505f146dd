"""Standing firm: the war of attrition in continuous time, complete information.

Each side may concede at any moment; the one that outlasts the other gets its prize. Holding out costs ``cost`` per
unit of time. No discounting. In the equilibrium without an instant concession each side concedes at a constant hazard
that keeps the *other* side indifferent: side 1's hazard is ``cost_2 / prize_2``. All rents are lost: both expect 0.

Sources: Maynard Smith, "The Theory of Games and the Evolution of Animal Conflicts", Journal of Theoretical Biology
47, 1974; Hendricks, Weiss and Wilson, "The War of Attrition in Continuous Time with Complete Information",
International Economic Review 29(4), 1988.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from armistice.bargaining.inputs import non_negative
from armistice.checks import positive

__all__ = ["Attrition", "attrition"]


@dataclass(frozen=True, slots=True)
class Attrition:
    """How long two sides hold out.

    Parameters
    ----------
    hazard_1, hazard_2 : float
        Concessions per unit of time.
    mean_length : float
        Expected time until one side concedes.
    win_probability_1 : float
        Probability that side 2 concedes first.
    """

    hazard_1: float
    hazard_2: float
    mean_length: float
    win_probability_1: float

    def survival(self, time: float) -> float:
        """Probability that neither side has conceded by ``time``."""
        return math.exp(-non_negative("time", time) / self.mean_length)


def attrition(*, prize_1: float, prize_2: float, cost_1: float, cost_2: float) -> Attrition:
    """The equilibrium without an instant concession.

    A side concedes *more* readily the lower the *other's* cost or the higher the other's prize, since its own
    hazard has to keep the other indifferent: the well-known paradox of this model.

    >>> symmetric = attrition(prize_1=1, prize_2=1, cost_1=0.1, cost_2=0.1)
    >>> symmetric.hazard_1, symmetric.mean_length
    (0.1, 5.0)
    """
    hazard_1 = positive("cost_2", cost_2) / positive("prize_2", prize_2)
    hazard_2 = positive("cost_1", cost_1) / positive("prize_1", prize_1)
    total = hazard_1 + hazard_2
    return Attrition(hazard_1, hazard_2, 1 / total, hazard_2 / total)
