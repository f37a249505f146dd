"""What a reader sees of the hazard model in the study of endings: sentence, table, curves, line over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from armistice.estimate import Estimate, Quantity
from armistice.history import EndingShares
from armistice.record.as_of import Record
from armistice.record.reference import CITATION, OUTCOMES
from armistice.record.reference_covariates import AGREEMENTS_CITATION
from armistice.studies._endings_model import ModelShares, SettlementTrack
from armistice.studies._endings_set import AHEAD, ALL, FADED, SETTLED, VICTORY, YEAR, Kind
from armistice.studies.study import Chart, Mark, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["model_caveat", "model_chart", "model_quantities", "model_sentence", "model_table", "track_chart"]

_METHOD: Final = (
    "piecewise-constant hazards from landmarks, covariates as of the day, shrunk by marginal likelihood, with ratios for "
    "era, conflict and kind; interval from the approximate posterior, clustered by conflict"
)
_GROUPS: Final = (
    (SETTLED, Text(en="peace agreement or ceasefire", nl="vredesakkoord of staakt-het-vuren")),
    (VICTORY, Text(en="victory of either side", nl="overwinning van een van beide")),
    (FADED, Text(en="faded, or a party ceased to exist", nl="gedoofd, of een partij hield op te bestaan")),
)
_CEASEFIRE: Final = Text(en="ceasefire", nl="staakt-het-vuren")
_EITHER: Final = Text(en="ceasefire or peace agreement", nl="staakt-het-vuren of vredesakkoord")
#: Talks that a reader looks for on the line.
_MARKED: Final = ("armistice", "treaty", "suspension", "leader_summit")


def model_quantities(found: ModelShares) -> dict[str, Quantity]:
    """The model's chances as the study publishes them."""

    def estimate(a: int, group: int) -> Estimate:
        return Estimate(
            float(found.share[a, group]), float(found.lower[a, group]), float(found.upper[a, group]),
            level=found.level, n=found.n_endings, n_of="endings of other conflicts", method=_METHOD,
            source=f"{CITATION}; {AGREEMENTS_CITATION}", unit="probability",
        )  # fmt: skip

    out: dict[str, Quantity] = {}
    for name, group in (("model_ends_within", ALL), ("model_settled_within", SETTLED)):
        for a, months in enumerate(AHEAD):
            out[f"{name}[{months}]"] = estimate(a, group)
    for group, outcome in enumerate(OUTCOMES):
        out[f"model_cause_within_12_months[{outcome}]"] = estimate(YEAR, group)
    return out


def _of(found: ModelShares, a: int, group: int, words: Words) -> str:
    span = words.percent_span(float(found.lower[a, group]), float(found.upper[a, group]))
    return f"{words.percent(float(found.share[a, group]))} ({span})"


def model_sentence(found: ModelShares) -> Text:
    """The model's answer beside the count of comparable wars."""
    n = found.n_endings
    return Text(
        en=f"A model learnt from all {EN.number(n)} endings of other conflicts, which also knows this war's stake and past years "
        f"and what changed over the decades, puts a settlement within a year at {_of(found, YEAR, SETTLED, EN)} and "
        f"any end within a year at {_of(found, YEAR, ALL, EN)}.",
        nl=f"Een model dat leert van alle {NL.number(n)} eindes van andere conflicten, en ook weet waar deze oorlog om gaat, hoe de "
        f"voorbije jaren waren en wat er in de loop van de decennia veranderde, geeft een regeling binnen een jaar "
        f"{_of(found, YEAR, SETTLED, NL)} en enig einde binnen een jaar {_of(found, YEAR, ALL, NL)}.",
    )


def model_table(found: ModelShares, kind: Kind, shares: EndingShares) -> Table:
    """Comparable wars and the model side by side."""

    def counted(a: int, group: int) -> Text | None:
        low, high = float(shares.lower[a, group]), float(shares.upper[a, group])
        if np.isnan(low):
            return None
        value = float(shares.share[a, group])
        return Text(
            en=f"{EN.percent(value)} ({EN.percent_span(low, high)})",
            nl=f"{NL.percent(value)} ({NL.percent_span(low, high)})",
        )

    rows = [
        (months, counted(a, SETTLED), Text(en=_of(found, a, SETTLED, EN), nl=_of(found, a, SETTLED, NL)),
         counted(a, ALL), Text(en=_of(found, a, ALL, EN), nl=_of(found, a, ALL, NL)))
        for a, months in enumerate(AHEAD)
    ]  # fmt: skip
    return Table(
        "counted-and-modelled",
        Text(en="Comparable wars counted, and a model of all wars", nl="Vergelijkbare oorlogen geteld, en een model van alle oorlogen"),
        (Text(en="months from now", nl="maanden vanaf nu"),
         Text(en="settled: comparable wars", nl="beslecht: vergelijkbare oorlogen"),
         Text(en="settled: model", nl="beslecht: model"),
         Text(en="ended in any way: comparable wars", nl="hoe dan ook geëindigd: vergelijkbare oorlogen"),
         Text(en="ended in any way: model", nl="hoe dan ook geëindigd: model")),
        tuple(rows),
        Text(en=f"Comparable wars: {kind.name.en} that had lasted as long. The model learns from {EN.number(found.n_wars)} episodes in "
             f"{EN.number(found.n_conflicts)} other conflicts. Each number with its {EN.percent(found.level)} interval.",
             nl=f"Vergelijkbare oorlogen: {kind.name.nl} die zo lang hadden geduurd. Het model leert van {NL.number(found.n_wars)} "
             f"episoden in {NL.number(found.n_conflicts)} andere conflicten. Elk getal met zijn {NL.percent(found.level)}-interval."),
    )  # fmt: skip


