"""What a record says about the bargaining game: front, aid, talks and the leaders' standing.

Each is read with its uncertainty, so that a draw of the game can take a value that the record allows. What the
record does not say is None here and a stated range in :mod:`armistice.studies._bargain_assumptions`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.record.as_of import Record

__all__ = ["FrontMoves", "Observed", "Spells", "observe"]

Floats = npt.NDArray[np.float64]
_MONTH: Final = 30.4375
#: The front's recent course: long enough for a drift to show, short enough to be the war as it is now.
_FRONT_DAYS: Final = 365
_LEAST_STRETCHES: Final = 4
_LEAST_STRETCH_DAYS: Final = 20
#: Talks count as open this long after the sides last met.
_OPEN_DAYS: Final = 60
_OPEN_UNTIL_BROKEN_DAYS: Final = 365
_MEDIATOR_DAYS: Final = 90
_POLL_DAYS: Final = 365
_LEAST_AID_MONTHS: Final = 6
_MEETINGS: Final = frozenset({"direct_round", "indirect_round", "resumption", "leader_summit"})


@dataclass(frozen=True, eq=False)
class FrontMoves:
    """How the front moved of late, as a share of the stake that side A gains.

    Parameters
    ----------
    months, change : ndarray of float64, shape (n,)
        Lengths of the stretches between observations, and A's gain in each.
    """

    months: Floats
    change: Floats

    def draws(self, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Drift and mean square per month, shape (n,) each: moving blocks of three stretches, drawn again."""
        length = len(self.change)
        block = min(3, length)
        starts = rng.integers(0, length - block + 1, size=(n, -(-length // block)))
        rows = (starts[..., None] + np.arange(block)).reshape(n, -1)[:, :length]
        months, change = self.months[rows], self.change[rows]
        drift = change.sum(axis=1) / months.sum(axis=1)
        # A random walk with drift m and variance v per month moves m t on average over t months, with variance v t.
        residual = change - drift[:, None] * months
        variance = (residual**2 / months).mean(axis=1)
        return drift, variance + drift**2


@dataclass(frozen=True, slots=True)
class Spells:
    """A state that comes and goes by the month.

    Parameters
    ----------
    now : bool
        Whether it holds now.
    stopped, months_on : int
        How often it ended, out of the months in which it could have.
    started, months_off : int
        How often it began, likewise.
    """

    now: bool
    stopped: int
    months_on: int
    started: int
    months_off: int

    def draws(self, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Monthly chances that it ends and that it begins, shape (n,) each: Beta posteriors under Jeffreys' prior."""
        return (
            rng.beta(self.stopped + 0.5, self.months_on - self.stopped + 0.5, size=n),
            rng.beta(self.started + 0.5, self.months_off - self.started + 0.5, size=n),
        )


@dataclass(frozen=True, eq=False)
class Observed:
    """What the record says; None where it does not.

    Parameters
    ----------
    share_a : float, optional
        A's share of the stake, by the latest position of the front.
    front : FrontMoves, optional
    aid : tuple of (Spells or None), A's then B's
    has_patron : tuple of bool
    talks : Spells, optional
        Whether the sides meet.
    mediator : Spells, optional
        Whether somebody else takes part.
    security : tuple of (bool or None)
        Whether each leader has the approval of half of those polled.
    security_note : tuple of str
        The poll behind it.
    """

    share_a: float | None
    front: FrontMoves | None
    aid: tuple[Spells | None, Spells | None]
    has_patron: tuple[bool, bool]
    talks: Spells | None
    mediator: Spells | None
    security: tuple[bool | None, bool | None]
    security_note: tuple[str, str]


def observe(record: Record) -> Observed:
    """Read the record."""
    position = _shares(record)
    sides = (record.war.side_a, record.war.side_b)
    polls = [_standing(record, side.id) for side in sides]
    return Observed(
        share_a=None if position is None else float(position[1][-1]),
        front=None if position is None else _moves(record, *position),
        aid=(_aid(record, sides[0].id), _aid(record, sides[1].id)),
        has_patron=(_has_patron(record, 0), _has_patron(record, 1)),
        talks=_talks(record),
        mediator=_mediator(record),
        security=(polls[0][0], polls[1][0]),
        security_note=(polls[0][1], polls[1][1]),
    )


# --- the front -------------------------------------------------------------------------------------------


def _shares(record: Record) -> tuple[npt.NDArray[np.datetime64], Floats] | None:
    """Days and A's share of the stake: of the theatre's area, or of the way between the ends of a line."""
    front, war = record.front, record.war
    if front is None or not len(front.dates):
        return None
    if front.description.measure == "area_km2":
        if war.theatre is None:
            return None
        held = front.values / war.theatre.area_km2
    elif front.description.full_extent is not None:
        low, high = front.description.full_extent
        held = (front.values - low) / (high - low)
    else:
        return None
    seen = np.isfinite(held)
    if not seen.any():
        return None
    share = np.clip(held[seen], 0.0, 1.0)
    return front.dates[seen], share if front.description.side == war.side_a.id else 1.0 - share


def _moves(record: Record, days: npt.NDArray[np.datetime64], share: Floats) -> FrontMoves | None:
    recent = days >= np.datetime64(record.as_of) - _FRONT_DAYS
    days, share = days[recent], share[recent]
    kept: list[int] = []
    for i in range(len(days) - 1, -1, -1):  # backwards, so that the latest day is one of them
        if not kept or (days[kept[-1]] - days[i]).astype(int) >= _LEAST_STRETCH_DAYS:
            kept.append(i)
    kept.reverse()
    if len(kept) - 1 < _LEAST_STRETCHES:
        return None
    return FrontMoves(np.diff(days[kept]).astype(np.float64) / _MONTH, np.diff(share[kept]))


# --- what comes and goes by the month --------------------------------------------------------------------


def _spells(on: Floats) -> Spells:
    """From months in order: 1 on, 0 off, NaN not known."""
    before, after = on[:-1], on[1:]
    known = np.isfinite(before) & np.isfinite(after)
    was_on, is_on = before[known] == 1, after[known] == 1
    last = on[np.isfinite(on)][-1] == 1
    return Spells(
        bool(last),
        int((was_on & ~is_on).sum()),
        int(was_on.sum()),
        int((~was_on & is_on).sum()),
        int((~was_on).sum()),
    )


def _months(record: Record) -> list[dt.date]:
    first, last = record.war.start.replace(day=1), (record.war.end.date if record.war.end else record.as_of)
    months = [first]
    while months[-1] < last.replace(day=1):
        months.append((months[-1] + dt.timedelta(days=32)).replace(day=1))
    return months


def _has_patron(record: Record, side: int) -> bool:
    return bool((record.war.side_a, record.war.side_b)[side].patrons)


def _aid(record: Record, side: str) -> Spells | None:
    """Aid is on in months with at least half of the median of the months with any; a month without a row is not known.

    A row for a year counts for each of its months alike.
    """
    by_month: dict[dt.date, float] = {}
    all_months = _months(record)
    has_total = any(row.kind == "total" for row in record.support if row.to_side == side)
    for row in record.support:
        if row.to_side == side and (row.kind == "total") == has_total:
            first, last = row.date.replace(day=1), row.last_day()
            span = [month for month in all_months if first <= month <= last]
            for month in span:
                by_month[month] = by_month.get(month, 0.0) + row.amount / len(span)
    given = [amount for amount in by_month.values() if amount > 0]
    if len(given) < _LEAST_AID_MONTHS:
        return None
    enough = float(np.median(given)) / 2
    months = [month for month in all_months if min(by_month) <= month <= max(by_month)]
    on = np.array([float(by_month[month] >= enough) if month in by_month else np.nan for month in months])
    # One thin month is a delivery that slipped, not aid withdrawn: three months together decide.
    of_three = np.convolve(on, np.ones(3), mode="valid")
    together = np.where(np.isfinite(of_three), of_three >= 2, np.nan)
    return _spells(together) if np.isfinite(together).sum() >= _LEAST_AID_MONTHS - 2 else None


def _talks(record: Record) -> Spells | None:
    """Talks are open in months in which the sides met, or between a meeting and a suspension that is on record."""
    meetings = sorted((talk for talk in record.talks if talk.kind in _MEETINGS), key=lambda talk: talk.date)
    if not meetings:
        return None
    suspensions = sorted(talk.date for talk in record.talks if talk.kind == "suspension")
    open_days: list[tuple[dt.date, dt.date]] = []
    for talk in meetings:
        end = talk.last_day()
        end += dt.timedelta(days=_OPEN_DAYS)
        if suspensions:  # where breaks are recorded, talks go on until one, though not for ever
            longest = talk.date + dt.timedelta(days=_OPEN_UNTIL_BROKEN_DAYS)
            end = min([day for day in suspensions if day >= talk.date] + [longest])
        open_days.append((talk.date, min(end, record.as_of)))
    return _spells(_months_touched(record, open_days))


def _mediator(record: Record) -> Spells | None:
    own = [
        name.casefold()
        for side in (record.war.side_a, record.war.side_b)
        for name in (side.id, side.names.en, *side.members)
    ]

    def is_outsider(party: str) -> bool:
        return not any(party.casefold() in name or name in party.casefold() for name in own)

    present = [
        (talk.date, min(talk.last_day() + dt.timedelta(days=_MEDIATOR_DAYS), record.as_of))
        for talk in record.talks
        if talk.kind in _MEETINGS and any(is_outsider(party) for party in talk.parties)
    ]
    return _spells(_months_touched(record, present)) if present else None


def _months_touched(record: Record, stretches: list[tuple[dt.date, dt.date]]) -> Floats:
    months = _months(record)
    ends = [*(month - dt.timedelta(days=1) for month in months[1:]), record.as_of]
    return np.array(
        [
            float(any(start <= end and first <= stop for start, stop in stretches))
            for first, end in zip(months, ends, strict=True)
        ]
    )


# --- the leaders -----------------------------------------------------------------------------------------


def _standing(record: Record, side: str) -> tuple[bool | None, str]:
    """Whether half or more approve of the side's leader, by the latest poll of the past year."""
    yes = {"yes", "approve", "trust", "approves", "trusts"}
    polls = [
        row
        for row in record.opinion
        if row.population == side
        and (row.measure.startswith(("approve_president", "trust_president", "approve_leader", "trust_leader")))
        and row.answer.casefold() in yes
        and (record.as_of - row.last_day()).days <= _POLL_DAYS
    ]
    if not polls:
        return None, ""
    last = max(polls, key=lambda row: row.last_day())
    return last.percent >= 50, f"{last.pollster}, {last.last_day()}: {last.percent:g}%"
