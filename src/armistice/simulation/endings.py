"""How a war that is played may end."""

from __future__ import annotations

from typing import Final

__all__ = ["CONTINUES", "ENDINGS"]

#: In the order of every array over endings. "Armistice" and "peace agreement" are the two final deals of the game (at
#: the line; a treaty), "victory" a front moved to an end, "collapse" a force below its break point, "low activity"
#: fighting that fades, and "continues" no ending within the months played.
ENDINGS: Final = (
    "armistice",
    "peace_agreement",
    "victory_a",
    "victory_b",
    "collapse_a",
    "collapse_b",
    "low_activity",
    "continues",
)
ARMISTICE, PEACE_AGREEMENT, VICTORY_A, VICTORY_B, COLLAPSE_A, COLLAPSE_B, LOW_ACTIVITY, CONTINUES = range(8)
