"""How violence moves; arrays in, results out; no files and no records."""

from armistice.escalation.expected_level import ExpectedLevel, fit_expected_level
from armistice.escalation.talks_effect import (
    Effect,
    Pooled,
    RoundEffect,
    Settings,
    detectable_ratio_by_number,
    effect_around_rounds,
    effect_of_truces,
)

__all__ = [
    "Effect",
    "ExpectedLevel",
    "Pooled",
    "RoundEffect",
    "Settings",
    "detectable_ratio_by_number",
    "effect_around_rounds",
    "effect_of_truces",
    "fit_expected_level",
]
