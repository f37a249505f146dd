"""What a reader gets of a simulation: numbers with the spread of the assumptions, tables, charts, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.simulation.endings import CONTINUES, ENDINGS
from armistice.simulation.play import HISTOGRAM_MONTHS
from armistice.studies import _simulation_words as words
from armistice.studies._simulation_charts import LEVEL, front_share, key_of, name_of, simulation_charts, year_of
from armistice.studies._simulation_draws import described
from armistice.studies._simulation_missing import not_in_games
from armistice.studies._simulation_runs import Outcome, Simulated, ended_share, settled_share
from armistice.studies.study import StudyResult, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["simulation_result"]

Floats = npt.NDArray[np.float64]
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
    caveats = (*words.CAVEATS, *_lost(found), *found.seen.missing, *not_in_games(found.record, found.observed))
    return StudyResult(
        headline=_headline(found),
        sentences=tuple(_sentences(found, quantities)),
        quantities=quantities,
        tables=tuple(_tables(found, quantities, horizons)),
        charts=tuple(simulation_charts(found, quantities, horizons)),
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
            found[key_of("chance", outcome, ending, months)] = _spread(chances[:, place, number], len(outcome.played))
        found[key_of("chance", outcome, "settled", months)] = _spread(
            settled_share(chances[:, place]), len(outcome.played)
        )
        found[key_of("chance", outcome, "ended", months)] = _spread(
            ended_share(chances[:, place]), len(outcome.played)
        )
    return found


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
    together = outcome.together
    result: dict[str, Quantity] = {}
    for months in (h for h in horizons if h <= outcome.months):
        for side, name in enumerate(found.record.war.side_ids):
            by_draw = np.array([one.deaths[months, side, 0] / one.n_wars for one in outcome.played])
            result[key_of("mean_deaths", outcome, name, months)] = _spread(by_draw, len(by_draw), unit="persons")
        if months in together.histogram_months:
            low, middle, high = together.deaths_quantiles(months, [0.1, 0.5, 0.9])
            result[key_of("deaths", outcome, months)] = Estimate(
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
            found[key_of("change", outcome, name, months)] = _spread(difference, len(difference), how)
    if as_is.counts_deaths and outcome.counts_deaths and kept:
        months = kept[-1]
        per_war = [
            np.array([one.deaths[months, :, 0].sum() / one.n_wars for one in each.played])
            for each in (outcome, as_is)
        ]
        found[key_of("change", outcome, "deaths", months)] = _spread(
            per_war[0] - per_war[1], len(per_war[0]), how, "persons"
        )
    return found


# --- sentences -------------------------------------------------------------------------------------------


def _headline(found: Simulated) -> Text:
    months = year_of(found)
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
    told: list[Text] = [words.NOT_WEIGHED, words.what_was_played(found)]
    told.append(words.median_sentence(quantities[f"median_months[{found.as_is.id}]"], found.as_is.months))
    months = max((h for h in HISTOGRAM_MONTHS if h <= year_of(found)), default=0)
    deaths = quantities.get(f"deaths[{found.as_is.id},{months}]")
    if isinstance(deaths, Estimate):
        told.append(words.deaths_sentence(deaths, months))
    for outcome in found.outcomes[1:]:
        change = quantities.get(key_of("change", outcome, "settled", year_of(found)))
        if isinstance(change, Estimate):
            assert outcome.scenario is not None
            told.append(
                words.change_sentence(
                    outcome.scenario, change, _rises(found.as_is, outcome, year_of(found)), year_of(found)
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
        cells = [_cell(quantities.get(key_of("chance", outcome, ending, months))) for months in horizons]
        rows.append((name, *cells))
    title = Text(en=f"How the war ends: {name_of(outcome).en}", nl=f"Hoe de oorlog eindigt: {name_of(outcome).nl}")
    return Table(
        f"endings-{outcome.id}", title, (words.ENDING, *(words.by_months(months) for months in horizons)), tuple(rows),
        words.INTERVAL_NOTE if outcome.scenario is None else outcome.scenario.description,
    )  # fmt: skip


def _changes_table(found: Simulated, quantities: dict[str, Quantity], horizons: Sequence[int]) -> Table:
    rows = []
    for outcome in found.outcomes[1:]:
        for what, name in (("settled", words.SETTLED), ("ended", words.ANY_ENDING)):
            cells = [
                _cell(quantities.get(key_of("change", outcome, what, months)), signed=True) for months in horizons
            ]
            rows.append((name_of(outcome), name, *cells))
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
                _cell(quantities.get(key_of("mean_deaths", outcome, side.id, months)), percent=False)
                for months in horizons
            ]
            rows.append((name_of(outcome), side.names, *cells))
        both = [_cell(quantities.get(key_of("deaths", outcome, months)), percent=False) for months in horizons]
        rows.append((name_of(outcome), words.BOTH_SIDES, *both))
    return Table(
        "deaths", words.DEATHS, (words.SCENARIO, words.SIDE, *(words.by_months(months) for months in horizons)),
        tuple(rows), words.DEATHS_NOTE,
    )  # fmt: skip


def _front_table(found: Simulated, horizons: Sequence[int]) -> Table | None:
    rows = []
    for outcome in found.outcomes:
        cells: list[Text | None] = []
        for months in horizons:
            share = front_share(outcome, months) if months <= outcome.months else None
            cells.append(None if share is None else words.share_span(*share))
        rows.append((name_of(outcome), *cells))
    if all(cell is None for row in rows for cell in row[1:]):
        return None
    return Table(
        "front", words.front_title(found.record), (words.SCENARIO, *(words.by_months(m) for m in horizons)), tuple(rows),
        words.FRONT_NOTE,
    )  # fmt: skip


def _assumptions_table(found: Simulated) -> Table:
    """What was drawn, as the record stands: the game's assumptions stand in the study of bargaining."""
    rows = [
        (described(name, found.record), float(values.min()), float(np.median(values)), float(values.max()))
        for name, values in found.as_is.violence.values.items()
    ]
    return Table("violence", words.DRAWN, words.DRAWN_COLUMNS, tuple(rows), words.DRAWN_NOTE)
