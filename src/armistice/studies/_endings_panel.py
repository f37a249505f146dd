"""Where the reference set of other wars meets the model of endings: landmarks with what was known at each."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.history import draw_durations
from armistice.history.endings_model import LandmarkData
from armistice.history.landmarks import going_on
from armistice.history.rolling import EndingsPanel
from armistice.record.reference import OUTCOMES, ReferenceEpisodes
from armistice.record.reference_covariates import BLOCKS, Agreements, covariates, read_agreements

__all__ = ["LANDMARK_MONTHS", "endings_panel", "first_day"]

#: Months on whose first day wars are looked at.
LANDMARK_MONTHS: Final = (1, 7)


def first_day(year: int, month: int = 1) -> float:
    """The first day of a month, in days since 1970-01-01."""
    return float(np.datetime64(f"{year:04d}-{month:02d}-01").astype("datetime64[D]").astype(np.float64))


def endings_panel(
    episodes: ReferenceEpisodes,
    rng: np.random.Generator,
    *,
    n_draws: int = 12,
    months: tuple[int, ...] = LANDMARK_MONTHS,
    agreements: Agreements | None = None,
) -> EndingsPanel:
    """The reference set with its dates drawn, and its landmarks.

    Parameters
    ----------
    episodes : ReferenceEpisodes
    rng : numpy.random.Generator
    n_draws : int
        Draws of dates known only to the month or year.
    months : tuple of int
    agreements : Agreements, optional
        The bundled ones by default.

    Returns
    -------
    EndingsPanel
    """
    e = episodes
    lasted, starts = draw_durations(
        e.start_earliest, e.start_latest, e.end_earliest, e.end_latest, n_draws=n_draws, rng=rng
    )
    ends = starts + lasted
    wars: list[npt.NDArray[np.int64]] = []
    days: list[npt.NDArray[np.float64]] = []
    every = np.arange(e.n)
    for year in e.years.tolist():
        for month in months:
            on = first_day(year, month)
            here = every[going_on(starts, ends, every, np.full(e.n, on)).any(axis=0)]
            wars.append(here)
            days.append(np.full(len(here), on))
    war, on_day = np.concatenate(wars), np.concatenate(days)
    began = np.median(starts, axis=0)[war]
    known = covariates(e, read_agreements() if agreements is None else agreements, war, on_day, began=began)
    names = [name for block in BLOCKS.values() for name in block]
    conflict = np.unique(e.conflict_id, return_inverse=True)[1]
    data = LandmarkData(
        on=on_day,
        elapsed_years=np.maximum(on_day - began, 1.0) / 365.25,
        features=np.column_stack([known[name] for name in names]),
        blocks=(len(names),),
        groups={
            "conflict": conflict[war],
            "type": (known["extrasystemic"] + 2 * known["interstate"] + 3 * known["internationalised"]).astype(
                np.int64
            ),
            "war": known["war_last_year"].astype(np.int64),
        },
    )
    return EndingsPanel(
        starts, ends, e.outcome, len(OUTCOMES), e.conflict_id, war, data, float(len(months)),
        float(np.datetime64(e.last_day).astype(np.float64)) + 1,
        tuple(names.index(name) for name in BLOCKS["agreements"]),
    )  # fmt: skip
