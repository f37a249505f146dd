"""What the study of violence around talks takes from a record: series on a calendar up to as_of, rounds, truces, states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from armistice.escalation.talks_effect import AnnouncedSide, Difference, Effect, Estimator, Side
from armistice.escalation.talks_states import RateRatio, in_state
from armistice.escalation.windows import BoolArray, FloatArray, IntArray
from armistice.record.as_of import Record, Series
from armistice.record.schema import Talk, TalkOutcome
from armistice.text import EN, NL, Text

if TYPE_CHECKING:
    from armistice.studies._around_talks_choices import Asked

__all__ = ["Findings", "Meeting", "OnCalendar", "Spell", "count_series", "meetings", "on_calendar", "spells_of_talks"]

_MEASURES: Final = ("strikes", "deaths", "personnel_losses")
_RANK: Final = ("deal", "partial_deal", "no_deal")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A round or truce: rows of talks.csv that lie on the same or on neighbouring days."""

    first: dt.date
    last: dt.date
    talks: tuple[Talk, ...]

    @property
    def name(self) -> Text:
        """Its name, that of the first row."""
        return Text(en=self.talks[0].name_en, nl=self.talks[0].name_nl)

    @property
    def label(self) -> Text:
        """Name and day."""
        return Text(en=f"{self.name.en}, {EN.date(self.first)}", nl=f"{self.name.nl}, {NL.date(self.first)}")

    @property
    def outcome(self) -> TalkOutcome | None:
        """The furthest that was reached: deal, partial deal, no deal; None where not read."""
        read = {talk.outcome for talk in self.talks}
        return next((outcome for outcome in _RANK if outcome in read), self.talks[0].outcome)


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of days in one state of the talks; ``past`` is the first day after it."""

    state: str
    first: dt.date
    past: dt.date


@dataclass(frozen=True, eq=False)
class OnCalendar:
    """A series from its first usable day to as_of, with the meetings that fall into it.

    Days between the last published figure and as_of are there, not observed.
    """

    series: Series
    first_day: dt.date
    counts: FloatArray
    rounds: tuple[Meeting, ...]
    truces: tuple[Meeting, ...]
    outside: tuple[Meeting, ...]

    @property
    def dates(self) -> list[dt.date]:
        """Every day."""
        return [self.first_day + dt.timedelta(days=i) for i in range(len(self.counts))]

    def spans(self, which: Sequence[Meeting]) -> tuple[IntArray, IntArray]:
        """First and last day of meetings as indices, clipped to the series."""
        last = len(self.counts) - 1
        first = np.array([max((m.first - self.first_day).days, 0) for m in which], dtype=np.int64)
        final = np.array([min((m.last - self.first_day).days, last) for m in which], dtype=np.int64)
        return first, final

    @property
    def truce_days(self) -> BoolArray:
        """Flags of the days of truces."""
        first, last = self.spans(self.truces)
        return in_state(len(self.counts), list(zip(first.tolist(), (last + 1).tolist(), strict=True)))

    def days_in(self, spells: Iterable[Spell], state: str) -> BoolArray:
        """Flags of the days in a state of the talks."""
        indices = [
            ((s.first - self.first_day).days, (s.past - self.first_day).days) for s in spells if s.state == state
        ]
        return in_state(len(self.counts), indices)


def count_series(record: Record) -> list[Series]:
    """Daily counts of strikes, deaths or losses of personnel, in the order of war.toml."""
    return [
        series.usable()
        for series in record.all_series.values()
        if series.description.measures in _MEASURES
        and series.description.every == "day"
        and series.description.is_count
    ]


def meetings(record: Record, kinds: Sequence[str]) -> list[Meeting]:
    """Meetings of some kinds that took place by as_of, in order; rows without a day are left out."""
    rows = sorted(
        (t for t in record.talks if t.kind in kinds and t.date <= record.as_of and t.date_precision == "day"),
        key=lambda talk: (talk.date, talk.id),
    )
    found: list[Meeting] = []
    for talk in rows:
        last = min(talk.end_date or talk.date, record.as_of)
        if found and talk.date <= found[-1].last + dt.timedelta(days=1):
            before = found[-1]
            found[-1] = Meeting(before.first, max(before.last, last), (*before.talks, talk))
        else:
            found.append(Meeting(talk.date, last, (talk,)))
    return found


def on_calendar(record: Record, series: Series, rounds: Sequence[Meeting], truces: Sequence[Meeting]) -> OnCalendar:
    """Put a series with at least one row on its calendar up to as_of."""
    first_day: dt.date = series.dates[0].astype(dt.date)
    n_days = max((record.as_of - first_day).days + 1, len(series.values))
    counts = np.full(n_days, np.nan)
    counts[: len(series.values)] = series.values
    last_day = first_day + dt.timedelta(days=n_days - 1)

    def inside(meeting: Meeting) -> bool:
        return meeting.last >= first_day and meeting.first <= last_day

    return OnCalendar(
        series=series,
        first_day=first_day,
        counts=counts,
        rounds=tuple(m for m in rounds if inside(m) and m.first >= first_day),
        truces=tuple(m for m in truces if inside(m)),
        outside=tuple(m for m in rounds if not (inside(m) and m.first >= first_day)),
    )


def spells_of_talks(record: Record) -> list[Spell]:
    """Stretches in which talks were open or suspended, by the rows that say so.

    Only where the record has both a suspension and a resumption; else nothing says when talks were open again.
    """
    kinds = {talk.kind for talk in record.talks}
    if not {"suspension", "resumption"} <= kinds:
        return []
    changes: list[tuple[dt.date, str]] = []
    for talk in sorted(record.talks, key=lambda t: (t.date, t.id)):
        if talk.date > record.as_of or talk.date_precision not in ("day", "about"):
            continue
        if talk.kind in ("direct_round", "resumption"):
            state = "open"
        elif talk.kind == "suspension":
            state = "suspended"
        elif talk.kind in ("armistice", "treaty"):
            state = "concluded"
        else:
            continue
        current = changes[-1][1] if changes else "none"
        if state == "suspended" and current == "suspended":
            # A second break says that talks had resumed meanwhile, and the record does not say when.
            changes[-1] = (changes[-1][0], "unclear")
            changes.append((talk.date, state))
        elif state != current and not (state == "suspended" and current == "none"):
            changes.append((talk.date, state))
    ends = [day for day, _ in changes[1:]] + [record.as_of + dt.timedelta(days=1)]
    return [Spell(state, first, past) for (first, state), past in zip(changes, ends, strict=True)]


@dataclass(frozen=True, eq=False)
class Findings:
    """All that was found on one series; ``wide`` holds every meeting and call beside the kinds that count as rounds."""

    calendar: OnCalendar
    effects: Mapping[tuple[Side, Estimator], Effect]
    by_outcome: Mapping[str, Effect]
    announced: Mapping[AnnouncedSide, Effect]
    wide: OnCalendar
    wide_outcome: Mapping[str, Effect]
    difference: Difference | None
    short_outcome: Mapping[str, Effect]
    short_difference: Difference | None
    choices: tuple[Asked, ...]
    truces: Effect
    states: RateRatio | None
    by_number: Mapping[Estimator, Mapping[int, float]]
    smooth: FloatArray
