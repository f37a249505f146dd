"""How wars that had lasted as long ended next: the base rate from UCDP's terminations.

Estimand: for a war of this kind that has already lasted as long as this one, the chance that it ends in each way
within 3 to 60 months. Estimator: Aalen-Johansen from the landmark on; dates known only to the month or year are
drawn from where they may lie; intervals allow for few wars and for wars of one conflict being alike.

The reference set is that of :mod:`armistice.record.reference`: other wars only, and only what could be coded by the
record's day. Preferred is the narrowest kind (same type, same intensity reached); where too few such wars had
lasted as long, the study falls back on a wider kind and says so.

Beside the count stands a model (:mod:`armistice.history.endings_model`) that learns from every ending of other wars and
shrinks what it learns; its back-test is ``armistice backtest``. A line over time shows what it would have said each month.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from pydantic import Field

from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.history import EndingShares, draw_durations, median_ahead
from armistice.record.as_of import Record
from armistice.record.reference import CITATION, OUTCOMES, reference_episodes
from armistice.record.reference_covariates import AGREEMENTS_CITATION
from armistice.studies._endings_model import (
    Learnt,
    ModelShares,
    learn,
    model_shares,
    past_records,
    settlement_track,
)
from armistice.studies._endings_model_pages import (
    model_caveat,
    model_chart,
    model_quantities,
    model_sentence,
    model_table,
    track_chart,
)
from armistice.studies._endings_pages import charts, kinds_table, outcomes_table, sensitivity_table, wars_table
from armistice.studies._endings_set import (
    AHEAD,
    ALL,
    GROUPS,
    MONTH_DAYS,
    SETTLED,
    YEAR,
    Kind,
    ReferenceSet,
    intensity_of,
    kinds_of_war,
)  # fmt: skip
from armistice.studies._endings_words import caveats, headline, nothing_to_compare, sentences
from armistice.studies.study import Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text

__all__ = ["STUDY", "EndingsParameters"]

# Months, finer first: the median and its bounds are read off this grid.
_MEDIAN_GRID: Final = np.concatenate(
    [np.arange(1.0, 25.0), np.arange(27.0, 121.0, 3.0), np.arange(126.0, 361.0, 6.0)]
)
# Months at which the model's curve is drawn.
_CURVE: Final = np.arange(3.0, 61.0, 3.0)


class EndingsParameters(Parameters):
    """Which wars to compare with, and how the answer is computed."""

    min_at_risk: int = Field(
        default=5, ge=1, description="Fewest comparable wars that had lasted as long; below it a wider kind is used."
    )
    intensity: Literal["from_record", "war", "minor"] = Field(
        default="from_record", description="Intensity this war has reached (war: 1,000 deaths in a year)."
    )
    draws: int = Field(default=50, ge=2, le=500, description="Draws of dates known only to the month or year.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")
    list_at_most: int = Field(default=60, ge=1, description="Wars to list by name.")
    model_draws: int = Field(default=1000, ge=20, le=5000, description="Draws for the intervals of the model.")
    track: bool = Field(default=True, description="Draw the chance of a settlement over the past months.")


def _run(record: Record, parameters: EndingsParameters, rng: np.random.Generator) -> StudyResult:
    if record.war.end is not None:
        day = record.war.end.date
        over = StudyResult.lacking(
            NotObserved(
                Text(en=f"The war ended on {EN.date(day)}; there is no ending left to wait for.",
                     nl=f"De oorlog eindigde op {NL.date(day)}; er valt geen einde meer af te wachten.")
            )
        )  # fmt: skip
        drawn_line = _track(record, None, parameters, int(rng.integers(2**31)))
        return replace(over, charts=drawn_line, sources=(CITATION,) if drawn_line else ())
    episodes = reference_episodes(record)
    days, starts = draw_durations(
        episodes.start_earliest, episodes.start_latest, episodes.end_earliest, episodes.end_latest,
        n_draws=parameters.draws, rng=rng,
    )  # fmt: skip
    drawn = ReferenceSet(episodes, days / MONTH_DAYS, starts, record.days_at_war / MONTH_DAYS, parameters.level)
    reached = intensity_of(record) if parameters.intensity == "from_record" else parameters.intensity
    found = [(kind, drawn.shares(kind.member, AHEAD)) for kind in kinds_of_war(record, drawn, reached)]
    usable = [(kind, shares) for kind, shares in found if shares is not None]
    if not usable:
        return StudyResult.lacking(nothing_to_compare(record, episodes))
    enough = [(kind, shares) for kind, shares in usable if round(shares.at_risk) >= parameters.min_at_risk]
    chosen, shares = enough[0] if enough else usable[-1]
    median = drawn.shares(chosen.member, _MEDIAN_GRID, GROUPS[[ALL]])
    assert median is not None
    quantities = _quantities(chosen, shares, median, parameters)
    seed = int(rng.integers(2**31))
    learnt = learn(record, seed=seed)
    model = _model(record, learnt, parameters, seed)
    quantities |= _no_model() if model is None else model_quantities(model[0])
    told = sentences(
        chosen, shares, found, quantities, min_at_risk=parameters.min_at_risk, intensity_known=reached is not None
    )
    tables: tuple[Table, ...] = (
        outcomes_table(chosen, shares), kinds_table(chosen, found),
        wars_table(drawn, chosen, parameters.list_at_most), sensitivity_table(drawn, chosen, shares),
    )  # fmt: skip
    pictures: tuple[Chart, ...] = charts(drawn, chosen)
    notes = caveats(record, drawn, chosen)
    cited: tuple[str, ...] = (CITATION,)
    if model is not None:
        at_months, curve = model
        told = (*told, model_sentence(at_months))
        tables = (tables[0], model_table(at_months, chosen, shares), *tables[1:])
        pictures = (*pictures, model_chart(curve), *_track(record, learnt, parameters, seed))
        notes = (*notes, model_caveat())
        cited = (*cited, AGREEMENTS_CITATION)
    return StudyResult(
        headline=headline(record, chosen, shares),
        sentences=told,
        quantities=quantities,
        tables=tables,
        charts=pictures,
        caveats=notes,
        sources=cited,
    )


def _model(
    record: Record, learnt: Learnt | None, parameters: EndingsParameters, seed: int
) -> tuple[ModelShares, ModelShares] | None:
    """The model's chances at the months told, and along its curve; None where nothing could be learnt."""
    if learnt is None:
        return None
    grid = np.unique(np.concatenate([_CURVE, AHEAD]))
    curve = model_shares(
        record, learnt, grid, GROUPS, seed=seed, level=parameters.level, n_draws=parameters.model_draws
    )
    return curve.at(AHEAD), curve


