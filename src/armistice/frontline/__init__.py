"""Whether the front moves: arrays in, results out; no files and no records."""

from armistice.frontline.changes import Changes, change_between, changes_over, monthly_changes
from armistice.frontline.pace import MeanPace, mean_pace, pace_difference, recent_slope
from armistice.frontline.phases import Phase, last_boundary, phases
from armistice.frontline.robust_pace import PaceDraws, draw_pace
from armistice.frontline.stalemate import stalemate_probability, years_to_objective

__all__ = [
    "Changes",
    "MeanPace",
    "PaceDraws",
    "Phase",
    "change_between",
    "changes_over",
    "draw_pace",
    "last_boundary",
    "mean_pace",
    "monthly_changes",
    "pace_difference",
    "phases",
    "recent_slope",
    "stalemate_probability",
    "years_to_objective",
]
