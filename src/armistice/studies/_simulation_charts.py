"""Charts of a simulation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.estimate import Estimate, Quantity
from armistice.simulation.endings import CONTINUES, ENDINGS
from armistice.studies import _simulation_words as words
from armistice.studies._simulation_runs import Outcome, Simulated, ended_share, settled_share
from armistice.studies.study import Chart
from armistice.text import Text

__all__ = ["LEVEL", "front_share", "key_of", "name_of", "simulation_charts", "year_of"]

Floats = npt.NDArray[np.float64]
#: Intervals hold 80 % of the draws: with two dozen, more would be a matter of one or two of them.
LEVEL: Final = 0.8
_SHOWN: Final = 0.005  # endings rarer than this everywhere are left out of the chart


def key_of(name: str, outcome: Outcome, *more: str | int) -> str:
    """A quantity's key: its name, the scenario and what else tells it apart."""
    return f"{name}[{','.join(map(str, (outcome.id, *more)))}]"


def name_of(outcome: Outcome) -> Text:
    """The scenario in words."""
    return words.AS_IS if outcome.scenario is None else outcome.scenario.names


def year_of(found: Simulated) -> int:
    """The horizon that the sentences speak of: a year, or as long as was played."""
    return min(12, found.as_is.months)


def front_share(outcome: Outcome, months: int) -> tuple[float, float, float] | None:
    """A's share of the stake among the wars still fought: 10 %, middle, 90 %.

    The grid of the game is coarse: moves are counted from where the front lies, where that is on record.
    """
    front, held = outcome.together.front, outcome.games.observed.share_a
    if not front[months].sum():
        return None
    cumulative = np.cumsum(front[months]) / front[months].sum()
    cells = front.shape[1] - 1
    begins = 0.0 if held is None else held - int(np.argmax(front[0])) / cells
    low, middle, high = (
        float(np.clip(begins + np.searchsorted(cumulative, p) / cells, 0.0, 1.0)) for p in (0.1, 0.5, 0.9)
    )
    return low, middle, high


def simulation_charts(found: Simulated, quantities: Mapping[str, Quantity], horizons: Sequence[int]) -> list[Chart]:
    """Endings, scenarios and what they change, the front, the dead."""
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
    curves = [(name_of(outcome), settled_share(outcome.chances(months.tolist()))) for outcome in found.outcomes]
    return Chart(
        "scenarios", "incidence", words.SCENARIOS_TITLE, words.SCENARIOS_SAYS, _curves(months, curves),
        words.MONTHS_FROM_NOW, words.SHARE_OF_WARS,
    )  # fmt: skip


def _changes_chart(found: Simulated, quantities: Mapping[str, Quantity]) -> Chart:
    columns: dict[str, list[Any]] = {"label": [], "value": [], "lower": [], "upper": []}
    for outcome in found.outcomes[1:]:
        change = quantities.get(key_of("change", outcome, "settled", min(year_of(found), outcome.months)))
        if isinstance(change, Estimate):
            columns["label"].append(name_of(outcome))
            for column, value in (("value", change.value), ("lower", change.lower), ("upper", change.upper)):
                columns[column].append(100 * value)
    return Chart(
        "changes", "intervals", words.CHANGES, words.changes_says(year_of(found)), columns,
        words.POINTS, words.SCENARIO, reference=0.0,
    )  # fmt: skip


def _front_chart(found: Simulated) -> list[Chart]:
    columns: dict[str, list[Any]] = {"date": [], "value": [], "lower": [], "upper": []}
    together = found.as_is.together
    for months in range(found.as_is.months + 1):
        if together.front[months].sum() < 100:
            break
        share = front_share(found.as_is, months)
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


def _deaths_chart(found: Simulated, quantities: Mapping[str, Quantity], horizons: Sequence[int]) -> list[Chart]:
    columns: dict[str, list[Any]] = {"label": [], "value": [], "lower": [], "upper": [], "group": []}
    for outcome in found.outcomes:
        for months in horizons:
            deaths = quantities.get(key_of("deaths", outcome, months))
            if isinstance(deaths, Estimate):
                columns["label"].append(words.by_months(months))
                columns["group"].append(name_of(outcome))
                for column, value in (("value", deaths.value), ("lower", deaths.lower), ("upper", deaths.upper)):
                    columns[column].append(value)
    if not columns["label"]:
        return []
    if len(found.outcomes) == 1:
        del columns["group"]
    return [
        Chart("deaths", "intervals", words.DEATHS, words.DEATHS_SAYS, columns, words.PERSONS, words.MONTHS_FROM_NOW)
    ]
