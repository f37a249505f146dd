"""The rows held against ``war.toml``, ``SOURCES.toml``, the calendar and each other.

Whatever would let a record know of later days is an error too: a row known before the end that it tells of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from armistice.record.cells import source_parts
from armistice.record.folder import Contents, lag_days
from armistice.record.messages import did_you_mean, expected_name, where
from armistice.record.schema import (
    Event,
    Exchange,
    Figure,
    FrontObservation,
    Leader,
    Opinion,
    Row,
    Support,
    Talk,
    War,
)
from armistice.record.tables import Table

__all__ = ["row_problems"]

#: Years before the war from which rows may date: polls, figures and leaders of before tell where the war began.
_YEARS_BEFORE: Final = {"leaders.csv": 60, "opinion.csv": 15, "figures.csv": 15, "front.csv": 15}
_YEARS_BEFORE_ELSE: Final = 2


def row_problems(contents: Contents) -> list[str]:
    """Everything that is wrong with rows that are well formed by themselves."""
    problems = [problem for name in contents.tables for problem in _repeated_ids(contents, name)]
    for name in contents.tables:
        for file, number, row in _rows(contents, name):
            problems += [f"{where(file, number, column)}: {what}" for column, what in _one_row(contents, name, row)]
    problems += _source_problems(contents)
    problems += _repeated_rows(contents)
    problems += _series_dates(contents)
    return problems


Finding = tuple[str, str]


def _rows(contents: Contents, name: str) -> Iterator[tuple[str, int, Any]]:
    """File name for messages, row number and row."""
    table = contents.tables[name]
    for number, row in table.rows:
        yield table.file, number, row


def _repeated_ids(contents: Contents, name: str) -> Iterator[str]:
    table = contents.tables[name]
    for number, row_id in table.repeated_ids:
        yield (
            f"{where(table.file, number, 'id')}: {row_id!r} is the id of row {table.ids[row_id]} too. "
            "Give one of them another id."
        )


# --- one row at a time ------------------------------------------------------------------------------------


def _one_row(contents: Contents, name: str, row: Row) -> Iterator[Finding]:
    if contents.war is not None:
        yield from _in_time(contents.war, name, row)
        yield from _references(contents, contents.war, row)
    yield from _within_itself(row)


def _in_time(war: War, name: str, row: Row) -> Iterator[Finding]:
    if row.date > dt.date.today():
        yield "date", f"{row.date} lies in the future. Correct the date."
        return
    years = _YEARS_BEFORE.get(name, _YEARS_BEFORE_ELSE)
    if row.last_day() < _years_before(war, years):
        yield "date", _too_early(war, years, row.date)
    if row.known_on is None:
        known = row.became_known(lag_days(war, name))
    else:
        known = row.known_on
        # Rounds and acts may be known while they last: the cut hides their end. Other rows tell of the whole.
        lasting = isinstance(row, (Talk, Event))
        end = row.date if lasting else getattr(row, "end_date", None) or row.date
        if known < end:
            advice = "Correct it, or leave it blank" + (
                "; 'announced_on' holds an announcement." if isinstance(row, Talk) else "."
            )
            yield (
                "known_on",
                f"{known} is before {'date' if end == row.date else 'end_date'}, {end}, but a row can only be known "
                f"when it has happened. {advice}",
            )
    if isinstance(row, Talk) and row.announced_on is not None and row.announced_on > known:
        yield (
            "announced_on",
            f"{row.announced_on} is after the day from which the row counts as known, {known}. "
            f"Write {row.announced_on} as known_on, or correct it.",
        )


def _years_before(war: War, years: int) -> dt.date:
    return dt.date(max(war.start.year - years, 1), war.start.month, 1)


def _too_early(war: War, years: int, day: dt.date) -> str:
    return (
        f"{day} is more than {years} years before the war, which began on {war.start}. "
        "Correct the date, or delete the row."
    )


def _references(contents: Contents, war: War, row: Row) -> Iterator[Finding]:
    """Names of sides, issues, patrons and other rows that exist nowhere."""
    if isinstance(row, Talk):
        known_issues = [issue.id for issue in war.issues]
        for issue in row.issues:
            if issue not in known_issues:
                yield "issues", f"found {issue!r}; {expected_name('issue', issue, known_issues)}"
    if isinstance(row, (Exchange, Support)) and row.to_side not in war.side_ids:
        yield "to_side", f"found {row.to_side!r}; {expected_name('side', row.to_side, war.side_ids)}"
    if isinstance(row, Support):
        patrons = [patron.id for side in (war.side_a, war.side_b) for patron in side.patrons]
        if row.patron not in patrons:
            yield "patron", f"found {row.patron!r}; {expected_name('patron', row.patron, patrons)}"
    if isinstance(row, Leader):
        yield from _misspelt_side(war, "side", row.side)
    if isinstance(row, Event):
        yield from _misspelt_side(war, "actor", row.actor)
        yield from _other_row("answers", row.answers, contents.tables["events.csv"])
    if isinstance(row, Exchange):
        yield from _other_row("talk", row.talk, contents.tables["talks.csv"])
    if isinstance(row, Figure):
        yield from _subject(contents, war, row.subject)


def _misspelt_side(war: War, column: str, found: str) -> Iterator[Finding]:
    """Others than the sides may act and have leaders; a side's name in capitals is a slip."""
    if found not in war.side_ids and found.lower() in war.side_ids:
        yield column, f"found {found!r}; expected the id as war.toml writes it. Did you mean {found.lower()!r}?"


