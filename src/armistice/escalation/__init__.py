"""How violence moves; arrays in, results out; no files and no records."""

from armistice.escalation.expected_level import ExpectedLevel, fit_expected_level
from armistice.escalation.forecast_scores import Score, crps_of_draws, log_score_of_draws, rolling_forecasts
from armistice.escalation.next_days import MemoryFit, fit_memory, forecast_paths
from armistice.escalation.regimes import PhaseFit, Phases, RegimeSettings, find_phases, phase_changes
from armistice.escalation.symbolic import AnswerProbability, AnswerSettings, Response, answer_probability, responses
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
    "AnswerProbability",
    "AnswerSettings",
    "Effect",
    "ExpectedLevel",
    "MemoryFit",
    "PhaseFit",
    "Phases",
    "Pooled",
    "RegimeSettings",
    "Response",
    "RoundEffect",
    "Score",
    "Settings",
    "answer_probability",
    "crps_of_draws",
    "detectable_ratio_by_number",
    "effect_around_rounds",
    "effect_of_truces",
    "find_phases",
    "fit_expected_level",
    "fit_memory",
    "forecast_paths",
    "log_score_of_draws",
    "phase_changes",
    "responses",
    "rolling_forecasts",
]
