"""The same question asked in every other reasonable way: which choice turns the answer about violence around talks?

The choices are crossed, not varied one at a time, so that an answer that hangs on two of them together shows as well:
which talks count, whether windows are counted from the day a round was held or the day it was announced, how long the
windows are, and how stiff the expected level is (how many days beyond the windows it is learnt from).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from armistice.errors import DataError
from armistice.escalation.expected_level import ExpectedLevel, fit_expected_level
from armistice.escalation.talks_effect import (
    Effect,
    Pooled,
    Settings,
    effect_around_announcements,
    effect_around_rounds,
)
from armistice.studies._around_talks_data import Meeting, OnCalendar

__all__ = [
    "SHORT_DAYS",
    "Asked",
    "Choice",
    "Days",
    "Talks",
    "Turning",
    "Verdict",
    "announced_days",
    "asked_every_way",
    "level_for",
    "turning",
    "verdict_of",
]

Talks = Literal["chosen", "all"]
Days = Literal["before", "after", "before announcement", "since announcement"]
Verdict = Literal["more", "less", "cannot tell"]
WINDOWS: Final = (3, 7, 14)
#: The windows in which meetings in quick succession are told apart by what they ended in.
SHORT_DAYS: Final = 3
#: Placebo sets per way of asking: the verdict needs fewer than a published interval.
_DRAWS: Final = 400


@dataclass(frozen=True, slots=True)
class Choice:
    """One way of asking.

    Parameters
    ----------
    talks : {"chosen", "all"}
        The kinds of talks that the study counts, or every kind of meeting and call.
    days : Days
        Which days are judged, and from which day they are counted.
    window_days, comparison_days : int
    """

    talks: Talks
    days: Days
    window_days: int
    comparison_days: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What one way of asking gave; the numbers are NaN and the verdict None where it cannot be asked."""

    choice: Choice
    n_rounds: int
    ratio: float
    lower: float
    upper: float
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Turning:
    """The ways of asking about one kind of days, counted by what they found, and the choice that turns the answer.

    Parameters
    ----------
    n, more, less, cannot_tell : int
    lowest, highest : float
        Smallest and largest ratio over all ways.
    by : str or None
        The choice on which answers differ most ("window_days", "comparison_days" or "talks"); None where all ways
        agree or no choice tells them apart.
    value : int or str or None
        Its value at which an effect is found most often.
    """

    n: int
    more: int
    less: int
    cannot_tell: int
    lowest: float
    highest: float
    by: Literal["window_days", "comparison_days", "talks"] | None
    value: int | str | None


def announced_days(calendar: OnCalendar) -> list[int | None]:
    """Day of the announcement of each round as an index; None where unknown or before the series."""
    days: list[int | None] = []
    for meeting in calendar.rounds:
        heard = _announced(meeting)
        index = None if heard is None else (heard - calendar.first_day).days
        days.append(None if index is None or index < 0 else index)
    return days


def _announced(meeting: Meeting) -> dt.date | None:
    known = [t.announced_on for t in meeting.talks if t.announced_on is not None and t.announced_on <= meeting.first]
    return min(known) if known else None


def level_for(calendar: OnCalendar) -> ExpectedLevel | None:
    """An expected level learnt outside the widest windows of all rounds; None where too few days are left."""
    out = calendar.truce_days.copy()
    starts, ends = calendar.spans(calendar.rounds)
    for start, end, heard in zip(starts, ends, announced_days(calendar), strict=True):
        first = int(start) if heard is None else heard
        out[max(first - max(WINDOWS), 0) : int(end) + max(WINDOWS) + 1] = True
    try:
        return fit_expected_level(calendar.counts, ~out)
    except DataError:
        return None


def verdict_of(pooled: Pooled) -> Verdict:
    """What an interval says of 1."""
    return "cannot tell" if pooled.lower <= 1.0 <= pooled.upper else "more" if pooled.ratio > 1 else "less"


