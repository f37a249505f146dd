"""Violence around talks: do strikes and deaths rise or fall in the days before and after rounds of talks?

Estimand, estimator and inference: :mod:`armistice.escalation.talks_effect`. With few rounds the honest answer is
often "cannot tell"; then the study says how large an effect would have had to be.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from pydantic import Field

from armistice.escalation.expected_level import fit_expected_level
from armistice.escalation.talks_effect import (
    Estimator,
    Pooled,
    Settings,
    Side,
    detectable_ratio_by_number,
    effect_around_rounds,
    effect_of_truces,
)
from armistice.escalation.talks_states import rate_ratio
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Record, Series
from armistice.studies import _around_talks_pages as pages
from armistice.studies import _around_talks_words as words
from armistice.studies._around_talks_data import (
    Findings,
    Meeting,
    OnCalendar,
    Spell,
    count_series,
    meetings,
    on_calendar,
    spells_of_talks,
)
from armistice.studies.study import Parameters, QuantitySpec, Study, StudyResult
from armistice.text import Text

__all__ = ["STUDY", "AroundTalksParameters"]

_SIDES: Final[tuple[Side, ...]] = ("before", "after")
_ESTIMATORS: Final[tuple[Estimator, ...]] = ("model", "plain")
_NUMBERS: Final = (1, 2, 6, 10)
#: A series with fewer observed days cannot hold windows, comparisons and placebos.
_LEAST_DAYS: Final = 180
_OUTCOMES: Final = ("deal", "partial_deal", "no_deal")
RoundKind = Literal["direct_round", "indirect_round", "leader_summit", "leader_call"]


class AroundTalksParameters(Parameters):
    """Windows, placebos and which talks count."""

    kinds: tuple[RoundKind, ...] = Field(
        default=("direct_round",), min_length=1, description="Kinds of talks that count as rounds."
    )
    window_days: int = Field(default=7, ge=2, le=28, description="Days in the window before and after a round.")
    comparison_days: int = Field(
        default=28,
        ge=14,
        le=120,
        description="Days on each side, beyond the windows, that tell what was to be expected.",
    )
    level_gap_days: int = Field(
        default=0,
        ge=0,
        le=28,
        description="Match placebo dates on the four weeks that end so many days before a round.",
    )
    draws: int = Field(default=2000, ge=200, le=20000, description="Sets of placebo dates.")


def _run(record: Record, parameters: AroundTalksParameters, rng: np.random.Generator) -> StudyResult:
    series = count_series(record)
    if not series:
        return StudyResult.lacking(NotObserved(words.NO_SERIES))
    rounds, truces = meetings(record, parameters.kinds), meetings(record, ("truce",))
    spells = spells_of_talks(record)
    if not rounds and not truces and not spells:
        return StudyResult.lacking(NotObserved(words.NO_TALKS))
    settings = Settings(
        window_days=parameters.window_days,
        comparison_days=parameters.comparison_days,
        level_gap_days=parameters.level_gap_days,
        n_draws=parameters.draws,
    )
    quantities: dict[str, Quantity] = {}
    found: list[Findings] = []
    lacking: list[Text] = []
    for one in series:
        if np.isfinite(one.values).sum() < _LEAST_DAYS:
            reason = words.too_short(one, _LEAST_DAYS)
            lacking.append(reason)
            quantities.update({f"{name}[{one.id}]": NotObserved(reason) for name in STUDY.quantities})
            continue
        findings = _findings(on_calendar(record, one, rounds, truces), spells, settings, rng)
        found.append(findings)
        quantities.update(_quantities(findings, settings))
    if not found:
        return StudyResult(status="not_observed", reason=lacking[0], sentences=tuple(lacking), quantities=quantities)
    planned = [talk for talk in record.talks if talk.kind in parameters.kinds and talk.date > record.as_of]
    return StudyResult(
        headline=words.headline(found, settings),
        sentences=(*words.sentences(found, settings), *words.planned(planned), *lacking),
        quantities=quantities,
        tables=pages.tables(found, settings, spells),
        charts=pages.charts(found, settings, spells),
        caveats=words.caveats(found, settings),
        sources=tuple(sorted(_sources(found))),
    )


def _findings(calendar: OnCalendar, spells: list[Spell], settings: Settings, rng: np.random.Generator) -> Findings:
    counts, truce = calendar.counts, calendar.truce_days
    starts, ends = calendar.spans(calendar.rounds)
    truce_starts, truce_ends = calendar.spans(calendar.truces)
    effects = {
        (side, estimator): effect_around_rounds(
            counts, starts, ends, side=side, truce=truce, estimator=estimator, settings=settings, rng=rng
        )
        for side in _SIDES
        for estimator in _ESTIMATORS
    }
    by_outcome = {}
    for outcome in _OUTCOMES:
        chosen = [i for i, meeting in enumerate(calendar.rounds) if meeting.outcome == outcome]
        by_outcome[outcome] = effect_around_rounds(
            counts, starts, ends, side="before", truce=truce, settings=settings, rng=rng, only=chosen
        )
    zone = np.zeros(len(counts), dtype=bool)
    for start, end in zip(starts, ends, strict=True):
        zone[max(start - settings.window_days, 0) : end + settings.window_days + 1] = True
    ordinary = ~zone & ~truce
    return Findings(
        calendar=calendar,
        effects=effects,
        by_outcome=by_outcome,
        truces=effect_of_truces(
            counts, truce_starts, truce_ends, round_starts=starts, round_ends=ends, settings=settings, rng=rng
        ),
        states=rate_ratio(counts, calendar.days_in(spells, "suspended"), calendar.days_in(spells, "open"), rng=rng),
        by_number={
            estimator: detectable_ratio_by_number(
                counts, numbers=_NUMBERS, rng=rng, estimator=estimator, settings=settings, usable=ordinary
            )
            for estimator in _ESTIMATORS
        },
        smooth=fit_expected_level(counts, ordinary).smooth,
    )


def _quantities(findings: Findings, settings: Settings) -> dict[str, Quantity]:
    series = findings.calendar.series
    n_rounds = len(findings.calendar.rounds)
    result: dict[str, Quantity] = {}
    for side in _SIDES:
        effect = findings.effects[side, "model"]
        none = NotObserved(words.no_usable_round(series, side, n_rounds))
        for name, pooled in (("pooled", effect.matched), ("unmatched", effect.unmatched)):
            how = "matched placebo rounds" if name == "pooled" else "placebo rounds"
            result[f"{name}_ratio_{side}"] = none if pooled is None else _estimate(pooled, series, settings, how)
        plain = findings.effects[side, "plain"].matched
        result[f"plain_ratio_{side}"] = (
            none if plain is None else _estimate(plain, series, settings, "plain mean, matched placebo rounds")
        )
        for suffix, pooled in (("", effect.matched), ("_plain", plain)):
            result[f"minimum_detectable_ratio_{side}{suffix}"] = _detectable(pooled, series, side, n_rounds)
        result[f"p_value_{side}"] = (
            none
            if effect.matched is None
            else _computed(effect.matched.p_value, effect.matched.n_draws, series, "placebo sets")
        )
    for outcome in _OUTCOMES:
        result[f"ratio_before_{outcome}"] = _by_outcome(findings, outcome, settings)
    truces = findings.truces.unmatched
    result["truce_ratio"] = (
        NotObserved(words.no_usable_truce(series))
        if truces is None
        else _estimate(truces, series, settings, "placebo stretches of days", n_of="truces")
    )
    states = findings.states
    result["rate_ratio_suspended"] = (
        NotObserved(words.NO_STATES)
        if states is None
        else Estimate(
            states.ratio, states.lower, states.upper, level=0.95, n=states.n_days + states.n_other_days,
            method="ratio of mean daily counts, talks suspended over open; moving-block bootstrap; descriptive",
            source=series.description.source, n_of="days",
        )
    )  # fmt: skip
    return {f"{name}[{series.id}]": quantity for name, quantity in result.items()}


def _estimate(pooled: Pooled, series: Series, settings: Settings, how: str, n_of: str = "rounds") -> Estimate:
    return Estimate(
        pooled.ratio, pooled.lower, pooled.upper, level=settings.level, n=pooled.n_rounds,
        method=f"counted over expected, {how}, test inversion", source=series.description.source, n_of=n_of,
    )  # fmt: skip


def _computed(value: float, n: int, series: Series, n_of: str) -> Reported:
    return Reported(value, "computed here", n, "placebo rounds", series.description.source, n_of=n_of)


def _detectable(pooled: Pooled | None, series: Series, side: Side, n_rounds: int) -> Quantity:
    if pooled is None:
        return NotObserved(words.no_usable_round(series, side, n_rounds))
    if not np.isfinite(pooled.detectable_above):
        return NotIdentified(words.nothing_detectable(series))
    return _computed(pooled.detectable_above, pooled.n_rounds, series, "rounds")


def _by_outcome(findings: Findings, outcome: str, settings: Settings) -> Quantity:
    effect, series = findings.by_outcome[outcome], findings.calendar.series
    pooled = effect.matched
    if pooled is None or pooled.n_rounds < words.LEAST_ROUNDS_BY_OUTCOME:
        n_usable = 0 if pooled is None else pooled.n_rounds
        return NotIdentified(words.too_few_by_outcome(outcome, n_usable, words.LEAST_ROUNDS_BY_OUTCOME))
    return _estimate(pooled, series, settings, "matched placebo rounds")


def _sources(found: list[Findings]) -> set[str]:
    keys = {findings.calendar.series.description.source for findings in found}
    meetings_used: set[Meeting] = {m for f in found for m in (*f.calendar.rounds, *f.calendar.truces)}
    for meeting in meetings_used:
        keys |= {part for talk in meeting.talks for part in talk.source.split(" ; ")}
    return keys


STUDY = Study(
    name="around-talks",
    order=30,
    title=Text(en="Violence around talks", nl="Geweld rond de onderhandelingen"),
    question=Text(
        en="Does violence rise or fall in the days before and after rounds of talks?",
        nl="Neemt het geweld toe of af in de dagen voor en na gespreksrondes?",
    ),
    needs=Text(
        en="A daily count of strikes or deaths over at least half a year, and rounds of talks or truces with their day.",
        nl="Een dagelijkse telling van aanvallen of doden over ten minste een half jaar, en gespreksrondes of "
        "bestanden met hun dag.",
    ),
    parameters=AroundTalksParameters,
    quantities={name: QuantitySpec(means, per="series") for name, means in words.QUANTITIES.items()},
    run=_run,
)
