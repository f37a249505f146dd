"""What a reader gets of a simulation: numbers with the spread of the assumptions, tables, charts, sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.simulation.endings import CONTINUES, ENDINGS
from armistice.simulation.play import HISTOGRAM_MONTHS
from armistice.studies import _simulation_words as words
from armistice.studies._simulation_draws import described
from armistice.studies._simulation_runs import Outcome, Simulated, ended_share, settled_share
from armistice.studies.study import Chart, StudyResult, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["simulation_result"]

Floats = npt.NDArray[np.float64]
#: Intervals hold 80 % of the draws: with two dozen, more would be a matter of one or two of them.
LEVEL: Final = 0.8
_SHOWN: Final = 0.005  # endings rarer than this everywhere are left out of the chart
_METHOD: Final = (
    "bargaining game and violence played forward; mean over draws of the assumptions, and 80% of the draws"
)
_SOURCE: Final = "record and stated assumptions"


def simulation_result(found: Simulated) -> StudyResult:
    """All that is told of a simulation."""
    horizons = found.horizons()
    quantities: dict[str, Quantity] = {}
    for outcome in found.outcomes:
        quantities |= _chances(outcome, horizons) | _times(outcome) | _deaths(found, outcome, horizons)
    for outcome in found.outcomes[1:]:
        quantities |= _changes(found.as_is, outcome, horizons)
    caveats = (*words.CAVEATS, *_lost(found), *found.seen.missing, *words.not_in_games(found.record, found.observed))
    return StudyResult(
        headline=_headline(found),
        sentences=tuple(_sentences(found, quantities)),
        quantities=quantities,
        tables=tuple(_tables(found, quantities, horizons)),
        charts=tuple(_charts(found, quantities, horizons)),
        caveats=caveats,
        sources=found.seen.sources,
    )


# --- numbers ---------------------------------------------------------------------------------------------


def _spread(by_draw: Floats, n: int, method: str = _METHOD, unit: str = "") -> Estimate:
    """The mean over draws, with what holds 80 % of them."""
    value = float(by_draw.mean())
    low, high = np.quantile(by_draw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(
        value, min(float(low), value), max(float(high), value), level=LEVEL, n=n, n_of="draws of the assumptions",
        method=method, source=_SOURCE, unit=unit,
    )  # fmt: skip


def _chances(outcome: Outcome, horizons: Sequence[int]) -> dict[str, Quantity]:
    kept = [h for h in horizons if h <= outcome.months]
    chances = outcome.chances(kept)
    found: dict[str, Quantity] = {}
    for place, months in enumerate(kept):
        for number, ending in enumerate(ENDINGS):
            found[_key("chance", outcome, ending, months)] = _spread(chances[:, place, number], len(outcome.played))
        found[_key("chance", outcome, "settled", months)] = _spread(
            settled_share(chances[:, place]), len(outcome.played)
        )
        found[_key("chance", outcome, "ended", months)] = _spread(ended_share(chances[:, place]), len(outcome.played))
    return found


def _key(name: str, outcome: Outcome, *more: str | int) -> str:
    return f"{name}[{','.join(map(str, (outcome.id, *more)))}]"


def _times(outcome: Outcome) -> dict[str, Quantity]:
    """Months until half of the wars have ended."""
    ended = ended_share(outcome.chances(range(outcome.months + 1)))
    key = f"median_months[{outcome.id}]"
    middle = _first_half(ended.mean(axis=0))
    if not np.isfinite(middle):
        return {key: NotIdentified(words.no_median(outcome.months))}
    by_draw = np.array([_first_half(row) for row in ended])
    low, high = np.quantile(by_draw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="closest_observation")
    return {
        key: Estimate(
            middle, min(float(low), middle), max(float(high), middle), level=LEVEL, n=len(by_draw),
            n_of="draws of the assumptions", method="month by which half of the wars played have ended; 80% of the draws",
            source=_SOURCE, unit="months",
        )
    }  # fmt: skip


def _first_half(ended: Floats) -> float:
    reached = np.flatnonzero(ended >= 0.5)
    return float(reached[0]) if len(reached) else float("inf")


def _deaths(found: Simulated, outcome: Outcome, horizons: Sequence[int]) -> dict[str, Quantity]:
    if not outcome.counts_deaths:
        return {f"deaths[{outcome.id}]": NotObserved(words.NO_DEATHS)}
    together, result = outcome.together(), {}  # type: Any, dict[str, Quantity]
    for months in (h for h in horizons if h <= outcome.months):
        for side, name in enumerate(found.record.war.side_ids):
            by_draw = np.array([one.deaths[months, side, 0] / one.n_wars for one in outcome.played])
            result[_key("mean_deaths", outcome, name, months)] = _spread(by_draw, len(by_draw), unit="persons")
        if months in together.histogram_months:
            low, middle, high = together.deaths_quantiles(months, [0.1, 0.5, 0.9])
            result[_key("deaths", outcome, months)] = Estimate(
                float(middle), float(low), float(high), level=LEVEL, n=together.n_wars, n_of="wars played",
                method="deaths of both sides from now on; middle and 80% of the wars played, draws together",
                source=_SOURCE, unit="persons",
            )  # fmt: skip
    return result


def _changes(as_is: Outcome, outcome: Outcome, horizons: Sequence[int]) -> dict[str, Quantity]:
    """Each draw under the scenario less the same draw as it is, on the same random numbers."""
    kept = [h for h in horizons if h <= min(as_is.months, outcome.months)]
    before, after = as_is.chances(kept), outcome.chances(kept)
    how = "same draw, same random numbers, scenario less as it is; mean and 80% of the draws"
    found: dict[str, Quantity] = {}
    for place, months in enumerate(kept):
        for name, share in (("settled", settled_share), ("ended", ended_share)):
            difference = share(after[:, place]) - share(before[:, place])
            found[_key("change", outcome, name, months)] = _spread(difference, len(difference), how)
    if as_is.counts_deaths and outcome.counts_deaths and kept:
        months = kept[-1]
        per_war = [
            np.array([one.deaths[months, :, 0].sum() / one.n_wars for one in each.played])
            for each in (outcome, as_is)
        ]
        found[_key("change", outcome, "deaths", months)] = _spread(
            per_war[0] - per_war[1], len(per_war[0]), how, "persons"
        )
    return found


# --- sentences -------------------------------------------------------------------------------------------


def _year(found: Simulated) -> int:
    """The horizon that the sentences speak of: a year, or as long as was played."""
    return min(12, found.as_is.months)


def _headline(found: Simulated) -> Text:
    months = _year(found)
    chances = found.as_is.chances([months])[:, 0]
    ended, settled = ended_share(chances), settled_share(chances)
    return Text(
        en=f"Played forward as it stands, this war had ended within {months} months in {EN.percent(float(ended.mean()))} of "
        f"the wars played ({_span(ended, EN)} for most assumptions), by a settlement in {EN.percent(float(settled.mean()))}.",
        nl=f"Doorgespeeld zoals hij ervoor staat was deze oorlog binnen {months} maanden voorbij in "
        f"{NL.percent(float(ended.mean()))} van de gespeelde oorlogen ({_span(ended, NL)} onder de meeste aannames), door een "
        f"regeling in {NL.percent(float(settled.mean()))}.",
    )


def _span(by_draw: Floats, say: Words) -> str:
    low, high = np.quantile(by_draw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return say.percent_span(float(low), float(high))


def _sentences(found: Simulated, quantities: dict[str, Quantity]) -> list[Text]:
    told: list[Text] = [words.what_was_played(found)]
    told.append(words.median_sentence(quantities[f"median_months[{found.as_is.id}]"], found.as_is.months))
    months = max((h for h in HISTOGRAM_MONTHS if h <= _year(found)), default=0)
    deaths = quantities.get(f"deaths[{found.as_is.id},{months}]")
    if isinstance(deaths, Estimate):
        told.append(words.deaths_sentence(deaths, months))
    for outcome in found.outcomes[1:]:
        change = quantities.get(_key("change", outcome, "settled", _year(found)))
        if isinstance(change, Estimate):
            assert outcome.scenario is not None
            told.append(
                words.change_sentence(
                    outcome.scenario, change, _rises(found.as_is, outcome, _year(found)), _year(found)
                )
            )
    return told


def _rises(as_is: Outcome, outcome: Outcome, months: int) -> float:
    before, after = (settled_share(each.chances([months])[:, 0]) for each in (as_is, outcome))
    return float(np.mean(after > before))


def _lost(found: Simulated) -> tuple[Text, ...]:
    lost = found.draws - len(found.as_is.draws)
    return (words.lost_draws(lost, found.draws),) if lost else ()


# --- tables ----------------------------------------------------------------------------------------------


def _tables(found: Simulated, quantities: dict[str, Quantity], horizons: Sequence[int]) -> list[Table]:
    tables = [_endings_table(found, outcome, quantities, horizons) for outcome in found.outcomes]
    if len(found.outcomes) > 1:
        tables.append(_changes_table(found, quantities, horizons))
    if any(outcome.counts_deaths for outcome in found.outcomes):
        tables.append(_deaths_table(found, quantities, horizons))
    front = _front_table(found, horizons)
    return [*tables, *([front] if front is not None else []), _assumptions_table(found)]


def _name(outcome: Outcome) -> Text:
    return words.AS_IS if outcome.scenario is None else outcome.scenario.names


def _cell(quantity: Quantity | None, *, percent: bool = True, signed: bool = False) -> Text | None:
    if not isinstance(quantity, Estimate):
        return None
    return Text(
        en=words.told(quantity, EN, percent=percent, signed=signed),
        nl=words.told(quantity, NL, percent=percent, signed=signed),
    )


def _endings_table(
    found: Simulated, outcome: Outcome, quantities: dict[str, Quantity], horizons: Sequence[int]
) -> Table:
    rows = []
    for ending in (*ENDINGS[:CONTINUES], "ended"):
        name = words.ANY_ENDING if ending == "ended" else words.ending_name(ending, found.record)
        cells = [_cell(quantities.get(_key("chance", outcome, ending, months))) for months in horizons]
        rows.append((name, *cells))
    title = Text(en=f"How the war ends: {_name(outcome).en}", nl=f"Hoe de oorlog eindigt: {_name(outcome).nl}")
    return Table(
        f"endings-{outcome.id}", title, (words.ENDING, *(words.by_months(months) for months in horizons)), tuple(rows),
        words.INTERVAL_NOTE if outcome.scenario is None else outcome.scenario.description,
    )  # fmt: skip


def _changes_table(found: Simulated, quantities: dict[str, Quantity], horizons: Sequence[int]) -> Table:
    rows = []
    for outcome in found.outcomes[1:]:
        for what, name in (("settled", words.SETTLED), ("ended", words.ANY_ENDING)):
            cells = [_cell(quantities.get(_key("change", outcome, what, months)), signed=True) for months in horizons]
            rows.append((_name(outcome), name, *cells))
    return Table(
        "changes", words.CHANGES, (words.SCENARIO, words.CHANCE_OF, *(words.by_months(months) for months in horizons)),
        tuple(rows), words.CHANGES_NOTE,
    )  # fmt: skip


def _deaths_table(found: Simulated, quantities: dict[str, Quantity], horizons: Sequence[int]) -> Table:
    rows = []
    sides = (found.record.war.side_a, found.record.war.side_b)
    for outcome in found.outcomes:
        for side in sides:
            cells = [
                _cell(quantities.get(_key("mean_deaths", outcome, side.id, months)), percent=False)
                for months in horizons
            ]
            rows.append((_name(outcome), side.names, *cells))
        both = [_cell(quantities.get(_key("deaths", outcome, months)), percent=False) for months in horizons]
        rows.append((_name(outcome), words.BOTH_SIDES, *both))
    return Table(
        "deaths", words.DEATHS, (words.SCENARIO, words.SIDE, *(words.by_months(months) for months in horizons)),
        tuple(rows), words.DEATHS_NOTE,
    )  # fmt: skip


def _front_table(found: Simulated, horizons: Sequence[int]) -> Table | None:
    rows = []
    for outcome in found.outcomes:
        cells: list[Text | None] = []
        for months in horizons:
            share = _front(outcome, months) if months <= outcome.months else None
            cells.append(None if share is None else words.share_span(*share))
        rows.append((_name(outcome), *cells))
    if all(cell is None for row in rows for cell in row[1:]):
        return None
    return Table(
        "front", words.front_title(found.record), (words.SCENARIO, *(words.by_months(m) for m in horizons)), tuple(rows),
        words.FRONT_NOTE,
    )  # fmt: skip


def _front(outcome: Outcome, months: int) -> tuple[float, float, float] | None:
    """A's share of the stake among the wars still fought: 10 %, middle, 90 %."""
    counts = outcome.together().front[months]
    if not counts.sum():
        return None
    cumulative = np.cumsum(counts) / counts.sum()
    cells = len(counts) - 1
    low, middle, high = (float(np.searchsorted(cumulative, p)) / cells for p in (0.1, 0.5, 0.9))
    return low, middle, high


