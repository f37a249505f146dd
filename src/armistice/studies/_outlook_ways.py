"""Ways in which a war may end, as history and simulation can both tell them, and the months looked ahead.

History (UCDP's codings) and simulation have different lists. They are brought to four ways that both can speak of. History
cannot say which side of a war between states wins (its "side A" is a matter of spelling), nor simulation that a party ceases
to exist, so these are taken together with what lies nearest.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.record.reference import OUTCOMES
from armistice.simulation.endings import CONTINUES, ENDINGS
from armistice.text import Text

__all__ = [
    "AHEAD",
    "FORMS",
    "GRID",
    "MONTHS",
    "SETTLED",
    "WAYS",
    "WAY_NAMES",
    "way_of_outcome",
    "ways_of_codings",
    "ways_of_endings",
]

Floats = npt.NDArray[np.float64]

#: Months that are told, and how far the outlook reaches.
AHEAD: Final = (3, 6, 12, 24, 60)
MONTHS: Final = AHEAD[-1]
#: Months between which chances of ending are taken as constant.
GRID: Final = (1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 60)
WAYS: Final = ("armistice", "peace_agreement", "victory", "fading")
#: Ways that are a settlement.
SETTLED: Final = (0, 1)
#: Forms of one thing, pooled together first.
FORMS: Final = (SETTLED, (2,), (3,))
WAY_NAMES: Final = {
    "armistice": Text(en="armistice or ceasefire", nl="wapenstilstand of staakt-het-vuren"),
    "peace_agreement": Text(en="peace agreement", nl="vredesakkoord"),
    "victory": Text(en="one side wins or collapses", nl="een partij wint of stort in"),
    "fading": Text(en="fighting fades, or a party ceases to exist", nl="de gevechten doven uit, of een partij houdt op te bestaan"),
}  # fmt: skip
_OF_CODING: Final = {
    "ceasefire": "armistice", "peace_agreement": "peace_agreement", "victory_a": "victory", "victory_b": "victory",
    "low_activity": "fading", "actor_ceases": "fading",
}  # fmt: skip
_OF_ENDING: Final = {
    "armistice": "armistice", "peace_agreement": "peace_agreement", "victory_a": "victory", "victory_b": "victory",
    "collapse_a": "victory", "collapse_b": "victory", "low_activity": "fading",
}  # fmt: skip
_CODINGS: Final = np.array([[_OF_CODING[name] == way for way in WAYS] for name in OUTCOMES], dtype=np.float64)
_ENDINGS: Final = np.array(
    [[_OF_ENDING[name] == way for way in WAYS] for name in ENDINGS[:CONTINUES]], dtype=np.float64
)


def ways_of_codings(values: Floats) -> Floats:
    """From UCDP's outcomes on the last axis to the four ways."""
    return np.asarray(values @ _CODINGS)


def ways_of_endings(values: Floats) -> Floats:
    """From the simulation's endings on the last axis, "continues" included or not, to the four ways."""
    return np.asarray(values[..., :CONTINUES] @ _ENDINGS)


def way_of_outcome(outcome: str) -> int:
    """Position in ``WAYS`` of how a war ended, as ``war.toml`` has it.

    >>> way_of_outcome("ceasefire"), way_of_outcome("victory_b")
    (0, 2)
    """
    return WAYS.index(_OF_CODING[outcome])
