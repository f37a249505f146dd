"""Statements held against the evidence: facts against rows, mechanisms against studies.

``claims.toml`` in a war folder lists statements in our own words with the test that would support or
contradict each. A *fact* asks the record's rows (:class:`Query`, :class:`FigureComparison`); a *mechanism* names
quantities of studies (:class:`MechanismTest`). Conditions are written ``"lower > 0"``, ``"value >= 900"`` or several
joined by ``and``; ``value``, ``lower`` and ``upper`` are those of the quantity. The verdict is always one of
:data:`VERDICTS`, with the numbers that carry it: a quantity that is not identified leaves a claim undetermined, one that
is not observed makes it not testable here, and one whose study does not exist yet reads not yet assessed.
"""

from armistice.claims.file import Claim, Condition, FigureComparison, MechanismTest, Query, read_claims
from armistice.claims.verdicts import VERDICTS, ClaimVerdict, judge

__all__ = [
    "VERDICTS",
    "Claim",
    "ClaimVerdict",
    "Condition",
    "FigureComparison",
    "MechanismTest",
    "Query",
    "judge",
    "read_claims",
]