def _no_model() -> dict[str, Quantity]:
    why = NotIdentified(
        Text(en="No other conflict had ended and been coded by then, so there is nothing to learn from.",
             nl="Geen ander conflict was toen geëindigd en te coderen; er valt dus niets van te leren.")
    )  # fmt: skip
    names = [f"{name}[{months}]" for name in ("model_ends_within", "model_settled_within") for months in AHEAD]
    return dict.fromkeys([*names, *(f"model_cause_within_12_months[{outcome}]" for outcome in OUTCOMES)], why)


def _track(record: Record, learnt: Learnt | None, parameters: EndingsParameters, seed: int) -> tuple[Chart, ...]:
    """The line of the chance of a settlement over the past months, where the war is old enough for one."""
    records = past_records(record) if parameters.track else []
    if not records:
        return ()
    line = settlement_track(
        records, seed=seed, level=parameters.level, n_draws=parameters.model_draws, learnt_last=learnt
    )
    drawn = track_chart(line, record)
    return () if drawn is None else (drawn,)


def _estimate(kind: Kind, shares: EndingShares, a: int, group: int, draws: int) -> Quantity:
    if math.isnan(shares.lower[a, group]):
        return NotIdentified(
            Text(en="No comparable war was followed for that long.",
                 nl="Geen vergelijkbare oorlog is zo lang gevolgd.")
        )  # fmt: skip
    return Estimate(
        float(shares.share[a, group]), float(shares.lower[a, group]), float(shares.upper[a, group]),
        level=shares.level, n=max(1, round(shares.at_risk)), n_of="wars that had lasted as long",
        method=f"Aalen-Johansen from the landmark, kind: {kind.key}; {draws} draws of imprecise dates; "
        "Clopper-Pearson on the effective number of wars",
        source=CITATION, unit="probability",
    )  # fmt: skip