def _assumptions_table(found: Simulated) -> Table:
    """What was drawn, as the record stands: the game's assumptions stand in the study of bargaining."""
    rows = [
        (described(name, found.record), float(values.min()), float(np.median(values)), float(values.max()))
        for name, values in found.as_is.violence.values.items()
    ]
    return Table("violence", words.DRAWN, words.DRAWN_COLUMNS, tuple(rows), words.DRAWN_NOTE)


# --- charts ----------------------------------------------------------------------------------------------


def _charts(found: Simulated, quantities: dict[str, Quantity], horizons: Sequence[int]) -> list[Chart]:
    charts = [_endings_chart(found)]
    if len(found.outcomes) > 1:
        charts += [_scenarios_chart(found), _changes_chart(found, quantities)]
    charts += [*_front_chart(found), *_deaths_chart(found, quantities, horizons)]
    return charts


def _curves(months: npt.NDArray[np.int64], curves: Sequence[tuple[Text, Floats]]) -> dict[str, list[Any]]:
    """Mean and 80 % of the draws for curves of shape (n_draws, months)."""
    columns: dict[str, list[Any]] = {"months": [], "value": [], "lower": [], "upper": [], "group": []}
    for name, by_draw in curves:
        low, high = np.quantile(by_draw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        mean = by_draw.mean(axis=0)
        columns["months"] += months.tolist()
        columns["value"] += mean.tolist()
        columns["lower"] += np.minimum(low, mean).tolist()
        columns["upper"] += np.maximum(high, mean).tolist()
        columns["group"] += [name] * len(months)
    return columns


def _shown_months(months: int) -> npt.NDArray[np.int64]:
    return np.unique(np.linspace(0, months, min(months, 60) + 1).astype(np.int64))


def _endings_chart(found: Simulated) -> Chart:
    months = _shown_months(found.as_is.months)
    chances = found.as_is.chances(months.tolist())
    curves = [
        (words.ending_name(ending, found.record), chances[:, :, number])
        for number, ending in enumerate(ENDINGS[:CONTINUES])
        if chances[:, -1, number].mean() >= _SHOWN
    ]
    if not curves:
        curves = [(words.ANY_ENDING, ended_share(chances))]
    return Chart(
        "endings", "incidence", words.ENDINGS_TITLE, words.endings_says(found.record.as_of), _curves(months, curves),
        words.MONTHS_FROM_NOW, words.SHARE_OF_WARS,
    )  # fmt: skip


def _scenarios_chart(found: Simulated) -> Chart:
    shortest = min(outcome.months for outcome in found.outcomes)
    months = _shown_months(shortest)
    curves = [(_name(outcome), settled_share(outcome.chances(months.tolist()))) for outcome in found.outcomes]
    return Chart(
        "scenarios", "incidence", words.SCENARIOS_TITLE, words.SCENARIOS_SAYS, _curves(months, curves),
        words.MONTHS_FROM_NOW, words.SHARE_OF_WARS,
    )  # fmt: skip


def _changes_chart(found: Simulated, quantities: dict[str, Quantity]) -> Chart:
    columns: dict[str, list[Any]] = {"label": [], "value": [], "lower": [], "upper": []}
    for outcome in found.outcomes[1:]:
        change = quantities.get(_key("change", outcome, "settled", min(_year(found), outcome.months)))
        if isinstance(change, Estimate):
            columns["label"].append(_name(outcome))
            for column, value in (("value", change.value), ("lower", change.lower), ("upper", change.upper)):
                columns[column].append(100 * value)
    return Chart(
        "changes", "intervals", words.CHANGES, words.changes_says(_year(found)), columns,
        words.POINTS, words.SCENARIO, reference=0.0,
    )  # fmt: skip


def _front_chart(found: Simulated) -> list[Chart]:
    columns: dict[str, list[Any]] = {"date": [], "value": [], "lower": [], "upper": []}
    together = found.as_is.together()
    for months in range(found.as_is.months + 1):
        if together.front[months].sum() < 100:
            break
        share = _front(found.as_is, months)
        assert share is not None
        columns["date"].append((found.record.as_of + dt.timedelta(days=round(months * 30.4375))).isoformat())
        for column, value in zip(("lower", "value", "upper"), share, strict=True):
            columns[column].append(100 * value)
    if len(columns["date"]) < 3:
        return []
    return [
        Chart(
            "front",
            "timeline",
            words.front_title(found.record),
            words.FRONT_SAYS,
            columns,
            words.DAY,
            words.PERCENT_HELD,
        )
    ]


def _deaths_chart(found: Simulated, quantities: dict[str, Quantity], horizons: Sequence[int]) -> list[Chart]:
    columns: dict[str, list[Any]] = {"label": [], "value": [], "lower": [], "upper": [], "group": []}
    for outcome in found.outcomes:
        for months in horizons:
            deaths = quantities.get(_key("deaths", outcome, months))
            if isinstance(deaths, Estimate):
                columns["label"].append(words.by_months(months))
                columns["group"].append(_name(outcome))
                for column, value in (("value", deaths.value), ("lower", deaths.lower), ("upper", deaths.upper)):
                    columns[column].append(value)
    if not columns["label"]:
        return []
    if len(found.outcomes) == 1:
        del columns["group"]
    return [
        Chart("deaths", "intervals", words.DEATHS, words.DEATHS_SAYS, columns, words.PERSONS, words.MONTHS_FROM_NOW)
    ]
