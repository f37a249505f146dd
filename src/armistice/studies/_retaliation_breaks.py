"""Deaths and strikes around suspensions and resumptions of the talks, also where only one side is on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from armistice.escalation.retaliation_counts import RetaliationFit
from armistice.escalation.talks_breaks import Break, Breaks, breaks_in_talks
from armistice.escalation.windows import BoolArray, FloatArray
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.record.as_of import Record, Series
from armistice.studies import _retaliation_breaks_words as words
from armistice.studies._around_talks_data import Spell, spells_of_talks
from armistice.studies.study import Cell, Chart, StudyResult, Table
from armistice.text import Text

__all__ = ["BreaksFound", "breaks_found", "daily_counts", "one_sided", "quantities", "talk_columns", "talk_effects"]

_MEASURES: Final = ("strikes", "deaths")
_WINDOW_DAYS: Final = 28
_OTHER_WINDOWS: Final = (14, 42)
_STATES: Final = {"suspension": "suspended", "resumption": "open"}
_LEAST_COLUMN_DAYS: Final = 7
_LEVEL: Final = 0.95


@dataclass(frozen=True, eq=False)
class BreaksFound:
    """What was found in one series: by kind of change, for the chosen window and for others."""

    series: Series
    spells: tuple[Spell, ...]
    by_kind: dict[str, Breaks]
    by_window: dict[tuple[str, int], Breaks]

    @property
    def quantities(self) -> dict[str, Quantity]:
        """Pooled ratios, or why there is none."""
        made: dict[str, Quantity] = {}
        for kind, found in self.by_kind.items():
            key = f"ratio_after_{kind}[{self.series.id}]"
            if not found.n_usable:
                made[key] = NotObserved(words.no_usable_change(kind))
            elif not np.isfinite(found.ratio):
                made[key] = NotIdentified(words.no_placebos(kind))
            else:
                made[key] = Estimate(
                    found.ratio, found.lower, found.upper, level=_LEVEL, n=found.n_usable, n_of=f"{kind}s",
                    method=f"mean of {_WINDOW_DAYS} days after over those before, placebo days",
                    source=self.series.description.source,
                )  # fmt: skip
        return made

    @property
    def table(self) -> Table:
        """Every change, with its windows."""
        rows: list[tuple[Cell, ...]] = []
        for kind, found in self.by_kind.items():
            for one in found.breaks:
                day = (self.series.dates[0] + np.timedelta64(one.day, "D")).astype(object)
                rows.append(
                    (
                        words.KINDS[kind],
                        words.day(day),
                        _number(one.before),
                        one.n_before,
                        _number(one.after),
                        one.n_after,
                        _ratio(one),
                    )
                )
        return words.changes_table(self.series, tuple(rows), _WINDOW_DAYS)

    @property
    def windows_table(self) -> Table:
        """Pooled ratios by the length of the windows."""
        rows = [
            (words.KINDS[kind], days, found.n_usable, *(_number(v) for v in (found.ratio, found.lower, found.upper)),
             _number(found.p_value), _number(found.placebo_ratio))
            for (kind, days), found in sorted(self.by_window.items(), key=lambda pair: (pair[0][0] != "suspension", pair[0][1]))
        ]  # fmt: skip
        return words.windows_table(self.series, tuple(rows))

    @property
    def chart(self) -> Chart | None:
        """Pooled ratios with intervals; None without any."""
        usable = {kind: found for kind, found in self.by_kind.items() if np.isfinite(found.ratio)}
        if not usable:
            return None
        return words.chart(
            self.series,
            {
                "label": [words.KINDS[kind] for kind in usable],
                "value": [found.ratio for found in usable.values()],
                "lower": [found.lower for found in usable.values()],
                "upper": [found.upper for found in usable.values()],
            },
        )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _ratio(one: Break) -> float | None:
    return one.after / one.before if one.is_usable and one.before > 0 else None


def daily_counts(record: Record) -> list[Series]:
    """Daily counts of strikes or deaths, from the day they can be used."""
    return [
        series.usable()
        for series in record.all_series.values()
        if series.description.every == "day"
        and series.description.is_count
        and series.description.measures in _MEASURES
        and np.isfinite(series.usable().values).any()
    ]


def breaks_found(record: Record, rng: np.random.Generator) -> list[BreaksFound]:
    """Changes of state of the talks in every daily series; empty where the record has no suspension and resumption."""
    spells = spells_of_talks(record)
    found = []
    for series in daily_counts(record) if spells else []:
        first = series.dates[0].astype(object)
        stretches = [((s.first - first).days, (s.past - first).days) for s in spells]
        by_window = {
            (kind, days): breaks_in_talks(
                series.values,
                [start for (start, _), s in zip(stretches, spells, strict=True) if s.state == state and start >= 0],
                stretches,
                rng,
                window_days=days,
                level=_LEVEL,
            )
            for kind, state in _STATES.items()
            for days in (_WINDOW_DAYS, *_OTHER_WINDOWS)
        }
        by_kind = {kind: by_window[kind, _WINDOW_DAYS] for kind in _STATES}
        found.append(BreaksFound(series, tuple(spells), by_kind, by_window))
    return found


def one_sided(why: NotObserved, changes: Sequence[BreaksFound]) -> StudyResult:
    """The study's result where only one side is on record, but talks broke off and resumed."""
    main = changes[0]
    charts = [one.chart for one in changes]
    return StudyResult(
        headline=words.headline(main.series, main.by_kind),
        sentences=(why.reason, *(said for one in changes for said in words.sentences(one.series, one.by_kind))),
        quantities=quantities(changes, ()),
        tables=tuple(table for one in changes for table in (one.table, one.windows_table)),
        charts=tuple(chart for chart in charts if chart is not None),
        caveats=words.CAVEATS,
        sources=tuple(sorted({one.series.description.source for one in changes})),
    )


