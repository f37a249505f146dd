"""Retaliation: do the sides answer each other's strikes, how strongly and how fast, and can that be told at all?

Estimand, estimator and intervals: :mod:`armistice.escalation.retaliation_counts` and ``retaliation_inference``; whether an
answer can be told from a background in common: :mod:`armistice.escalation.shared_background`. A number for the answers of
one side to the other is published only where the direction survives that test.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from armistice.errors import DataError, NotConvergedError, StatisticalWarning
from armistice.escalation.retaliation_counts import RetaliationFit, RetaliationSettings, fit_retaliation
from armistice.escalation.retaliation_inference import (
    AnswerTest,
    BranchingIntervals,
    answer_test,
    branching_intervals,
)
from armistice.escalation.shared_background import Direction, direction_verdict
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Record, Series
from armistice.studies import _retaliation_breaks as breaks
from armistice.studies import _retaliation_breaks_words as breaks_words
from armistice.studies import _retaliation_pages as pages
from armistice.studies import _retaliation_words as words
from armistice.studies.study import Cell, Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import Text

__all__ = ["STUDY", "RetaliationParameters"]

_LEVEL: Final = 0.95
_LEAST_DAYS: Final = 180
_EXTRA: Final = 10.0
_SHOWN_DAYS: Final = (1, 3, 7, 14)
_SENSITIVITY_DRAWS: Final = 39
_HOW: Final = "{}; parametric bootstrap and the bounds of the branching entries"
Pairs: TypeAlias = tuple[tuple[int, int], ...]


class RetaliationParameters(Parameters):
    """How long an answer may take, what counts as background, how many samples."""

    lag_days: int = Field(default=28, ge=7, le=56, description="Days over which a strike can be answered.")
    knot_days: int = Field(
        default=90, ge=30, le=365, description="What changes more slowly than this counts as background."
    )
    draws: int = Field(default=49, ge=19, le=2000, description="Bootstrap samples for the intervals.")
    null_draws: int = Field(
        default=99, ge=39, le=5000, description="Samples of a background in common, for each of its splits."
    )


@dataclass(frozen=True, eq=False)
class _Exchange:
    """Daily strikes of both sides on the same days."""

    names: tuple[Text, Text]
    ids: tuple[str, str]
    series: tuple[tuple[Series, ...], tuple[Series, ...]]
    days: npt.NDArray[np.datetime64]
    counts: npt.NDArray[np.float64]

    @property
    def source(self) -> str:
        return ", ".join(sorted({s.description.source for side in self.series for s in side}))


@dataclass(frozen=True, eq=False)
class _Findings:
    """Everything that was computed for one exchange."""

    exchange: _Exchange
    fit: RetaliationFit
    intervals: BranchingIntervals
    direction: Direction
    tests: dict[tuple[int, int], AnswerTest]
    covariates: npt.NDArray[np.float64]
    covariate_names: list[Text]
    within_day: pages.WithinDay | None


def _run(record: Record, parameters: RetaliationParameters, rng: np.random.Generator) -> StudyResult:
    exchange = _exchange(record)
    changes = breaks.breaks_found(record, rng)
    if isinstance(exchange, NotObserved):
        return breaks.one_sided(exchange, changes) if changes else StudyResult.lacking(exchange)
    settings = RetaliationSettings(lag_days=parameters.lag_days, knot_days=parameters.knot_days)
    found = _findings(record, exchange, settings, parameters, rng)
    if isinstance(found, NotIdentified):
        return StudyResult.lacking(found)
    claimed = _claimed(found.direction)
    pit = pages.pit_of(found.fit, found.intervals, rng)
    by_series = None
    if sum(map(len, exchange.series)) > 2:
        by_series = pages.series_by_series(exchange.series, _each(exchange), found.covariates, settings, rng)
    tables = (
        _matrix(found),
        by_series,
        pages.within_day_table(found.within_day, exchange.names) if found.within_day else None,
        _sensitivity(found, parameters, rng),
        breaks.talk_effects(found.fit, found.intervals.refits, found.covariate_names, exchange.names),
        *(table for one in changes for table in (one.table, one.windows_table)),
        pages.pit_table(pit, exchange.names),
    )
    return StudyResult(
        headline=words.headline(found.direction, exchange.names, _answers(found, claimed) if claimed else None),
        sentences=(
            *words.sentences(
                found.direction, exchange.names, found.fit, _own(found), (exchange.days[0], exchange.days[-1])
            ),
            *words.long_chains(found.fit),
            *words.fit_sentences(pit.p_value, exchange.names),
        ),
        quantities=_quantities(found)
        | {
            f"fit_p_value[{side}]": Reported(
                float(pit.p_value[i]), "computed here", int(pit.n_days[i]), "histogram of transforms against refitted samples",
                exchange.source, n_of="days",
            )
            for i, side in enumerate(exchange.ids)
        }
        | breaks.quantities(changes, list(exchange.series[0] + exchange.series[1])),
        tables=tuple(table for table in tables if table is not None),
        charts=(*_charts(found), pages.pit_chart(pit, exchange.names)),
        caveats=(*words.CAVEATS, *(breaks_words.CAVEATS if changes else ())),
        sources=tuple(sorted({s.description.source for side in exchange.series for s in side})),
    )  # fmt: skip


# --- what the record holds ------------------------------------------------------------------------------


def _exchange(record: Record) -> _Exchange | NotObserved:
    a, b = record.war.side_ids
    sides = tuple(_strikes(record, side) for side in (a, b))
    names = (record.war.side(a).names, record.war.side(b).names)
    silent = [name for name, series in zip(names, sides, strict=True) if not series]
    if silent:
        others = [s.description.names for s in _daily(record) if s.description.measures in ("strikes", "deaths")]
        return NotObserved(words.one_side_only(silent, others))
    first = max(s.dates[0] for series in sides for s in series)
    last = min(s.dates[-1] for series in sides for s in series)
    n_days = int((last - first).astype(int)) + 1
    if n_days < 1:
        return NotObserved(words.too_short(0, _LEAST_DAYS))
    counts = np.column_stack([_total(series, first, n_days) for series in sides])
    both = int(np.isfinite(counts).all(axis=1).sum())
    if both < _LEAST_DAYS:
        return NotObserved(words.too_short(both, _LEAST_DAYS))
    return _Exchange(names, (a, b), (sides[0], sides[1]), first + np.arange(n_days), counts)


def _daily(record: Record) -> list[Series]:
    usable = [s.usable() for s in record.all_series.values() if s.description.every == "day"]
    return [s for s in usable if s.description.is_count and np.isfinite(s.values).any()]


def _strikes(record: Record, side: str) -> tuple[Series, ...]:
    return tuple(s for s in _daily(record) if s.description.measures == "strikes" and s.description.side == side)


def _total(series: tuple[Series, ...], first: np.datetime64, n_days: int) -> npt.NDArray[np.float64]:
    """Sum of a side's series; missing where any of them is."""
    total = np.zeros(n_days)
    for one in series:
        start = int((first - one.dates[0]).astype(int))
        total += one.values[start : start + n_days]
    return total


