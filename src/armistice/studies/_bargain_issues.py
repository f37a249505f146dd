"""The issues on the table, priced by what sort of issue they are, and every package of them.

What an issue is worth cannot be seen; its sort says in what range it lies. The ranges stand here once for all wars, set
before any war was looked at, and hold for both sides alike: nothing is tuned to what was later agreed or refused. A
ceasefire along the line is not priced by a range: its worth to each side is what the games say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.package_survey import PackageSurvey, survey_packages
from armistice.bargaining.packages import LARGEST_N_ISSUES, Issues, issues_on_the_table
from armistice.record.as_of import Record
from armistice.record.schema import Issue, Talk
from armistice.studies._bargain_game import Drawn, Solved

__all__ = ["SORTS", "OnTheTable", "Sort", "Survey", "survey", "table_of"]

Floats = npt.NDArray[np.float64]
_AGREED: Final = frozenset({"deal", "partial_deal", "held"})
_DISCOUNT: Final = 0.99
_EXPECTATION_SCALE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Sort:
    """What issues of one sort are worth, in stakes.

    Parameters
    ----------
    asker, giver : tuple of float
        Range of the worth to the side that asks and to the one that gives; the same for both where nobody asks.
    log_odds : tuple of float
        Range of what settling adds to A's log-odds of advancing.
    seen_as : tuple of float
        Range, in shares of the stake, of what the giver's public takes it for; the asker's takes as much for a gain.
    """

    asker: tuple[float, float]
    giver: tuple[float, float]
    log_odds: tuple[float, float] = (0.0, 0.0)
    seen_as: tuple[float, float] = (0.0, 0.0)


SORTS: Final[Mapping[str, Sort]] = {
    # People come home; nobody is stronger or weaker for it.
    "exchange": Sort((0.002, 0.03), (0.002, 0.03)),
    # Relief for both, unless a side gains by striking there; it may shift the fighting a little, either way.
    "sectoral": Sort((-0.02, 0.03), (-0.02, 0.03), log_odds=(-0.05, 0.05)),
    "procedure": Sort((-0.005, 0.01), (-0.005, 0.01)),
    # What one gains the other gives, and the giver's public sees it.
    "concession": Sort((0.0, 0.1), (-0.1, 0.0), seen_as=(0.0, 0.2)),
}


@dataclass(frozen=True, slots=True)
class OnTheTable:
    """An issue and what the record last says of it.

    Parameters
    ----------
    issue : Issue
    last_outcome : str or None
        Of the latest talk about it that has one.
    last_date : date or None
    is_settled : bool
        Agreed and not reopened since, as far as recorded; exchanges come again and are never settled.
    """

    issue: Issue
    last_outcome: str | None
    last_date: dt.date | None
    is_settled: bool


@dataclass(frozen=True, eq=False)
class Survey:
    """All packages of the open issues.

    Parameters
    ----------
    issues : tuple of OnTheTable
        Bit j of a package is issue j.
    shares : PackageSurvey
    alone : ndarray of float64, shape (n_issues, 4)
        Share of draws in which each is open alone, blocked by A only, by B only, by both.
    pairs : ndarray of float64, shape (n_issues, n_issues)
        Share of draws in which the pair is open without payments; the diagonal is the issue alone.
    """

    issues: tuple[OnTheTable, ...]
    shares: PackageSurvey
    alone: Floats
    pairs: Floats


def table_of(record: Record) -> tuple[OnTheTable, ...]:
    """Every issue with a sort, the one talked about last first."""
    found = []
    for issue in record.war.issues:
        if issue.type is None:
            continue
        about = sorted(
            (talk for talk in record.talks if issue.id in talk.issues), key=lambda talk: (talk.last_day(), talk.id)
        )
        told = [talk for talk in about if talk.outcome is not None]
        last = told[-1] if told else None
        # An agreement stands while nothing later is on record about it; exchanges come again, a ceasefire ends the war.
        settled = issue.type not in ("exchange", "ceasefire") and bool(about) and _settles(about[-1], issue)
        found.append(
            OnTheTable(issue, None if last is None else last.outcome, None if last is None else last.date, settled)
        )
    mentioned = {
        issue.issue.id: max(
            (talk.date for talk in record.talks if issue.issue.id in talk.issues), default=dt.date.min
        )
        for issue in found
    }
    return tuple(sorted(found, key=lambda each: (-mentioned[each.issue.id].toordinal(), each.issue.id)))


def _settles(talk: Talk, issue: Issue) -> bool:
    """Whether a talk agreed this issue; where several were on the table, what was agreed must name it."""
    if talk.outcome not in _AGREED:
        return False
    words = {*issue.id.split("_"), *issue.names.en.casefold().split()} - {"of", "the", "on"}
    return talk.outcome == "deal" or len(talk.issues) == 1 or bool(words & set(talk.agreement.casefold().split()))


def survey(
    record: Record, drawn: Drawn, solved: Solved, table: Sequence[OnTheTable], n: int, rng: np.random.Generator
) -> Survey | None:
    """Price the open issues ``n`` times and judge every package; None where no open issue has a sort."""
    open_issues = tuple(each for each in table if not each.is_settled)[:LARGEST_N_ISSUES]
    rows = np.flatnonzero(solved.known)
    if not open_issues or not len(rows):
        return None
    # Each draw of the issues stands on one game that was solved: its ceasefire, its leaders, its front.
    game = rows[np.arange(n) % len(rows)]
    values, strength = np.zeros((n, len(open_issues), 2)), np.zeros((n, len(open_issues), 2))
    seen = np.zeros((n, len(open_issues), 2))
    for j, each in enumerate(open_issues):
        issue = each.issue
        if issue.type == "ceasefire":
            values[:, j] = solved.armistice[game]
            continue
        sort = SORTS[str(issue.type)]
        asker = 1 if issue.asked_by == record.war.side_b.id else 0
        values[:, j, asker] = rng.uniform(*sort.asker, size=n)
        values[:, j, 1 - asker] = rng.uniform(*sort.giver, size=n)
        noticed = rng.uniform(*sort.seen_as, size=n)
        seen[:, j, asker], seen[:, j, 1 - asker] = noticed, -noticed
        if sort.log_odds != (0.0, 0.0):
            advance = drawn.advance[game]
            # Cells a month that a small change of the log-odds adds, for as long as the war counts.
            moved = rng.uniform(*sort.log_odds, size=n) * drawn.mobility[game] * advance * (1 - advance)
            strength[:, j] = moved[:, None] * solved.slope[game] * _DISCOUNT / (1 - _DISCOUNT)
    priced = _priced(drawn, game, tuple(each.issue.id for each in open_issues), values, strength, seen)
    masks = np.arange(2 ** len(open_issues))
    shares = survey_packages(priced)
    alone = np.stack([_verdict_shares(shares, 1 << j) for j in range(len(open_issues))])
    wanted = [(1 << i) | (1 << j) for i in range(len(open_issues)) for j in range(len(open_issues))]
    pairs = shares.verdict_shares[masks[wanted], 0].reshape(len(open_issues), len(open_issues))
    return Survey(open_issues, shares, alone, pairs)


def _priced(
    drawn: Drawn, game: npt.NDArray[np.intp], names: tuple[str, ...], values: Floats, strength: Floats, seen: Floats
) -> Issues:
    rent = np.stack([drawn.values[f"office_rent_{s}"] * drawn.values[f"signing_risk_{s}"] for s in "ab"], axis=1)
    # Today's line falls short of what each public expects by what it expects beyond it.
    margin = -np.stack([drawn.values[f"expected_gain_{s}"] for s in "ab"], axis=1)
    return issues_on_the_table(
        names,
        values,
        strength=strength,
        office_rent=rent[game],
        office_margin=margin[game],
        office_spread=_EXPECTATION_SCALE,
        concessions=seen,
    )


def _verdict_shares(shares: PackageSurvey, mask: int) -> Floats:
    """Open (no payments in this survey), blocked by A, by B, by both."""
    found = shares.verdict_shares[mask]
    return np.array([found[0] + found[1], found[2], found[3], found[4]])
