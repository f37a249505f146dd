"""The cut: what of a war folder was known by the end of one day.

Rows count from the day on which they became known; what a known row says of later days (when a leader
left, how a round that was under way ended, a reference to a row that came later) is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from armistice.record.as_of import Front, Record, Series, make_record
from armistice.record.cells import source_parts
from armistice.record.folder import Contents, lag_days
from armistice.record.schema import Event, Exchange, Figure, Leader, Row, SeriesDescription, Source, Talk, War
from armistice.record.series_tables import SeriesTable

__all__ = ["cut"]

RowT = TypeVar("RowT", bound=Row)
LastingT = TypeVar("LastingT", Talk, Event)


def cut(contents: Contents, as_of: dt.date, *, hindsight: bool) -> Record:
    """The record as of a day.

    Parameters
    ----------
    contents : Contents
        A folder without problems.
    as_of : date
        The last day of knowledge.
    hindsight : bool
        Passed on: whether reference sets of other wars may reach further.
    """
    assert contents.war is not None
    assert contents.sources is not None
    war = _war_known(contents.war, as_of)
    tables = {name: _rows_known(contents, name, as_of) for name in contents.tables}
    talks_lag, events_lag = (lag_days(contents.war, file) for file in ("talks.csv", "events.csv"))
    talks = tuple(_so_far(talk, as_of, talks_lag) for talk in _as(Talk, tables["talks.csv"]))
    events = tuple(_so_far(event, as_of, events_lag) for event in _as(Event, tables["events.csv"]))
    talk_ids, event_ids = {talk.id for talk in talks}, {event.id for event in events}
    subjects = {"war", *war.side_ids} | talk_ids | event_ids
    rest: dict[str, Any] = {
        "talks": talks,
        "events": tuple(_without_unknown(event, "answers", event_ids) for event in events),
        "figures": tuple(figure for figure in _as(Figure, tables["figures.csv"]) if figure.subject in subjects),
        "exchanges": tuple(_without_unknown(row, "talk", talk_ids) for row in _as(Exchange, tables["exchanges.csv"])),
        "opinion": tables["opinion.csv"],
        "leaders": tuple(_leader_known(leader, as_of) for leader in _as(Leader, tables["leaders.csv"])),
        "support": tables["support.csv"],
        "front": _front_known(war, tables["front.csv"]),
        "all_series": {
            description.id: _series_known(description, contents.series[description.file], as_of)
            for description in war.series
        },
    }
    return make_record(
        war=war,
        as_of=as_of,
        hindsight=hindsight,
        sources=_sources_cited(contents, war, tables, as_of),
        claims_toml=contents.claims_toml,
        _cut_again=partial(cut, contents, hindsight=hindsight),
        **rest,
    )


def _as(model: type[RowT], rows: Iterable[Any]) -> Iterable[RowT]:
    """The rows of a table under the type that its file has."""
    return (row for row in rows if isinstance(row, model))


def _war_known(war: War, as_of: dt.date) -> War:
    end = war.end
    if end is not None and (end.known_on or end.date) > as_of:
        end = None
    return war.model_copy(
        update={
            "end": end,
            "objectives": tuple(aim for aim in war.objectives if aim.measured_on <= as_of),
            # The day for which the folder was made may itself be later than this record's.
            "default_as_of": as_of,
        }
    )


def _rows_known(contents: Contents, file: str, as_of: dt.date) -> tuple[Any, ...]:
    assert contents.war is not None
    lag = lag_days(contents.war, file)
    known = [row for _, row in contents.tables[file].rows if row.became_known(lag) <= as_of]
    return tuple(sorted(known, key=lambda row: row.date))  # a stable sort: file order within a day


def _so_far(row: LastingT, as_of: dt.date, lag: int) -> LastingT:
    """A round or an act that was known while it went on, up to as far as it was known to have lasted."""
    if row.end_date is None or row.known_on is None or row.known_on >= row.end_date:
        return row  # known when over
    until = as_of - dt.timedelta(days=lag)
    if row.end_date <= until:
        return row
    shown: dict[str, Any] = {"end_date": max(until, row.date), "note": ""}
    if isinstance(row, Talk):
        shown |= {"outcome": "pending", "agreement": ""}
    return row.model_copy(update=shown)


def _without_unknown(row: RowT, column: str, known_ids: set[str]) -> RowT:
    """The row, without a reference to a row that was not known yet."""
    target = getattr(row, column)
    return row if target is None or target in known_ids else row.model_copy(update={column: None})


def _leader_known(leader: Leader, as_of: dt.date) -> Leader:
    if leader.until is None or leader.until <= as_of:
        return leader
    return leader.model_copy(update={"until": None, "how": ""})


def _front_known(war: War, rows: tuple[Any, ...]) -> Front | None:
    """Days with an observation; where only a range is given, its middle stands for the value."""
    if war.front is None:
        return None
    seen = [row for row in rows if row.value is not None or (row.low is not None and row.high is not None)]
    values = [row.value if row.value is not None else (row.low + row.high) / 2 for row in seen]
    lower = [row.low if row.low is not None else value for row, value in zip(seen, values, strict=True)]
    upper = [row.high if row.high is not None else value for row, value in zip(seen, values, strict=True)]
    return Front(
        war.front,
        np.array([row.date for row in seen], dtype="datetime64[D]"),
        np.array(values, dtype=np.float64),
        np.array(lower, dtype=np.float64),
        np.array(upper, dtype=np.float64),
    )


def known_series_rows(description: SeriesDescription, table: SeriesTable, as_of: dt.date) -> npt.NDArray[np.bool_]:
    """Which rows of a file of series were known: a month is known after its last day, plus the lag."""
    last_day = table.dates
    if description.every == "month":
        last_day = (table.dates.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    known: npt.NDArray[np.bool_] = last_day + description.publication_lag_days <= np.datetime64(as_of)
    return known


def _series_known(description: SeriesDescription, table: SeriesTable, as_of: dt.date) -> Series:
    known = known_series_rows(description, table, as_of)
    days, column = table.dates[known], table.values[description.column][known]
    if not days.size:
        return Series(description, days, column)
    if description.every == "month":
        months = days.astype("datetime64[M]")
        calendar = np.arange(months[0], months[-1] + 1)
        position = (months - months[0]).astype(np.intp)
    else:
        calendar = np.arange(days[0], days[-1] + 1)
        position = (days - days[0]).astype(np.intp)
    values = np.full(calendar.size, np.nan)
    values[position] = column
    return Series(description, calendar.astype("datetime64[D]"), values)


def _sources_cited(
    contents: Contents, war: War, tables: dict[str, tuple[Any, ...]], as_of: dt.date
) -> dict[str, Source]:
    """The sources that something known cites; one that only later rows cite would itself be news."""
    assert contents.sources is not None
    cells = {war.start_source, *(row.source for rows in tables.values() for row in rows)}
    cells |= {part.source for part in (war.theatre, war.front, war.end, *war.objectives) if part is not None}
    for description in war.series:
        cells.add(description.source)
        table = contents.series[description.file]
        known = known_series_rows(description, table, as_of)
        cells |= {source for source, is_known in zip(table.sources, known, strict=True) if is_known}
    cited = {part for cell in cells for part in source_parts(cell)}
    return {
        key: source for key, source in contents.sources.items() if key in cited or f'"{key}"' in contents.claims_toml
    }