def _other_row(column: str, target: str | None, table: Table[Any]) -> Iterator[Finding]:
    if target is not None and table.is_sound and target not in table.ids:
        mending = did_you_mean(target, table.ids) or " Correct it, add that row, or leave the cell blank."
        yield column, f"found {target!r}, which is no id in {table.file}.{mending}"


def _subject(contents: Contents, war: War, found: str) -> Iterator[Finding]:
    talks, events = contents.tables["talks.csv"], contents.tables["events.csv"]
    if found == "war" or found in war.side_ids or found in talks.ids or found in events.ids:
        return
    if talks.is_sound and events.is_sound:
        known = ["war", *war.side_ids, *talks.ids, *events.ids]
        yield (
            "subject",
            f"found {found!r}; expected 'war', a side, or the id of a row in {talks.file} or {events.file}."
            f"{did_you_mean(found, known) or ' Correct it, or add that row.'}",
        )


def _within_itself(row: Row) -> Iterator[Finding]:
    if isinstance(row, (Figure, FrontObservation)):
        yield from _range(row)
    if isinstance(row, FrontObservation) and row.value is None and (row.low is None) != (row.high is None):
        yield "value", "is blank while only one of low and high is given. Give the value, or both bounds."
    if isinstance(row, Opinion) and row.fieldwork_start is not None and row.fieldwork_start > row.date:
        yield (
            "fieldwork_start",
            f"{row.fieldwork_start} is after date, the last day of fieldwork, {row.date}. Correct one of them.",
        )
    if isinstance(row, Leader) and row.until is not None and row.until < row.date:
        yield "until", f"{row.until} is before date, the first day in office, {row.date}. Correct one of them."
    if isinstance(row, Support) and row.date_precision == "month" and row.date.day != 1:
        yield "date", f"found {row.date}; expected the first of a month. Write it like {row.date:%Y-%m}."


def _range(row: Figure | FrontObservation) -> Iterator[Finding]:
    low, value, high = row.low, row.value, row.high
    if low is not None and high is not None and low > high:
        yield "low", f"{low:g} is above high, {high:g}. Swap them, or correct one."
    elif low is not None and value is not None and value < low:
        yield "value", f"{value:g} is below low, {low:g}. Correct one of them."
    elif high is not None and value is not None and value > high:
        yield "value", f"{value:g} is above high, {high:g}. Correct one of them."


# --- sources ----------------------------------------------------------------------------------------------


def _source_problems(contents: Contents) -> Iterator[str]:
    if contents.sources is None:
        return
    keys = list(contents.sources)
    unknown: dict[str, list[str]] = {}  # by cell: most rows cite the same few
    for place, cell in _source_cells(contents):
        if not cell and "start_source" not in place and place.startswith("war.toml"):
            yield f"{place}: is blank. Give a key in SOURCES.toml or an http address."
        if cell not in unknown:
            unknown[cell] = [
                part
                for part in source_parts(cell)
                if not part.startswith(("http://", "https://")) and part not in contents.sources
            ]
        for part in unknown[cell]:
            mending = did_you_mean(part, keys) or " Add it to SOURCES.toml, or give the address itself."
            yield f"{place}: found {part!r}; expected a key in SOURCES.toml or an http address.{mending}"


