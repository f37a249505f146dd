"""What became of leaders after a war: who lost office after losing, drawing, settling, winning.

Estimand: among wars between states in the files that a user brings, the share of leaders in office in the last month of a
war who had lost office so many months after it, by how the war ended for their state. Estimator: the share, with an
interval in which the leaders of one war count as a cluster; beside it a logistic model with a weak prior.

Archigos and the Correlates of War may not be redistributed, so that none of their rows comes with this package: without the
two files the study says what to bring. A leader who fell in the last month of the war counts as having lost office by it,
since in many wars the fall is the end. Deaths from natural causes are no loss of office: such leaders are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from armistice.errors import DataError
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.history import ClusteredShare, OddsRatio, clustered_share, penalised_logit
from armistice.record.as_of import Record
from armistice.sources import CowWars, Leaders, read_archigos, read_cow_wars
from armistice.studies import _leaders_pages as pages
from armistice.studies.study import Parameters, QuantitySpec, Study, StudyResult
from armistice.text import Text

__all__ = ["STUDY", "Fates", "LeadersParameters", "fates_of"]

_MONTH_DAYS: Final = 30.4375
#: A leader in office this long before the last day of the war is the one whose fate is followed.
_BEFORE_END: Final = np.timedelta64(30, "D")
#: COW's codes that Gleditsch and Ward, whom Archigos follows, write otherwise: Germany since 1990, Serbia before 1918.
_OTHER_CODES: Final = {255: 260, 345: 340}
#: Fewer leaders than this and a share of them is not worth a claim.
_FEWEST: Final = 5
SOURCE: Final = "Archigos 4.1 (Goemans, Gleditsch and Chiozza 2009) and COW Inter-State Wars (Sarkees and Wayman 2010), brought by the user"


class LeadersParameters(Parameters):
    """Where the two files are, and how long leaders are followed."""

    archigos: str = Field(
        default="", description="Path of Archigos 4.1 (CSV, tab-separated or gzip), brought by you."
    )
    cow_wars: str = Field(default="", description="Path of COW's list of wars between states (CSV), brought by you.")
    months: int = Field(default=12, ge=1, le=120, description="Months after the war within which office is lost.")
    since_year: int = Field(default=1816, ge=1816, le=2100, description="Only wars that ended in this year or later.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")


@dataclass(frozen=True, eq=False)
class Fates:
    """Leaders in the last month of a war, and what became of them.

    Parameters
    ----------
    war, outcome : ndarray, shape (n,)
        COW's number of the war and its outcome for the leader's state.
    lost : ndarray of float64, shape (n,)
        1 lost office in time, 0 did not, NaN died of natural causes or was not followed for long enough.
    punished : ndarray of float64, shape (n,)
        1 lost office in time and was exiled, imprisoned or killed within a year; NaN where ``lost`` or the fate is.
    days, tenure_days : ndarray of float64, shape (n,)
        Length of the war, and time in office before its end.
    is_initiator : ndarray of float64, shape (n,)
    unmatched : int
        Participants for whom Archigos has no leader on that day.
    """

    war: npt.NDArray[np.float64]
    outcome: npt.NDArray[np.int64]
    lost: npt.NDArray[np.float64]
    punished: npt.NDArray[np.float64]
    days: npt.NDArray[np.float64]
    tenure_days: npt.NDArray[np.float64]
    is_initiator: npt.NDArray[np.float64]
    unmatched: int


def fates_of(
    wars: CowWars, leaders: Leaders, *, months: int, since_year: int = 1816, known_by: np.datetime64 | None = None
) -> Fates:
    """Join participants in wars with the leaders who led them in the last month.

    Parameters
    ----------
    wars : CowWars
        The list of wars between states.
    leaders : Leaders
    months : int
        Office counts as lost if it was within so many months of the state's last day of war, or in the month before.
    since_year : int
    known_by : datetime64, optional
        Only wars whose months were over by this day.

    Raises
    ------
    DataError
        If ``wars`` is another of COW's lists.
    """
    if not wars.version.startswith("COW Inter-State"):
        raise DataError(f"Leaders need COW's list of wars between states, got {wars.version}.")
    horizon = np.timedelta64(round(months * _MONTH_DAYS), "D")
    rows: list[tuple[float, int, float, float, float, float, float]] = []
    unmatched = 0
    for i in range(len(wars.start)):
        start, end = wars.start[i], wars.end[i]
        if np.isnat(end) or end < np.datetime64(f"{since_year}-01-01"):
            continue
        if known_by is not None and end + horizon > known_by:
            continue
        code, asked = int(wars.state_code[i]), max(start, end - _BEFORE_END)
        who = leaders.in_office(code, asked)
        if who is None:
            who = leaders.in_office(_OTHER_CODES.get(code, -1), asked)
        if who is None:
            unmatched += 1
            continue
        gone = bool(leaders.end[who] <= end + horizon) and not leaders.is_in_office[who]
        lost = float(gone)
        if end + horizon > leaders.last_day or (gone and leaders.exit[who] == "Natural Death"):
            lost = float("nan")
        fate = str(leaders.fate[who])
        punished = lost if lost != 1 else float("nan") if not fate else float(fate != "OK")
        rows.append(
            (
                float(wars.war_number[i]), int(wars.outcome[i]), lost, punished, float((end - start).astype(int)) + 1,
                float((end - leaders.start[who]).astype(int)), float(wars.is_initiator[i]),
            )
        )  # fmt: skip
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    return Fates(
        war=table[:, 0], outcome=table[:, 1].astype(np.int64), lost=table[:, 2], punished=table[:, 3], days=table[:, 4],
        tenure_days=table[:, 5], is_initiator=table[:, 6], unmatched=unmatched,
    )  # fmt: skip


def _run(record: Record, parameters: LeadersParameters, rng: np.random.Generator) -> StudyResult:
    if not parameters.archigos or not parameters.cow_wars:
        # No reason beside the sentences: what a user may bring is worth no line on the first screen.
        return StudyResult(
            status="not_observed", sentences=(pages.BRING,),
            quantities={"office_loss_after_losing": NotObserved(pages.BRING_SHORTLY)},
        )  # fmt: skip
    known_by = None if record.hindsight else np.datetime64(record.as_of)
    found = fates_of(
        read_cow_wars(parameters.cow_wars), read_archigos(parameters.archigos), months=parameters.months,
        since_year=parameters.since_year, known_by=known_by,
    )  # fmt: skip
    quantities: dict[str, Quantity] = {}
    shares: dict[str, ClusteredShare] = {}
    for way, codes in pages.WAYS.items():
        of = np.isin(found.outcome, codes)
        for name, happened in ((f"office_loss_after_{way}", found.lost), (f"punished_after_{way}", found.punished)):
            quantities[name] = _share(happened[of], found.war[of], parameters, shares, name)
    odds = _odds(found, parameters)
    for one in odds:
        quantities[f"office_loss_odds_ratio[{one.name}]"] = Estimate(
            one.value, one.lower, one.upper, level=one.level, n=one.n, n_of="leaders at the end of a war",
            method="logistic model, prior of scale 2.5 on each coefficient; variance over wars", source=SOURCE, unit="ratio",
        )  # fmt: skip
    if not odds:
        quantities["office_loss_odds_ratio[losing]"] = NotIdentified(pages.NO_MODEL)
    return StudyResult(
        sentences=pages.sentences(quantities, parameters),
        quantities=quantities,
        tables=(pages.table(found, shares, parameters), *pages.odds_table(odds)),
        charts=pages.charts(shares, parameters),
        caveats=pages.caveats(found, parameters),
        sources=(SOURCE,),
    )


def _share(
    happened: npt.NDArray[np.float64],
    wars: npt.NDArray[np.float64],
    parameters: LeadersParameters,
    shares: dict[str, ClusteredShare],
    name: str,
) -> Quantity:
    if int((~np.isnan(happened)).sum()) < _FEWEST:
        n = int((~np.isnan(happened)).sum())
        return NotIdentified(
            Text(
                en=f"Only {n} such leaders are known by that day.",
                nl=f"Op die dag zijn er maar {n} zulke leiders bekend.",
            )
        )
    found = shares[name] = clustered_share(happened, wars, level=parameters.level)
    return Estimate(
        found.value, found.lower, found.upper, level=found.level, n=found.n, n_of="leaders at the end of a war",
        method=f"share within {parameters.months} months; variance over {found.n_clusters} wars, Clopper-Pearson on the "
        "effective number", source=SOURCE, unit="probability",
    )  # fmt: skip


def _odds(found: Fates, parameters: LeadersParameters) -> tuple[OddsRatio, ...]:
    """Losing and drawing against winning, with who began it, its length, and time in office; () where too few."""
    of = np.isin(found.outcome, [code for codes in pages.WAYS.values() for code in codes]) & ~np.isnan(found.lost)
    if not of.any():
        return ()
    features = np.column_stack(
        [
            np.isin(found.outcome, pages.WAYS["losing"]),
            np.isin(found.outcome, pages.WAYS["drawing"]),
            found.is_initiator,
            np.log(np.maximum(found.days, 1.0)),
            np.log(np.maximum(found.tenure_days, 1.0)),
        ]
    )[of]
    varies = np.ptp(features, axis=0) > 0
    names = [name for name, kept in zip(pages.FEATURES, varies, strict=True) if kept]
    try:
        return penalised_logit(
            found.lost[of], features[:, varies], names, clusters=found.war[of], level=parameters.level
        )
    except DataError:
        return ()


STUDY: Final = Study(
    name="leaders",
    order=35,
    title=Text(en="What became of leaders", nl="Wat er van leiders werd"),
    question=Text(
        en="Did leaders who lost, drew or won a war keep office, and what became of them?",
        nl="Behielden leiders die een oorlog verloren, onbeslist lieten of wonnen hun ambt, en wat werd er van hen?",
    ),
    needs=Text(
        en="Two files that you bring: Archigos 4.1 and the COW list of wars between states.",
        nl="Twee bestanden die u meebrengt: Archigos 4.1 en de COW-lijst van oorlogen tussen staten.",
    ),
    parameters=LeadersParameters,
    quantities={
        **{
            f"office_loss_after_{way}": QuantitySpec(
                Text(en=f"share of leaders who lost office after {name.en}", nl=f"aandeel leiders dat het ambt verloor na {name.nl}"))
            for way, name in pages.WAY_NAMES.items()
        },
        **{
            f"punished_after_{way}": QuantitySpec(
                Text(en=f"share of leaders exiled, imprisoned or killed after {name.en}",
                     nl=f"aandeel leiders dat na {name.nl} verbannen, gevangengezet of gedood werd"))
            for way, name in pages.WAY_NAMES.items()
        },
        "office_loss_odds_ratio": QuantitySpec(
            Text(en="factor on the odds of losing office, the rest held fixed",
                 nl="factor op de kansverhouding van ambtsverlies, bij verder gelijke omstandigheden"), per="feature"),
    },
    run=_run,
)  # fmt: skip
