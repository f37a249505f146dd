"""How often the method of :mod:`armistice.escalation.talks_effect` is right, on series whose truth is known.

A scenario lays rounds over self-exciting series, once without any effect and once with the windows' intensity
multiplied, and counts rejections and intervals that hold the truth. The talks may be called after violent
weeks, days may be missing, a truce may cut a window, the last round may lie at the end of what is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from armistice.errors import ParameterError
from armistice.escalation.synthetic_talks import (
    SelfExciting,
    called_after_violence,
    plant,
    simulate_counts,
    spaced_dates,
)
from armistice.escalation.talks_effect import (
    AnnouncedSide,
    Effect,
    Estimator,
    Settings,
    Side,
    effect_around_announcements,
    effect_around_rounds,
)
from armistice.escalation.windows import BoolArray, FloatArray, IntArray

__all__ = ["Calibration", "Scenario", "calibrate"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A world in which the method is tried.

    Parameters
    ----------
    name : str
    n_rounds, n_days : int
    missing : float
        Share of days not observed, at random.
    steepness : float
        Rounds are called with chance proportional to the mean count of four weeks to this power; 0: at random.
    notice_days : int
        Those four weeks end so many days before the round.
    truce_days : int
        Days of a truce that ends two days before the middle round, with a fifth of the violence.
    pair : bool
        Whether the last two rounds lie 17 days apart.
    known_days_after_last : int or None
        The last round lies so many days before the end of the series; None: anywhere.
    side : {"before", "after", "since"}
        ``since`` with announcements only: the days from announcement to round.
    announced_days : int or None
        Every round is announced so many days before it, and windows are counted from there; None: from the round.
    process : SelfExciting
    settings : Settings
    """

    name: str
    n_rounds: int = 6
    n_days: int = 900
    missing: float = 0.0
    steepness: float = 0.0
    notice_days: int = 0
    truce_days: int = 0
    pair: bool = False
    known_days_after_last: int | None = None
    side: Side | AnnouncedSide = "before"
    announced_days: int | None = None
    process: SelfExciting = field(default_factory=SelfExciting)
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What came of a scenario for one estimator, matched or not.

    Parameters
    ----------
    scenario, estimator : str
    matched : bool
    n_series : int
    rejections : int
        Of series without an effect, at the level of the settings.
    covered, found : int
        Of series with the planted ratio: intervals that hold it, tests that reject "no effect".
    detectable : float
        Geometric mean of the stated smallest detectable ratio, on the series without an effect.
    bias : float
        Mean log of estimate over truth, on the planted series.
    unusable : int
        Series without an answer.
    """

    scenario: str
    estimator: str
    matched: bool
    n_series: int
    rejections: int
    covered: int
    found: int
    detectable: float
    bias: float
    unusable: int


def calibrate(
    scenario: Scenario,
    *,
    n_series: int,
    seed: int,
    ratio: float = 1.6,
    estimators: tuple[Estimator, ...] = ("plain", "model"),
) -> list[Calibration]:
    """Try a scenario on ``n_series`` series with and without an effect.

    Returns
    -------
    list of Calibration
        For each estimator the matched and the unmatched answer.
    """
    rng = np.random.default_rng(seed)
    counts, intensities = simulate_counts(scenario.process, n_series=n_series, n_days=scenario.n_days, rng=rng)
    tallies = {(e, matched): np.zeros((n_series, 5)) for e in estimators for matched in (True, False)}
    for row in range(n_series):
        starts, truce, quiet, observed = _laid_over(scenario, counts[row], intensities[row], rng)
        null = np.where(observed, quiet, np.nan)
        windows = _window_flags(scenario, starts)
        planted = plant(null, intensities[row], windows & ~truce, ratio=ratio, rng=rng)
        for estimator in estimators:
            without, with_effect = (
                _effect_of(scenario, series, starts, truce, estimator, rng) for series in (null, planted)
            )
            for matched in (True, False):
                tallies[estimator, matched][row] = _tally(without, with_effect, ratio, matched, scenario.settings)
    return [_summed(scenario, e, matched, tally) for (e, matched), tally in tallies.items()]


def _effect_of(
    scenario: Scenario,
    series: FloatArray,
    starts: IntArray,
    truce: BoolArray,
    estimator: Estimator,
    rng: np.random.Generator,
) -> Effect:
    side = scenario.side
    if scenario.announced_days is None:
        if side == "since":
            raise ParameterError("side 'since' needs announced_days.")
        return effect_around_rounds(
            series, starts, side=side, truce=truce, estimator=estimator, settings=scenario.settings, rng=rng
        )
    if side == "after":
        raise ParameterError("With announced_days, side is 'before' or 'since'.")
    heard = [day if day >= 0 else None for day in (starts - scenario.announced_days).tolist()]
    return effect_around_announcements(
        series,
        starts,
        starts,
        heard,
        side=side,
        truce=truce,
        estimator=estimator,
        settings=scenario.settings,
        rng=rng,
    )


def _laid_over(
    scenario: Scenario, counts: FloatArray, intensities: FloatArray, rng: np.random.Generator
) -> tuple[IntArray, BoolArray, FloatArray, BoolArray]:
    """Dates of rounds, days of a truce, the counts with the truce in them, and which days are observed."""
    n_days = scenario.n_days
    weight = np.ones(n_days)
    if scenario.steepness:
        weight = called_after_violence(
            counts, days=scenario.settings.level_days, steepness=scenario.steepness, notice=scenario.notice_days
        )
    fixed = []
    if scenario.known_days_after_last is not None:
        fixed.append(n_days - 1 - scenario.known_days_after_last)
    if scenario.pair:
        fixed.append((fixed[0] if fixed else int(rng.integers(400, n_days - 50))) - 17)
        if scenario.known_days_after_last is None:
            fixed.append(fixed[0] + 17)
    for date in fixed:
        weight[max(date - 20, 0) : date + 21] = 0
    drawn = spaced_dates(scenario.n_rounds - len(fixed), n_days, apart=21, rng=rng, weight=weight)
    starts = np.sort(np.concatenate([drawn, np.array(fixed, dtype=np.int64)]))

    truce, quiet = np.zeros(n_days, dtype=bool), counts.copy()
    if scenario.truce_days:
        end = int(starts[len(starts) // 2]) - 2
        truce[max(end - scenario.truce_days, 0) : max(end, 0)] = True
        quiet = plant(counts, intensities, truce, ratio=0.2, rng=rng)
    return starts, truce, quiet, rng.random(n_days) >= scenario.missing


def _window_flags(scenario: Scenario, starts: IntArray) -> BoolArray:
    flags = np.zeros(scenario.n_days, dtype=bool)
    width = scenario.settings.window_days
    for start in starts - (scenario.announced_days or 0):
        if scenario.side == "before":
            flags[max(start - width, 0) : start] = True
        elif scenario.side == "since":
            flags[start + 1 : start + min(width + 1, scenario.announced_days or 0)] = True
        else:
            flags[start + 1 : start + 1 + width] = True
    return flags


def _tally(without: Effect, with_effect: Effect, ratio: float, matched: bool, settings: Settings) -> list[float]:
    null = without.matched if matched else without.unmatched
    planted = with_effect.matched if matched else with_effect.unmatched
    if null is None or planted is None:
        return [np.nan] * 5
    size = 1 - settings.level
    return [
        float(null.p_value <= size),
        float(planted.lower <= ratio <= planted.upper),
        float(planted.p_value <= size),
        float(np.log(null.detectable_above)),
        float(np.log(planted.ratio / ratio)),
    ]


def _summed(scenario: Scenario, estimator: str, matched: bool, tally: FloatArray) -> Calibration:
    kept = tally[~np.isnan(tally[:, 0])]
    bounded = np.isfinite(kept[:, 3])
    return Calibration(
        scenario=scenario.name,
        estimator=estimator,
        matched=matched,
        n_series=len(tally),
        rejections=int(kept[:, 0].sum()),
        covered=int(kept[:, 1].sum()),
        found=int(kept[:, 2].sum()),
        detectable=float(np.exp(kept[bounded, 3].mean())) if bounded.any() else float("inf"),
        bias=float(kept[:, 4].mean()),
        unusable=int(len(tally) - len(kept)),
    )