def _quantities(
    kind: Kind, shares: EndingShares, median: EndingShares, parameters: EndingsParameters
) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for name, group in (("ends_within", ALL), ("settled_within", SETTLED)):
        for a, months in enumerate(AHEAD):
            found[f"{name}[{months}]"] = _estimate(kind, shares, a, group, parameters.draws)
    for group, outcome in enumerate(OUTCOMES):
        found[f"cause_within_12_months[{outcome}]"] = _estimate(kind, shares, YEAR, group, parameters.draws)
    value, lower, upper = median_ahead(median)
    if math.isinf(value):
        found["median_months_left"] = NotIdentified(
            Text(
                en="Fewer than half of the comparable wars ended in the time they were followed"
                + ("." if math.isinf(lower) else f"; the median is at least {EN.number(lower)} months."),
                nl="Minder dan de helft van de vergelijkbare oorlogen eindigde in de tijd dat ze gevolgd zijn"
                + ("." if math.isinf(lower) else f"; de mediaan is minstens {NL.number(lower)} maanden."),
            )
        )
    else:
        found["median_months_left"] = Estimate(
            value, lower, upper, level=shares.level, n=max(1, round(shares.at_risk)),
            n_of="wars that had lasted as long", unit="months", source=CITATION,
            method=f"Aalen-Johansen from the landmark, kind: {kind.key}; interval where its bounds cross one half "
            "(Brookmeyer-Crowley)",
        )  # fmt: skip
    found["episodes_at_risk"] = Reported(
        shares.at_risk, "UCDP", max(1, round(shares.conflicts)), f"mean over draws of dates, kind: {kind.key}",
        CITATION, unit="wars", n_of="conflicts",
    )  # fmt: skip
    return found


STUDY: Final = Study(
    name="endings",
    order=10,
    title=Text(en="How wars like this one ended", nl="Hoe zulke oorlogen eindigden"),
    question=Text(
        en="Of the wars that had lasted as long, how many ended next, how, and when?",
        nl="Hoeveel van de oorlogen die zo lang hadden geduurd eindigden daarna, hoe en wanneer?",
    ),
    needs=Text(
        en="Nothing but the war's start and type; a series of deaths or losses makes the comparison closer.",
        nl="Niet meer dan begin en type van de oorlog; een reeks doden of verliezen maakt de vergelijking nauwer.",
    ),
    parameters=EndingsParameters,
    quantities={
        "ends_within": QuantitySpec(
            Text(en="chance that it ends in any way within so many months",
                 nl="kans dat zij hoe dan ook eindigt binnen zoveel maanden"), per="months"),
        "settled_within": QuantitySpec(
            Text(en="chance of a peace agreement or ceasefire within so many months",
                 nl="kans op een vredesakkoord of staakt-het-vuren binnen zoveel maanden"), per="months"),
        "cause_within_12_months": QuantitySpec(
            Text(en="chance that it ends this way within 12 months",
                 nl="kans dat zij binnen 12 maanden zo eindigt"), per="outcome"),
        "model_ends_within": QuantitySpec(
            Text(en="model: chance that it ends in any way within so many months",
                 nl="model: kans dat zij hoe dan ook eindigt binnen zoveel maanden"), per="months"),
        "model_settled_within": QuantitySpec(
            Text(en="model: chance of a peace agreement or ceasefire within so many months",
                 nl="model: kans op een vredesakkoord of staakt-het-vuren binnen zoveel maanden"), per="months"),
        "model_cause_within_12_months": QuantitySpec(
            Text(en="model: chance that it ends this way within 12 months",
                 nl="model: kans dat zij binnen 12 maanden zo eindigt"), per="outcome"),
        "median_months_left": QuantitySpec(
            Text(en="months within which half of comparable wars ended",
                 nl="maanden waarbinnen de helft van vergelijkbare oorlogen eindigde")),
        "episodes_at_risk": QuantitySpec(
            Text(en="comparable wars that had lasted as long", nl="vergelijkbare oorlogen die zo lang hadden geduurd")),
    },
    run=_run,
)  # fmt: skip