def _each(exchange: _Exchange) -> list[npt.NDArray[np.float64]]:
    """Every series by itself, on the days of the exchange."""
    return [_total((one,), exchange.days[0], len(exchange.days)) for side in exchange.series for one in side]


def _findings(
    record: Record,
    exchange: _Exchange,
    settings: RetaliationSettings,
    parameters: RetaliationParameters,
    rng: np.random.Generator,
) -> _Findings | NotIdentified:
    columns, names = breaks.talk_columns(record, exchange.days)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", StatisticalWarning)  # said to the reader below
            fit = fit_retaliation(exchange.counts, days=exchange.days, covariates=columns, settings=settings)
        if fit.spectral_radius >= 1:
            return NotIdentified(words.no_end(fit.spectral_radius))
        intervals = branching_intervals(fit, rng, n_draws=parameters.draws, level=_LEVEL)
    except DataError:
        return NotIdentified(words.HOLES)
    except NotConvergedError:
        return NotIdentified(words.NO_FIT)
    direction = direction_verdict(fit, 0, 1, rng, n_draws=parameters.null_draws, level=_LEVEL)
    tests = {(i, 1 - i): answer_test(fit, i, 1 - i) for i in range(2)}
    return _Findings(
        exchange, fit, intervals, direction, tests, columns, names, pages.within_day(fit, settings)
    )  # fmt: skip


def _claimed(direction: Direction) -> tuple[int, int] | None:
    """The side that answers and the side answered, if that can be told."""
    return {"second answers first": (1, 0), "first answers second": (0, 1)}.get(direction.verdict)


# --- what is published ----------------------------------------------------------------------------------


def _estimate(found: _Findings, value: float, lower: float, upper: float, method: str, unit: str = "") -> Estimate:
    return Estimate(
        value, min(lower, value), max(upper, value), level=_LEVEL, n=int(found.fit.n_used.sum()), n_of="days of a side",
        method=method, source=found.exchange.source, unit=unit,
    )  # fmt: skip


