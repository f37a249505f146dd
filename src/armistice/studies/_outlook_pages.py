"""Tables and charts of the outlook."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from armistice.estimate import Estimate
from armistice.outlook.chances import Floats
from armistice.record.as_of import Record
from armistice.studies._outlook_methods import METHODS
from armistice.studies._outlook_played import Fan, Foretold
from armistice.studies._outlook_pooled import Pooled
from armistice.studies._outlook_ways import AHEAD, SETTLED, WAY_NAMES, WAYS
from armistice.studies._outlook_words import METHOD_NAMES, Told, month_ahead, points, with_interval
from armistice.studies.study import Chart, Table
from armistice.text import EN, NL, Text

__all__ = [
    "check_table",
    "curves_chart",
    "deaths_table",
    "fan_chart",
    "settled_table",
    "ways_table",
    "weights_table",
]

_PAST_DAYS = 730
_FAN_STEP = 3


def _cell(found: Estimate | None) -> Text | None:
    return None if found is None else Text(en=with_interval(found, EN), nl=with_interval(found, NL))


def settled_table(told: Told) -> Table:
    """Chance of a settlement by months ahead: each method, and pooled."""
    names = (*told.methods, "pooled") if len(told.methods) > 1 else told.methods
    rows: list[tuple[Any, ...]] = []
    for months in AHEAD:
        keys = [
            f"settled_within[{months}]" if name == "pooled" else f"{name}_settled_within[{months}]" for name in names
        ]
        rows.append(
            (months, *(_cell(told.estimate(key)) for key in keys), _cell(told.estimate(f"ends_within[{months}]")))
        )
    level = told.estimate(f"settled_within[{AHEAD[0]}]")
    share = 0.95 if level is None else level.level
    return Table(
        "settled",
        Text(en="Chance of an armistice or peace agreement", nl="Kans op een wapenstilstand of vredesakkoord"),
        (Text(en="months from now", nl="maanden vanaf nu"), *(METHOD_NAMES[name] for name in names),
         Text(en="ended in any way", nl="hoe dan ook geëindigd")),
        tuple(rows),
        Text(en=f"Each with its {EN.percent(share)} interval.", nl=f"Elk met het {NL.percent(share)}-interval."),
    )  # fmt: skip


def ways_table(pooled: Pooled) -> Table:
    """Pooled chances of every way of ending, by months ahead."""
    at = pooled.incidence[[months - 1 for months in AHEAD]]

    def percent(value: float) -> Text:
        return Text(en=EN.percent(value), nl=NL.percent(value))

    rows: list[tuple[Any, ...]] = [
        (months, *(percent(float(at[i, w])) for w in range(len(WAYS))), percent(float(1 - at[i].sum())))
        for i, months in enumerate(AHEAD)
    ]
    return Table(
        "ways",
        Text(en="How it may end", nl="Hoe de oorlog kan eindigen"),
        (Text(en="months from now", nl="maanden vanaf nu"), *(WAY_NAMES[way] for way in WAYS),
         Text(en="still at war", nl="nog in oorlog")),
        tuple(rows),
        Text(en="Chances of a row add up to 100%.", nl="De kansen van een rij tellen op tot 100%."),
    )  # fmt: skip


def weights_table(told: Told) -> Table | None:
    """What the weights were learnt from; nothing where no war taught."""
    weights = told.weights
    if not weights.wars or len(told.methods) < 2:
        return None
    rows: list[tuple[Any, ...]] = [
        (war.replace("_", "-"), *(float(value) for value in row))
        for war, row in zip(weights.wars, weights.scores, strict=True)
    ]
    rows.append((Text(en="mean", nl="gemiddeld"), *(float(value) for value in weights.scores.mean(axis=0))))
    penalty = weights.penalty
    pull = (
        Text(en="These wars give no reason to leave equal weights.", nl="Deze oorlogen geven geen reden om van gelijke gewichten af te wijken.")
        if np.isinf(penalty)
        else Text(en=f"Pull towards equal weights: {EN.number(penalty)} wars.",
                  nl=f"Trekkracht naar gelijke gewichten: {NL.number(penalty)} oorlogen.")
    )  # fmt: skip
    return Table(
        "weights",
        Text(en="What the weights are learnt from: log score by war, lower is better",
             nl="Waaruit de gewichten geleerd zijn: logaritmische score per oorlog, lager is beter"),
        (Text(en="war", nl="oorlog"), *(METHOD_NAMES[name] for name in METHODS), Text(en="equal weights", nl="gelijke gewichten"),
         Text(en="weights learnt from the other wars", nl="gewichten geleerd van de andere oorlogen")),
        tuple(rows),
        Text(en="Forecasts issued in the course of each war from what was known then, about how and when it ended within five "
             f"years. {pull.en}",
             nl="Voorspellingen uit de loop van elke oorlog, uit wat toen bekend was, over hoe en wanneer die binnen vijf jaar eindigde. "
             f"{pull.nl}"),
    )  # fmt: skip


def deaths_table(record: Record, deaths: Floats) -> Table:
    """Expected further deaths by months ahead."""

    def cell(found: Floats) -> Text:
        value, low, high = (float(f"{number:.1e}") for number in found)
        return Text(en=f"{EN.number(value)} ({EN.span(low, high)})", nl=f"{NL.number(value)} ({NL.span(low, high)})")

    sides = (record.war.side_a.names, record.war.side_b.names)
    return Table(
        "deaths",
        Text(en="Expected further deaths", nl="Te verwachten verdere doden"),
        (Text(en="months from now", nl="maanden vanaf nu"), *(Text(en=side.en, nl=side.nl) for side in sides), Text(en="together", nl="samen")),
        tuple((months, *(cell(deaths[i, side]) for side in range(3))) for i, months in enumerate(AHEAD)),
        Text(en="By the pooled chance that the war goes on and what is claimed about losses so far; claims of the parties differ widely. "
             "Ended wars count with what they cost until then.",
             nl="Naar de kans dat de oorlog voortduurt en wat over de verliezen tot nu toe wordt beweerd; de beweringen van de partijen "
             "lopen ver uiteen. Geëindigde oorlogen tellen met wat zij tot dan kostten."),
    )  # fmt: skip


def check_table(found: Foretold, record: Record, day: dt.date) -> Table:
    """What the simulation of a year ago said of the year since."""
    rows: list[tuple[Any, ...]] = [
        (Text(en="the war is still fought a year later", nl="de oorlog wordt een jaar later nog gevoerd"),
         Text(en=EN.percent(found.still_fought), nl=NL.percent(found.still_fought)), Text(en="it was", nl="ja")),
    ]  # fmt: skip
    if found.front is not None and found.front_came is not None:
        front, came, side = found.front, found.front_came, record.war.side_a.names
        rows.append(
            (Text(en=f"gain of {side.en} at the front, percentage points of the stake",
                  nl=f"winst van {side.nl} aan het front, procentpunten van de inzet"),
             Text(en=f"{points(front.value, EN)} ({points(front.lower, EN)} to {points(front.upper, EN)})",
                  nl=f"{points(front.value, NL)} ({points(front.lower, NL)} tot {points(front.upper, NL)})"),
             Text(en=points(came, EN), nl=points(came, NL)))
        )  # fmt: skip
    return Table(
        "check",
        Text(en=f"The simulation put to the test: what it said on {EN.date(day)} of the year that followed",
             nl=f"De simulatie op de proef gesteld: wat zij op {NL.date(day)} zei over het jaar daarna"),
        (Text(en="what", nl="wat"), Text(en="said", nl="gezegd"), Text(en="came", nl="gekomen")),
        tuple(rows),
        Text(en="From what was known on that day; a range in brackets holds 90% of the wars played. One year is a weak test.",
             nl="Uit wat op die dag bekend was; een bereik tussen haakjes bevat 90% van de gespeelde oorlogen. Eén jaar is een zwakke toets."),
    )  # fmt: skip


def curves_chart(told: Told, curves: dict[str, Floats]) -> Chart:
    """Chance of a settlement from here on: pooled with its band, and each method.

    Parameters
    ----------
    told : Told
    curves : dict of str to ndarray of float64, shape (MONTHS, 3)
        By method or "pooled": value, lower, upper by month.
    """
    columns: dict[str, list[Any]] = {"months": [], "value": [], "lower": [], "upper": [], "group": []}
    for name, values in curves.items():
        columns["months"] += list(range(len(values) + 1))
        for column, key in enumerate(("value", "lower", "upper")):
            columns[key] += [0.0, *values[:, column].tolist()]
        columns["group"] += [METHOD_NAMES[name]] * (len(values) + 1)
    year = told.estimate("settled_within[12]")
    assert year is not None
    return Chart(
        "settlement", "incidence",
        Text(en="Chance of a settlement by months from now", nl="Kans op een regeling naar maanden vanaf nu"),
        Text(en=f"The chance that the war has been settled by then, with bands; within a year it is {with_interval(year, EN)}.",
             nl=f"De kans dat de oorlog dan met een regeling is beëindigd, met banden; binnen een jaar is die {with_interval(year, NL)}."),
        columns,
        Text(en="months from now", nl="maanden vanaf nu"),
        Text(en="chance of an armistice or peace agreement", nl="kans op een wapenstilstand of vredesakkoord"),
    )  # fmt: skip


def fan_chart(record: Record, fan: Fan) -> Chart | None:
    """The front so far and where it may go while the war is fought."""
    front = record.front
    if front is None or not len(front.dates):
        return None
    since = front.dates >= np.datetime64(record.as_of) - _PAST_DAYS
    days, values = front.dates[since], front.values[since]
    step = max(1, len(days) // 60)
    past, future = Text(en="on record", nl="in het dossier"), Text(en="played forward", nl="vooruit gespeeld")
    at = [i for i, month in enumerate(fan.months.tolist()) if month % _FAN_STEP == 0]
    ahead = [month_ahead(record, float(fan.months[i])).isoformat() for i in at]
    kept = [i for i in range(0, len(days), step) if np.isfinite(values[i])]
    columns: dict[str, list[Any]] = {
        "date": [*(str(days[i]) for i in kept), *ahead],
        "value": [*(float(values[i]) for i in kept), *fan.middle[at].tolist()],
        "lower": [*(float(values[i]) for i in kept), *fan.lower[at].tolist()],
        "upper": [*(float(values[i]) for i in kept), *fan.upper[at].tolist()],
        "group": [past] * len(kept) + [future] * len(at),
    }
    names = front.description.names
    unit = "km²" if front.description.measure == "area_km2" else "km"
    return Chart(
        "front-fan", "timeline",
        Text(en="Where the front may lie while the war is fought", nl="Waar het front kan liggen zolang de oorlog duurt"),
        Text(en="Of the wars played that are still fought by then, nine in ten have the front within the band; moves are counted on a "
             "coarse grid, so the band widens in steps.",
             nl="Van de gespeelde oorlogen die dan nog duren, ligt het front in negen van de tien binnen de band; bewegingen tellen op een "
             "grof raster, dus de band groeit in stappen."),
        columns, Text(en="date", nl="datum"), Text(en=f"{names.en} ({unit})", nl=f"{names.nl} ({unit})"),
    )  # fmt: skip


def settled_curve(incidence: Floats, drawn: Floats, level: float) -> Floats:
    """Value, lower and upper of the chance of a settlement by month; shape (MONTHS, 3)."""
    value = incidence[:, list(SETTLED)].sum(axis=1)
    lower, upper = np.quantile(drawn[:, :, list(SETTLED)].sum(axis=2), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.column_stack([value, np.minimum(lower, value), np.maximum(upper, value)])