def model_chart(found: ModelShares) -> Chart:
    """The model's curves from here on, by group of endings."""
    columns: dict[str, list[Any]] = {"months": [], "value": [], "lower": [], "upper": [], "group": []}
    for group, name in _GROUPS:
        for key, values in (("value", found.share), ("lower", found.lower), ("upper", found.upper)):
            columns[key] += [0.0, *values[:, group].tolist()]
        columns["months"] += [0.0, *found.ahead.tolist()]
        columns["group"] += [name] * (len(found.ahead) + 1)
    return Chart(
        "model-incidence", "incidence",
        Text(en="The model's chances from here on", nl="De kansen van het model vanaf hier"),
        Text(en="Chance that this war has ended in each way by months from now, with bands; the rest goes on.",
             nl="Kans dat deze oorlog op elke wijze geëindigd is naar maanden vanaf nu, met banden; de rest gaat door."),
        columns, Text(en="months from now", nl="maanden vanaf nu"), Text(en="chance", nl="kans"),
    )  # fmt: skip


def track_chart(track: SettlementTrack, record: Record) -> Chart | None:
    """The line over time, or None where too few days had wars to learn from."""
    told = ~np.isnan(track.settled[:, 0])
    if told.sum() < 3:
        return None
    columns: dict[str, list[Any]] = {"date": [], "value": [], "lower": [], "upper": [], "group": []}
    for name, values in ((_EITHER, track.settled), (_CEASEFIRE, track.ceasefire)):
        columns["date"] += [day.isoformat() for day, known in zip(track.days, told, strict=True) if known]
        for i, key in enumerate(("value", "lower", "upper")):
            columns[key] += (100 * values[told, i]).tolist()
        columns["group"] += [name] * int(told.sum())
    first = next(day for day, known in zip(track.days, told, strict=True) if known)
    fewest, most = int(track.n_endings[told].min()), int(track.n_endings[told].max())
    span = Text(
        en=EN.number(most) if fewest == most else f"{EN.number(fewest)} to {EN.number(most)}",
        nl=NL.number(most) if fewest == most else f"{NL.number(fewest)} tot {NL.number(most)}",
    )
    return Chart(
        "settlement-track", "timeline",
        Text(en="Chance of a settlement within 12 months, as each month could have seen it",
             nl="Kans op een regeling binnen 12 maanden, zoals elke maand die kon zien"),
        Text(en=f"Each point uses only what was known on its day, and {span.en} endings of other conflicts coded by then; this war's own "
             "ending is in none. The model does not see the talks, the front or the leaders, so the line moves with the calendar years.",
             nl=f"Elk punt gebruikt alleen wat op die dag bekend was, en {span.nl} eindes van andere conflicten die toen te coderen waren; "
             "het einde van deze oorlog zelf zit er niet in. Het model ziet de onderhandelingen, het front en de leiders niet; de lijn "
             "beweegt dus met de kalenderjaren."),
        columns, Text(en="", nl=""), Text(en="chance within 12 months, %", nl="kans binnen 12 maanden, %"),
        marks=_marks(record, first.isoformat(), track.days[-1].isoformat()),
    )  # fmt: skip


def _marks(record: Record, first: str, last: str) -> tuple[Mark, ...]:
    marks: Sequence[Mark] = [
        Mark(talk.date.isoformat(), Text(en=talk.name_en, nl=talk.name_nl))
        for talk in record.talks
        if talk.kind in _MARKED and first <= talk.date.isoformat() <= last
    ]
    return tuple(marks)


def model_caveat() -> Text:
    """What the model cannot see."""
    return Text(
        en="The model knows no front, talks or leaders, and of this war only what its record counts by calendar year. How often "
        "such forecasts would have been right on past wars: `armistice backtest`.",
        nl="Het model kent geen front, onderhandelingen of leiders, en van deze oorlog alleen wat het dossier per kalenderjaar "
        "telt. Hoe vaak zulke voorspellingen bij eerdere oorlogen goed waren geweest: `armistice backtest`.",
    )