def _branching(found: _Findings, i: int, j: int) -> Estimate:
    return _estimate(
        found, float(found.fit.branching[i, j]), float(found.intervals.lower[i, j]), float(found.intervals.upper[i, j]),
        "negative-binomial INGARCH, restricted likelihood; profile interval corrected by parametric bootstrap",
        "strikes per strike",
    )  # fmt: skip


def _own(found: _Findings) -> tuple[Estimate, Estimate]:
    return _branching(found, 0, 0), _branching(found, 1, 1)


def _cumulative(fit: RetaliationFit, i: int, j: int, days: int) -> float:
    """Extra strikes of side i, added up over so many days after ten more of side j."""
    return float(fit.impulse_response(j, extra=_EXTRA, days=days)[1:, i].sum())


def _with_entry(fit: RetaliationFit, i: int, j: int, value: float) -> RetaliationFit:
    theta = fit.theta.copy()
    theta[i, fit.design.shape[1] + j] = value
    return replace(fit, theta=theta)


def _span(found: _Findings, value: float, of: Callable[[RetaliationFit], float], pairs: Pairs) -> tuple[float, float]:
    """Interval of a number computed from the model, at least as wide as the intervals of these entries make it.

    The percentiles over the refits, and the number with one entry at a time at its bounds: refits alone inherit what
    bias the estimates have.
    """
    lower, upper = found.intervals.of(np.array([of(refit) for refit in found.intervals.refits]), value)
    for i, j in pairs:
        low, high = float(found.intervals.lower[i, j]), float(found.intervals.upper[i, j])
        lower = min(lower, of(_with_entry(found.fit, i, j, low)))
        upper = max(upper, of(_with_entry(found.fit, i, j, high)) if np.isfinite(high) else np.inf)
    return lower, upper


def _response(found: _Findings, i: int, j: int, days: int) -> Estimate:
    value = _cumulative(found.fit, i, j, days)
    lower, upper = _span(found, value, lambda fit: _cumulative(fit, i, j, days), ((i, j),))
    return _estimate(found, value, lower, upper, _HOW.format("impulse response"), "strikes")


def _answers(found: _Findings, pair: tuple[int, int]) -> Estimate:
    return _response(found, *pair, _SHOWN_DAYS[-1])


def _quantities(found: _Findings) -> dict[str, Quantity]:
    ids, names, claimed = found.exchange.ids, found.exchange.names, _claimed(found.direction)
    result: dict[str, Quantity] = {}
    for i in range(2):
        result[f"own_branching[{ids[i]}]"] = _branching(found, i, i)
        j = 1 - i
        refused = NotIdentified(words.refused(found.direction, names[i], names[j]))
        is_claimed = claimed == (i, j)
        half_lives = np.array([refit.half_life_days[i, j] for refit in found.intervals.refits])
        half_life = float(found.fit.half_life_days[i, j])
        result[f"answers_of[{ids[i]}]"] = _branching(found, i, j) if is_claimed else refused
        result[f"answers_within_14_days_of[{ids[i]}]"] = _answers(found, (i, j)) if is_claimed else refused
        result[f"half_life_days_of[{ids[i]}]"] = (
            _estimate(
                found,
                half_life,
                *found.intervals.of(half_lives, half_life),
                "lag kernel, parametric bootstrap",
                "days",
            )
            if is_claimed
            else refused
        )
        result[f"answers_within_hours_of[{ids[i]}]"] = _within_hours(found, i, j)
        p_value = found.direction.p_second_answers if i == 1 else found.direction.p_first_answers
        result[f"p_value_direction_of[{ids[i]}]"] = _computed(
            found, p_value, "one-sided, against a background in common, the largest over its splits"
        )
        result[f"p_value_any_link_of[{ids[i]}]"] = _computed(
            found, found.tests[i, j].p_value, "likelihood ratio against no answers, background not considered"
        )
    radius = found.fit.spectral_radius
    every: Pairs = ((0, 0), (0, 1), (1, 0), (1, 1))
    result["spectral_radius"] = _estimate(
        found, radius, *_span(found, radius, lambda fit: fit.spectral_radius, every),
        _HOW.format("largest eigenvalue of the branching matrix"),
    )  # fmt: skip
    result["same_day_correlation"] = _computed(
        found, found.direction.same_day_correlation, "correlation of what neither side's past foretells"
    )
    return result


def _computed(found: _Findings, value: float, method: str) -> Reported:
    return Reported(value, "computed here", found.direction.n_days, method, found.exchange.source, n_of="days")