def quantities(changes: Sequence[BreaksFound], others: Sequence[Series]) -> dict[str, Quantity]:
    """What followed breaks in the talks, for every series; for others that there were none."""
    made: dict[str, Quantity] = {}
    for one in changes:
        made |= one.quantities
    for series in others:
        for kind in words.KINDS:
            made.setdefault(f"ratio_after_{kind}[{series.id}]", NotObserved(words.NO_BREAKS))
    return made


def talk_columns(
    record: Record, days: np.ndarray[tuple[int], np.dtype[np.datetime64]]
) -> tuple[FloatArray, list[Text]]:
    """Columns of the baseline that the record's talks give, each 0 or 1, and their names.

    Truces, weeks around a meeting of the sides, and days on which talks were suspended; a column that is the same on
    all but a few days is left out.

    Returns
    -------
    (ndarray of shape (n_days, q), list of Text)
    """
    n_days, first = len(days), days[0].astype(object)
    columns: list[BoolArray] = []
    names: list[Text] = []

    def marked(spans: Sequence[tuple[int, int]]) -> BoolArray:
        flags = np.zeros(n_days, dtype=bool)
        for start, past in spans:
            flags[max(start, 0) : max(min(past, n_days), 0)] = True
        return flags

    known = [t for t in record.talks if t.date <= record.as_of and t.date_precision == "day"]
    truces = [((t.date - first).days, ((t.end_date or t.date) - first).days + 1) for t in known if t.kind == "truce"]
    rounds = [(t.date - first).days for t in known if t.kind in ("direct_round", "leader_summit")]
    suspended = [
        ((s.first - first).days, (s.past - first).days) for s in spells_of_talks(record) if s.state == "suspended"
    ]
    for name, flags in (
        (words.TRUCE_DAYS, marked(truces)),
        (words.ROUND_DAYS, marked([(day - 3, day + 4) for day in rounds])),
        (words.SUSPENDED_DAYS, marked(suspended)),
    ):
        if _LEAST_COLUMN_DAYS <= flags.sum() <= n_days - _LEAST_COLUMN_DAYS:
            columns.append(flags)
            names.append(name)
    return np.column_stack(columns).astype(np.float64) if columns else np.empty((n_days, 0)), names


def talk_effects(
    fit: RetaliationFit, refits: Sequence[RetaliationFit], names: Sequence[Text], sides: Sequence[Text]
) -> Table | None:
    """How the baseline differs on days of truces, meetings and suspensions; None without such columns."""
    if not names:
        return None
    p = fit.design.shape[1]
    rows: list[tuple[Cell, ...]] = []
    for place, name in enumerate(names):
        at = p - len(names) + place
        for i, side in enumerate(sides):
            drawn = np.array([one.theta[i, at] for one in refits])
            low, high = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
            value = float(np.exp(fit.theta[i, at]))
            rows.append(
                (name, side, value, min(float(np.exp(low)), value), max(float(np.exp(high)), value),
                 int((fit.design[:, at] > 0).sum()))
            )  # fmt: skip
    return words.effects_table(tuple(rows))
