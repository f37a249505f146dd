"""History: how wars of a kind ended. Arrays in, plain results out."""

from __future__ import annotations

from armistice.history.analogues import Distances, LeaveOneOut, RankRange, gower_distances, leave_one_out, rank_ranges
from armistice.history.dates import draw_durations
from armistice.history.endings import EndingShares, bootstrap_shares, ending_shares, median_ahead, share_interval
from armistice.history.incidence import AalenJohansen, Influence, aalen_johansen, influence
from armistice.history.leaders import ClusteredShare, OddsRatio, clustered_share, penalised_logit
from armistice.history.recurrence import Renewals, next_episodes, renewal_shares

__all__ = [
    "AalenJohansen",
    "ClusteredShare",
    "Distances",
    "EndingShares",
    "Influence",
    "LeaveOneOut",
    "OddsRatio",
    "RankRange",
    "Renewals",
    "aalen_johansen",
    "bootstrap_shares",
    "clustered_share",
    "draw_durations",
    "ending_shares",
    "gower_distances",
    "influence",
    "leave_one_out",
    "median_ahead",
    "next_episodes",
    "penalised_logit",
    "rank_ranges",
    "renewal_shares",
    "share_interval",
]