def _within_hours(found: _Findings, i: int, j: int) -> Quantity:
    """Answers within the day, only where the daily test points the same way and is stopped by the day itself."""
    spectrum = found.within_day
    if spectrum is None:
        return NotIdentified(words.NOT_FAST)
    points = {"second answers first": (1, 0), "first answers second": (0, 1)}.get(spectrum.direction.verdict)
    if found.direction.verdict != "same day" or points != (i, j) or (found.direction.difference > 0) != (i == 1):
        return NotIdentified(words.hours_refused(found.exchange.names[i], found.exchange.names[j]))
    return _estimate(
        found, float(spectrum.branching[i, j]), float(spectrum.lower[i, j]), float(spectrum.upper[i, j]),
        "spectrum of daily counts (Whittle), likelihood-ratio interval", "strikes per strike",
    )  # fmt: skip


def _matrix(found: _Findings) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for j in range(2):
        for i in range(2):
            one = _branching(found, i, j)
            upper = one.upper if np.isfinite(one.upper) else None
            half_life: float | None = float(found.fit.half_life_days[i, j]) if one.value > 0 else None
            verdict = words.cell_verdict(found.direction, i, j)
            rows.append(
                (found.exchange.names[j], found.exchange.names[i], one.value, one.lower, upper, half_life, verdict)
            )
    return words.matrix_table(tuple(rows))


def _sensitivity(found: _Findings, parameters: RetaliationParameters, rng: np.random.Generator) -> Table:
    """The same question under other choices, so that a reader sees which one flips the answer."""
    exchange = found.exchange
    rows: list[tuple[Cell, ...]] = [words.sensitivity_row(words.AS_ABOVE, found.fit.branching, found.direction)]
    single = np.column_stack([exchange.counts[:, k] if len(exchange.series[k]) == 1 else _total(
        exchange.series[k][:1], exchange.days[0], len(exchange.days)) for k in range(2)])  # fmt: skip
    choices = [
        (words.knots(knots), exchange.counts, parameters.lag_days, knots)
        for knots in (45, 180)
        if knots != parameters.knot_days
    ]
    if parameters.lag_days != 14:
        choices.append((words.lags(14), exchange.counts, 14, parameters.knot_days))
    if any(len(series) > 1 for series in exchange.series):
        label = words.first_series([series[0].description.names for series in exchange.series])
        choices.append((label, single, parameters.lag_days, parameters.knot_days))
    for label, counts, lag_days, knot_days in choices:
        settings = RetaliationSettings(lag_days=lag_days, knot_days=knot_days)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", StatisticalWarning)
                fit = fit_retaliation(counts, covariates=found.covariates, settings=settings)
        except (DataError, NotConvergedError):
            rows.append((label, *(None,) * 4, words.NO_FIT))
            continue
        draws = min(parameters.null_draws, _SENSITIVITY_DRAWS)
        rows.append(
            words.sensitivity_row(
                label, fit.branching, direction_verdict(fit, 0, 1, rng, n_draws=draws, level=_LEVEL)
            )
        )
    return words.sensitivity_table(exchange.names, tuple(rows))


def _charts(found: _Findings) -> tuple[Chart, ...]:
    names, claimed = found.exchange.names, _claimed(found.direction)
    across, down, shares = [], [], []
    for j in range(2):
        for i in range(2):
            # A cell says a share only where it is told apart from none, and for the other side only if it is an answer.
            is_known = found.intervals.lower[i, j] > 0 and (i == j or claimed == (i, j))
            across.append(words.answered(names[j]))
            down.append(words.answering(names[i]))
            shares.append(min(float(found.fit.branching[i, j]), 1.0) if is_known else None)
    labels: list[Text] = []
    groups: list[Text] = []
    values: list[Estimate] = []
    for i, j in ((1, 0), (0, 1)):
        for days in _SHOWN_DAYS:
            labels.append(words.within(days))
            groups.append(words.follows(names[i], names[j]))
            values.append(_response(found, i, j, days))
    return (
        words.heat_map({"across": across, "down": down, "value": shares}),
        words.response_chart(
            {
                "label": labels,
                "group": groups,
                "value": [v.value for v in values],
                "lower": [v.lower for v in values],
                "upper": [v.upper for v in values],
            },
            is_claimed=claimed is not None,
        ),
    )


STUDY = Study(
    name="retaliation",
    order=40,
    title=words.TITLE,
    question=words.QUESTION,
    needs=words.NEEDS,
    parameters=RetaliationParameters,
    quantities={
        name: QuantitySpec(means, per=words.PER.get(name, "side")) for name, means in words.QUANTITIES.items()
    },
    run=_run,
)
