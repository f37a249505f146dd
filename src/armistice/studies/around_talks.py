"""Violence around talks: do strikes and deaths rise or fall in the days before and after rounds of talks?

Estimand, estimator and inference: :mod:`armistice.escalation.talks_effect`. With few rounds the honest answer is
often "cannot tell"; then the study says how large an effect would have had to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from pydantic import Field

from armistice.escalation.expected_level import ExpectedLevel, fit_expected_level
from armistice.escalation.talks_effect import (
    AnnouncedSide,
    Difference,
    Effect,
    Estimator,
    Pooled,
    Settings,
    Side,
    detectable_ratio_by_number,
    difference_between,
    effect_around_announcements,
    effect_around_rounds,
    effect_of_truces,
)
from armistice.escalation.talks_states import rate_ratio
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Record, Series
from armistice.studies import _around_talks_choices_pages as choices_pages
from armistice.studies import _around_talks_choices_words as choices_words
from armistice.studies import _around_talks_pages as pages
from armistice.studies import _around_talks_words as words
from armistice.studies._around_talks_choices import SHORT_DAYS, announced_days, asked_every_way, level_for, turning
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
_ANNOUNCED_SIDES: Final[tuple[AnnouncedSide, ...]] = ("before", "since")
_OUTCOMES: Final = ("deal", "partial_deal", "no_deal")
#: Every kind of meeting or call about ending the war: the wider set beside the kinds that count as rounds.
_ALL_KINDS: Final = ("direct_round", "indirect_round", "leader_summit", "leader_call", "resumption")
RoundKind = Literal["direct_round", "indirect_round", "leader_summit", "leader_call", "resumption"]


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
    all_talks = meetings(record, tuple(dict.fromkeys((*parameters.kinds, *_ALL_KINDS))))
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
        calendars = on_calendar(record, one, rounds, truces), on_calendar(record, one, all_talks, truces)
        findings = _findings(*calendars, spells, settings, rng)
        found.append(findings)
        quantities.update(_quantities(findings, settings))
    if not found:
        return StudyResult(status="not_observed", reason=lacking[0], sentences=tuple(lacking), quantities=quantities)
    main = words.main_finding(found)
    planned = [talk for talk in record.talks if talk.kind in parameters.kinds and talk.date > record.as_of]
    return StudyResult(
        headline=words.headline(found, settings),
        sentences=(
            *words.sentences(found, settings),
            *choices_words.announced(main),
            *choices_words.by_outcome(main, words.LEAST_ROUNDS_BY_OUTCOME),
            *choices_words.by_choice(main, settings),
            *words.planned(planned),
            *lacking,
        ),
        quantities=quantities,
        tables=(*choices_pages.tables(found, settings), *pages.tables(found, settings, spells)),
        charts=(*choices_pages.charts(found, settings), *pages.charts(found, settings, spells)),
        caveats=words.caveats(found, settings),
        sources=tuple(sorted(_sources(found))),
    )


def _findings(
    calendar: OnCalendar, wide: OnCalendar, spells: list[Spell], settings: Settings, rng: np.random.Generator
) -> Findings:
    counts, truce = calendar.counts, calendar.truce_days
    starts, ends = calendar.spans(calendar.rounds)
    truce_starts, truce_ends = calendar.spans(calendar.truces)
    zone = np.zeros(len(counts), dtype=bool)
    for start, end in zip(starts, ends, strict=True):
        zone[max(start - settings.window_days, 0) : end + settings.window_days + 1] = True
    ordinary = ~zone & ~truce
    # Learnt outside the windows of these rounds: the same for every question about them.
    own = fit_expected_level(counts, ordinary)
    effects = {
        (side, estimator): effect_around_rounds(
            counts, starts, ends, side=side, truce=truce, estimator=estimator, settings=settings, rng=rng, level=own
        )
        for side in _SIDES
        for estimator in _ESTIMATORS
    }
    by_outcome, _ = _by_ending(calendar, own, settings, rng)
    level, wide_level = level_for(calendar), level_for(wide)
    announced = {
        side: effect_around_announcements(
            counts, starts, ends, announced_days(calendar),
            side=side, truce=truce, settings=settings, rng=rng, level=level, pooled_only=True,
        )
        for side in _ANNOUNCED_SIDES
    } if level is not None else {}  # fmt: skip
    wide_outcome, difference = _by_ending(wide, wide_level, settings, rng)
    # Meetings in quick succession can only be told apart by windows shorter than the days between them.
    short = replace(settings, window_days=min(SHORT_DAYS, settings.window_days))
    short_outcome, short_difference = _by_ending(wide, wide_level, short, rng)
    choices = asked_every_way(
        (("chosen", calendar, level), *((("all", wide, wide_level),) if wide.rounds != calendar.rounds else ())),
        {
            ("chosen", "before"): effects["before", "model"],
            ("chosen", "after"): effects["after", "model"],
            **({("chosen", "before announcement"): announced["before"]} if announced else {}),
            **({("chosen", "since announcement"): announced["since"]} if announced else {}),
        },
        settings,
        rng,
    )
    return Findings(
        calendar=calendar,
        effects=effects,
        by_outcome=by_outcome,
        announced=announced,
        wide=wide,
        wide_outcome=wide_outcome,
        difference=difference,
        short_outcome=short_outcome,
        short_difference=short_difference,
        choices=choices,
        truces=effect_of_truces(
            counts, truce_starts, truce_ends, round_starts=starts, round_ends=ends, settings=settings, rng=rng
        ),
        states=rate_ratio(counts, calendar.days_in(spells, "suspended"), calendar.days_in(spells, "open"), rng=rng),
        by_number={
            estimator: detectable_ratio_by_number(
                counts, numbers=_NUMBERS, rng=rng, estimator=estimator, settings=settings, usable=ordinary, level=own
            )
            for estimator in _ESTIMATORS
        },
        smooth=own.smooth,
    )


def _by_ending(
    calendar: OnCalendar, level: ExpectedLevel | None, settings: Settings, rng: np.random.Generator
) -> tuple[dict[str, Effect], Difference | None]:
    """The days before rounds by what they ended in, and those before any deal over those before none."""
    starts, ends = calendar.spans(calendar.rounds)

    def before(outcomes: tuple[str, ...]) -> Effect:
        chosen = [i for i, meeting in enumerate(calendar.rounds) if meeting.outcome in outcomes]
        return effect_around_rounds(
            calendar.counts, starts, ends,
            side="before", truce=calendar.truce_days, settings=settings, rng=rng, only=chosen, level=level, pooled_only=True,
        )  # fmt: skip

    found = {outcome: before((outcome,)) for outcome in _OUTCOMES}
    some, none = before(("deal", "partial_deal")).matched, found["no_deal"].matched
    least = words.LEAST_ROUNDS_BY_OUTCOME
    if some is None or none is None or min(some.n_rounds, none.n_rounds) < least:
        return found, None
    return found, difference_between(some, none, rng, settings)


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
    for announced_side in _ANNOUNCED_SIDES:
        found = findings.announced.get(announced_side)
        result[f"announced_ratio_{announced_side}"] = (
            NotObserved(words.no_announced_round(series))
            if found is None or found.matched is None
            else _estimate(found.matched, series, settings, "matched placebo rounds, counted from the announcement")
        )
    for outcome in _OUTCOMES:
        result[f"ratio_before_{outcome}"] = _by_outcome(findings.by_outcome, series, outcome, settings)
        result[f"ratio_before_{outcome}_all_talks"] = _by_outcome(findings.wide_outcome, series, outcome, settings)
        wide = findings.wide_outcome[outcome].matched
        result[f"minimum_detectable_ratio_before_{outcome}_all_talks"] = (
            NotObserved(words.no_round_with_outcome(series, outcome))
            if wide is None
            else _detectable(wide, series, "before", wide.n_rounds)
        )
    result["deal_over_nothing"] = _difference(findings, settings)
    for days in _SIDES:
        counted = turning(findings.choices, days)
        for name in ("more", "less"):
            result[f"choices_{name}_{days}"] = (
                NotObserved(words.no_usable_round(series, days, n_rounds))
                if counted is None
                else Reported(
                    getattr(counted, name) / counted.n, "computed here", counted.n,
                    "share of the ways of asking whose 95% interval leaves 1 out", series.description.source, n_of="ways of asking",
                )
            )  # fmt: skip
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


def _difference(findings: Findings, settings: Settings) -> Quantity:
    series, found = findings.calendar.series, findings.difference
    if found is None:
        return NotIdentified(words.too_few_to_compare(series))
    return Estimate(
        found.ratio, found.lower, found.upper, level=settings.level, n=sum(found.n_rounds),
        method="ratio before rounds with a deal or a partial deal over that before rounds without; placebo sets paired",
        source=series.description.source, n_of="rounds",
    )  # fmt: skip


def _by_outcome(by_outcome: Mapping[str, Effect], series: Series, outcome: str, settings: Settings) -> Quantity:
    pooled = by_outcome[outcome].matched
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