def asked_every_way(
    calendars: Sequence[tuple[Talks, OnCalendar, ExpectedLevel | None]],
    published: dict[tuple[Talks, Days], Effect],
    settings: Settings,
    rng: np.random.Generator,
) -> tuple[Asked, ...]:
    """Ask of one series in every way.

    Parameters
    ----------
    calendars : sequence of (talks, calendar, level)
        The series with the rounds of each set of talks.
    published : dict
        Effects computed already with ``settings``; they are not asked again.
    settings : Settings
    rng : numpy Generator
    """
    windows = sorted({*WINDOWS, settings.window_days})
    stiffness = sorted(
        {max(settings.comparison_days // 2, 14), settings.comparison_days, 2 * settings.comparison_days}
    )
    found: list[Asked] = []
    for talks, calendar, level in calendars:
        if level is None or not calendar.rounds:
            continue
        askers = _askers(calendar, level, rng)
        for days, window, comparison in itertools.product(askers, windows, stiffness):
            choice = Choice(talks, days, window, comparison)
            is_published = (window, comparison) == (settings.window_days, settings.comparison_days)
            if is_published and (talks, days) in published:
                effect = published[talks, days]
            else:
                varied = replace(settings, window_days=window, comparison_days=comparison, n_draws=_DRAWS)
                effect = askers[days](varied)
            found.append(_asked(choice, effect.matched))
    return tuple(found)


def _askers(
    calendar: OnCalendar, level: ExpectedLevel, rng: np.random.Generator
) -> dict[Days, Callable[[Settings], Effect]]:
    starts, ends = calendar.spans(calendar.rounds)
    heard, truce, counts = announced_days(calendar), calendar.truce_days, calendar.counts

    def held(side: Literal["before", "after"]) -> Callable[[Settings], Effect]:
        return lambda settings: effect_around_rounds(
            counts, starts, ends, side=side, truce=truce, settings=settings, rng=rng, level=level, pooled_only=True
        )

    def told(side: Literal["before", "since"]) -> Callable[[Settings], Effect]:
        return lambda settings: effect_around_announcements(
            counts, starts, ends, heard, side=side, truce=truce, settings=settings, rng=rng, level=level,
            pooled_only=True,
        )  # fmt: skip

    askers: dict[Days, Callable[[Settings], Effect]] = {"before": held("before"), "after": held("after")}
    if any(day is not None for day in heard):
        askers |= {"before announcement": told("before"), "since announcement": told("since")}
    return askers


def _asked(choice: Choice, pooled: Pooled | None) -> Asked:
    if pooled is None:
        return Asked(choice, 0, float("nan"), float("nan"), float("nan"), None)
    return Asked(choice, pooled.n_rounds, pooled.ratio, pooled.lower, pooled.upper, verdict_of(pooled))


def turning(asked: Sequence[Asked], days: Days) -> Turning | None:
    """Count what the ways of asking about some days found, and name the choice that turns the answer."""
    known = [one for one in asked if one.choice.days == days and one.verdict is not None]
    if not known:
        return None
    by, value = _what_turns(known)
    ratios = [one.ratio for one in known]
    counted = {verdict: sum(one.verdict == verdict for one in known) for verdict in ("more", "less", "cannot tell")}
    return Turning(
        len(known), counted["more"], counted["less"], counted["cannot tell"], min(ratios), max(ratios), by, value
    )


def _what_turns(
    known: Sequence[Asked],
) -> tuple[Literal["window_days", "comparison_days", "talks"] | None, int | str | None]:
    """The value of a choice with which findings are most frequent compared with all other values, if by half or more."""
    told = np.array([one.verdict != "cannot tell" for one in known])
    best: tuple[float, Literal["window_days", "comparison_days", "talks"] | None, int | str | None] = (
        0.5,
        None,
        None,
    )
    names: tuple[Literal["window_days", "comparison_days", "talks"], ...] = (
        "window_days",
        "comparison_days",
        "talks",
    )
    for name in names:
        values = [getattr(one.choice, name) for one in known]
        for value in dict.fromkeys(values):
            mine = np.array([other == value for other in values])
            if mine.all():
                continue
            apart = float(told[mine].mean() - told[~mine].mean())
            if apart >= best[0] and (best[1] is None or apart > best[0]):
                best = (apart, name, value)
    return best[1], best[2]