def _source_cells(contents: Contents) -> Iterator[tuple[str, str]]:
    war = contents.war
    if war is not None:
        yield "war.toml, key 'start_source'", war.start_source
        for name, section in (("theatre", war.theatre), ("front", war.front), ("end", war.end)):
            if section is not None:
                yield f"war.toml, [{name}], key 'source'", section.source
        for aim in war.objectives:
            yield f"war.toml, [[objectives]] ({aim.id}), key 'source'", aim.source
        for series in war.series:
            yield f"war.toml, [[series]] ({series.id}), key 'source'", series.source
    for name in contents.tables:
        for file, number, row in _rows(contents, name):
            yield where(file, number, "source"), row.source
    for table in contents.series.values():
        for number, cell in zip(table.row_numbers, table.sources, strict=True):
            yield where(table.file, number, "source"), cell


# --- rows against each other ------------------------------------------------------------------------------


def _repeated_rows(contents: Contents) -> Iterator[str]:
    claims: dict[tuple[Any, ...], tuple[int, Figure]] = {}
    for file, number, figure in _rows(contents, "figures.csv"):
        # A figure that its claimant revised is known from another day and says so.
        key = (
            figure.subject,
            figure.quantity,
            figure.date,
            figure.end_date,
            figure.claimed_by,
            figure.became_known(),
        )
        first_number, first = claims.setdefault(key, (number, figure))
        if first_number == number:
            continue
        if (first.value, first.low, first.high) == (figure.value, figure.low, figure.high):
            yield f"{where(file, number)}: says the same as row {first_number}. Delete one of the two."
        else:
            yield (
                f"{where(file, number, 'claimed_by')}: {figure.claimed_by!r} states another figure in row {first_number} "
                f"for the same subject, quantity and days. Say who claims which, or when a revision became known."
            )
    yield from _unclaimed_counts(contents)
    keys = {
        "front.csv": ("date",),
        "exchanges.csv": ("date", "to_side", "claimed_by", "talk", "persons", "civilians", "bodies"),
        "opinion.csv": ("date", "population", "pollster", "measure", "answer"),
        "support.csv": ("date", "patron", "to_side", "kind", "unit"),
        "leaders.csv": ("date", "side", "office", "name_en"),
    }
    for name, columns in keys.items():
        seen: dict[tuple[Any, ...], int] = {}
        for file, number, row in _rows(contents, name):
            first_number = seen.setdefault(tuple(getattr(row, column) for column in columns), number)
            if first_number != number:
                same = f" with the same {', '.join(columns[1:])}" if columns[1:] else ""
                yield f"{where(file, number, 'date')}: {row.date} stands in row {first_number} too{same}. Keep one of the two."


def _unclaimed_counts(contents: Contents) -> Iterator[str]:
    """Two counts of the people in one exchange, one of which nobody claims."""
    first: dict[tuple[Any, ...], tuple[int, Exchange]] = {}
    for file, number, row in _rows(contents, "exchanges.csv"):
        if row.talk is None or row.persons is None:
            continue
        first_number, other = first.setdefault((row.date, row.to_side, row.talk), (number, row))
        if other.persons != row.persons and not (other.claimed_by and row.claimed_by):
            yield (
                f"{where(file, number, 'claimed_by')}: {row.persons} people, where row {first_number} has {other.persons} for "
                f"the same day, side and talk ({row.talk}). Say in both rows who counts so, or give them different talks."
            )


def _series_dates(contents: Contents) -> Iterator[str]:
    if contents.war is None:
        return
    earliest = _years_before(contents.war, _YEARS_BEFORE_ELSE)
    today = dt.date.today()
    for table in contents.series.values():
        for number, day in zip(table.row_numbers, table.dates.tolist(), strict=True):
            if day < earliest:
                yield f"{where(table.file, number, 'date')}: {_too_early(contents.war, _YEARS_BEFORE_ELSE, day)}"
            elif day > today:
                yield f"{where(table.file, number, 'date')}: {day} lies in the future. Correct the date."
